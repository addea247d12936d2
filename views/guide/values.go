package guide

import (
	"glucokeep/app/text"
	"glucokeep/views/component"
	"glucokeep/views/figure"
)

// values are the newest value in every state that it can have, and the lines
// that say how the link to the box goes.
func values(l text.Locale) (parts []Part) {
	states := figure.States(l)
	for _, s := range states {
		parts = append(parts, Part{Name: "value-" + s.Name, Show: component.Value(s.Latest, "tile")})
	}
	return append(parts, Part{Name: "value-hero", Show: component.Value(states[0].Latest, "hero"), Wide: true},
		Part{Name: "live-reconnecting", Show: reconnecting(), Wide: true}, Part{Name: "live-offline", Show: offline(), Wide: true})
}
