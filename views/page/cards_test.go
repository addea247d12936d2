package page

import (
	"bytes"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/stretchr/testify/require"

	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/chart"
	"glucokeep/views/figure"
)

// Whatever was drawn before, a card is what its template would draw now.
func TestADrawnCardIsTheCardOfNow(t *testing.T) {
	var kept Drawn
	draw := func(c templ.Component, l text.Locale) string {
		var b bytes.Buffer
		require.NoError(t, c.Render(text.With(t.Context(), l), &b))
		return b.String()
	}
	now := time.Date(2026, 3, 10, 14, 7, 0, 0, time.UTC)
	newest := figure.Newest{At: now.Add(-2 * time.Minute), Value: unit.MgDLValue(112), Class: figure.InRange, Every: 5 * time.Minute}
	locales := []text.Locale{{Lang: "en", Unit: "mg/dL"}, {Lang: "de", Unit: "mmol/L", Clock24: true}}
	for range 2 { // the second time from what is kept
		for _, l := range locales {
			for minutes := range 20 {
				c := PersonCard{Key: "a", Name: "Ana", URL: "/people/a", Latest: figure.NewLatest(l, &newest, now.Add(time.Duration(minutes)*time.Minute))}
				require.Equal(t, draw(personCard(c), l), draw(kept.draw(c), l))
				require.Equal(t, draw(personCard(c), l), draw(kept.draw(c), l))
				other := c
				other.Key, other.Name = "b", "Ben"
				require.Equal(t, draw(personCard(other), l), draw(kept.draw(other), l))
				c.Spark, c.InRange, c.Alarm, c.Name = &chart.Spark{X: "1%"}, "78%", "Low at 14:00", "<b>Ana</b>"
				require.Equal(t, draw(personCard(c), l), draw(kept.draw(c), l))
			}
		}
	}
	require.Len(t, kept.cards, 4, "one for each person and locale, the last")
	var none *Drawn
	c := PersonCard{Key: "a", Name: "Ana"}
	require.Equal(t, draw(personCard(c), locales[0]), draw(none.draw(c), locales[0]))
}

func TestDrawnCardsAreBounded(t *testing.T) {
	var kept Drawn
	l := text.Locale{Lang: "en"}
	for i := range 10_000 {
		c := PersonCard{Key: string(rune('a'+i%26)) + time.Duration(i).String(), Name: "Ana"}
		require.NoError(t, kept.draw(c).Render(text.With(t.Context(), l), &bytes.Buffer{}))
		require.LessOrEqual(t, kept.size, mostDrawn+10_000)
	}
	size := 0
	for _, c := range kept.cards {
		size += len(c.text)
	}
	require.Equal(t, size, kept.size)
}
