// At the bedside the screen stays on while a newest value is shown. Where the
// browser does not allow it (it saves power, or knows no such thing) the
// screen goes dark as always; the page is the same.
export async function keepAwake() {
	if (!("wakeLock" in navigator) || document.hidden) return;
	try {
		await navigator.wakeLock.request("screen");
	} catch {
		// refused: nothing is lost but the light
	}
}
