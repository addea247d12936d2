// watchIdle warns a minute before a session ends, and offers to stay. It asks
// the box first, in whose words it speaks: in another window somebody may have
// done something. Whether the session has ended the box alone decides; asking
// does not keep it awake.
const warnBefore = 60;

export function watchIdle(body) {
	const bar = document.createElement("div");
	const words = document.createElement("p");
	const count = document.createElement("p");
	const stay = document.createElement("button");
	let end = 0;
	let timer = 0;

	bar.className = "idle";
	bar.setAttribute("role", "alert");
	count.className = "number";
	count.setAttribute("aria-hidden", "true"); // said once, not each second
	stay.className = "button";
	stay.type = "button";
	bar.append(words, count, stay);

	const after = (seconds, what) => {
		clearTimeout(timer);
		timer = setTimeout(what, Math.max(seconds, 0.5) * 1000);
	};
	const tick = () => {
		const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
		count.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
		if (seconds > 0) after(0.5, tick);
		else after(1, look);
	};
	const take = (answer) => {
		end = Date.now() + answer.left * 1000;
		if (answer.left <= 0) location.assign("/signin?ended=1");
		else if (answer.left > warnBefore) {
			bar.remove();
			after(answer.left - warnBefore, look);
		} else {
			words.textContent = answer.warning;
			stay.textContent = answer.stay;
			if (!bar.isConnected) body.prepend(bar);
			tick();
		}
	};
	const ask = async (method) => {
		const answer = await fetch("/session", { method, headers: method === "GET" ? { "Gk-Auto": "1" } : {}, cache: "no-store", redirect: "error" });
		if (!answer.ok) throw new Error("no answer");
		take(await answer.json());
	};
	const look = () => { ask("GET").catch(() => after(15, look)); }; // out of reach: the box goes on counting, and so do we

	stay.addEventListener("click", () => { ask("POST").catch(look); });
	document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
	after(Number(body.dataset.idle) - warnBefore, look);
}
