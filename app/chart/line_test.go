package chart

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestRuns(t *testing.T) {
	cases := map[string]struct {
		minutes []float64
		every   time.Duration
		want    []int // lengths
	}{
		"no samples":                            {nil, 0, nil},
		"one sample":                            {[]float64{0}, 0, []int{1}},
		"one missed reading is drawn through":   {[]float64{0, 5, 15}, 5 * time.Minute, []int{3}},
		"exactly the longest gap":               {[]float64{0, 11}, 5 * time.Minute, []int{2}},
		"a second more breaks the line":         {[]float64{0, 11.02}, 5 * time.Minute, []int{1, 1}},
		"an unknown interval counts as five":    {[]float64{0, 11, 23}, 0, []int{2, 1}},
		"a quarter of an hour at such a sensor": {[]float64{0, 15, 46}, 15 * time.Minute, []int{3}},
		"one minute at such a sensor":           {[]float64{0, 3, 7}, time.Minute, []int{2, 1}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			start := time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
			var samples []Sample
			for _, m := range c.minutes {
				samples = append(samples, Sample{At: start.Add(time.Duration(m * float64(time.Minute))), Every: c.every})
			}
			var got []int
			for _, r := range Runs(samples) {
				got = append(got, len(r))
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestPath(t *testing.T) {
	require.Empty(t, Path(nil))
	require.Equal(t, "M1 2h0", Path([]Point{{1, 2}}), "a single reading is a dot")
	require.Equal(t, "M0 10l5.1-0.1l4.9-9.9", Path([]Point{{0, 10}, {5.06, 9.94}, {10, -0.04}}))
	require.Equal(t, "M1 2h0m2 2h0", Dots([]Point{{1, 2}, {3, 4}}))
	require.Equal(t, "M0 0l1 0l0 1Z", Polygon([]Point{{0, 0}, {1, 0}, {1, 1}}))
	require.Empty(t, Polygon([]Point{{0, 0}, {1, 0}}))
}

func TestDecimateLosesNoExtreme(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, columns := rapid.IntRange(0, 400).Draw(t, "n"), rapid.IntRange(1, 40).Draw(t, "columns")
		points := make([]Point, n)
		for i := range points {
			points[i] = Point{X: float64(i) * 100 / float64(n), Y: rapid.Float64Range(0, 400).Draw(t, fmt.Sprint(i))}
		}
		kept := Decimate(points, columns, 100)
		require.LessOrEqual(t, len(kept), max(n, 0))
		require.LessOrEqual(t, len(kept), 4*columns)
		extremes := func(list []Point) (low, high float64) {
			low, high = 1e9, -1e9
			for _, p := range list {
				low, high = min(low, p.Y), max(high, p.Y)
			}
			return low, high
		}
		low, high := extremes(points)
		keptLow, keptHigh := extremes(kept)
		require.Equal(t, []float64{low, high}, []float64{keptLow, keptHigh})
		for i := 1; i < len(kept); i++ {
			require.Less(t, kept[i-1].X, kept[i].X, "the order stays")
		}
	})
}

func TestBands(t *testing.T) {
	bins := []Bin{{X: 0, Low: 2, High: 1}, {X: 1, Low: 3, High: 1}, {X: 2, Absent: true}, {X: 3, Low: 2, High: 1}, {X: 4, Low: 2, High: 0}}
	got := Bands(bins)
	require.Equal(t, [][]Point{{{0, 1}, {1, 1}, {1, 3}, {0, 2}}, {{3, 1}, {4, 0}, {4, 2}, {3, 2}}}, got)
	require.Len(t, Edge(bins, func(b Bin) float64 { return b.Low }), 2)
	require.Empty(t, Bands([]Bin{{X: 0, Low: 2, High: 1}, {Absent: true}}), "a single bin has no width")
	require.Empty(t, Bands(nil))
}

func TestWrap(t *testing.T) {
	bins := []Bin{{X: 6, Low: 10, High: 4}, {X: 18, Low: 20, High: 8}}
	got := Wrap(bins, 24)
	require.Equal(t, Bin{X: 0, Low: 15, High: 6}, got[0])
	require.Equal(t, Bin{X: 24, Low: 15, High: 6}, got[3])
	bins[1].Absent = true
	require.Len(t, Wrap(bins, 24), 2, "nothing is made up where a bin is missing")
}

func TestBeyond(t *testing.T) {
	// On a screen smaller Y is higher up: this line rises above 50 and falls.
	line := []Point{{0, 60}, {10, 40}, {20, 40}, {30, 60}, {40, 70}}
	require.Equal(t, [][]Point{{{5, 50}, {10, 40}, {20, 40}, {25, 50}}}, Beyond(line, 50, true))
	below := Beyond(line, 50, false)
	require.Equal(t, [][]Point{{{0, 50}, {0, 60}, {5, 50}}, {{25, 50}, {30, 60}, {40, 70}, {40, 50}}}, below)
	require.Empty(t, Beyond(line, 0, true))
	require.Empty(t, Beyond([]Point{{0, 50}, {10, 50}}, 50, true), "on the level is not beyond it")
	require.Empty(t, Beyond(nil, 50, true))
}

func TestSpread(t *testing.T) {
	require.Equal(t, []float64{10, 30, 50}, Spread([]float64{10, 30, 50}, 5, 0, 100), "who has room stays")
	require.Equal(t, []float64{27.5, 32.5}, Spread([]float64{30, 30}, 5, 0, 100))
	require.Equal(t, []float64{50, 10}, Spread([]float64{50, 10}, 5, 0, 100), "the answer keeps the order of the wishes")
	require.Equal(t, []float64{0, 5, 10}, Spread([]float64{0, 0, 0}, 5, 0, 100), "nobody leaves the drawing")
	require.Equal(t, []float64{0, 50, 100}, Spread([]float64{1, 2, 3}, 60, 0, 100), "without room all stand evenly")
	require.Nil(t, Spread(nil, 5, 0, 100))
}

func TestSpreadKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wishes := rapid.SliceOfN(rapid.Float64Range(0, 100), 1, 8).Draw(t, "wishes")
		got := Spread(wishes, 6, 0, 100)
		for i := range wishes {
			require.GreaterOrEqual(t, got[i], -1e-9)
			require.LessOrEqual(t, got[i], 100+1e-9)
			for k := range wishes {
				if wishes[i] < wishes[k] {
					require.GreaterOrEqual(t, got[k]-got[i], 6-1e-9)
				}
			}
		}
	})
}

