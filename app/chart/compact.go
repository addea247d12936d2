package chart

import (
	"math"
	"strconv"
)

// Simplify leaves out points, which are in order of X, that a straight line
// between their neighbours passes within tolerance of (in Y): of five-minute
// readings about a third is left, and the eye sees no difference. The first
// and the last point stay.
func Simplify(points []Point, tolerance float64) []Point {
	if len(points) < 3 {
		return points
	}
	kept := []Point{points[0]}
	low, high := math.Inf(-1), math.Inf(1) // slopes that pass all points since the last kept one
	for i := 1; i < len(points); i++ {
		from, p := kept[len(kept)-1], points[i]
		dx := p.X - from.X
		if slope := (p.Y - from.Y) / dx; dx <= 0 || slope < low || slope > high {
			from = points[i-1]
			if from != kept[len(kept)-1] {
				kept = append(kept, from)
			}
			dx = p.X - from.X
			low, high = math.Inf(-1), math.Inf(1)
		}
		if dx > 0 {
			low = max(low, (p.Y-tolerance-from.Y)/dx)
			high = min(high, (p.Y+tolerance-from.Y)/dx)
		}
	}
	return append(kept, points[len(points)-1])
}

// Compact is Path in whole units and steps from point to point, which is a
// third of its length: for drawings of many lines.
func Compact(points []Point) string {
	if len(points) == 0 {
		return ""
	}
	x, y := int(math.Round(points[0].X)), int(math.Round(points[0].Y))
	b := append(make([]byte, 0, len(points)*6), 'M')
	b = strconv.AppendInt(b, int64(x), 10)
	b = spaced(b, y)
	if len(points) == 1 {
		return string(append(b, "h0"...))
	}
	b = append(b, 'l')
	for i, p := range points[1:] {
		nx, ny := int(math.Round(p.X)), int(math.Round(p.Y))
		if i == 0 {
			b = strconv.AppendInt(b, int64(nx-x), 10)
		} else {
			b = spaced(b, nx-x)
		}
		b = spaced(b, ny-y)
		x, y = nx, ny
	}
	return string(b)
}

// spaced adds a number; a minus sign parts it from the one before.
func spaced(b []byte, n int) []byte {
	if n >= 0 {
		b = append(b, ' ')
	}
	return strconv.AppendInt(b, int64(n), 10)
}

// Box is the viewBox of a drawing.
func Box(x, y, width, height float64) string {
	b := coordinate(nil, x)
	for _, v := range []float64{y, width, height} {
		b = coordinate(append(b, ' '), v)
	}
	return string(b)
}
