package metrics

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

func TestGridStep(t *testing.T) {
	for spacing, want := range map[int]int{0: 1, 1: 1, 5: 5, 7: 5, 11: 10, 13: 15, 14: 15, 15: 15, 16: 16, 19: 20, 25: 20, 30: 30, 60: 60} {
		require.Equal(t, want, gridMinutes(spacing), "spacing %d", spacing)
	}
}

func TestGridInterpolatesAndLeavesHoles(t *testing.T) {
	at := time.Date(2024, 5, 1, 0, 2, 0, 0, time.UTC)
	var rs []record.Reading
	for _, m := range []int{0, 5, 10, 15, 60, 65, 70, 116, 121} { // the step from 15 to 60 is 45 min, from 70 to 116 it is 46
		rs = append(rs, record.Reading{At: record.At(at.Add(time.Duration(m) * time.Minute)), Value: unit.MgDLValue(float64(100 + m))})
	}
	g := NewGrid(rs, time.UTC)
	require.Equal(t, 5*time.Minute, g.Step)
	require.Equal(t, 2, g.Days)
	value := func(clock string) unit.MgPerDl {
		c, err := time.Parse("15:04", clock)
		require.NoError(t, err)
		return g.Values[(c.Hour()*60+c.Minute())/5-1]
	}
	require.InDelta(t, 103, float64(value("00:05")), 1e-9)
	require.InDelta(t, 128, float64(value("00:30")), 1e-9, "45 minutes are filled")
	require.False(t, Defined(value("01:15")), "46 minutes are not")
	require.False(t, Defined(value("01:55")))
	require.InDelta(t, 218, float64(value("02:00")), 1e-9)
	require.False(t, Defined(value("02:05")), "nothing after the last reading")
}

func TestGridKeepsAPointOnAReadingBesideAHole(t *testing.T) {
	rs := every(5*time.Minute, unit.MgDLValue, 100, 110, math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(),
		math.NaN(), math.NaN(), math.NaN(), math.NaN(), 120, 130)
	g := NewGrid(rs, time.UTC)
	require.Equal(t, 4, g.Present())
}

func TestGridOnDaysOfOtherLength(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for date, hole := range map[string]bool{"2024-03-31": true, "2024-10-27": false} {
		day, err := time.ParseInLocation(time.DateOnly, date, loc)
		require.NoError(t, err)
		g := NewGrid(steady(day, day.AddDate(0, 0, 2), 5*time.Minute), loc)
		row := g.ByDay[0]
		require.Equal(t, date, row.Date.String())
		require.Len(t, row.Values, 288)
		n := 0
		for k, v := range row.Values {
			minute := (k + 1) * 5
			skipped := hole && minute >= 120 && minute < 180
			require.Equal(t, !skipped, Defined(v), "%s minute %d", date, minute)
			if Defined(v) {
				n++
			}
		}
		require.Equal(t, hole, n == 276)
	}
}

func TestVariabilityOfWorkedExamples(t *testing.T) {
	// Two days of hourly readings, the second 30 above the first: MODD is 30.
	var v []float64
	for h := range 48 {
		v = append(v, 100+float64(h%24)+float64(h/24)*30)
	}
	g := NewGrid(every(time.Hour, unit.MgDLValue, v...), time.UTC)
	require.Equal(t, 20*time.Minute, NewGrid(every(50*time.Minute, unit.MgDLValue, 1, 2, 3), time.UTC).Step)
	require.Equal(t, time.Hour, g.Step)
	require.InDelta(t, 30, float64(g.MODD()), 1e-9)
	require.InDelta(t, 0, float64(g.CONGA(24)), 1e-9, "all differences over a day are 30")
	require.False(t, Defined(Grid{}.MODD()))
	require.False(t, Defined(Grid{}.CONGA(1)))

	// Up 10, down 10 …: the SD of (10, -10, 10) around 10/3.
	g = NewGrid(every(time.Hour, unit.MgDLValue, 100, 110, 100, 110), time.UTC)
	require.False(t, Defined(g.CONGA(0)))
	require.InDelta(t, math.Sqrt((2*math.Pow(10-10.0/3, 2)+math.Pow(-10-10.0/3, 2))/2), float64(g.CONGA(1)), 1e-9)
}

func TestReadingsOfOneInstantCountAsTheirMean(t *testing.T) {
	rs := every(5*time.Minute, unit.MgDLValue, 100, 100, 130, 100)
	again := rs[2]
	again.Value = unit.MgDLValue(110)
	third := rs[2]
	third.Value = unit.MgDLValue(60)
	rs = []record.Reading{rs[0], rs[1], rs[2], again, third, rs[3]}
	require.InDelta(t, 100, float64(NewGrid(rs, time.UTC).Values[2]), 1e-9)
}
