package ingest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
)

// read resolves walls written as text and gives the instants as UTC text.
func read(t *testing.T, zone string, walls ...string) (instants []string, qualities []record.Quality) {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	require.NoError(t, err)
	b := record.Batch{Clock: record.Wall}
	for _, w := range walls {
		at, err := time.Parse("2006-01-02 15:04", w)
		require.NoError(t, err)
		b.Glucose = append(b.Glucose, record.Reading{At: record.At(at)})
	}
	require.NoError(t, repair(&b, loc))
	for _, r := range b.Glucose {
		instants = append(instants, r.At.Time().Format("01-02 15:04"))
		qualities = append(qualities, r.Quality)
		if r.Quality == record.Skipped {
			continue // the device showed a time that the zone does not have
		}
		local := r.At.Time().Add(time.Duration(r.Offset) * time.Minute)
		require.Equal(t, r.At.Time().In(loc).Format(time.DateTime), local.Format(time.DateTime), "offset is the zone's at that instant")
	}
	return instants, qualities
}

func TestWallClock(t *testing.T) {
	const berlin, newYork, sydney = "Europe/Berlin", "America/New_York", "Australia/Sydney"
	for _, c := range []struct {
		name  string
		zone  string
		walls []string
		want  []string
	}{
		{"winter and summer", berlin, []string{"2024-01-10 12:00", "2024-07-10 12:00"}, []string{"01-10 11:00", "07-10 10:00"}},
		{"the hour that is left out moves forward", berlin, []string{"2024-03-31 01:55", "2024-03-31 02:30", "2024-03-31 03:00"},
			[]string{"03-31 00:55", "03-31 01:30", "03-31 01:00"}},
		{"the repeated hour by the step back, oldest first", berlin,
			[]string{"2024-10-27 01:55", "2024-10-27 02:00", "2024-10-27 02:30", "2024-10-27 02:00", "2024-10-27 02:30", "2024-10-27 03:00"},
			[]string{"10-26 23:55", "10-27 00:00", "10-27 00:30", "10-27 01:00", "10-27 01:30", "10-27 02:00"}},
		{"the repeated hour by the step back, newest first", berlin,
			[]string{"2024-10-27 03:00", "2024-10-27 02:30", "2024-10-27 02:00", "2024-10-27 02:30", "2024-10-27 02:00", "2024-10-27 01:55"},
			[]string{"10-27 02:00", "10-27 01:30", "10-27 01:00", "10-27 00:30", "10-27 00:00", "10-26 23:55"}},
		{"rows that run on into the time after are the second pass", berlin,
			[]string{"2024-10-27 02:50", "2024-10-27 02:55", "2024-10-27 03:00"}, []string{"10-27 01:50", "10-27 01:55", "10-27 02:00"}},
		{"rows that follow from the time before are the first pass", berlin,
			[]string{"2024-10-27 01:55", "2024-10-27 02:00", "2024-10-27 02:05"}, []string{"10-26 23:55", "10-27 00:00", "10-27 00:05"}},
		{"a lone row is the first pass", berlin, []string{"2024-10-27 02:10"}, []string{"10-27 00:10"}},
		{"New York", newYork, []string{"2024-11-03 00:55", "2024-11-03 01:30", "2024-11-03 01:00", "2024-11-03 02:00"},
			[]string{"11-03 04:55", "11-03 05:30", "11-03 06:00", "11-03 07:00"}},
		{"the other hemisphere", sydney, []string{"2024-04-07 02:30", "2024-04-07 02:00", "2024-10-06 02:30"},
			[]string{"04-06 15:30", "04-06 16:00", "10-05 16:30"}},
		{"half an hour of change", "Australia/Lord_Howe", []string{"2024-04-07 01:25", "2024-04-07 01:40", "2024-04-07 01:35"},
			[]string{"04-06 14:25", "04-06 14:40", "04-06 15:05"}},
		{"long ago", berlin, []string{"1961-04-12 09:00"}, []string{"04-12 08:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := read(t, c.zone, c.walls...)
			require.Equal(t, c.want, got)
		})
	}
	t.Run("says how sure it is", func(t *testing.T) {
		_, q := read(t, berlin, "2024-03-31 02:30", "2024-06-01 12:00", "2024-10-27 02:30")
		require.Equal(t, []record.Quality{record.Skipped, record.AssumedZone, record.Ambiguous}, q)
	})
}

// A clock that shows the wall time of consecutive instants is read back to
// just those instants, in any zone, over any change, in both orders.
func TestWallClockIsInverted(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "America/Sao_Paulo", "Africa/Casablanca"}
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		require.NoError(t, err)
		start := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, 11*365*24*12).Draw(t, "slot")) * 5 * time.Minute)
		n := rapid.IntRange(300, 900).Draw(t, "n")
		newestFirst := rapid.Bool().Draw(t, "newest first")
		b := record.Batch{Clock: record.Wall}
		var want []record.Millis
		for i := range n {
			at := start.Add(time.Duration(i) * 5 * time.Minute)
			_, off := at.In(loc).Zone()
			b.Glucose = append(b.Glucose, record.Reading{At: record.At(at) + record.Millis(off*1000)})
			want = append(want, record.At(at))
		}
		// Leave out the ends that stand inside a repeated hour: nothing tells there.
		if newestFirst {
			for i, j := 0, n-1; i < j; i, j = i+1, j-1 {
				b.Glucose[i], b.Glucose[j] = b.Glucose[j], b.Glucose[i]
				want[i], want[j] = want[j], want[i]
			}
		}
		require.NoError(t, repair(&b, loc))
		for i, r := range b.Glucose {
			if r.Quality == record.Ambiguous && (i < 12 || i >= n-12) {
				continue
			}
			require.Equal(t, want[i], r.At, "row %d", i)
		}
	})
}
