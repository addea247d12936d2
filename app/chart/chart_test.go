package chart

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/unit"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func TestScale(t *testing.T) {
	s := Scale{From: 40, To: 300, Start: 100, End: 0}
	cases := map[string]struct{ v, want float64 }{
		"the lower end":                 {40, 100},
		"the upper end":                 {300, 0},
		"the middle":                    {170, 50},
		"below is held at the end":      {10, 100},
		"above is held at the end":      {500, 0},
		"no number stands at the start": {math.NaN(), 100},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { require.InDelta(t, c.want, s.At(c.v), 1e-9) })
	}
	require.Zero(t, Scale{From: 5, To: 5}.At(7), "a scale without length has one place")
}

func TestScaleKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Scale{From: 0, To: rapid.Float64Range(1, 1000).Draw(t, "to"), Start: 0, End: 100}
		a, b := rapid.Float64Range(-50, 1100).Draw(t, "a"), rapid.Float64Range(-50, 1100).Draw(t, "b")
		if a > b {
			a, b = b, a
		}
		require.LessOrEqual(t, s.At(a), s.At(b))
		require.GreaterOrEqual(t, s.At(a), 0.0)
		require.LessOrEqual(t, s.At(b), 100.0)
	})
}

func TestDay(t *testing.T) {
	cases := map[string]struct {
		zone  string
		y     int
		m     time.Month
		d     int
		hours float64
		first string
	}{
		"an ordinary day":                    {"Europe/Madrid", 2026, 3, 10, 24, "2026-03-10T00:00:00+01:00"},
		"the day that the clocks go forward": {"Europe/Madrid", 2026, 3, 29, 23, "2026-03-29T00:00:00+01:00"},
		"the day that the clocks go back":    {"Europe/Madrid", 2026, 10, 25, 25, "2026-10-25T00:00:00+02:00"},
		"half an hour of summer time":        {"Australia/Lord_Howe", 2026, 10, 4, 23.5, "2026-10-04T00:00:00+10:30"},
		"a midnight that is left out":        {"Africa/Cairo", 2026, 4, 24, 23, "2026-04-24T01:00:00+03:00"},
		"a midnight that comes twice":        {"Atlantic/Azores", 2026, 10, 25, 25, "2026-10-25T00:00:00Z"},
		"a zone a quarter past the hour":     {"Asia/Kathmandu", 2026, 1, 1, 24, "2026-01-01T00:00:00+05:45"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			z := zone(t, c.zone)
			for _, hour := range []int{4, 12, 23} {
				s := Day(time.Date(c.y, c.m, c.d, hour, 30, 0, 0, z))
				require.Equal(t, c.first, s.Since.Format(time.RFC3339))
				require.InDelta(t, c.hours, s.Until.Sub(s.Since).Hours(), 1e-9)
			}
		})
	}
}

func TestDaysFollowEachOther(t *testing.T) {
	names := []string{"Europe/Madrid", "America/Sao_Paulo", "Africa/Cairo", "Atlantic/Azores", "Australia/Lord_Howe", "America/St_Johns", "Asia/Beirut"}
	rapid.Check(t, func(t *rapid.T) {
		z, err := time.LoadLocation(rapid.SampledFrom(names).Draw(t, "zone"))
		require.NoError(t, err)
		at := time.Date(2008, 1, 1, 12, 0, 0, 0, z).AddDate(0, 0, rapid.IntRange(0, 7000).Draw(t, "day"))
		s := Day(at)
		require.True(t, s.Holds(at))
		require.Equal(t, s.Until, Day(at.AddDate(0, 0, 1)).Since)
		require.Equal(t, at.Day(), s.Since.Day())
		require.Equal(t, at.Day(), s.Until.Add(-time.Nanosecond).In(z).Day())
	})
}

func TestHours(t *testing.T) {
	z := zone(t, "Europe/Madrid")
	clock := func(d time.Time, every int) (hours []int) {
		for _, h := range Hours(Day(d), every) {
			hours = append(hours, h.Hour())
		}
		return hours
	}
	require.Equal(t, []int{0, 3, 6, 9, 12, 15, 18, 21}, clock(time.Date(2026, 3, 10, 5, 0, 0, 0, z), 3))
	require.Equal(t, []int{0, 1, 3, 4}, clock(time.Date(2026, 3, 29, 5, 0, 0, 0, z), 1)[:4], "02:00 is left out")
	require.Equal(t, []int{0, 1, 2, 3}, clock(time.Date(2026, 10, 25, 5, 0, 0, 0, z), 1)[:4], "02:00 is named once")
	require.Len(t, clock(time.Date(2026, 1, 1, 5, 0, 0, 0, zone(t, "Asia/Kathmandu")), 3), 8)
}

