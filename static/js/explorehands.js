// How hands move the explorer's window: pointers, wheel, keys, the strip of
// everything, and the links beside the drawing.

// hands lets all of them move a window.
export function hands(figure, view) {
	const plot = figure.querySelector("[data-plot]");
	pointers(plot, view);
	keyboard(plot, view, figure.dataset.hint);
	overview(figure.querySelector("[data-overview] svg"), view);
	links(view);
}

function pointers(plot, view) {
	const svg = plot.querySelector("svg.plot");
	// pointers: one drags, two pinch
	const down = new Map();
	const at = (x) => { const f = svg.getBoundingClientRect(); return view.from + ((x - f.left) / f.width) * (view.until - view.from); };
	svg.addEventListener("pointerdown", (e) => {
		if (e.button > 0) return;
		down.set(e.pointerId, e.clientX);
		svg.setPointerCapture(e.pointerId);
	});
	svg.addEventListener("pointermove", (e) => {
		const before = down.get(e.pointerId);
		if (before === undefined) return;
		if (down.size === 1) view.set(view.from - ((e.clientX - before) / svg.getBoundingClientRect().width) * (view.until - view.from), view.until - view.from);
		else {
			const [other] = [...down].filter(([id]) => id !== e.pointerId).map(([, x]) => x);
			const far = Math.abs(e.clientX - other) / Math.max(Math.abs(before - other), 1);
			if (far > 0.2) view.zoom(far, at((e.clientX + other) / 2));
		}
		down.set(e.pointerId, e.clientX);
	});
	for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, (e) => down.delete(e.pointerId));
	svg.addEventListener("dblclick", (e) => view.zoom(e.shiftKey ? 0.5 : 2, at(e.clientX)));
	// a wheel zooms once the chart is in use; before, the page scrolls
	plot.addEventListener("wheel", (e) => {
		const sideways = Math.abs(e.deltaX) > Math.abs(e.deltaY);
		if (!sideways && !e.ctrlKey && document.activeElement !== plot) return;
		e.preventDefault();
		if (sideways) view.pan(e.deltaX / 1000);
		else view.zoom(Math.exp(-Math.max(-200, Math.min(200, e.deltaY)) / (e.ctrlKey ? 100 : 400)), at(e.clientX));
	}, { passive: false });
}

function keyboard(plot, view, hint) {
	const keys = {
		ArrowLeft: (shift) => view.pan(shift ? -1 : -0.25), ArrowRight: (shift) => view.pan(shift ? 1 : 0.25), PageUp: () => view.pan(-1), PageDown: () => view.pan(1),
		"+": () => view.zoom(2), "=": () => view.zoom(2), "-": () => view.zoom(0.5), Home: () => view.set(view.first, view.until - view.from), End: () => view.set(view.last, view.until - view.from),
		Escape: () => plot.blur(),
	};
	plot.tabIndex = 0;
	plot.setAttribute("role", "group");
	plot.setAttribute("aria-label", hint);
	plot.addEventListener("keydown", (e) => {
		if (e.ctrlKey || e.metaKey || e.altKey || !keys[e.key]) return;
		e.preventDefault();
		keys[e.key](e.shiftKey);
	});
}

// overview: drag the window on the strip, or draw a new one.
function overview(strip, view) {
	let grip;
	const inStrip = (x) => { const f = strip.getBoundingClientRect(); return view.first + Math.min(Math.max((x - f.left) / f.width, 0), 1) * (view.last - view.first); };
	strip.parentElement.dataset.ready = "";
	strip.addEventListener("pointerdown", (e) => {
		const t = inStrip(e.clientX);
		const reach = Math.max(view.until - view.from, (44 / strip.getBoundingClientRect().width) * (view.last - view.first)) / 2; // a finger's width
		grip = { t, x: e.clientX, from: view.from, inside: Math.abs(t - (view.from + view.until) / 2) <= reach && view.until - view.from < view.last - view.first };
		strip.setPointerCapture(e.pointerId);
	});
	strip.addEventListener("pointermove", (e) => {
		if (!grip) return;
		const t = inStrip(e.clientX);
		if (grip.inside) view.set(grip.from + t - grip.t, view.until - view.from);
		else if (Math.abs(e.clientX - grip.x) > 4) view.set(Math.min(t, grip.t), Math.abs(t - grip.t));
	});
	strip.addEventListener("pointerup", (e) => {
		if (grip && Math.abs(e.clientX - grip.x) <= 4) view.set(grip.t - (view.until - view.from) / 2, view.until - view.from);
		grip = undefined;
	});
	strip.addEventListener("pointercancel", () => { grip = undefined; });
}

function links(view) {
	for (const name of ["earlier", "later", "in", "out"]) {
		document.querySelector(`[data-to="${name}"]`).addEventListener("click", (e) => {
			if (e.ctrlKey || e.metaKey || e.shiftKey || !e.currentTarget.hasAttribute("href")) return;
			e.preventDefault();
			({ earlier: () => view.pan(-1), later: () => view.pan(1), in: () => view.zoom(2), out: () => view.zoom(0.5) })[name]();
		});
	}
}
