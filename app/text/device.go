package text

import "strings"

// Device puts the name of a browser and its system into words of l. It is kept
// as "Chrome on Linux", whoever reads it; anything else stays as it is.
func (l Locale) Device(kept string) string {
	browser, system, both := strings.Cut(kept, " on ")
	if !both {
		return kept
	}
	return l.T("web.device-on", "browser", browser, "system", system)
}
