// Every page works without this. It keeps newest values up to date, shows
// typed passwords on wish, and reads charts out.
import { readOut } from "./chart.js";
import { keepLive } from "./live.js";
import { reveal } from "./reveal.js";

function wire(root) {
	for (const box of root.querySelectorAll("[data-chart]:not([tabindex])")) readOut(box);
	for (const button of root.querySelectorAll("[data-reveal][hidden]")) reveal(button);
}

wire(document);
keepLive(wire);