func TestNights(t *testing.T) {
	day := Day(time.Date(2026, 3, 10, 5, 0, 0, 0, zone(t, "Europe/Madrid")))
	n := Night{}.Spans(day)
	require.Len(t, n, 2)
	require.Equal(t, day.Since, n[0].Since)
	require.Equal(t, 6*time.Hour, n[0].Until.Sub(n[0].Since))
	require.Equal(t, day.Until, n[1].Until)
	require.Equal(t, 2*time.Hour, n[1].Until.Sub(n[1].Since))
	spring := Night{}.Spans(Day(time.Date(2026, 3, 29, 12, 0, 0, 0, zone(t, "Europe/Madrid"))))
	require.Equal(t, 5*time.Hour, spring[0].Until.Sub(spring[0].Since), "one hour of that night is left out")
}

// The night begins when the clock says so, at whatever minute the picture does.
func TestNightOfAPictureThatBeginsAtAnyMinute(t *testing.T) {
	for minute := range 60 {
		since := time.Date(2026, 3, 10, 20, minute, 30, 0, zone(t, "Asia/Kathmandu"))
		nights := Night{}.Spans(Span{Since: since, Until: since.Add(24 * time.Hour)})
		require.Len(t, nights, 1)
		require.Equal(t, "22:00:00", nights[0].Since.Format(time.TimeOnly), minute)
		require.Equal(t, "06:00:00", nights[0].Until.Format(time.TimeOnly))
		within := Span{Since: since.Add(3 * time.Hour), Until: since.Add(4*time.Hour + time.Minute)}
		require.Equal(t, []Span{within}, Night{}.Spans(within), "it does not go beyond the picture")
	}
}

func TestGlucoseAxis(t *testing.T) {
	labels := func(a Axis) (l []float64) {
		for _, m := range a.Marks {
			l = append(l, m.Label)
		}
		return l
	}
	require.Equal(t, []float64{54, 70, 180, 250, 300}, labels(Limits{}.Axis(unit.MgDL, 30, 251)))
	require.Equal(t, []float64{54, 70, 180, 250, 400}, labels(Limits{}.Axis(unit.MgDL, 30, 400)))
	require.Equal(t, []float64{54, 70, 180, 250, 600}, labels(Limits{}.Axis(unit.MgDL, 30, 900)), "the highest axis clips")
	require.Equal(t, []float64{3, 3.9, 10, 13.9, 20}, labels(Limits{}.Axis(unit.MmolL, 30, 350)))
	low, high := Limits{}.Axis(unit.MmolL, 0, 350).Target()
	require.InDelta(t, 70.26, float64(low), 0.01)
	require.InDelta(t, 180.16, float64(high), 0.01)
	require.InDelta(t, 0, Limits{}.Axis(unit.MgDL, 0, 350).Scale(300).At(350), 1e-9)
}

func TestAxisOfOwnLimits(t *testing.T) {
	labels := func(a Axis) (out []float64) {
		for _, m := range a.Marks {
			out = append(out, m.Label)
		}
		return out
	}
	own := Limits{MgDL: [4]float64{60, 80, 160, 0}, MmolL: [4]float64{3.3, 4.4, 8.9, 0}}
	require.Equal(t, []float64{60, 80, 160, 300}, labels(own.Axis(unit.MgDL, 30, 251)), "there is no very high")
	low, high := own.Axis(unit.MmolL, 30, 251).Target()
	require.InDelta(t, 4.4*18.0156, float64(low), 1e-9, "drawn where the reader's unit has them")
	require.InDelta(t, 8.9*18.0156, float64(high), 1e-9)
	own.MgDL[3] = 300
	require.Equal(t, []float64{60, 80, 160, 300, 350}, labels(own.Axis(unit.MgDL, 30, 251)), "the top is above every bound")
}

func TestNightOfAPerson(t *testing.T) {
	cases := map[string]struct {
		night Night
		hours [][2]int
	}{
		"nobody said otherwise":  {Night{}, [][2]int{{0, 6}, {22, 24}}},
		"over midnight":          {Night{23, 7}, [][2]int{{0, 7}, {23, 24}}},
		"after midnight":         {Night{1, 5}, [][2]int{{1, 5}}},
		"from midnight":          {Night{0, 6}, [][2]int{{0, 6}}},
		"up to midnight":         {Night{20, 0}, [][2]int{{20, 24}}},
		"of somebody on nights":  {Night{8, 16}, [][2]int{{8, 16}}},
		"all but an hour of day": {Night{12, 11}, [][2]int{{0, 11}, {12, 24}}},
	}
	day := Day(time.Date(2026, 3, 10, 12, 0, 0, 0, zone(t, "Europe/Madrid")))
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.hours, c.night.Hours())
			var spans [][2]int
			for _, s := range c.night.Spans(day) {
				spans = append(spans, [2]int{int(s.Since.Sub(day.Since).Hours()), int(s.Until.Sub(day.Since).Hours())})
			}
			require.Equal(t, c.hours, spans, "a day of 24 hours has its night at those hours")
		})
	}
}
