package text

import (
	"sync"

	"golang.org/x/text/language"
)

// Match chooses the language of the catalogue that fits an Accept-Language
// header best; the first of Languages when none does or the header is broken.
func Match(acceptLanguage string) string {
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return Languages()[0]
	}
	_, i, _ := matcher().Match(wanted...)
	return Languages()[i]
}

// matcher is made once: that takes longer than to match.
var matcher = sync.OnceValue(func() language.Matcher {
	tags := make([]language.Tag, 0, len(Languages()))
	for _, lang := range Languages() {
		tags = append(tags, language.Make(lang))
	}
	return language.NewMatcher(tags)
})

// Clock24 guesses from an Accept-Language header whether its reader uses a
// 24-hour clock. Only regions that write am and pm say no; they are the ones
// that CLDR gives "h" as the preferred hour in English.
func Clock24(acceptLanguage string) bool {
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return true
	}
	region, sure := wanted[0].Region()
	if sure == language.No {
		return true
	}
	switch region.String() {
	case "US", "CA", "AU", "NZ", "IN", "PH", "PK", "EG", "SA", "MX", "CO":
		return false
	}
	return true
}
