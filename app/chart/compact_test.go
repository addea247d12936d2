package chart

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
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
func TestCompactDots(t *testing.T) {
	require.Equal(t, "M0 500h0m5-3h0m5 0h0m5 20h0", CompactDots([]Point{{0, 500}, {5, 497.2}, {10, 496.9}, {15, 517}}))
	require.Empty(t, CompactDots(nil))
	rapid.Check(t, func(t *rapid.T) { // no error adds up
		var points []Point
		for range rapid.IntRange(1, 300).Draw(t, "n") {
			points = append(points, Point{rapid.Float64Range(0, 1440).Draw(t, "x"), rapid.Float64Range(0, 1000).Draw(t, "y")})
		}
		x, y := 0, 0
		for i, step := range strings.Split(strings.TrimSuffix(CompactDots(points)[1:], "h0"), "h0m") {
			var dx, dy int
			_, err := fmt.Sscanf(regexp.MustCompile(`(\d)-`).ReplaceAllString(step, "$1 -"), "%d %d", &dx, &dy)
			require.NoError(t, err, step)
			x, y = x+dx, y+dy
			require.InDelta(t, points[i].X, x, 0.5001)
			require.InDelta(t, points[i].Y, y, 0.5001)
		}
	})
}

func TestStairs(t *testing.T) {
	cases := map[string]struct {
		list []Stair
		want string
	}{
		"nothing":                               {nil, ""},
		"one stair":                             {[]Stair{{0, 10, 500}}, "M0 1000v-500h10v500Z"},
		"stairs that meet are one area":         {[]Stair{{0, 10, 500}, {10, 30, 200}}, "M0 1000v-500h10v-300h20v800Z"},
		"two of one level are one step":         {[]Stair{{0, 10, 500}, {10, 20, 500.2}, {20, 30, 200}}, "M0 1000v-500h20v-300h10v800Z"},
		"what is not known between stays so":    {[]Stair{{0, 10, 500}, {12, 20, 500}}, "M0 1000v-500h10v500ZM12 1000v-500h8v500Z"},
		"nothing given is an area of no height": {[]Stair{{0, 10, 1000}, {10, 20, 900}}, "M0 1000h10v-100h10v100Z"},
		"no error adds up":                      {[]Stair{{0, 4.4, 900}, {4.4, 8.8, 800}, {8.8, 13.2, 700}}, "M0 1000v-100h4v-100h5v-100h4v300Z"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, Stairs(c.list, 1000)) })
	}
}

func TestSpikes(t *testing.T) {
	require.Equal(t, "M5 100v-20m10 20v-5", Spikes([]Point{{5, 80}, {15.2, 95.1}}, 100))
	require.Empty(t, Spikes(nil, 100))
}

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
