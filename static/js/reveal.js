// reveal turns a button into the switch that shows and hides a password.
export function reveal(button) {
	const field = document.getElementById(button.dataset.reveal);
	if (!field) return;
	const words = { password: button.textContent, text: button.dataset.hide };
	const names = { password: button.getAttribute("aria-label"), text: button.dataset.hideName }; // what the button does next
	const say = () => {
		button.textContent = words[field.type];
		button.setAttribute("aria-label", names[field.type]);
	};
	button.hidden = false;
	say();
	field.addEventListener("made", say); // password.js shows what it made
	button.addEventListener("click", () => {
		field.type = field.type === "password" ? "text" : "password";
		say();
		field.focus();
	});
	field.form?.addEventListener("submit", () => { field.type = "password"; });
}
