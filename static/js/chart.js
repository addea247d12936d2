// readOut lets a pointer or the arrow keys walk over the values of a chart:
// time, value, class and device, and what else happened at that moment. Its
// data is views/chart/track.go. Called again for the same box it does nothing.
const boxes = new WeakMap();

export function readOut(box) {
	if (boxes.has(box)) return;
	const track = unpack(JSON.parse(box.dataset.chart));
	if (track.points.length === 0) return;
	const plot = box.querySelector("svg");
	const cursor = box.querySelector("[data-cursor]");
	const line = cursor.querySelector("line"), ring = cursor.querySelector("circle");
	const words = box.querySelector(".readout");
	const { points } = track;
	let at = -1;

	const show = (i) => {
		i = Math.max(0, Math.min(points.length - 1, i));
		if (i === at) return; // said already: a screen reader would read it again with every move
		at = i;
		const p = points[at];
		for (const end of ["x1", "x2"]) line.setAttribute(end, `${p.x}%`);
		ring.setAttribute("cx", `${p.x}%`);
		ring.setAttribute("cy", `${p.y}%`);
		cursor.setAttribute("visibility", "visible");
		say(words, sentence(track, p), besides(track, p));
	};
	const leave = () => {
		at = -1;
		cursor.setAttribute("visibility", "hidden");
		say(words, box.dataset.hint, "");
	};
	const pointed = (event) => {
		const frame = plot.getBoundingClientRect();
		show(nearest(points, ((event.clientX - frame.left) / frame.width) * track.length));
	};
	// find is the next value in a direction that is low or high.
	const find = (step, wanted) => {
		for (let i = at + step; i >= 0 && i < points.length; i += step) {
			if (wanted(points[i].kind) && !(at >= 0 && wanted(points[i - step]?.kind))) return i;
		}
		return at < 0 ? 0 : at;
	};
	const hour = (step) => nearest(points, points[Math.max(at, 0)].t + step * 3600);
	const keys = {
		ArrowLeft: (shift) => (at < 0 ? points.length - 1 : shift ? hour(-1) : at - 1),
		ArrowRight: (shift) => (at < 0 ? 0 : shift ? hour(1) : at + 1),
		Home: () => 0,
		End: () => points.length - 1,
		l: (shift) => find(shift ? -1 : 1, (k) => k === 1 || k === 2),
		h: (shift) => find(shift ? -1 : 1, (k) => k === 4 || k === 5),
	};

	words.hidden = false;
	box.tabIndex = 0;
	box.setAttribute("role", "group");
	box.setAttribute("aria-label", box.dataset.hint);
	leave();
	box.addEventListener("pointermove", pointed);
	box.addEventListener("pointerdown", pointed);
	box.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse" && document.activeElement !== box) leave(); });
	box.addEventListener("keydown", (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		if (event.key === "Escape") { leave(); box.blur(); return; }
		const key = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
		if (!key) return;
		event.preventDefault();
		show(key(event.shiftKey));
	});
	box.addEventListener("blur", leave);
	boxes.set(box, (second) => { box.focus({ preventScroll: true }); show(nearest(points, second)); });
}

// A link of an episode leads to the chart; with script it points at the place.
document.addEventListener("click", (event) => {
	const link = event.target.closest?.("a[data-second]");
	const figure = link && document.getElementById(link.hash.slice(1));
	const point = figure && boxes.get(figure.querySelector("[data-chart]"));
	if (!point) return;
	event.preventDefault();
	figure.scrollIntoView({ block: "center" });
	point(Number(link.dataset.second));
});

// unpack turns the columns of the data into points with places in percent.
function unpack(track) {
	let t = 0, end = 0;
	const values = track.v.split("|");
	const height = (value) => {
		const number = parseFloat(value.replace(",", "."));
		return isNaN(number) ? track.ends[end++] : Math.min(100, Math.max(0, (100 * (track.top - number)) / (track.top - track.bottom)));
	};
	track.points = (track.t ?? []).map((step, i) => {
		t += step;
		return { t, x: (100 * t) / track.length, y: height(values[i]), value: values[i], kind: Number(track.c[i]),
			sort: Number(track.k[i]), source: parseInt(track.s[i], 36) };
	});
	let since = 0;
	for (const b of track.with ?? []) b.t = since += b.t;
	return track;
}

// clock is what the clock on the wall shows at a second; at a change of
// summer time it jumps.
function clock(track, second) {
	const from = track.clock.findLast(([since]) => since <= second) ?? track.clock[0];
	const minute = (from[1] + Math.floor((second - from[0]) / 60)) % 1440;
	const two = (n) => String(n).padStart(2, "0");
	const hour = Math.floor(minute / 60);
	if (!track.half) return `${two(hour)}:${two(minute % 60)}`;
	return `${((hour + 11) % 12) + 1}:${two(minute % 60)}${track.half[hour < 12 ? 0 : 1]}`;
}

function sentence(track, p) {
	const unit = /\d/.test(p.value) ? ` ${track.unit}` : ""; // LOW and HIGH have none
	const words = [`${clock(track, p.t)}  ${p.value}${unit}  ${track.classes[p.kind]}`, track.kinds[p.sort], track.sources?.[p.source - 1]];
	return words.filter(Boolean).join(" · ");
}

// besides is what happened within some minutes of a point; the more the
// drawing holds, the more minutes are one pixel of it.
function besides(track, p) {
	const near = Math.max(450, track.length / 80);
	return (track.with ?? []).filter((b) => Math.abs(b.t - p.t) <= near).slice(0, 4)
		.map((b) => `${clock(track, b.t)} ${b.w}`).join("; ");
}

function say(words, first, second) {
	const note = document.createElement("span");
	note.textContent = second;
	words.replaceChildren(first, note);
}

function nearest(points, second) {
	let low = 0, high = points.length - 1;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (points[middle].t < second) low = middle + 1; else high = middle;
	}
	return low > 0 && second - points[low - 1].t <= points[low].t - second ? low - 1 : low;
}
