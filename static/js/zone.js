// A reader whose clock shows another time than the person's is told whose
// times the page has.
export function tellZone(line) {
	const clock = (timeZone) => new Intl.DateTimeFormat("en", { timeZone, dateStyle: "short", timeStyle: "short" }).format();
	try {
		line.hidden = clock(line.dataset.zone) === clock(undefined);
	} catch {
		line.hidden = false; // a zone that this browser does not know
	}
}
