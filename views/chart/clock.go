package chart

import (
	"slices"
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

// clockHours labels every third hour of a clock day.
func clockHours(l text.Locale) []hour {
	var all []hour
	for h := 0; h < 24; h += 3 {
		all = append(all, hour{X: percent(float64(h) * 100 / 24), Label: l.Hour(h), Broad: steps(l, h)})
	}
	return append(all, hour{X: "100%", Label: midnight(l)})
}

// clockLines are readings of one day by the wall clock on a drawing whose unit
// is so many minutes wide: what summer time leaves out is a hole, and an hour
// that comes twice is drawn twice. tolerance is how far, in units of the
// drawing, a line may pass a reading.
func clockLines(readings []Reading, scale geometry.Scale, minutes, tolerance float64) [][]geometry.Point {
	var all [][]geometry.Point
	for _, run := range geometry.Runs(samples(readings)) {
		for _, part := range sameOffset(run) {
			points := make([]geometry.Point, len(part))
			for i, s := range part {
				points[i] = geometry.Point{X: clockX(s.At) / minutes, Y: scale.At(float64(s.Value))}
			}
			all = append(all, geometry.Simplify(points, tolerance))
		}
	}
	return all
}

// sameOffset cuts samples of a day where the clock was set.
func sameOffset(run []geometry.Sample) [][]geometry.Sample {
	offset := func(s geometry.Sample) int { _, seconds := s.At.Zone(); return seconds }
	first := offset(run[0])
	if offset(run[len(run)-1]) == first { // a clock is set once a day at most
		return [][]geometry.Sample{run}
	}
	k := 0
	for offset(run[k]) == first {
		k++
	}
	return [][]geometry.Sample{run[:k], run[k:]}
}

// clockX is the minute of the wall clock, and so the place on a drawing of
// wide.
func clockX(t time.Time) float64 {
	h, m, s := t.Clock()
	return float64(h*60+m) + float64(s)/60
}

func compact(lines [][]geometry.Point) string {
	var d string
	for _, points := range lines {
		d += geometry.Compact(points)
	}
	return d
}

// within is inside without a copy.
func within(readings []Reading, span geometry.Span) []Reading {
	at := func(t time.Time) int {
		i, _ := slices.BinarySearchFunc(readings, t, func(r Reading, t time.Time) int { return r.At.Compare(t) })
		return i
	}
	return readings[at(span.Since):at(span.Until)]
}

// between are the readings whose wall clock lies between two hours.
func between(readings []Reading, from, to int) []Reading {
	var kept []Reading
	for _, r := range readings {
		if h := r.At.Hour(); h >= from && h < to {
			kept = append(kept, r)
		}
	}
	return kept
}

// lowToHigh says the lowest and the highest of readings: 58 to 243 mg/dL.
func lowToHigh(l text.Locale, readings []Reading) string {
	if len(readings) == 0 {
		return l.T("chart.thumb.empty")
	}
	low, high := lowestAndHighest(readings)
	lowest := low.value(l) // its unit is that of the highest
	if low.Below || low.Above {
		lowest = low.words(l)
	}
	return l.T("chart.thumb.range", "lowest", lowest, "highest", high.words(l))
}

// panelAxis is the axis of small panels, the same for all of them.
func panelAxis(l text.Locale, g Ground) geometry.Axis {
	return g.Axis(figure.Unit(l), 30, unit.MgPerDl(301))
}
