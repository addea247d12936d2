package chart

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// keyWidth is 5 for one thing and 12 for several.
func keyWidth(_, count int) float64 {
	if count > 1 {
		return 12
	}
	return 5
}

func TestKeys(t *testing.T) {
	cases := map[string]struct {
		xs   []float64
		want []Key
	}{
		"nothing happened":                      {nil, nil},
		"who has room stands at its place":      {[]float64{0, 30}, []Key{{0, 5, 0, 0, 1}, {30, 5, 0, 1, 1}}},
		"two at once use two rows":              {[]float64{30, 30}, []Key{{30, 5, 0, 0, 1}, {30, 5, 1, 1, 1}}},
		"a third at once joins the second":      {[]float64{30, 30, 30}, []Key{{30, 5, 0, 0, 1}, {30, 12, 1, 1, 2}}},
		"the upper row is used again":           {[]float64{30, 31, 36}, []Key{{30, 5, 0, 0, 1}, {31, 5, 1, 1, 1}, {36, 5, 0, 2, 1}}},
		"a label at the edge steps back":        {[]float64{99}, []Key{{95, 5, 0, 0, 1}}},
		"a crowd at the edge is one label each": {[]float64{99, 99, 99, 99}, []Key{{95, 5, 0, 0, 1}, {88, 12, 1, 1, 3}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, Keys(c.xs, keyWidth, 2, 100)) })
	}
	require.Equal(t, []Key{{0, 12, 0, 0, 3}}, Keys([]float64{1, 2, 3}, keyWidth, 1, 12), "a label that must grow swallows the one before")
}

func TestKeysNeverTouchAndLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := rapid.SliceOfN(rapid.Float64Range(0, 100), 0, 80).Draw(t, "places")
		slices.Sort(xs)
		rows := rapid.IntRange(1, 3).Draw(t, "rows")
		next := 0
		ends := make([]float64, rows)
		for _, k := range Keys(xs, keyWidth, rows, 100) {
			require.Equal(t, next, k.First, "in order, none left out, none twice")
			next += k.Count
			require.GreaterOrEqual(t, k.X, ends[k.Row]-1e-9, "two labels of a row touch")
			ends[k.Row] = k.X + k.Width
			require.GreaterOrEqual(t, k.X, 0.0)
			require.LessOrEqual(t, ends[k.Row], 100+1e-9)
		}
		require.Equal(t, len(xs), next)
	})
}

// The law of thinned dots: the lowest and the highest of every column stay,
// in order, and nothing is made up.
func TestExtremesSurviveInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 400).Draw(t, "n")
		columns := rapid.IntRange(1, 40).Draw(t, "columns")
		points := make([]Point, n)
		for i := range points {
			points[i] = Point{X: float64(i) * 1440 / float64(max(n, 1)), Y: rapid.Float64Range(0, 1000).Draw(t, "y")}
		}
		kept := Extremes(points, columns, 1440)
		require.True(t, slices.IsSorted(kept))
		require.Len(t, slices.Compact(slices.Clone(kept)), len(kept), "none twice")
		if n <= 2*columns {
			require.Len(t, kept, n, "few points all stay")
			return
		}
		require.LessOrEqual(t, len(kept), 2*columns)
		byColumn := map[int][]float64{}
		for _, p := range points {
			c := min(int(p.X/1440*float64(columns)), columns-1)
			byColumn[c] = append(byColumn[c], p.Y)
		}
		for _, i := range kept {
			c := min(int(points[i].X/1440*float64(columns)), columns-1)
			low, high := slices.Min(byColumn[c]), slices.Max(byColumn[c])
			require.True(t, points[i].Y == low || points[i].Y == high, "%v is no extreme of its column", points[i].Y)
		}
		for c, ys := range byColumn {
			for _, want := range []float64{slices.Min(ys), slices.Max(ys)} {
				require.True(t, slices.ContainsFunc(kept, func(i int) bool {
					return points[i].Y == want && min(int(points[i].X/1440*float64(columns)), columns-1) == c
				}), "column %d lost an extreme", c)
			}
		}
	})
}
