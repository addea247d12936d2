package carelog_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/carelog"
)

func TestInstants(t *testing.T) {
	for _, c := range []struct {
		name, zone, wall string
		want             []string // UTC
	}{
		{"an ordinary time", "Europe/Berlin", "2026-07-01 10:05", []string{"2026-07-01T08:05"}},
		{"just before the gap", "Europe/Berlin", "2026-03-29 01:59", []string{"2026-03-29T00:59"}},
		{"in the gap", "Europe/Berlin", "2026-03-29 02:30", nil},
		{"just after the gap", "Europe/Berlin", "2026-03-29 03:00", []string{"2026-03-29T01:00"}},
		{"twice", "Europe/Berlin", "2026-10-25 02:00", []string{"2026-10-25T00:00", "2026-10-25T01:00"}},
		{"twice, at its end", "Europe/Berlin", "2026-10-25 02:59", []string{"2026-10-25T00:59", "2026-10-25T01:59"}},
		{"just after", "Europe/Berlin", "2026-10-25 03:00", []string{"2026-10-25T02:00"}},
		{"half an hour that repeats", "Australia/Lord_Howe", "2026-04-05 01:45", []string{"2026-04-04T14:45", "2026-04-04T15:15"}},
		{"half an hour that is left out", "Australia/Lord_Howe", "2026-10-04 02:15", nil},
		{"a day that was left out", "Pacific/Apia", "2011-12-30 12:00", nil},
		{"clocks that go back at midnight", "America/Havana", "2026-11-01 00:30", []string{"2026-11-01T04:30", "2026-11-01T05:30"}},
		{"no summer time", "Asia/Kolkata", "2026-10-25 02:30", []string{"2026-10-24T21:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			require.NoError(t, err)
			wall, err := time.Parse("2006-01-02 15:04", c.wall)
			require.NoError(t, err)
			var got []string
			for _, at := range carelog.Instants(wall, wall.Hour(), wall.Minute(), zone) {
				got = append(got, at.UTC().Format("2006-01-02T15:04"))
			}
			require.Equal(t, c.want, got)
		})
	}
}

// Every instant is found again from what the wall showed.
func TestEveryInstantIsFoundAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "UTC"}).Draw(t, "zone"))
		require.NoError(t, err)
		at := time.Unix(rapid.Int64Range(0, 2_000_000_000).Draw(t, "at")/60*60, 0).In(zone)
		list := carelog.Instants(at, at.Hour(), at.Minute(), zone)
		require.Contains(t, list, at)
		require.LessOrEqual(t, len(list), 2)
	})
}
