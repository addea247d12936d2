package chart

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCompact(t *testing.T) {
	require.Equal(t, "M0 500l5-3 5 0 10 20", Compact([]Point{{0, 500}, {5, 497.2}, {10, 496.9}, {20, 517}}))
	require.Equal(t, "M5 7h0", Compact([]Point{{5, 7}}))
	require.Empty(t, Compact(nil))
	require.Equal(t, "M0 500l5-3 5 0V112H0Z", Body([]Point{{0, 500}, {5, 497.2}, {10, 496.9}}, 112.3))
	require.Empty(t, Body([]Point{{5, 7}}, 100), "a dot has no body")
}

// Simplify keeps every point within tolerance of the line that is left, keeps
// both ends, and adds nothing.
func TestSimplify(t *testing.T) {
	require.Equal(t, []Point{{0, 0}, {10, 10}}, Simplify([]Point{{0, 0}, {5, 5}, {10, 10}}, 1))
	require.Len(t, Simplify([]Point{{0, 0}, {5, 9}, {10, 0}}, 1), 3, "a peak stays")
	rapid.Check(t, func(t *rapid.T) {
		tolerance := rapid.Float64Range(0.1, 20).Draw(t, "tolerance")
		var points []Point
		x := 0.0
		for range rapid.IntRange(0, 80).Draw(t, "n") {
			points = append(points, Point{x, rapid.Float64Range(0, 1000).Draw(t, "y")})
			x += float64(rapid.IntRange(1, 15).Draw(t, "step"))
		}
		kept := Simplify(points, tolerance)
		require.LessOrEqual(t, len(kept), len(points))
		if len(points) == 0 {
			return
		}
		require.Equal(t, points[0], kept[0])
		require.Equal(t, points[len(points)-1], kept[len(kept)-1])
		k := 0 // the segment that a point lies on
		for i, p := range points {
			for k+2 < len(kept) && kept[k+1].X < p.X {
				k++
			}
			a, b := kept[k], kept[min(k+1, len(kept)-1)]
			at := a.Y
			if b.X > a.X {
				at += (b.Y - a.Y) * (p.X - a.X) / (b.X - a.X)
			}
			require.InDelta(t, p.Y, at, tolerance+1e-6, "point "+strconv.Itoa(i)+" is off the line")
		}
	})
	require.Len(t, Simplify([]Point{{0, 0}, {0, 9}, {0, 0}}, 1), 3, "points of one place stay")
}
