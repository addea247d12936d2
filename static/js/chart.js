// readOut lets a pointer or the arrow keys walk over the readings of a day.
// Its data is [clock, x, y, value, class] for each reading, places in percent.
export function readOut(box) {
	const points = JSON.parse(box.dataset.chart);
	if (points.length === 0) return;
	const classes = JSON.parse(box.dataset.classes);
	const plot = box.querySelector("svg");
	const cursor = box.querySelector("[data-cursor]");
	const line = cursor.querySelector("line"), ring = cursor.querySelector("circle");
	const words = box.querySelector(".readout");
	let at = -1;

	const show = (i) => {
		at = Math.max(0, Math.min(points.length - 1, i));
		const [clock, x, y, value, kind] = points[at];
		for (const end of ["x1", "x2"]) line.setAttribute(end, `${x}%`);
		ring.setAttribute("cx", `${x}%`);
		ring.setAttribute("cy", `${y}%`);
		cursor.setAttribute("visibility", "visible");
		const unit = /\d/.test(value) ? ` ${box.dataset.unit}` : ""; // LOW and HIGH have none
		words.textContent = `${clock}  ${value}${unit}  ${classes[kind]}`;
	};
	const leave = () => {
		at = -1;
		cursor.setAttribute("visibility", "hidden");
		words.textContent = box.dataset.hint;
	};
	const nearest = (event) => {
		const frame = plot.getBoundingClientRect();
		const x = ((event.clientX - frame.left) / frame.width) * 100;
		let best = 0;
		points.forEach((p, i) => { if (Math.abs(p[1] - x) < Math.abs(points[best][1] - x)) best = i; });
		show(best);
	};
	// find is the next reading in a direction that is low or high.
	const find = (step, wanted) => {
		for (let i = at + step; i >= 0 && i < points.length; i += step) {
			if (wanted(points[i][4]) && !(at >= 0 && wanted(points[i - step]?.[4]))) return i;
		}
		return at < 0 ? 0 : at;
	};
	// hour is the reading nearest to one hour away.
	const hour = (step) => {
		const x = points[Math.max(at, 0)][1] + step * (100 / 24);
		let best = 0;
		points.forEach((p, i) => { if (Math.abs(p[1] - x) < Math.abs(points[best][1] - x)) best = i; });
		return best;
	};
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
	box.addEventListener("pointermove", nearest);
	box.addEventListener("pointerdown", nearest);
	box.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") leave(); });
	box.addEventListener("keydown", (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		if (event.key === "Escape") { leave(); box.blur(); return; }
		const key = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
		if (!key) return;
		event.preventDefault();
		show(key(event.shiftKey));
	});
	box.addEventListener("blur", leave);
}
