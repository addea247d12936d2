// Cards of people: new values go to their places, changes of class are said
// once, and who needs a look comes first, but nothing moves under a finger.
import { age, print, setState, stateOf } from "./age.js";
import { inUse } from "./part.js";

const ranks = { "very-low": 0, low: 1, "very-high": 3, high: 4, "in-range": 5 };
const said = new Map(); // person → class that was said last
const episodes = new Set(); // persons whose urgent low was said

// fill puts the texts and drawings of an event into a value.
export function fill(value, s) {
	for (const e of value.querySelectorAll("[data-text]")) {
		const text = s.text[e.dataset.text] ?? "";
		print(e, text);
		e.hidden = text === "";
	}
	const kind = value.querySelector("[data-class]");
	kind.className = `class ${s.class}`;
	kind.dataset.class = s.class;
	kind.hidden = s.class === "";
	for (const p of value.querySelectorAll("[data-path]")) p.setAttribute("d", s[p.dataset.path]);
	value.querySelector(".value-trend").hidden = s.arrow === "";
	value.querySelector("[data-old]").hidden = s.state !== "stale";
	const when = value.querySelector("[data-age]");
	if (s.at) when.setAttribute("datetime", s.at);
	else when.removeAttribute("datetime");
	print(when, s.text.age);
	const note = value.querySelector("[data-note]");
	Object.assign(note.dataset, { note: s.note, words: s.noteWords, since: s.noteSince });
	note.hidden = s.note === "";
	Object.assign(value.dataset, { at: s.at, late: s.late, ago: s.ago, stale: s.stale, title: s.title });
	value.toggleAttribute("data-urgent", s.urgent);
	setState(value, s.state);
	age(value);
}

// card puts an event into its person's card and reports whether it could.
export function card(box, e) {
	fill(box.querySelector("[data-value]"), e.value);
	for (const name of ["inRange", "alarm"]) {
		const place = box.querySelector(`[data-text="${name}"]`);
		if (!place) continue;
		print(place, e[name]);
		place.hidden = e[name] === "";
	}
	given(box.querySelector("[data-given]"), e.given);
	const spark = box.querySelector(".spark");
	if (!spark || !e.spark) return !e.spark || !box.matches(".person-card");
	spark.querySelector(".spark-line").setAttribute("d", e.spark.line);
	const band = spark.querySelector(".target");
	band.setAttribute("y", e.spark.bandY);
	band.setAttribute("height", e.spark.bandHeight);
	const now = spark.querySelector(".now");
	now?.setAttribute("cx", e.spark.x);
	now?.setAttribute("cy", e.spark.y);
	return true;
}

// given puts the last dose into its line.
function given(line, g) {
	if (!line) return;
	line.querySelector('[data-text="before"]').textContent = g.before;
	line.querySelector('[data-text="after"]').textContent = g.after;
	const since = line.querySelector("time");
	since.dataset.since = g.since;
	since.setAttribute("datetime", g.since);
	since.textContent = g.age;
	line.hidden = g.since === "";
}

// kind is what a card is ordered and announced by.
function kind(box) {
	const value = box.querySelector("[data-value]"), state = stateOf(value);
	if (state === "stale" || state === "never" || state === "ended") return state;
	return value.hasAttribute("data-urgent") ? "very-low" : value.querySelector("[data-class]").dataset.class;
}

const rank = (box) => ranks[kind(box)] ?? 2;

// lowest is how little the last card needs a look.
export const lowest = (list) => Math.max(0, ...[...list.children].map(rank));

// announce says whose class changed since it was last asked: politely, and an
// urgent low at once, but only when it begins.
export function announce(line, { silent = false } = {}) {
	let changed = false;
	const news = { "[data-say]": [], "[data-shout]": [] };
	for (const box of document.querySelectorAll("[data-person]")) {
		const key = box.dataset.person, now = kind(box);
		if (said.get(key) === now) continue;
		const first = !said.has(key);
		said.set(key, now);
		changed = true;
		if (now !== "very-low" && now !== "low" && now !== "stale") episodes.delete(key);
		const urgent = now === "very-low" && !episodes.has(key);
		if (now === "very-low") episodes.add(key);
		if (silent || first) continue;
		news[urgent ? "[data-shout]" : "[data-say]"].push(`${box.dataset.name}: ${words(box.querySelector("[data-value]"))}`);
	}
	for (const [place, sentences] of Object.entries(news)) {
		if (sentences.length > 0) line.querySelector(place).textContent = sentences.join("; ");
	}
	return changed;
}

// words is what a value says, without what is hidden of it.
function words(value) {
	if (["stale", "never", "ended"].includes(stateOf(value))) return value.querySelector("[data-age]").textContent;
	const text = (name) => value.querySelector(`[data-text="${name}"]`).textContent;
	return [text("word"), `${text("value")} ${text("unit")}`.trim(), text("trend")].filter(Boolean).join(", ");
}

let deferred = 0;

// order puts the cards in the order of need, or in the one that the reader
// keeps; later, when they are under a hand.
export function order(list) {
	clearTimeout(deferred);
	if (inUse(list.parentElement) || touched) {
		deferred = setTimeout(() => { if (list.isConnected) order(list); }, 500);
		return;
	}
	const kept = keptOrder();
	const place = (box) => { const i = kept.indexOf(box.dataset.person); return i < 0 ? kept.length : i; };
	const names = new Intl.Collator(document.documentElement.lang); // as the box does
	const byName = (a, b) => names.compare(a.dataset.name, b.dataset.name);
	const cards = [...list.children];
	const sorted = [...cards].sort((a, b) => (kept.length > 0 ? place(a) - place(b) : 0) || rank(a) - rank(b) || byName(a, b));
	sorted.forEach((box, i) => { if (list.children[i] !== box) list.insertBefore(box, list.children[i]); });
}

let touched = false;
addEventListener("pointerdown", () => { touched = true; }, { passive: true });
for (const sign of ["pointerup", "pointercancel"]) addEventListener(sign, () => { setTimeout(() => { touched = false; }, 1000); }, { passive: true });

function keptOrder() {
	try {
		return JSON.parse(localStorage.getItem("order") ?? "[]");
	} catch {
		return [];
	}
}

// keepOrder turns the box of that name into a switch.
export function keepOrder(choice) {
	const list = () => document.querySelector("[data-board]");
	const box = choice.querySelector("input");
	choice.hidden = false;
	box.checked = keptOrder().length > 0;
	box.addEventListener("change", () => {
		if (box.checked) localStorage.setItem("order", JSON.stringify([...list().children].map((c) => c.dataset.person)));
		else localStorage.removeItem("order");
		order(list());
	});
	if (box.checked) order(list());
}