func TestStack(t *testing.T) {
	require.Equal(t, []float64{20, 80}, Stack([]float64{20, 80}, []float64{5, 5}, 100))
	require.Equal(t, []float64{5, 95}, Stack([]float64{0, 100}, []float64{5, 5}, 100), "an empty part stays visible")
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Float64Range(0, 100), 5, 5).Draw(t, "parts")
		sum := 0.0
		for _, h := range Stack(parts, []float64{14, 14, 36, 14, 14}, 300) {
			require.GreaterOrEqual(t, h, 14-1e-9)
			sum += h
		}
		require.InDelta(t, 300, sum, 1e-6)
	})
}

// Whoever follows the steps comes to each point within the rounding, however
// many there are.
func TestStepsDoNotDrift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var points []Point
		for range rapid.IntRange(2, 400).Draw(t, "n") {
			points = append(points, Point{rapid.Float64Range(0, 1440).Draw(t, "x"), rapid.Float64Range(0, 1000).Draw(t, "y")})
		}
		for _, path := range []string{Path(points), strings.ReplaceAll(strings.ReplaceAll(Dots(points), "h0", ""), "m", "l")} {
			steps := strings.Split(strings.TrimPrefix(path, "M"), "l")
			require.Len(t, steps, len(points))
			x, y := 0.0, 0.0
			for i, s := range steps {
				var dx, dy float64
				_, err := fmt.Sscanf(regexp.MustCompile(`(\d)-`).ReplaceAllString(s, "$1 -"), "%g %g", &dx, &dy)
				require.NoError(t, err, s)
				x, y = x+dx, y+dy
				require.InDelta(t, points[i].X, x, 0.0501)
				require.InDelta(t, points[i].Y, y, 0.0501)
			}
		}
	})
}
