// Package chart is the geometry of curves: scales, axes, runs of readings,
// paths and bands. It draws nothing. The pages turn its numbers into SVG and
// the reports into PDF, so both show the same picture.
package chart

import (
	"math"
	"strconv"
	"time"

	"glucokeep/app/unit"
)

// Scale maps values between From and To onto positions between Start and End.
// Start may be larger than End: an axis of a screen grows downwards.
type Scale struct {
	From, To   float64 // values
	Start, End float64 // positions
}

// At is the position of v; a value outside the scale is held at its end.
func (s Scale) At(v float64) float64 {
	if s.To == s.From || math.IsNaN(v) {
		return s.Start
	}
	part := (v - s.From) / (s.To - s.From)
	return s.Start + min(max(part, 0), 1)*(s.End-s.Start)
}

// Span is the time from Since up to but without Until.
type Span struct{ Since, Until time.Time }

// X is the position of t on an axis of the given width, held at its ends.
func (s Span) X(t time.Time, width float64) float64 {
	return Scale{To: float64(s.Until.Sub(s.Since)), End: width}.At(float64(t.Sub(s.Since)))
}

// Holds reports whether t lies in the span.
func (s Span) Holds(t time.Time) bool { return !t.Before(s.Since) && t.Before(s.Until) }

// Sample is one value on a time axis.
type Sample struct {
	At    time.Time
	Value unit.MgPerDl
	Every time.Duration // what the source gives: 5 min mostly; 0 when not known
}

// Point is a position in the drawing.
type Point struct{ X, Y float64 }

// Round gives v to a tenth, which is finer than a screen and keeps pages
// small.
func Round(v float64) float64 { return math.Round(v*10) / 10 }

// coordinate prints v to a tenth without a useless zero.
func coordinate(b []byte, v float64) []byte {
	v = Round(v)
	if v == 0 {
		v = 0 // no minus zero
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}
