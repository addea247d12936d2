package demo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
)

// People write in the language that is asked for, and nothing else about them
// depends on it.
func TestWhatPeopleWrite(t *testing.T) {
	zone := berlin(t)
	start := time.Date(2026, 3, 10, 14, 0, 0, 0, zone)
	people := cast()
	for _, m := range Household(start, zone) {
		people = append(people, m.Person)
	}
	notes := 0
	for _, p := range people {
		english := Generate(p, 1, zone, start.AddDate(0, -2, 0), start)
		p.Lang = "de"
		other := Generate(p, 1, zone, start.AddDate(0, -2, 0), start)
		require.Len(t, other, len(english))
		for i := range english {
			require.Equal(t, english[i].Glucose, other[i].Glucose)
			require.Equal(t, german[english[i].Source.Device], other[i].Source.Device)
			require.NotEmpty(t, other[i].Source.Device)
			require.Len(t, other[i].Sparse, len(english[i].Sparse))
			for j, was := range english[i].Sparse {
				for k, word := range writtenIn(was) {
					if word == "" {
						continue
					}
					notes++
					require.Equal(t, german[word], writtenIn(other[i].Sparse[j])[k])
					require.NotEmpty(t, german[word], "no German for %q", word)
				}
				require.Equal(t, was.Base().At, other[i].Sparse[j].Base().At)
			}
		}
	}
	require.Greater(t, notes, 100)
	for _, a := range archetypes() {
		for _, note := range a.notes {
			require.Contains(t, german, note)
		}
	}
}

// writtenIn is the words of a record that a person or their device chose.
func writtenIn(r record.Record) []string {
	switch r := r.(type) {
	case *record.Note:
		return []string{r.Text}
	case *record.Carbs:
		return []string{r.Food}
	case *record.Activity:
		return []string{r.Name, r.Intensity}
	case *record.Fingerstick:
		return []string{r.Meter}
	case *record.Event:
		return []string{r.Detail}
	}
	return nil
}
