// The figures, the table and the links of the explorer's window.
import { iso } from "./exploredrawing.js";

const again = 5_000; // ms until figures that could not be had are asked for once more

// figures gives what asks for the figures of a window in some ms, and keeps its
// address. recovered is called when they are there again after they were not.
export function figures(figure, view, recovered) {
	const d = figure.dataset;
	const note = figure.querySelector('[data-say="note"]');
	let answering, told, failed = false;
	const soon = (ms) => {
		clearTimeout(told);
		told = setTimeout(tell, ms);
	};

	async function tell() {
		const query = `?from=${iso(view.from)}&until=${iso(view.until)}`;
		history.replaceState(null, "", location.pathname + query);
		answering?.abort();
		answering = new AbortController();
		try {
			const answer = await fetch(d.figures + query, { signal: answering.signal });
			if (answer.redirected || answer.status === 404) return location.reload(); // the session, or the sharing, has ended
			if (!answer.ok) throw new Error(answer.statusText);
			say(figure, await answer.json());
			d.said = query; // the page is all of one window again
			if (failed) recovered();
			failed = false;
		} catch (e) {
			if (e.name === "AbortError") return;
			failed = true;
			blank(figure);
			note.textContent = d.slow;
			soon(again);
		}
	}

	return soon;
}

// blank takes away the figures of a window that is no longer shown: those of
// the new one could not be had.
function blank(figure) {
	const d = figure.dataset;
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

// say puts the figures into their places.
function say(figure, state) {
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
