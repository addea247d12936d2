// make puts passwords that the box made into the fields of a form, one at each
// press. When all were seen, the link brings new ones.
export function make(making) {
	const fields = making.dataset.making.split(" ").map((id) => document.getElementById(id));
	const made = making.querySelector("[data-made]");
	for (const way of making.querySelectorAll("[data-suggests]")) {
		const waiting = way.dataset.suggests.split("\n").filter(Boolean);
		delete way.dataset.suggests;
		way.setAttribute("role", "button");
		way.addEventListener("keydown", (e) => {
			if (e.key !== " ") return;
			e.preventDefault();
			way.click();
		});
		way.addEventListener("click", (e) => {
			if (waiting.length === 0 || fields.includes(null)) return;
			e.preventDefault();
			const password = waiting.shift();
			for (const field of fields) {
				field.value = password;
				field.type = "text";
				field.dispatchEvent(new Event("made"));
				field.dispatchEvent(new Event("input", { bubbles: true }));
			}
			made.firstElementChild.textContent = password;
			made.hidden = false;
		});
	}
}

// strength says in words how far a password has come. It hints; the box
// decides, and says why.
export function strength(line) {
	const field = document.getElementById(line.dataset.strength);
	if (!field) return;
	const least = Number(line.dataset.least);
	const say = () => {
		const signs = [...field.value.normalize("NFKC")];
		line.hidden = signs.length === 0;
		const different = new Set(signs.map((s) => s.toLowerCase())).size;
		let words = line.dataset.good;
		if (signs.length < least + 5 || different < 9) words = line.dataset.fair;
		if (signs.length < least) words = line.dataset.short.replace("#", String(least - signs.length));
		if (line.textContent !== words) line.textContent = words;
	};
	field.addEventListener("input", say);
	say();
}
