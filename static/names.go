package static

import (
	"maps"
	"slices"
)

// Names lists the files that URL knows, in order.
func Names() []string { return sortedNames(assets().byName) }

func sortedNames(m map[string]asset) []string { return slices.Sorted(maps.Keys(m)) }

// must gives v; embedded files cannot fail to be read.
func must[T any](v T, err error) T {
	if err != nil {
		panic("static: " + err.Error())
	}
	return v
}
