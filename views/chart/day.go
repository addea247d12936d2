package chart

import (
	"encoding/json"
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

// DayInput is one civil day of a person.
type DayInput struct {
	ID       string    // unique on the page: it prefixes the ids inside
	Day      time.Time // any instant of the day, in the zone of the person
	Now      time.Time // the newest reading is marked when it lies in the day; zero when not today
	Readings []Reading // in order of time
	Doses    []Dose
	Rates    []Rate
	Meals    []Meal
	Ground   Ground
}

// Day is the chart of a day, ready to draw.
type Day struct {
	ID, Heading, Summary, Unit string
	Empty, Lanes               bool
	levels                     []level
	hours                      []hour
	nights                     []area
	bandY, bandHeight          string
	line                       string
	groups                     []dots
	hats, rings                []mark
	extremes                   []label
	now                        *mark
	insulin                    insulinLane
	carbs                      []bar
	points                     string // JSON for the script: [clock, x, y, value, class]
	Rows                       []DayRow
}

// dots are the readings of one class: in range as one path of round dots, the
// others as marks, so that shape tells what colour may not.
type dots struct {
	Class figure.Class
	Path  string
	Marks []mark
}

// mark is one drawn sign.
type mark struct{ X, Y, Kind string }

// label is a word beside a place on the curve.
type label struct{ X, Y, Text, Anchor, Side string }

// NewDay lays out a day for a reader. Readings outside the day are left out.
func NewDay(l text.Locale, in DayInput) Day {
	span := geometry.Day(in.Day)
	in.Readings = inside(in.Readings, span)
	axis := in.Ground.Axis(figure.Unit(l), 30, max(highest(in.Readings), unit.MgPerDl(251)))
	d := Day{
		ID: in.ID, Heading: l.DateLong(in.Day), Unit: figure.Unit(l).String(), Empty: len(in.Readings) == 0,
		levels: levels(l, axis), hours: hours(l, span), nights: nights(span, in.Ground.Night),
		line: paths(lines(in.Readings, span, axis.Scale(tall), 720)),
	}
	d.bandY, d.bandHeight = band(axis)
	d.Summary = summary(l, in.Readings)
	d.groups, d.hats, d.rings = scatter(in.Readings, span, axis)
	d.extremes = extremes(l, in.Readings, span, axis.Scale(100))
	d.insulin = newInsulinLane(l, in.Doses, in.Rates, span)
	d.carbs = mealBars(l, in.Meals, span)
	d.Lanes = len(d.insulin.Bars)+len(d.carbs) > 0 || d.insulin.Basal != ""
	d.points = points(l, in.Readings, span, axis.Scale(100))
	if n := len(in.Readings); n > 0 && span.Holds(in.Now) {
		last := in.Readings[n-1]
		d.now = &mark{X: percent(span.X(last.At, 100)), Y: percent(axis.Scale(100).At(float64(last.Value.MgDL())))}
	}
	d.Rows = dayRows(l, in, span)
	return d
}

func inside(readings []Reading, span geometry.Span) []Reading {
	var kept []Reading
	for _, r := range readings {
		if span.Holds(r.At) {
			kept = append(kept, r)
		}
	}
	return kept
}

func summary(l text.Locale, readings []Reading) string {
	if len(readings) == 0 {
		return l.T("chart.day.empty")
	}
	low, high := lowestAndHighest(readings)
	return l.T("chart.day.summary", "count", len(readings),
		"lowest", low.words(l), "lowest_at", l.Clock(low.At), "highest", high.words(l), "highest_at", l.Clock(high.At))
}

func lowestAndHighest(readings []Reading) (low, high Reading) {
	low, high = readings[0], readings[0]
	for _, r := range readings {
		// LOW is lower than a reading of the very limit, HIGH higher.
		if v, l := r.Value.MgDL(), low.Value.MgDL(); v < l || v == l && r.Below {
			low = r
		}
		if v, h := r.Value.MgDL(), high.Value.MgDL(); v > h || v == h && r.Above {
			high = r
		}
	}
	return low, high
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
		groups = append(groups, dots{Class: figure.InRange, Path: geometry.Dots(round)})
	}
	for _, c := range []figure.Class{figure.VeryLow, figure.Low, figure.High, figure.VeryHigh} {
		if len(marks[c]) > 0 {
			groups = append(groups, dots{Class: c, Marks: marks[c]})
		}
	}
	return groups, hats, rings
}

// headroom is how much of the drawing, in percent, a label over its reading
// takes. Closer to the top it would stand in the read-out, so it goes beside.
const headroom = 6

// extremes labels the lowest and the highest reading at the curve.
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

// points is what the page's script needs for its read-out, as JSON. Without
// script nobody misses it: the table says the same.
func points(l text.Locale, readings []Reading, span geometry.Span, scale geometry.Scale) string {
	list := make([][5]any, len(readings))
	for i, r := range readings {
		list[i] = [5]any{
			l.Clock(r.At), geometry.Round(span.X(r.At, 1000)) / 10,
			geometry.Round(scale.At(float64(r.Value.MgDL()))*10) / 10, r.value(l), int(r.Class),
		}
	}
	b, err := json.Marshal(list)
	if err != nil {
		return "[]" // only numbers and strings are in it
	}
	return string(b)
}

// classWords are the words that the script says, by class number, as JSON.
func classWords(l text.Locale) string {
	var words []string
	for c := figure.Unclassed; c <= figure.VeryHigh; c++ {
		words = append(words, c.Word(l))
	}
	b, err := json.Marshal(words)
	if err != nil {
		return "[]"
	}
	return string(b)
}
