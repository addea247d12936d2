// Ages of values go on while a page lies open. A value that grows stale here
// looks just like one that was stale when the page was made: struck, without
// class, arrow and change.
const staleAt = 15; // minutes, as in views/figure

export function keepAges(root) {
	const values = [...root.querySelectorAll("[data-at]")];
	if (values.length === 0) return;
	const ahead = skew(values[0]);
	const step = () => {
		const now = Date.now() + ahead;
		let late = false;
		for (const value of values) late = age(value, now) || late;
		if (late) refresh(Date.now());
	};
	if (moment("touched") === 0) touch();
	for (const sign of ["pointerdown", "keydown", "wheel", "touchmove"]) addEventListener(sign, touch, { passive: true });
	setInterval(step, 15_000);
	document.addEventListener("visibilitychange", step);
	step();
}

// skew is how far the box's clock is ahead of this device's, in milliseconds:
// a phone whose clock is wrong must not make an old value look new.
function skew(value) {
	const answered = performance.timeOrigin + (performance.getEntriesByType("navigation")[0]?.responseStart ?? 0);
	return Date.parse(value.dataset.now) - answered;
}

// age brings one value up to date and reports whether a newer one is due.
function age(value, now) {
	const exact = (now - Date.parse(value.dataset.at)) / 60_000;
	const minutes = Math.max(0, Math.floor(exact));
	const stale = exact > staleAt;
	const late = exact > Number(value.dataset.late);
	value.classList.toggle("value-stale", stale);
	value.classList.toggle("value-late", late && !stale);
	value.classList.toggle("value-live", !late);
	if (stale) {
		for (const part of value.querySelectorAll("[data-fresh]")) part.hidden = true;
		for (const part of value.querySelectorAll("[data-old]")) part.hidden = false;
	}
	const sentence = stale ? value.dataset.stale : value.dataset.ago;
	const label = value.querySelector("[data-age]");
	const next = sentence.replace("{age}", span(minutes));
	if (label.textContent.trim() !== next) label.textContent = next;
	return late;
}

// span is text.Locale.Span; both languages write h and min.
function span(minutes) {
	if (minutes >= 48 * 60) {
		const days = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "day", unitDisplay: "long" });
		return days.format(Math.floor(minutes / 1440));
	}
	const h = Math.floor(minutes / 60), m = minutes % 60;
	if (h === 0) return `${m}\u00a0min`;
	return m === 0 ? `${h}\u00a0h` : `${h}\u00a0h ${m}\u00a0min`;
}

// refresh asks the box for a newer value, at most once a minute, never under
// the hands of someone who reads a chart or a table, and only while someone is
// there: a page left alone must not keep its session alive.
function refresh(now) {
	if (!("live" in document.body.dataset) || document.hidden || document.activeElement !== document.body) return;
	if (document.querySelector("details[open]")) return;
	if (now - moment("touched") > 10 * 60_000 || now - moment("refreshed") < 60_000) return;
	sessionStorage.setItem("refreshed", String(now));
	document.cookie = "gk-auto=1; max-age=3; path=/; samesite=strict"; // no act of a person
	location.reload();
}

function moment(name) {
	return Number(sessionStorage.getItem(name) ?? 0);
}

function touch() {
	sessionStorage.setItem("touched", String(Date.now()));
}
