// The box's clock beside this device's: readings are kept by the one and looked
// at by the other. Up to a minute is how pages travel and people set clocks.
const near = 60_000;

export function compareClocks(line) {
	const answered = performance.timeOrigin + (performance.getEntriesByType("navigation")[0]?.responseStart ?? 0);
	const ahead = answered - Date.parse(line.dataset.boxClock); // this device before the box
	const minutes = Math.round(Math.abs(ahead) / 60_000);
	const h = Math.floor(minutes / 60), m = minutes % 60;
	const span = h === 0 ? `${m}\u00a0min` : m === 0 ? `${h}\u00a0h` : `${h}\u00a0h ${m}\u00a0min`;
	const sentence = Math.abs(ahead) < near ? line.dataset.same : ahead > 0 ? line.dataset.ahead : line.dataset.behind;
	line.textContent = sentence.replace("…", span);
	line.hidden = false;
}
