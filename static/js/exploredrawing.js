// The drawing of the explorer: tiles of the window, fetched and kept, and
// where their parts belong while the window moves.
const hour = 3_600_000;
const keep = 24; // tiles

export const iso = (ms) => new Date(ms).toISOString().slice(0, 19) + "Z";

// drawing gives what draws a window: place, at once and by what is there, and
// draw, by the best tile.
export function drawing(figure, view) {
	const d = figure.dataset;
	const svg = figure.querySelector("[data-plot] svg.plot"), moving = figure.querySelector("[data-moving]");
	const ticks = figure.querySelector("[data-ticks]"), mark = figure.querySelector("[data-found]"), brush = figure.querySelector("[data-brush]");
	const note = figure.querySelector('[data-say="note"]');
	let tile = { from: view.from, until: view.until, width: moving.viewBox.baseVal.width };
	let asking;
	const tiles = new Map(); // by address, the newest last
	const wide = () => Math.max(100, Math.round(svg.getBoundingClientRect().width));
	const percent = (t) => ((t - view.from) / (view.until - view.from)) * 100;

	// place puts what is drawn where it now belongs.
	function place() {
		const unit = tile.width / (tile.until - tile.from);
		moving.setAttribute("viewBox", `${(view.from - tile.from) * unit} 0 ${(view.until - view.from) * unit} 1150`);
		for (const e of ticks.children) {
			const x = percent(Number(e.dataset.tick));
			e.setAttribute("visibility", x >= 0 && x <= 100 ? "visible" : "hidden");
			for (const name of e.tagName === "line" ? ["x1", "x2"] : ["x"]) e.setAttribute(name, `${x}%`);
		}
		brush.setAttribute("x", `${((view.from - view.first) / (view.last - view.first)) * 100}%`);
		brush.setAttribute("width", `${((view.until - view.from) / (view.last - view.first)) * 100}%`);
	}

	// address is that of the tile that holds the window: twice a power of two
	// long, so that windows beside each other share tiles, and as dense as the
	// plot, so that it shows what the page itself would.
	function address(a = view.from, length = view.until - view.from) {
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
				const a = view.from + by * (view.until - view.from);
				if (a < view.last && a + view.until - view.from > view.first) await load(address(a), signal);
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

	return { place, draw };
}

function element(name, kind, attributes) {
	const e = document.createElementNS("http://www.w3.org/2000/svg", name);
	e.setAttribute("class", kind);
	for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
	return e;
}
