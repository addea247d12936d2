// The explorer: drag, scroll, pinch and keys move the window at once, by the
// view box of what is drawn; a better drawing and the figures come after it.
import { drawing } from "./exploredrawing.js";
import { figures } from "./explorefigures.js";
import { hands } from "./explorehands.js";

const least = 3_600_000; // ms, the shortest window

export function explore(figure) {
	const d = figure.dataset;
	const view = { first: Number(d.first), last: Number(d.last), from: Number(d.from), until: Number(d.until) }; // ms
	const { place, draw } = drawing(figure, view);
	let waiting;
	const redraw = (ms) => {
		clearTimeout(waiting);
		waiting = setTimeout(draw, ms);
	};
	const tell = figures(figure, view, () => redraw(0));

	// set moves the window, kept within what there is.
	view.set = (a, length) => {
		const { first, last } = view;
		length = Math.min(Math.max(length, Math.min(least, last - first)), last - first);
		view.from = Math.round(Math.min(Math.max(a, first), last - length));
		view.until = Math.round(view.from + length);
		place();
		redraw(60);
		tell(300);
	};
	view.zoom = (factor, at = (view.from + view.until) / 2) => {
		const length = Math.min(Math.max((view.until - view.from) / factor, least), view.last - view.first);
		view.set(at - ((at - view.from) / (view.until - view.from)) * length, length);
	};
	view.pan = (part) => view.set(view.from + part * (view.until - view.from), view.until - view.from);

	hands(figure, view);
	addEventListener("resize", () => redraw(200));
	draw(); // for the width that the plot really has
}
