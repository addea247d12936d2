// Parts of a page that only the box can draw, such as a chart, are fetched
// with the page itself and put in their place, but never under the hands of
// somebody who reads them.
const soonest = 3000; // ms between two fetches

let last = 0, timer = 0;
let mouse = null; // where it is and when it moved there; one that lies still for long is nobody's hand
addEventListener("pointermove", (e) => { if (e.pointerType === "mouse") mouse = { x: e.clientX, y: e.clientY, at: Date.now() }; }, { passive: true });
document.documentElement.addEventListener("pointerleave", () => { mouse = null; });

// points reports whether a mouse that moved in the last ms lies on an element.
function points(element, ms) {
	return mouse !== null && element !== null && Date.now() - mouse.at < ms && element.contains(document.elementFromPoint(mouse.x, mouse.y));
}

// refresh fetches the page and exchanges its parts; with values also the
// newest values, for when no stream does. wire hears of it with the mark of what
// was fetched, and done whether the box answered.
export function refresh(wire, { values = false, done = () => {} } = {}) {
	clearTimeout(timer);
	timer = setTimeout(() => fetchPage(wire, values, done), Math.max(0, last + soonest - Date.now()));
}

function fetchPage(wire, values, done) {
	last = Date.now();
	const r = new XMLHttpRequest();
	r.open("GET", location.pathname + location.search);
	r.responseType = "document";
	r.timeout = 20_000;
	r.setRequestHeader("Gk-Auto", "1"); // no act of a person: it must not keep the session awake
	r.onerror = r.ontimeout = () => done(false);
	r.onload = () => {
		const elsewhere = new URL(r.responseURL).pathname !== location.pathname;
		if (elsewhere || r.status === 404 || r.status === 401) return location.reload(); // the session or the right to see it ended
		done(r.status === 200);
		if (r.status === 200 && r.response) exchange(r.response, wire, values);
	};
	r.send();
}

function exchange(page, wire, values) {
	const line = page.querySelector("[data-live-line]"), reader = document.querySelector("[data-live-line]")?.dataset.reader;
	if (line && line.dataset.reader !== reader) return location.reload(); // somebody else signed in meanwhile
	// The newest value first: it waits for nobody who reads the chart.
	const value = document.querySelector("section[data-person] [data-value]"), newest = page.querySelector("section[data-person] [data-value]");
	if (values && value && newest) value.replaceWith(newest);
	for (const part of document.querySelectorAll("[data-live-part]")) {
		const next = page.querySelector(`[data-live-part="${CSS.escape(part.dataset.livePart)}"]`);
		if (next && inUse(part)) {
			later(wire, values);
			break;
		}
		if (next) replace(part, next);
	}
	wire(document.body, line?.dataset.mark);
}

let waiting = 0;

// later fetches the page once more when nobody reads: what was fetched now
// would be old by then.
function later(wire, values) {
	clearInterval(waiting);
	waiting = setInterval(() => {
		if ([...document.querySelectorAll("[data-live-part]")].some(inUse)) return;
		clearInterval(waiting);
		refresh(wire, { values });
	}, 1000);
}

function replace(part, next) {
	const folds = new Map([...part.querySelectorAll("details")].map((d) => [named(d, part), d.open]));
	const held = part.contains(document.activeElement) ? named(document.activeElement, part) : "";
	part.replaceWith(next);
	for (const d of next.querySelectorAll("details")) d.open = folds.get(named(d, next)) ?? d.open;
	if (!held) return;
	const again = focusable(next).find((e) => named(e, next) === held);
	if (!again) next.tabIndex = -1; // it is gone; the keyboard stays where it was
	(again ?? next).focus({ preventScroll: true });
}

// named tells an element of a part from the others by what it is about, not by
// its place: something new may come in before it. Of several about the same it
// says which of them it is.
function named(element, part) {
	const about = (e) => [e.tagName, e.id, e.closest("[data-key]")?.dataset.key, e.getAttribute("href")].join(" ");
	const own = about(element);
	return `${own} ${[...part.querySelectorAll(element.tagName)].filter((e) => about(e) === own).indexOf(element)}`;
}

// inUse reports whether somebody reads a part out by keyboard, mouse or touch,
// or holds something of it.
export function inUse(part) {
	if (part.querySelector(":active") || part.querySelector("[data-chart]:focus")) return true;
	if (part.querySelector("[data-board]")) return part.contains(document.activeElement) || points(part, 60_000);
	return points(part.querySelector("[data-chart]"), 15_000);
}

function focusable(part) {
	return [...part.querySelectorAll("a[href], button, summary, input, select, [tabindex]")];
}
