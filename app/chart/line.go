package chart

import (
	"slices"
	"time"
)

// MaxGap is the longest time between two readings that a line is drawn
// through: twice the source's interval and a minute. An
// unknown interval counts as 5 minutes.
func MaxGap(every time.Duration) time.Duration {
	if every <= 0 {
		every = 5 * time.Minute
	}
	return 2*every + time.Minute
}

// Runs cuts samples, which are in order of time, where a line must break.
// The result shares its elements with samples.
func Runs(samples []Sample) [][]Sample {
	var runs [][]Sample
	start := 0
	for i := 1; i <= len(samples); i++ {
		if i < len(samples) {
			gap := samples[i].At.Sub(samples[i-1].At)
			if gap <= MaxGap(max(samples[i].Every, samples[i-1].Every)) {
				continue
			}
		}
		runs = append(runs, samples[start:i])
		start = i
	}
	return runs
}

// Path is the SVG path through points. A single point becomes a line of no
// length, which round line ends show as a dot. Steps are written from point
// to point, which for readings at a steady pace takes half the room of
// places; they are taken between rounded places, so that no error adds up.
func Path(points []Point) string {
	if len(points) == 0 {
		return ""
	}
	b := append(make([]byte, 0, len(points)*8), 'M')
	b = position(b, points[0])
	if len(points) == 1 {
		return string(append(b, "h0"...))
	}
	for i, p := range points[1:] {
		b = step(append(b, 'l'), points[i], p)
	}
	return string(b)
}

// Dots is the SVG path of points that are not joined; round line ends show
// each as a dot whose size does not change with the drawing.
func Dots(points []Point) string {
	b := make([]byte, 0, len(points)*8)
	for i, p := range points {
		if i == 0 {
			b = position(append(b, 'M'), p)
		} else {
			b = step(append(b, 'm'), points[i-1], p)
		}
		b = append(b, "h0"...)
	}
	return string(b)
}

// Polygon is the closed SVG path through points.
func Polygon(points []Point) string {
	if len(points) < 3 {
		return ""
	}
	return Path(points) + "Z"
}

func position(b []byte, p Point) []byte {
	return coordinate(append(coordinate(b, p.X), ' '), p.Y)
}

// step is the way from one rounded place to the next. A minus parts the two
// numbers as well as a blank does.
func step(b []byte, from, to Point) []byte {
	b = coordinate(b, Round(to.X)-Round(from.X))
	if dy := Round(to.Y) - Round(from.Y); Round(dy) >= 0 {
		return coordinate(append(b, ' '), dy)
	} else {
		return coordinate(b, dy)
	}
}

// Decimate thins points, which are in order of X, to at most the first, the
// lowest, the highest and the last of each of columns equal parts of width:
// what is left draws the same line, and no extreme is lost.
func Decimate(points []Point, columns int, width float64) []Point {
	column := func(p Point) int { return min(int(p.X/width*float64(columns)), columns-1) }
	if columns <= 0 || len(points) == 0 || len(points) <= 4*(column(points[len(points)-1])-column(points[0])+1) {
		return points
	}
	var kept []Point
	for i := 0; i < len(points); {
		end := i
		for end < len(points) && column(points[end]) == column(points[i]) {
			end++
		}
		low, high := i, i
		for k := i; k < end; k++ {
			if points[k].Y < points[low].Y {
				low = k
			}
			if points[k].Y > points[high].Y {
				high = k
			}
		}
		keep := []int{i, low, high, end - 1}
		slices.Sort(keep)
		for _, k := range slices.Compact(keep) {
			kept = append(kept, points[k])
		}
		i = end
	}
	return kept
}

// Extremes thins points, which are in order of X, to the lowest and the
// highest of each of columns equal parts of width: for dots, of which more
// than that could not be told apart. It gives the places of those that stay,
// in order; when there are few enough all of them do.
func Extremes(points []Point, columns int, width float64) []int {
	if columns <= 0 || len(points) <= 2*columns {
		all := make([]int, len(points))
		for i := range all {
			all[i] = i
		}
		return all
	}
	column := func(i int) int { return min(int(points[i].X/width*float64(columns)), columns-1) }
	kept := make([]int, 0, 2*columns)
	for i := 0; i < len(points); {
		low, high, end := i, i, i
		for ; end < len(points) && column(end) == column(i); end++ {
			if points[end].Y < points[low].Y {
				low = end
			}
			if points[end].Y > points[high].Y {
				high = end
			}
		}
		kept = append(kept, min(low, high))
		if low != high {
			kept = append(kept, max(low, high))
		}
		i = end
	}
	return kept
}
