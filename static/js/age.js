// Ages of values go on while a page lies open, also without the box. A value
// that grows stale here looks just like one that was stale when the page was
// made: struck, without class, arrow and change.
const staleAt = 15; // minutes, as in views/figure
const givenFor = 240; // minutes for which a card says its last dose, as in app/web
const states = ["live", "late", "stale", "ahead", "never", "ended"];

let ahead = 0; // how far the box's clock is ahead of this device's, in ms

export const boxNow = () => Date.now() + ahead;

// setNow takes the box's clock from an instant that it just told: a phone
// whose clock is wrong must not make an old value look new.
export function setNow(told, heard = Date.now()) {
	ahead = Date.parse(told) - heard;
}

// reached takes the box's clock on to an instant that an event was told at,
// and never back: a tab can hear late of one. In a demo the box's clock runs
// faster than this device's, and ages must not shrink until the next beat.
export function reached(told) {
	ahead = Math.max(ahead, Date.parse(told) - Date.now());
}

// keepAges brings all ages up to date every 15 seconds and whenever the page
// is looked at again, and calls after each time.
export function keepAges(after) {
	const first = document.querySelector("[data-now]:not([data-now=''])"); // of the live line, or of what was given last
	if (!first) return;
	const answered = performance.timeOrigin + (performance.getEntriesByType("navigation")[0]?.responseStart ?? 0);
	setNow(first.dataset.now, answered);
	const step = () => {
		const now = boxNow();
		for (const value of document.querySelectorAll("[data-value]")) age(value, now);
		for (const since of document.querySelectorAll("time[data-since]:not([data-since=''])")) {
			const minutes = (now - Date.parse(since.dataset.since)) / 60_000;
			print(since, span(minutes));
			const line = since.closest("[data-given]");
			if (line) line.hidden = minutes > givenFor;
		}
		after();
	};
	setInterval(step, 15_000);
	document.addEventListener("visibilitychange", step);
	step();
}

// age brings one value up to date.
export function age(value, now = boxNow()) {
	if (!value.dataset.at) return;
	const exact = (now - Date.parse(value.dataset.at)) / 60_000;
	const stale = exact > staleAt;
	const late = exact > Number(value.dataset.late);
	setState(value, stale ? "stale" : late ? "late" : "live");
	for (const part of value.querySelectorAll("[data-fresh]")) part.hidden = stale || part.textContent.trim() === "";
	if (stale) value.removeAttribute("data-urgent");
	value.querySelector("[data-old]").hidden = !stale;
	print(value.querySelector("[data-age]"), fill(stale ? value.dataset.stale : value.dataset.ago, exact));
	const note = value.querySelector("[data-note]");
	if (note.dataset.words) print(note.querySelector("[data-text]"), fill(note.dataset.words, (now - Date.parse(note.dataset.since)) / 60_000));
	note.hidden = !note.dataset.note || (Boolean(note.dataset.words) && !late);
}

export function setState(value, state) {
	for (const s of states) value.classList.toggle(`value-${s}`, s === state);
}

export function stateOf(value) {
	return states.find((s) => value.classList.contains(`value-${s}`));
}

// print leaves a text alone that says it already: a screen reader would read
// it again.
export function print(element, text) {
	if (element.textContent.trim() !== text) element.textContent = text;
}

// fill puts an age into a sentence, with the ending that German wants after
// vor and seit: 3 Tage, but vor 3 Tagen.
function fill(words, exact) {
	const age = span(exact);
	return words.replace("{age}", age.endsWith("Tage") && /(vor|seit) \{age\}/.test(words) ? `${age}n` : age);
}

// span is text.Locale.Span; both languages write h and min.
function span(exact) {
	const minutes = Math.max(0, Math.floor(exact));
	if (minutes >= 48 * 60) {
		const say = (n, unit) => new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" }).format(n);
		const days = Math.floor(minutes / 1440), months = Math.floor((days * 12) / 365);
		if (months < 4) return say(days, "day");
		if (months < 12) return say(months, "month");
		const years = say(Math.floor(months / 12), "year");
		return months % 12 === 0 ? years : `${years} ${say(months % 12, "month")}`;
	}
	const h = Math.floor(minutes / 60), m = minutes % 60;
	if (h === 0) return `${m}\u00a0min`;
	return m === 0 ? `${h}\u00a0h` : `${h}\u00a0h ${m}\u00a0min`;
}
