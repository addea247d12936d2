package guide

import (
	"strings"
	"time"

	"glucokeep/app/text"
	"glucokeep/views/component"
	"glucokeep/views/figure"
)

// values are the newest value in every state that it can have, the lines that
// say how the link to the box goes, and what was given last.
func values(l text.Locale) (parts []Part) {
	states := figure.States(l)
	for _, s := range states {
		parts = append(parts, Part{Name: "value-" + s.Name, Show: component.Value(s.Latest, "tile")})
	}
	dose := givenLine(l, "log.last-dose", 25*time.Minute, "Nan", figure.Units(l, 4))
	carbs := givenLine(l, "log.last-carbs", 70*time.Minute, "Maximiliane von Hohenstein-Wittelsbach", figure.Grams(l, 45))
	several := []component.GivenLine{dose, givenLine(l, "log.dose-too", 31*time.Minute, "Marta", figure.Units(l, 2.5)),
		givenLine(l, "log.dose-too", 44*time.Minute, "Maximiliane von Hohenstein-Wittelsbach", figure.Units(l, 1)),
		givenLine(l, "log.dose-too", 58*time.Minute, "Nan", figure.Units(l, 3)), {Before: l.T("log.doses-more", "count", 2)}, carbs}
	return append(parts,
		Part{Name: "given-dose", Show: component.ShowLastGiven(component.LastGiven{Lines: []component.GivenLine{dose}})},
		Part{Name: "given-both", Show: component.ShowLastGiven(component.LastGiven{Lines: []component.GivenLine{dose, carbs}}), Wide: true},
		Part{Name: "given-several", Show: component.ShowLastGiven(component.LastGiven{Lines: several}), Wide: true},
		Part{Name: "value-hero", Show: component.Value(states[0].Latest, "hero"), Wide: true},
		Part{Name: "live-reconnecting", Show: reconnecting(), Wide: true}, Part{Name: "live-offline", Show: offline(), Wide: true})
}

// givenLine is a sentence of what was given last, as package web makes it.
func givenLine(l text.Locale, key string, age time.Duration, who, amount string) component.GivenLine {
	before, after, _ := strings.Cut(l.T(key, "age", "\uE000", "who", who, "amount", amount), "\uE000")
	return component.GivenLine{Before: before, Age: l.Span(age), After: after, Since: now().Add(-age).Format(time.RFC3339)}
}
