// idle warns a minute before a session ends, and offers to stay. It asks the
// box first: in another window somebody may have done something. Whether the
// session has ended the box alone decides; asking does not keep it awake.
const warnBefore = 60;

export function watchIdle(bar) {
	const shown = bar.querySelector("[data-left]");
	let end = 0;
	let timer = 0;

	const left = async (method) => {
		const answer = await fetch(bar.dataset.ask, { method, headers: method === "GET" ? { "Gk-Auto": "1" } : {}, cache: "no-store", redirect: "error" });
		if (!answer.ok) throw new Error("no answer");
		return (await answer.json()).left;
	};
	const wait = (seconds) => {
		clearTimeout(timer);
		timer = setTimeout(look, Math.max(1, seconds) * 1000);
	};
	const go = (seconds) => {
		end = Date.now() + seconds * 1000;
		bar.hidden = seconds > warnBefore;
		if (seconds <= 0) location.assign(bar.dataset.ended);
		else if (bar.hidden) wait(seconds - warnBefore);
		else count();
	};
	const count = () => {
		const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
		shown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
		clearTimeout(timer);
		timer = setTimeout(seconds > 0 ? count : look, seconds > 0 ? 500 : 1000);
	};
	const look = () => left("GET").then(go, () => wait(15)); // out of reach: the box goes on counting, and so do we

	bar.querySelector("[data-stay]").addEventListener("click", () => left("POST").then(go, look));
	document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
	wait(Number(bar.dataset.idle) - warnBefore);
}
