// Package chart draws glucose as SVG. Each chart has an input that a handler
// fills with typed values and a New function that turns it, for one reader,
// into numbers and words; the template then only repeats. The drawings are
// fluid: places are percentages of the box, so type keeps its size on a phone
// and no number needs a style attribute.
package chart

import (
	"strconv"
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

// Ground is what glucose is drawn on: a person's own bounds and night. The
// zero value is that of most people.
type Ground = geometry.Ground

// Limits and Night are the parts of a Ground.
type (
	Limits = geometry.Limits
	Night  = geometry.Night
)

// Reading is one value to draw.
type Reading struct {
	At           time.Time // in the zone of the person
	Value        unit.Glucose
	Class        figure.Class
	Below, Above bool          // clipped by the sensor: drawn at the limit with a hat
	Scan         bool          // taken by hand between the automatic ones: a ring, not part of the line
	Every        time.Duration // of its source; 0 counts as 5 minutes
	Source       int           // place of the device's name, counted from 1; 0 is none
	// By the standard ranges, whatever the person's: below 70 mg/dL or 3.9
	// mmol/L, and of those below 54 or 3.0.
	Low, VeryLow bool
}

// wide and tall are the user units of a stretched drawing: one per minute of
// an ordinary day, and a thousand for the height.
const (
	wide = 1440.0
	tall = 1000.0
)

// percent is a place as SVG wants it, to a tenth: half a pixel off at most on
// the widest drawing.
func percent(v float64) string {
	return strconv.FormatFloat(float64(int(v*10+0.5))/10, 'f', -1, 64) + "%"
}

// value is the printed value of a reading: 112, LOW, HIGH.
func (r Reading) value(l text.Locale) string {
	switch {
	case r.Below:
		return l.T("figure.low")
	case r.Above:
		return l.T("figure.high")
	}
	return figure.Glucose(l, r.Value)
}

// words is a reading in a sentence: 112 mg/dL, above 400 mg/dL.
func (r Reading) words(l text.Locale) string {
	number, unit := figure.Glucose(l, r.Value), figure.Unit(l).String()
	switch {
	case r.Below:
		return l.T("figure.below", "value", number, "unit", unit)
	case r.Above:
		return l.T("figure.above", "value", number, "unit", unit)
	}
	return number + " " + unit
}

func samples(readings []Reading) []geometry.Sample {
	s := make([]geometry.Sample, 0, len(readings))
	for _, r := range readings {
		if !r.Scan {
			s = append(s, geometry.Sample{At: r.At, Value: r.Value.MgDL(), Every: r.Every})
		}
	}
	return s
}

// highest is the largest value drawn, 0 without readings.
func highest(readings []Reading) unit.MgPerDl {
	var top unit.MgPerDl
	for _, r := range readings {
		top = max(top, r.Value.MgDL())
	}
	return top
}

// lines are the paths of readings on a drawing of wide × tall, broken at gaps,
// thinned to columns, and without the points that the line passes within
// tolerance of anyway.
func lines(readings []Reading, span geometry.Span, scale geometry.Scale, columns int, tolerance float64) [][]geometry.Point {
	var all [][]geometry.Point
	for _, run := range geometry.Runs(samples(readings)) {
		points := make([]geometry.Point, len(run))
		for i, s := range run {
			points[i] = geometry.Point{X: span.X(s.At, wide), Y: scale.At(float64(s.Value))}
		}
		all = append(all, geometry.Simplify(geometry.Decimate(points, columns, wide), tolerance))
	}
	return all
}

func paths(lines [][]geometry.Point) string {
	var d string
	for _, points := range lines {
		d += geometry.Path(points)
	}
	return d
}
