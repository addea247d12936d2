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
	for at := 0; at < len(points)-1; {
		at = reach(points, at, tolerance)
		kept = append(kept, points[at])
	}
	return kept
}

// reach is the farthest point that a straight line from one point can end at
// and pass all between within tolerance; a point on the way that it would miss
// does not end the search, since one behind it may lie well again.
func reach(points []Point, from int, tolerance float64) (best int) {
	best = from + 1
	low, high := math.Inf(-1), math.Inf(1) // slopes that pass all points so far
	for i, p := range points[from+1:] {
		dx := p.X - points[from].X
		if dx <= 0 || low > high {
			break
		}
		dy := p.Y - points[from].Y
		if slope := dy / dx; slope >= low && slope <= high {
			best = from + 1 + i
		}
		low, high = max(low, (dy-tolerance)/dx), min(high, (dy+tolerance)/dx)
	}
	return best
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
// CompactDots is Dots in whole units.
func CompactDots(points []Point) string {
	if len(points) == 0 {
		return ""
	}
	b := make([]byte, 0, len(points)*7)
	x, y := 0, 0
	for i, p := range points {
		nx, ny := int(math.Round(p.X)), int(math.Round(p.Y))
		if b = append(b, 'm'); i == 0 {
			b[0] = 'M'
		}
		b = spaced(strconv.AppendInt(b, int64(nx-x), 10), ny-y)
		b = append(b, "h0"...)
		x, y = nx, ny
	}
	return string(b)
}

// Stair is a level over part of a width.
type Stair struct{ From, Until, Y float64 }

// Stairs is the closed path of a stepped area over a ground, in whole units.
// Stairs that meet are one area; those of one level one step. Steps are taken
// between rounded places, so that no error adds up.
func Stairs(list []Stair, ground float64) string {
	var b []byte
	x, y, bottom := 0, 0, int(math.Round(ground))
	to := func(name byte, at *int, v int) {
		if v != *at {
			b = strconv.AppendInt(append(b, name), int64(v-*at), 10)
			*at = v
		}
	}
	for i, s := range list {
		if i == 0 || s.From != list[i-1].Until {
			x, y = int(math.Round(s.From)), bottom
			b = spaced(strconv.AppendInt(append(b, 'M'), int64(x), 10), y)
		}
		to('v', &y, int(math.Round(s.Y)))
		if last := i+1 == len(list) || list[i+1].From != s.Until; last || math.Round(list[i+1].Y) != math.Round(s.Y) {
			if to('h', &x, int(math.Round(s.Until))); last {
				to('v', &y, bottom)
				b = append(b, 'Z')
			}
		}
	}
	return string(b)
}

// Spikes is the path of lines that stand on a ground and end at points, which
// are in order of X, in whole units.
func Spikes(points []Point, ground float64) string {
	var b []byte
	x, y, bottom := 0, 0, int(math.Round(ground))
	for i, p := range points {
		nx, ny := int(math.Round(p.X)), int(math.Round(p.Y))
		if b = append(b, 'm'); i == 0 {
			b[0] = 'M'
		}
		b = spaced(strconv.AppendInt(b, int64(nx-x), 10), bottom-y)
		b = strconv.AppendInt(append(b, 'v'), int64(ny-bottom), 10)
		x, y = nx, ny
	}
	return string(b)
}

// Body is what lies between a line and a level, on either side of it: the
// Compact path of the line, closed along the level.
func Body(points []Point, level float64) string {
	if len(points) < 2 {
		return ""
	}
	b := append([]byte(Compact(points)), 'V')
	b = strconv.AppendInt(b, int64(math.Round(level)), 10)
	b = strconv.AppendInt(append(b, 'H'), int64(math.Round(points[0].X)), 10)
	return string(append(b, 'Z'))
}

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
