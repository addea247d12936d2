// copyText turns a button into one that copies the lines of a list, each as
// it is shown or as its data-text says.
export function copyText(button) {
	const list = document.getElementById(button.dataset.copy);
	if (!list || !navigator.clipboard) return;
	const words = button.textContent;
	button.hidden = false;
	button.addEventListener("click", async () => {
		await navigator.clipboard.writeText([...list.children].map((line) => line.dataset.text ?? line.textContent.trim()).join("\n"));
		button.textContent = button.dataset.done;
		setTimeout(() => { button.textContent = words; }, 4000);
	});
}

// printPage turns a button into one that prints.
export function printPage(button) {
	button.hidden = false;
	button.addEventListener("click", () => window.print());
}
