// Newest values of a page are kept up to date: by the stream of the box, and
// while that is lost by fetching the page each minute.
import { age, keepAges, reached, setNow } from "./age.js";
import { announce, card, fill, keepOrder, lowest, order } from "./board.js";
import { refresh } from "./part.js";
import { newer, share } from "./stream.js";

const patience = 10_000; // ms before a lost stream is said
const pollEvery = 60_000;
const givenUp = 45_000; // ms before it is said that the box cannot be reached

// keepLive begins; wire brings an exchanged part of the page to life.
export function keepLive(wire) {
	const line = document.querySelector("[data-live-line]");
	keepAges(() => { if (line) aged(line); });
	if (!line) return;
	announce(line, { silent: true });
	const choice = document.querySelector("[data-keep]");
	if (choice) keepOrder(choice);
	const link = { lost: Date.now(), shown: Date.now(), polled: 0, failed: false };
	const renew = (options) => refresh((page, mark) => {
		wire(page);
		for (const value of page.querySelectorAll("[data-value]")) age(value);
		aged(line);
		const list = document.querySelector("[data-board]");
		if (list) order(list);
		if (mark && newer(line.dataset.mark, mark)) renew({ values: options?.values }); // something came while it was on its way
	}, options);
	const hear = (e) => {
		if (e.event === "lost") {
			link.lost ||= Date.now();
			return;
		}
		link.lost = 0;
		link.failed = false;
		link.shown = Date.now();
		if (e.id) line.dataset.mark = e.id;
		on[e.event]?.(line, e.data, renew);
		say(line, link);
	};
	share(line.dataset.reader, () => line.dataset.mark, hear);
	setInterval(() => watch(line, link, renew), 1000);
	for (const sign of ["online", "offline"]) addEventListener(sign, () => watch(line, link, renew));
	document.addEventListener("visibilitychange", () => {
		if (!document.hidden) dispatchEvent(new Event("glucokeep-seen"));
	});
	addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
}

// leaving says that a form takes the reader elsewhere: whoever signs out must
// not be led back by the stream that ends with it.
let leaving = false;
addEventListener("submit", () => {
	leaving = true;
	setTimeout(() => { leaving = false; }, 5000);
});

// on is what each event does.
const on = {
	beat(line, data) {
		if (data.now) setNow(data.now);
	},
	person(line, data, renew) {
		reached(data.now); // before its ages are said
		const box = document.querySelector(`[data-person="${CSS.escape(data.person)}"]`);
		const list = document.querySelector("[data-board]");
		if (box) {
			if (!card(box, data) || !list) renew({});
			aged(line);
		} else if (list && data.need < lowest(list)) {
			renew({}); // somebody whom the board left out needs a look
		}
	},
	ready(line, data, renew) {
		if (data.reader !== line.dataset.reader) return location.reload(); // somebody else signed in meanwhile
		if (data.keys && ownersShown().some((key) => !data.keys.includes(key))) return location.reload(); // a right ended meanwhile
		if (!document.querySelector("[data-board]") || String(data.people) === line.dataset.people) return;
		line.dataset.people = data.people;
		renew({});
	},
	ended(line, data) {
		const box = document.querySelector(`[data-person="${CSS.escape(data.person)}"]`);
		if (!box) return;
		if (!box.matches(".person-card")) return leave(data.value.text.age);
		fill(box.querySelector("[data-value]"), data.value);
		for (const part of box.querySelectorAll(".spark, .card-facts, .card-given")) part.remove();
		const link = box.querySelector("h2 a");
		link?.replaceWith(link.textContent);
		announce(line);
	},
	over() {
		if (!leaving) location.reload(); // leads to the page to sign in
	},
};

// ownersShown are the keys of all whose values the page shows.
const ownersShown = () => [...document.querySelectorAll("[data-person]")].map((box) => box.dataset.person);

// leave takes everything about a person off their page.
function leave(sentence) {
	const note = document.createElement("p"), home = document.createElement("a");
	note.setAttribute("role", "status");
	note.textContent = sentence;
	home.href = "/";
	home.className = "button";
	home.textContent = document.querySelector(".brand span")?.textContent ?? "Glucokeep";
	document.title = "Glucokeep";
	document.querySelector("main").replaceChildren(note, home);
}

let title = document.title;

// aged follows a change of values: what is said, the order, the title.
function aged(line) {
	const changed = announce(line);
	const list = document.querySelector("[data-board]");
	if (changed && list) order(list);
	const person = document.querySelector("section[data-person]"), value = person?.querySelector("[data-value]");
	if (!value) return;
	const fresh = value.classList.contains("value-live") || value.classList.contains("value-late");
	const next = fresh && value.dataset.title ? `${value.dataset.title} ${person.dataset.name}` : title;
	if (document.title !== next) document.title = next;
}

// watch says how the link goes and polls while it is lost.
function watch(line, link, renew) {
	const lost = link.lost > 0 && Date.now() - link.lost > patience;
	if (lost && navigator.onLine && !document.hidden && Date.now() - link.polled > pollEvery) {
		link.polled = Date.now();
		renew({ values: true, done: (ok) => {
			link.failed = !ok;
			if (ok) link.shown = Date.now();
			say(line, link);
		} });
	}
	say(line, link);
}

function say(line, link) {
	const place = line.querySelector("[data-live-state]"), lost = link.lost > 0 ? Date.now() - link.lost : 0;
	const words = !navigator.onLine ? line.dataset.offline
		: lost > givenUp && link.failed ? line.dataset.unreachable
		: lost > patience ? line.dataset.lost : "";
	const short = line.dataset.clock === "12"; // 2:05 pm as the box prints it, or 14:05
	const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: short ? "numeric" : "2-digit", minute: "2-digit", hourCycle: short ? "h12" : "h23" });
	const text = words.replace("{clock}", clock.format(link.shown).toLowerCase());
	if (place.textContent !== text) place.textContent = text;
	place.hidden = text === "";
	place.classList.toggle("live-banner", text !== "" && text !== line.dataset.lost);
}
