// Every page works without this. It keeps newest values up to date, shows
// typed passwords on wish and makes some, reads charts out, compares clocks and zones, warns before
// a session ends, and keeps a bedside screen on.
import { readOut } from "./chart.js";
import { compareClocks } from "./clock.js";
import { keepLive } from "./live.js";
import { reveal } from "./reveal.js";
import { keepAwake } from "./wake.js";
import { tellZone } from "./zone.js";

function wire(root) {
	for (const box of root.querySelectorAll("[data-chart]:not([tabindex])")) readOut(box);
	for (const button of root.querySelectorAll("[data-reveal][hidden]")) reveal(button);
	for (const line of root.querySelectorAll("[data-zone]")) tellZone(line);
	for (const making of root.querySelectorAll("[data-making]")) import("./password.js").then((m) => m.make(making));
	for (const line of root.querySelectorAll("[data-strength]")) import("./password.js").then((m) => m.strength(line));
}

wire(document);
keepLive(wire);
for (const figure of document.querySelectorAll("[data-explore]")) import("./explore.js").then((m) => m.explore(figure));
if (document.body.dataset.idle) import("./idle.js").then((m) => m.watchIdle(document.body));
for (const button of document.querySelectorAll("[data-copy]")) import("./keep.js").then((m) => m.copyText(button));
for (const button of document.querySelectorAll("[data-print]")) import("./keep.js").then((m) => m.printPage(button));
for (const form of document.querySelectorAll("[data-passkey]")) import("./passkey.js").then((m) => m.passkey(form));
for (const line of document.querySelectorAll("[data-box-clock]")) compareClocks(line);
if (document.documentElement.dataset.theme === "bedside" && "live" in document.body.dataset) {
	document.addEventListener("visibilitychange", keepAwake); // a lock ends when the page is left
	keepAwake();
}
