package chart

import (
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

// DayInput is one civil day of a person, or some hours.
type DayInput struct {
	ID           string    // unique on the page: it prefixes the ids inside
	Day          time.Time // any instant of the day, in the zone of the person
	Since, Until time.Time // some hours in the place of the day; the zero time is the day
	Now          time.Time // the newest reading is marked when it lies in the time shown; zero when now does not
	Readings     []Reading // in order of time
	Sticks       []Stick
	Doses        []Dose
	Rates        []Rate
	Meals        []Meal
	Happenings   []Happening // in order of time
	WarmUps      []Stretch   // of sensors; one that ends at Now goes on
	Sources      []string    // names of the devices; a Source of the others is a place in it, counted from 1
	LeftOut      []string    // names of the devices whose readings are not drawn
	Ground       Ground
}

// Stick is a capillary value from a meter.
type Stick struct {
	At           time.Time
	Value        unit.Glucose
	Class        figure.Class
	Below, Above bool // of what the meter can measure
	Source       int
}

// Stretch is a part of the time.
type Stretch struct{ Since, Until time.Time }

// Day is the chart of a day or of some hours, ready to draw.
type Day struct {
	ID, Heading, Summary, Unit string
	Empty, Lanes               bool   // no glucose; there are lanes below the curve
	From                       string // "From: Demo pump · Demo sensor"; "" when nothing is shown
	levels                     []level
	hours                      []hour
	nights                     []area
	bandY, bandHeight          string
	line                       string
	groups                     []dots
	hats, rings, sticks        []mark
	extremes                   []label
	now                        *mark
	present                    string // where the line of now stands; "" when it is not in the time shown
	warmUps                    []warmUp
	insulin                    insulinLane
	carbs                      []bar
	events                     eventLane
	places                     lanePlaces
	track                      string // JSON for the script
	Judged                     string // "Judged by the device’s own number in mg/dL."; "" when the page prints that number
	Table                      Table
}

// warmUp is a hatched time with its word.
type warmUp struct {
	area
	LabelX, Anchor, Shift string
}

// judgedIn says by which number values are judged when it is not the one that
// is printed: 180 and 181 mg/dL both print as 10.0 mmol/L, and only one is high.
func judgedIn(l text.Locale, in DayInput) string {
	for _, r := range in.all() {
		if r.Value.Unit != figure.Unit(l) {
			return l.T("chart.judged", "unit", r.Value.Unit)
		}
	}
	return ""
}

// mark is one drawn sign.
type mark struct{ X, Y, Kind string }

// label is a word beside a place on the curve.
type label struct{ X, Y, Text, Anchor, Side string }

// columns is into how many columns a drawing is thinned: about two a pixel
// pair of the widest screen for the line, half of that for dots.
const (
	lineColumns = 720
	dotColumns  = 360
)

// lineTolerance is how far the line may pass a reading, in thousandths of the
// height: little over a pixel, under a dot of five.
const lineTolerance = 4

// NewDay lays out a day or some hours for a reader. What lies outside is left
// out.
func NewDay(l text.Locale, in DayInput) Day {
	span, day := in.span()
	if in.Day.IsZero() {
		in.Day = in.Since
	}
	in.Readings, in.Sticks = inside(in.Readings, span), sticksInside(in.Sticks, span)
	axis := in.axis(l)
	d := Day{
		ID: in.ID, Heading: l.DateLong(in.Day), Unit: figure.Unit(l).String(), Empty: len(in.Readings)+len(in.Sticks) == 0,
		levels: levels(l, axis), hours: hours(l, span, day), nights: nights(span, in.Ground.Night),
		line: compact(lines(in.Readings, span, axis.Scale(tall), lineColumns, lineTolerance)),
	}
	d.bandY, d.bandHeight = band(axis)
	d.Judged = judgedIn(l, in)
	d.Summary = summary(l, in, span, day)
	shown := thinned(in.Readings, span, axis)
	d.groups, d.hats, d.rings = scatter(shown, span, axis)
	d.sticks = stickMarks(in.Sticks, span, axis)
	d.extremes = extremes(l, in.all(), span, axis.Scale(100))
	d.insulin = newInsulinLane(l, in.Doses, in.Rates, span, in.happened(span))
	d.carbs = mealBars(l, in.Meals, span)
	d.events = newEventLane(in.Happenings, span)
	d.places = placesOf(!d.insulin.empty() || len(d.carbs) > 0, len(in.Happenings) > 0)
	d.Lanes = d.places.Insulin || d.places.Events
	for _, w := range in.WarmUps {
		x := span.X(w.Since, 100)
		end := span.X(w.Until, 100)
		hatched := warmUp{area: area{X: percent(x), Width: percent(end - x)}, LabelX: percent(x), Anchor: "start", Shift: "3"}
		if x > 70 { // the word has no room on the right
			hatched.LabelX, hatched.Anchor, hatched.Shift = percent(end), "end", "-3"
		}
		d.warmUps = append(d.warmUps, hatched)
	}
	d.track = newTrack(l, in, shown, span, axis)
	if span.Holds(in.Now) {
		d.present = percent(span.X(in.Now, 100))
		if n := len(in.Readings); n > 0 {
			last := in.Readings[n-1]
			d.now = &mark{X: percent(span.X(last.At, 100)), Y: percent(axis.Scale(100).At(float64(last.Value.MgDL())))}
		}
	}
	d.From = fromSources(l, in.Sources, in.LeftOut)
	d.Table = newTable(l, in, span)
	return d
}

// span is the time shown, and whether it is a civil day.
func (in DayInput) span() (span geometry.Span, day bool) {
	if in.Since.IsZero() {
		return geometry.Day(in.Day), true
	}
	return geometry.Span{Since: in.Since, Until: in.Until}, false
}

// axis is the glucose axis that holds all values, with the person's bounds.
func (in DayInput) axis(l text.Locale) geometry.Axis {
	return in.Ground.Axis(figure.Unit(l), 30, max(highest(in.all()), unit.MgPerDl(251)))
}

// happened is the end of what of the span has happened.
func (in DayInput) happened(span geometry.Span) time.Time {
	if span.Holds(in.Now) {
		return in.Now
	}
	return span.Until
}

// all is readings and fingersticks together, these as scans, which no line
// goes through.
func (in DayInput) all() []Reading {
	if len(in.Sticks) == 0 {
		return in.Readings
	}
	all := append(make([]Reading, 0, len(in.Readings)+len(in.Sticks)), in.Readings...)
	for _, s := range in.Sticks {
		all = append(all, s.reading())
	}
	return all
}

func (s Stick) reading() Reading {
	return Reading{At: s.At, Value: s.Value, Class: s.Class, Below: s.Below, Above: s.Above, Scan: true, Source: s.Source}
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

func sticksInside(sticks []Stick, span geometry.Span) []Stick {
	var kept []Stick
	for _, s := range sticks {
		if span.Holds(s.At) {
			kept = append(kept, s)
		}
	}
	return kept
}
