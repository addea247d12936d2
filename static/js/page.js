// Every page works without this. It keeps ages true, shows typed passwords on
// wish, and reads charts out.
import { keepAges } from "./age.js";
import { readOut } from "./chart.js";
import { reveal } from "./reveal.js";

keepAges(document);
for (const box of document.querySelectorAll("[data-chart]")) readOut(box);
for (const button of document.querySelectorAll("[data-reveal]")) reveal(button);
for (const figure of document.querySelectorAll("[data-explore]")) import("./explore.js").then((m) => m.explore(figure));
