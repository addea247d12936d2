package chart

import (
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

// OverlayDay is one day of an overlay.
type OverlayDay struct {
	Day      time.Time // any instant of the day, in the zone of the person
	Readings []Reading // of that day, in order of time
	Weekend  bool      // drawn dashed
	Today    bool      // drawn in ink
	Faint    bool      // steps back: other days were chosen
}

// OverlayInput is days that are drawn over each other, and the percentiles of
// the chosen ones.
type OverlayInput struct {
	ID     string
	Days   []OverlayDay // in order of time
	Bins   []ProfileBin // for the median, and the bands; empty without
	Bands  bool         // draw the bands: there are too many days to tell lines apart
	Lines  int          // at most so many of the last days are drawn as lines; 0 is all
	Ground Ground
}

// Overlay is days over each other on one clock, ready to draw.
type Overlay struct {
	ID, Unit, Summary   string
	levels              []level
	hours               []hour
	nights              []area
	bandY, bandHeight   string
	outer, inner        string
	lines               []overlayLine
	linesBox            string // their viewBox
	median              string
	lows                []mark
	Weekends, Weekdays  bool // which are among the chosen lines
	Faint, Today, Bands bool
}

// overlayLine is all lines of one look in one path.
type overlayLine struct{ Class, D string }

// The lines are drawn in units of half the pace of most sensors by about one
// mg/dL, which is what readings are told in: a finer drawing would weigh a
// third more and look the same. Where lines are so many that no one is
// followed by eye, the units are a little higher still.
const (
	overlayMinutes = 2.5
	overlayTall    = 320
	overlayLow     = 250
	fewLines       = 14
)

// overlaySize is how high the drawing of so many lines is in its own units,
// and how far a line may pass a reading: a little over one mg/dL, or two.
func overlaySize(lines int) (tall, tolerance float64) {
	if lines > fewLines {
		return overlayLow, 1.75
	}
	return overlayTall, 1.25
}

// NewOverlay lays out days for a reader.
func NewOverlay(l text.Locale, in OverlayInput) Overlay {
	drawn := in.Days
	if in.Lines > 0 && len(drawn) > in.Lines {
		drawn = drawn[len(drawn)-in.Lines:]
	}
	top := unit.MgPerDl(251)
	for _, d := range drawn {
		top = max(top, highest(d.Readings))
	}
	for _, b := range in.Bins {
		if in.Bands && !b.Absent {
			top = max(top, b.P95)
		}
	}
	axis := in.Ground.Axis(figure.Unit(l), 30, top)
	scale := axis.Scale(tall)
	size, tolerance := overlaySize(len(drawn))
	o := Overlay{ID: in.ID, linesBox: geometry.Box(0, 0, wide/overlayMinutes, size), Unit: figure.Unit(l).String(), levels: levels(l, axis), hours: clockHours(l), nights: clockNights(in.Ground.Night),
		Bands: in.Bands, Summary: overlaySummary(l, in)}
	o.bandY, o.bandHeight = band(axis)
	looks := []overlayLine{{Class: "day-faint"}, {Class: "day-weekday"}, {Class: "day-weekend"}, {Class: "day-today"}}
	for _, d := range drawn {
		look := 1
		switch {
		case d.Faint:
			look, o.Faint = 0, true
		case d.Today:
			look, o.Today = 3, true
		case d.Weekend:
			look, o.Weekends = 2, true
		default:
			o.Weekdays = true
		}
		looks[look].D += compact(clockLines(d.Readings, axis.Scale(size), overlayMinutes, tolerance))
		if !d.Faint {
			o.lows = append(o.lows, nadirs(d.Readings, axis.Scale(100))...)
		}
	}
	for _, look := range looks {
		if look.D != "" {
			o.lines = append(o.lines, look)
		}
	}
	curve := newPercentileCurve(in.Bins, scale)
	o.median = curve.median
	if in.Bands {
		o.outer, o.inner = curve.outer, curve.inner
	}
	return o
}

// nadirs are the deepest readings of each run below range.
func nadirs(readings []Reading, scale geometry.Scale) (marks []mark) {
	low := -1
	flush := func() {
		if low >= 0 {
			r := readings[low]
			marks = append(marks, mark{X: percent(clockX(r.At) * 100 / wide), Y: percent(scale.At(float64(r.Value.MgDL()))), Kind: r.Class.Name()})
		}
		low = -1
	}
	for i, r := range readings {
		switch {
		case r.Scan:
		case r.Class != figure.Low && r.Class != figure.VeryLow:
			flush()
		case low < 0 || r.Value.MgDL() < readings[low].Value.MgDL():
			low = i
		}
	}
	flush()
	return marks
}

func overlaySummary(l text.Locale, in OverlayInput) string {
	var low, high Reading
	n := 0
	for _, d := range in.Days {
		if d.Faint || len(d.Readings) == 0 {
			continue
		}
		a, b := lowestAndHighest(d.Readings)
		if n == 0 {
			low, high = a, b
		}
		low, _ = lowestAndHighest([]Reading{low, a})
		_, high = lowestAndHighest([]Reading{high, b})
		n++
	}
	if n == 0 {
		return l.T("chart.overlay.empty")
	}
	return l.T("chart.overlay.summary", "count", n, "lowest", low.words(l), "lowest_at", l.Day(low.At)+", "+l.Clock(low.At),
		"highest", high.words(l), "highest_at", l.Day(high.At)+", "+l.Clock(high.At))
}

// Extreme is the lowest or the highest reading of a day, ready to print.
type Extreme struct{ Value, At, Word string }

// LowestHighest are the lowest and the highest of readings, of which there is one
// at least.
func LowestHighest(l text.Locale, readings []Reading) (low, high Extreme) {
	a, b := lowestAndHighest(readings)
	words := func(r Reading) Extreme { return Extreme{Value: r.value(l), At: l.Clock(r.At), Word: r.Class.Word(l)} }
	return words(a), words(b)
}
