package web

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/report"
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

// The hour that a clock goes through twice is told apart, and no other is.
func TestHoursShownTwice(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	v := &visit{locale: text.Locale{Lang: "en", Unit: "mg/dL"}}
	for utc, want := range map[string]string{
		"2025-10-25T23:59": "1:59\u00a0am", "2025-10-26T00:00": "2:00\u00a0am\u00a0CEST", "2025-10-26T00:59": "2:59\u00a0am\u00a0CEST",
		"2025-10-26T01:00": "2:00\u00a0am\u00a0CET", "2025-10-26T01:59": "2:59\u00a0am\u00a0CET", "2025-10-26T02:00": "3:00\u00a0am",
		"2025-03-30T00:59": "1:59\u00a0am", "2025-03-30T01:00": "3:00\u00a0am", "2025-03-30T01:59": "3:59\u00a0am",
	} {
		at, err := time.Parse("2006-01-02T15:04", utc)
		require.NoError(t, err)
		c := &curve{v: v, trace: report.Trace{Data: report.Data{Zone: berlin}}}
		c.shown.day = metrics.DateOf(record.At(at), berlin)
		require.Equal(t, want, c.clock(record.At(at)), utc)
	}
	lord, err := time.LoadLocation("Australia/Lord_Howe") // set back by half an hour
	require.NoError(t, err)
	require.True(t, shownTwice(time.Date(2025, 4, 5, 14, 45, 0, 0, time.UTC).In(lord)))
	require.True(t, shownTwice(time.Date(2025, 4, 5, 15, 15, 0, 0, time.UTC).In(lord)))
	require.False(t, shownTwice(time.Date(2025, 4, 5, 15, 30, 0, 0, time.UTC).In(lord)))
}
