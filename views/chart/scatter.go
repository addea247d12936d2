package chart

import (
	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/views/figure"
)

// dots are the readings of one class: in range as one path of round dots, the
// others as marks, so that shape tells what colour may not.
type dots struct {
	Class figure.Class
	Path  string
	Marks []mark
}

// thinned leaves the lowest and the highest reading of each column where
// there are more than could be told apart: a sensor that measures every
// minute. Scans are few and all stay.
func thinned(readings []Reading, span geometry.Span, axis geometry.Axis) []Reading {
	scale := axis.Scale(tall)
	var points []geometry.Point
	var places []int
	for i, r := range readings {
		if !r.Scan {
			points = append(points, geometry.Point{X: span.X(r.At, wide), Y: scale.At(float64(r.Value.MgDL()))})
			places = append(places, i)
		}
	}
	if len(points) <= 2*dotColumns {
		return readings
	}
	keep := make([]bool, len(readings))
	for i, r := range readings {
		keep[i] = r.Scan || i == len(readings)-1
	}
	for _, k := range geometry.Extremes(points, dotColumns, wide) {
		keep[places[k]] = true
	}
	var kept []Reading
	for i, r := range readings {
		if keep[i] {
			kept = append(kept, r)
		}
	}
	return kept
}

// scatter sorts readings into their signs.
func scatter(readings []Reading, span geometry.Span, axis geometry.Axis) (groups []dots, hats, rings []mark) {
	stretched, scale := axis.Scale(tall), axis.Scale(100)
	var round []geometry.Point
	marks := map[figure.Class][]mark{}
	for _, r := range readings {
		v := float64(r.Value.MgDL())
		m := mark{X: percent(span.X(r.At, 100)), Y: percent(scale.At(v)), Kind: r.Class.Name()}
		switch {
		case r.Scan:
			rings = append(rings, m)
		case r.Below || r.Above:
			hats = append(hats, m)
		case r.Class == figure.InRange:
			round = append(round, geometry.Point{X: span.X(r.At, wide), Y: stretched.At(v)})
		default:
			marks[r.Class] = append(marks[r.Class], m)
		}
	}
	if len(round) > 0 {
		groups = append(groups, dots{Class: figure.InRange, Path: geometry.CompactDots(round)})
	}
	for _, c := range []figure.Class{figure.VeryLow, figure.Low, figure.High, figure.VeryHigh} {
		if len(marks[c]) > 0 {
			groups = append(groups, dots{Class: c, Marks: marks[c]})
		}
	}
	return groups, hats, rings
}

func stickMarks(sticks []Stick, span geometry.Span, axis geometry.Axis) (marks []mark) {
	for _, s := range sticks {
		marks = append(marks, mark{X: percent(span.X(s.At, 100)), Y: percent(axis.Scale(100).At(float64(s.Value.MgDL()))), Kind: s.Class.Name()})
	}
	return marks
}

// headroom is how much of the drawing, in percent, a label over its reading
// takes. Closer to the top it would stand in the read-out, so it goes beside.
const headroom = 6

// extremes labels the lowest and the highest value at the curve.
func extremes(l text.Locale, readings []Reading, span geometry.Span, scale geometry.Scale) []label {
	if len(readings) < 2 {
		return nil
	}
	low, high := lowestAndHighest(readings)
	at := func(r Reading, side string) label {
		x := span.X(r.At, 100)
		anchor := "middle"
		switch {
		case x < 4:
			anchor = "start"
		case x > 96:
			anchor = "end"
		}
		y := scale.At(float64(r.Value.MgDL()))
		if side == "over" && y < headroom {
			side, anchor = "beside", "start"
			if x > 85 {
				anchor = "end"
			}
		}
		return label{X: percent(x), Y: percent(y), Text: r.value(l), Anchor: anchor, Side: side}
	}
	if low.Value.MgDL() == high.Value.MgDL() {
		return nil
	}
	return []label{at(low, "under"), at(high, "over")}
}
