package web

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/text"
)

func TestHoursOfAPattern(t *testing.T) {
	for clock24, want := range map[bool][2]string{true: {"Each day, the whole of it", "Each day from 18:00 to 24:00"}, false: {"Each day, the whole of it", "Each day from 6:00\u00a0pm to 12:00\u00a0am"}} {
		w := patternWords{v: &visit{locale: text.Locale{Lang: "en", Unit: "mg/dL", Clock24: clock24}}}
		require.Equal(t, want[0], w.shown(0, 24))
		require.Equal(t, want[1], w.shown(18, 24))
	}
}

// 1:06 to 8:01 is 6 h 55 min, whatever the seconds that are not printed.
func TestAGapIsAsLongAsItsClocksSay(t *testing.T) {
	day := time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	from, until := record.At(day.Add(time.Hour+6*time.Minute+50*time.Second)), record.At(day.Add(8*time.Hour+time.Minute+10*time.Second))
	require.Equal(t, 6*time.Hour+55*time.Minute, clockLength(from, until))
	require.Equal(t, -(6*time.Hour + 55*time.Minute), clockLength(until, from))
}
