// reveal turns a button into the switch that shows and hides a password.
export function reveal(button) {
	const field = document.getElementById(button.dataset.reveal);
	if (!field) return;
	const words = { password: button.textContent, text: button.dataset.hide };
	button.hidden = false;
	button.setAttribute("aria-pressed", "false");
	button.addEventListener("click", () => {
		field.type = field.type === "password" ? "text" : "password";
		button.textContent = words[field.type];
		button.setAttribute("aria-pressed", String(field.type === "text"));
		field.focus();
	});
	field.form?.addEventListener("submit", () => { field.type = "password"; });
}
