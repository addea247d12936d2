// One stream of the box for all tabs of a browser: the tab that holds the lock
// reads it and tells the others. Without locks each tab has its own.
const silence = 40_000; // ms; the box says something every 15 seconds

// share calls hear with every event of the stream, {event, id, data}, and with
// {event: "lost"} when it breaks. at gives the mark to go on from.
export function share(reader, at, hear) {
	const name = `glucokeep live ${reader}`;
	if (!navigator.locks || !("BroadcastChannel" in globalThis)) {
		follow(at, hear, new AbortController().signal);
		return;
	}
	const channel = new BroadcastChannel(name);
	const kept = new Map(); // newest event of each person, for tabs that come later
	let leading = false, heard = Date.now();
	const tell = (e) => {
		heard = Date.now();
		if (e.data?.person) kept.set(e.data.person, e);
		channel.postMessage(e);
		hear(e);
	};
	channel.onmessage = ({ data: e }) => {
		if (e.event !== "hello") {
			heard = Date.now();
			hear(e);
		} else if (leading) {
			for (const k of kept.values()) if (newer(k.id, e.mark)) channel.postMessage(k);
			channel.postMessage({ event: "beat", data: {} });
		}
	};
	const lead = async (options) => {
		try {
			await navigator.locks.request(name, options, () => {
				leading = true;
				const stop = new AbortController();
				stopLeading = () => stop.abort();
				return follow(at, tell, stop.signal);
			});
		} catch { // another tab took the lock, because this one was silent
			leading = false;
			stopLeading();
			setTimeout(lead, 1000, {});
		}
	};
	let stopLeading = () => {};
	lead({});
	channel.postMessage({ event: "hello", mark: at() });
	setInterval(() => { // the leader may be frozen: take over what somebody looks at
		if (leading || document.hidden || Date.now() - heard < silence) return;
		heard = Date.now();
		hear({ event: "lost" });
		lead({ steal: true });
	}, 5000);
}

// newer reports whether an event comes after a mark; of another run of the box
// or without a number it may.
export function newer(id, mark) {
	const [run, n] = (id ?? "").split("-"), [ours, m] = (mark ?? "").split("-");
	return run !== ours || Number(n) > Number(m);
}

// follow reads the stream until signal, again and again: after a break it
// waits longer each time, and never as long as all others do.
async function follow(at, hear, signal) {
	let tries = 0;
	while (!signal.aborted) {
		let wait = 0;
		try {
			wait = await read(at(), (e) => {
				if (e.event === "ready") tries = 0;
				hear(e);
			}, signal);
		} catch { /* the line is broken */ }
		if (signal.aborted) return;
		hear({ event: "lost" });
		wait = Math.max(wait, Math.min(30_000, 500 * 2 ** tries++)) * (0.5 + Math.random());
		await pause(wait);
	}
}

// pause waits, but not once somebody looks or the network is back.
function pause(ms) {
	return new Promise((done) => {
		const over = new AbortController();
		const go = () => { over.abort(); clearTimeout(timer); done(); };
		const timer = setTimeout(go, ms);
		for (const sign of ["online", "glucokeep-seen"]) addEventListener(sign, go, { signal: over.signal });
	});
}

// read reads one connection to its end and gives the ms that the box asks to
// wait.
async function read(mark, hear, signal) {
	const stop = new AbortController();
	const end = () => stop.abort();
	signal.addEventListener("abort", end, { once: true });
	let timer = setTimeout(end, silence);
	const seen = () => { if (Date.now() - heard > 20_000) end(); };
	let heard = Date.now();
	addEventListener("glucokeep-seen", seen);
	try {
		const headers = { Accept: "text/event-stream" };
		if (mark) headers["Last-Event-ID"] = mark;
		const answer = await fetch("/live", { headers, cache: "no-store", signal: stop.signal });
		if (answer.redirected || answer.status === 401) hear({ event: "over" });
		if (!answer.ok || answer.redirected) return 1000 * Number(answer.headers.get("Retry-After") ?? 0);
		const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
		for (let text = ""; ;) {
			const { value, done } = await reader.read();
			if (done) return 0;
			clearTimeout(timer);
			timer = setTimeout(end, silence);
			heard = Date.now();
			text += value;
			const blocks = text.split("\n\n");
			text = blocks.pop();
			for (const block of blocks) {
				const e = parse(block);
				if (e) hear(e);
			}
		}
	} finally {
		clearTimeout(timer);
		removeEventListener("glucokeep-seen", seen);
		signal.removeEventListener("abort", end);
		end();
	}
}

function parse(block) {
	const e = {};
	for (const line of block.split("\n")) {
		const at = line.indexOf(": ");
		if (at > 0) e[line.slice(0, at)] = line.slice(at + 2);
	}
	if (!e.event) return null;
	e.data = JSON.parse(e.data ?? "{}");
	return e;
}
