package metrics

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
)

func TestStartOfADate(t *testing.T) {
	for _, c := range []struct {
		name, zone, date, start string
		minutes                 int
	}{
		{"an ordinary day", "Europe/Berlin", "2024-06-15", "2024-06-14T22:00:00Z", 1440},
		{"summer time begins at midnight: the day begins at one", "Asia/Beirut", "2024-03-31", "2024-03-30T22:00:00Z", 1380},
		{"summer time ends at one: the first midnight counts", "America/Havana", "2024-11-03", "2024-11-03T04:00:00Z", 1500},
		{"summer time ends at midnight: the day before is long", "Asia/Beirut", "2024-10-26", "2024-10-25T21:00:00Z", 1500},
		{"the day after that is ordinary", "Asia/Beirut", "2024-10-27", "2024-10-26T22:00:00Z", 1440},
		{"half an hour of summer time", "Australia/Lord_Howe", "2024-10-06", "2024-10-05T13:30:00Z", 1410},
	} {
		t.Run(c.name, func(t *testing.T) {
			loc, err := time.LoadLocation(c.zone)
			require.NoError(t, err)
			day, err := time.Parse(time.DateOnly, c.date)
			require.NoError(t, err)
			d := DateOf(record.At(day), time.UTC)
			require.Equal(t, c.date, d.String())
			require.Equal(t, day.Weekday(), d.Weekday())
			require.Equal(t, c.start, d.Start(loc).Time().Format(time.RFC3339))
			require.Equal(t, c.minutes, d.Minutes(loc))
			require.Equal(t, d, DateOf(d.Start(loc), loc))
			require.Equal(t, d.Add(-1), DateOf(d.Start(loc)-1, loc))
		})
	}
}

func TestClockAgreesWithTheStandardLibrary(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Beirut", "Pacific/Apia"}
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		require.NoError(t, err)
		c := newClock(loc)
		for range 5 {
			at := record.Millis(rapid.Int64Range(-1e12, 3e12).Draw(t, "at"))
			local := at.Time().In(loc)
			wall := time.UnixMilli(c.wall(at)).UTC()
			require.Equal(t, local.Format("2006-01-02T15:04:05.000"), wall.Format("2006-01-02T15:04:05.000"))
			require.Equal(t, DateOf(at, loc), dateOfDay(c.day(at)))
		}
	})
}
