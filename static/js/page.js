// Every page works without this. It keeps ages true, shows typed passwords on
// wish, reads charts out, compares clocks, and keeps a bedside screen on.
import { keepAges } from "./age.js";
import { readOut } from "./chart.js";
import { compareClocks } from "./clock.js";
import { reveal } from "./reveal.js";
import { keepAwake } from "./wake.js";

keepAges(document);
for (const box of document.querySelectorAll("[data-chart]")) readOut(box);
for (const button of document.querySelectorAll("[data-reveal]")) reveal(button);
for (const line of document.querySelectorAll("[data-clock]")) compareClocks(line);
if (document.documentElement.dataset.theme === "bedside" && "live" in document.body.dataset) {
	document.addEventListener("visibilitychange", keepAwake); // a lock ends when the page is left
	keepAwake();
}
