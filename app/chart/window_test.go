package chart

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestMinMaxLosesNoExtreme(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, columns := rapid.IntRange(0, 400).Draw(t, "n"), rapid.IntRange(1, 40).Draw(t, "columns")
		points := make([]Point, n)
		for i := range points { // some lie left and right of the drawing
			points[i] = Point{X: float64(i)*140/float64(n) - 20, Y: float64(rapid.IntRange(0, 60).Draw(t, "y"))}
		}
		kept := MinMax(points, columns, 100)
		if n > 2*columns {
			require.LessOrEqual(t, len(kept), 2*columns+4, "two a column and two on either side")
		}
		type extremes struct{ low, high float64 }
		of := func(list []Point) map[int]extremes {
			out := map[int]extremes{}
			for _, p := range list {
				c := -1 // of the left side
				if p.X >= 0 {
					c = min(int(p.X*float64(columns)/100), columns)
				}
				e, ok := out[c]
				if !ok {
					e = extremes{p.Y, p.Y}
				}
				out[c] = extremes{min(e.low, p.Y), max(e.high, p.Y)}
			}
			return out
		}
		if n > 2*columns {
			low, high := 1e9, -1e9
			keptLow, keptHigh := 1e9, -1e9
			for _, e := range of(points) {
				low, high = min(low, e.low), max(high, e.high)
			}
			for _, e := range of(kept) {
				keptLow, keptHigh = min(keptLow, e.low), max(keptHigh, e.high)
			}
			require.Equal(t, []float64{low, high}, []float64{keptLow, keptHigh})
			require.Len(t, of(kept), len(of(points)), "no column with points is empty")
		}
		for i := 1; i < len(kept); i++ {
			require.Less(t, kept[i-1].X, kept[i].X, "the order stays")
		}
	})
}

// A part of the drawing has the columns that it covers, not those of all of it.
func TestMinMaxOfAPartOfTheDrawing(t *testing.T) {
	points := make([]Point, 60)
	for i := range points {
		points[i] = Point{X: 10 + float64(i)/10, Y: float64(i % 7)}
	}
	require.Len(t, MinMax(points, 100, 100), 12, "six columns of a hundred")
	require.LessOrEqual(t, len(Decimate(points, 100, 100)), 24)
}

func spans(t *rapid.T, zone *time.Location) (bounds, s Span, least time.Duration) {
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, zone)
	draw := func(name string, most int) time.Duration {
		return time.Duration(rapid.IntRange(1, most).Draw(t, name)) * time.Minute
	}
	bounds = Span{start, start.Add(draw("whole", 3_000_000))}
	since := start.Add(draw("since", 6_000_000) - 1_500_000*time.Minute)
	return bounds, Span{since, since.Add(draw("length", 6_000_000))}, draw("least", 600)
}

func TestAWindowStaysWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bounds, s, least := spans(t, time.UTC)
		got := s.Within(bounds, least)
		require.False(t, got.Since.Before(bounds.Since))
		require.False(t, got.Until.After(bounds.Until))
		require.GreaterOrEqual(t, got.Length(), min(least, bounds.Length()))
		require.Equal(t, got, got.Within(bounds, least), "what fits is not moved again")
		inside := !s.Since.Before(bounds.Since) && !s.Until.After(bounds.Until) && s.Length() >= least
		if inside {
			require.Equal(t, s, got)
		}
		require.Equal(t, s.Length(), s.Shift(1).Length(), "moving does not stretch")
		require.Equal(t, s.Until, s.Shift(1).Since, "the next window begins where this one ends")
		require.Equal(t, s, s.Shift(1).Shift(-1))
		out := s.Zoom(0.5)
		require.InDelta(t, float64(2*s.Length()), float64(out.Length()), 2)
		require.InDelta(t, 0, float64(out.middle().Sub(s.middle())), 2, "the middle stays")
	})
}

func TestTicks(t *testing.T) {
	z := zone(t, "Europe/Berlin")
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, z)
		require.NoError(t, err)
		return v
	}
	names := func(s Span, most int) (out []string) {
		for _, tick := range Ticks(s, TickStep(s, most)) {
			out = append(out, tick.Format("2006-01-02 15:04"))
		}
		return out
	}
	cases := map[string]struct {
		since, until string
		most         int
		want         []string
	}{
		"a day by six hours":         {"2026-03-10 00:00", "2026-03-11 00:00", 4, []string{"2026-03-10 00:00", "2026-03-10 06:00", "2026-03-10 12:00", "2026-03-10 18:00"}},
		"spring by days":             {"2026-03-28 12:00", "2026-03-31 00:00", 3, []string{"2026-03-29 00:00", "2026-03-30 00:00"}},
		"weeks begin with Monday":    {"2026-03-01 00:00", "2026-03-29 00:00", 4, []string{"2026-03-02 00:00", "2026-03-09 00:00", "2026-03-16 00:00", "2026-03-23 00:00"}},
		"quarters":                   {"2025-02-01 00:00", "2026-02-01 00:00", 5, []string{"2025-04-01 00:00", "2025-07-01 00:00", "2025-10-01 00:00", "2026-01-01 00:00"}},
		"years":                      {"2020-06-01 00:00", "2023-06-01 00:00", 3, []string{"2021-01-01 00:00", "2022-01-01 00:00", "2023-01-01 00:00"}},
		"more than there are labels": {"1900-01-01 00:00", "1961-01-01 00:00", 2, []string{"1900-01-01 00:00", "1910-01-01 00:00", "1920-01-01 00:00", "1930-01-01 00:00", "1940-01-01 00:00", "1950-01-01 00:00", "1960-01-01 00:00"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, names(Span{at(c.since), at(c.until)}, c.most))
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		_, s, _ := spans(t, z)
		most := rapid.IntRange(2, 20).Draw(t, "most")
		got := Ticks(s, TickStep(s, most))
		require.LessOrEqual(t, len(got), most+2, "as many as there is room for")
		for i, tick := range got {
			require.True(t, s.Holds(tick))
			require.True(t, i == 0 || got[i-1].Before(tick))
		}
	})
}
