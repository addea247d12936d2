// The explorer: drag, scroll, pinch and keys move the window at once, by the
// view box of what is drawn; a better drawing and the figures come after it.
const hour = 3_600_000;
const least = hour;
const keep = 24; // tiles
const again = 5_000; // ms until figures that could not be had are asked for once more

export function explore(figure) {
	const d = figure.dataset;
	const first = Number(d.first), last = Number(d.last);
	const plot = figure.querySelector("[data-plot]"), svg = plot.querySelector("svg.plot");
	const moving = figure.querySelector("[data-moving]"), ticks = figure.querySelector("[data-ticks]"), mark = figure.querySelector("[data-found]");
	const strip = figure.querySelector("[data-overview] svg"), brush = figure.querySelector("[data-brush]");
	const note = figure.querySelector('[data-say="note"]');
	let from = Number(d.from), until = Number(d.until);
	let tile = { from, until, width: moving.viewBox.baseVal.width };
	let shown = true; // whether the drawing is the best one for the window
	let asking, answering, waiting, told;
	const tiles = new Map(); // by address, the newest last

	const wide = () => Math.max(100, Math.round(svg.getBoundingClientRect().width));
	const iso = (ms) => new Date(ms).toISOString().slice(0, 19) + "Z";
	const percent = (t) => ((t - from) / (until - from)) * 100;

	// set moves the window, kept within what there is.
	function set(a, length) {
		length = Math.min(Math.max(length, Math.min(least, last - first)), last - first);
		from = Math.round(Math.min(Math.max(a, first), last - length));
		until = Math.round(from + length);
		place();
		clearTimeout(waiting);
		waiting = setTimeout(draw, shown ? 60 : 0);
		clearTimeout(told);
		told = setTimeout(tell, 300);
	}
	const zoom = (factor, at = (from + until) / 2) => {
		const length = Math.min(Math.max((until - from) / factor, least), last - first);
		set(at - ((at - from) / (until - from)) * length, length);
	};
	const pan = (part) => set(from + part * (until - from), until - from);

	// place puts what is drawn where it now belongs.
	function place() {
		const unit = tile.width / (tile.until - tile.from);
		moving.setAttribute("viewBox", `${(from - tile.from) * unit} 0 ${(until - from) * unit} 1150`);
		for (const e of ticks.children) {
			const x = percent(Number(e.dataset.tick));
			e.setAttribute("visibility", x >= 0 && x <= 100 ? "visible" : "hidden");
			for (const name of e.tagName === "line" ? ["x1", "x2"] : ["x"]) e.setAttribute(name, `${x}%`);
		}
		brush.setAttribute("x", `${((from - first) / (last - first)) * 100}%`);
		brush.setAttribute("width", `${((until - from) / (last - first)) * 100}%`);
	}

	// address is that of the tile that holds the window: twice a power of two
	// long, so that windows beside each other share tiles, and as dense as the
	// plot, so that it shows what the page itself would.
	function address(a = from, length = until - from) {
		let size = 2 * hour;
		while (size < length) size *= 2;
		const start = Math.floor(a / size) * size;
		const width = Math.min(Math.round((wide() * 2 * size) / length), 4096);
		return `${d.tiles}?from=${iso(start)}&until=${iso(start + 2 * size)}&width=${width}`;
	}
	async function load(url, signal) {
		let t = tiles.get(url);
		if (!t) {
			const answer = await fetch(url, { signal });
			if (answer.redirected || answer.status === 404) location.reload(); // the session, or the sharing, has ended
			if (!answer.ok) throw new Error(answer.statusText);
			t = await answer.json();
		}
		tiles.delete(url);
		tiles.set(url, t);
		if (tiles.size > keep) tiles.delete(tiles.keys().next().value);
		return t;
	}
	async function draw() {
		const url = address();
		asking?.abort();
		asking = new AbortController();
		const { signal } = asking;
		try {
			const t = await load(url, signal);
			if (url !== address()) return;
			tile = t;
			paint();
			for (const by of [-1, 1]) { // the neighbours, before somebody goes there
				const a = from + by * (until - from);
				if (a < last && a + until - from > first) await load(address(a), signal);
			}
		} catch (e) {
			if (e.name !== "AbortError") note.textContent = d.slow;
		}
	}
	function paint() {
		for (const path of moving.querySelectorAll("[data-part]")) path.setAttribute("d", tile.parts[path.dataset.part] ?? "");
		const x = (t) => ((Number(t) - tile.from) / (tile.until - tile.from)) * tile.width;
		if (d.foundFrom) mark.setAttribute("d", `M${x(d.foundFrom)} 0H${x(d.foundUntil)}V1150H${x(d.foundFrom)}Z`);
		note.textContent = tile.note;
		ticks.replaceChildren(...tile.ticks.flatMap((t) => {
			const line = element("line", `grid${t.strong ? " grid-strong" : ""}`, { y1: 0, y2: "100%" });
			const text = element("text", `tick${t.strong ? " tick-target" : ""}`, { y: "100%", dy: 18, "text-anchor": "middle" });
			text.textContent = t.label;
			line.dataset.tick = text.dataset.tick = t.at;
			return [line, text];
		}));
		place();
	}
	function element(name, kind, attributes) {
		const e = document.createElementNS("http://www.w3.org/2000/svg", name);
		e.setAttribute("class", kind);
		for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
		return e;
	}

	// tell asks for the figures of the window and keeps its address.
	async function tell() {
		const query = `?from=${iso(from)}&until=${iso(until)}`;
		history.replaceState(null, "", location.pathname + query);
		answering?.abort();
		answering = new AbortController();
		try {
			const answer = await fetch(d.figures + query, { signal: answering.signal });
			if (answer.redirected || answer.status === 404) return location.reload(); // the session, or the sharing, has ended
			if (!answer.ok) throw new Error(answer.statusText);
			say(await answer.json());
			d.said = query; // the page is all of one window again
		} catch (e) {
			if (e.name === "AbortError") return;
			blank();
			note.textContent = d.slow;
			told = setTimeout(tell, again);
		}
	}
	// blank takes away the figures of a window that is no longer shown: those of
	// the new one could not be had.
	function blank() {
		delete d.said;
		for (const e of document.querySelectorAll("[data-say]")) e.textContent = "–";
		for (const e of [figure.querySelector("title"), figure.querySelector("desc")]) e.textContent = d.slow;
		document.querySelector("[data-found-words]")?.remove();
		figure.querySelector("[data-rows]").replaceChildren();
	}
	// turn gives a link its address. One that leads nowhere now keeps the focus,
	// should it have it: else the keyboard would be thrown to the top of the page.
	function turn(a, url) {
		if (url) {
			a.href = url;
			for (const name of ["aria-disabled", "role", "tabindex"]) a.removeAttribute(name);
			return;
		}
		a.setAttribute("aria-disabled", "true");
		if (!a.hasAttribute("href")) return;
		a.setAttribute("role", "link");
		a.tabIndex = 0;
		a.removeAttribute("href");
	}
	function say(state) {
		for (const e of document.querySelectorAll("[data-say]")) {
			const text = state.say[e.dataset.say];
			if (text !== undefined && e.textContent !== text) e.textContent = text;
		}
		for (const a of document.querySelectorAll("[data-to]")) {
			const url = state.to[a.dataset.to];
			turn(a, url);
			if (a.dataset.to === state.current) a.setAttribute("aria-current", "page"); else a.removeAttribute("aria-current");
			if (a.parentElement.matches("[data-to-box]")) a.parentElement.hidden = !url;
		}
		figure.querySelector("title").textContent = state.say.chart;
		figure.querySelector("desc").textContent = state.say.summary;
		document.querySelector("[data-found-words]")?.remove();
		figure.querySelector("[data-rows]").replaceChildren(...(state.rows ?? []).map((row) => {
			const tr = document.createElement("tr");
			row.forEach((c, i) => {
				const cell = document.createElement(i === 0 ? "th" : "td");
				if (i === 0) cell.scope = "row"; else cell.className = "num";
				let into = cell;
				if (c.url) { into = document.createElement("a"); into.href = c.url; cell.append(into); }
				into.textContent = c.text;
				tr.append(cell);
			});
			return tr;
		}));
	}

	// pointers: one drags, two pinch
	const down = new Map();
	const at = (x) => { const f = svg.getBoundingClientRect(); return from + ((x - f.left) / f.width) * (until - from); };
	svg.addEventListener("pointerdown", (e) => {
		if (e.button > 0) return;
		down.set(e.pointerId, e.clientX);
		svg.setPointerCapture(e.pointerId);
	});
	svg.addEventListener("pointermove", (e) => {
		const before = down.get(e.pointerId);
		if (before === undefined) return;
		if (down.size === 1) set(from - ((e.clientX - before) / svg.getBoundingClientRect().width) * (until - from), until - from);
		else {
			const [other] = [...down].filter(([id]) => id !== e.pointerId).map(([, x]) => x);
			const far = Math.abs(e.clientX - other) / Math.max(Math.abs(before - other), 1);
			if (far > 0.2) zoom(far, at((e.clientX + other) / 2));
		}
		down.set(e.pointerId, e.clientX);
	});
	for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, (e) => down.delete(e.pointerId));
	svg.addEventListener("dblclick", (e) => zoom(e.shiftKey ? 0.5 : 2, at(e.clientX)));
	// a wheel zooms once the chart is in use; before, the page scrolls
	plot.addEventListener("wheel", (e) => {
		const sideways = Math.abs(e.deltaX) > Math.abs(e.deltaY);
		if (!sideways && !e.ctrlKey && document.activeElement !== plot) return;
		e.preventDefault();
		if (sideways) pan(e.deltaX / 1000);
		else zoom(Math.exp(-Math.max(-200, Math.min(200, e.deltaY)) / (e.ctrlKey ? 100 : 400)), at(e.clientX));
	}, { passive: false });

	const keys = {
		ArrowLeft: (shift) => pan(shift ? -1 : -0.25), ArrowRight: (shift) => pan(shift ? 1 : 0.25), PageUp: () => pan(-1), PageDown: () => pan(1),
		"+": () => zoom(2), "=": () => zoom(2), "-": () => zoom(0.5), Home: () => set(first, until - from), End: () => set(last, until - from),
		Escape: () => plot.blur(),
	};
	plot.tabIndex = 0;
	plot.setAttribute("role", "group");
	plot.setAttribute("aria-label", d.hint);
	plot.addEventListener("keydown", (e) => {
		if (e.ctrlKey || e.metaKey || e.altKey || !keys[e.key]) return;
		e.preventDefault();
		keys[e.key](e.shiftKey);
	});

	// the strip: drag the window, or draw a new one
	let grip;
	const inStrip = (x) => { const f = strip.getBoundingClientRect(); return first + Math.min(Math.max((x - f.left) / f.width, 0), 1) * (last - first); };
	strip.parentElement.dataset.ready = "";
	strip.addEventListener("pointerdown", (e) => {
		const t = inStrip(e.clientX);
		const reach = Math.max(until - from, (44 / strip.getBoundingClientRect().width) * (last - first)) / 2; // a finger's width
		grip = { t, x: e.clientX, from, inside: Math.abs(t - (from + until) / 2) <= reach && until - from < last - first };
		strip.setPointerCapture(e.pointerId);
	});
	strip.addEventListener("pointermove", (e) => {
		if (!grip) return;
		const t = inStrip(e.clientX);
		if (grip.inside) set(grip.from + t - grip.t, until - from);
		else if (Math.abs(e.clientX - grip.x) > 4) set(Math.min(t, grip.t), Math.abs(t - grip.t));
	});
	strip.addEventListener("pointerup", (e) => {
		if (grip && Math.abs(e.clientX - grip.x) <= 4) set(grip.t - (until - from) / 2, until - from);
		grip = undefined;
	});
	strip.addEventListener("pointercancel", () => { grip = undefined; });
	addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(draw, 200); });

	for (const name of ["earlier", "later", "in", "out"]) {
		document.querySelector(`[data-to="${name}"]`).addEventListener("click", (e) => {
			if (e.ctrlKey || e.metaKey || e.shiftKey || !e.currentTarget.hasAttribute("href")) return;
			e.preventDefault();
			({ earlier: () => pan(-1), later: () => pan(1), in: () => zoom(2), out: () => zoom(0.5) })[name]();
		});
	}
	draw(); // for the width that the plot really has
}
