package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/views/page"
)

func TestNamesStandInTheOrderOfTheAlphabet(t *testing.T) {
	cards := func(names ...string) (all []page.PersonCard) {
		for _, n := range names {
			all = append(all, page.PersonCard{Name: n, Need: 2})
		}
		return all
	}
	var a alphabet
	for range 2 { // the second time from what was made once
		sorted := a.byNeed("de", append(cards("Zoe", "anna", "Änne", "Anton", "Ben"), page.PersonCard{Name: "Zuletzt", Need: 1}))
		var names []string
		for _, c := range sorted {
			names = append(names, c.Name)
		}
		require.Equal(t, []string{"Zuletzt", "anna", "Änne", "Anton", "Ben", "Zoe"}, names, "who needs a look first, then by name")
	}
	require.Empty(t, a.byNeed("en", nil))
	before, after := a.keysOf("sv", []string{"Zoe", "Änne"}), a.keysOf("de", []string{"Zoe", "Änne"})
	require.Less(t, before[0], before[1], "in Swedish ä is one of the last letters")
	require.Greater(t, after[0], after[1])
}
