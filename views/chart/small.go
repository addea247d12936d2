package chart

import (
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

// ThumbInput is one day of the small panels.
type ThumbInput struct {
	Day      time.Time // any instant of the day, in the zone of the person
	Readings []Reading
	URL      string // of the day's own page; "" and the panel is no link
	Outside  bool   // not in the period: the panel only fills the week
	Ground   Ground
}

// Thumbs are small panels of days in whole weeks.
type Thumbs struct {
	ID       string
	Weekdays []string // short names, the first day of the week first
	Weeks    [][]Thumb
}

// Thumb is one small panel.
type Thumb struct {
	Name, Number, URL string // Tuesday, 10 March 2026: 58 to 243; 10
	Outside, Empty    bool
	small
}

// thumbTolerance is how far the line of a panel may pass a reading: about 2
// mg/dL, less than its own width.
const thumbTolerance = 3

// NewThumbs lays out days, which follow each other and begin with the first
// day of a week, in rows of seven.
func NewThumbs(l text.Locale, id string, days []ThumbInput) Thumbs {
	t := Thumbs{ID: id}
	for i := range 7 {
		t.Weekdays = append(t.Weekdays, l.WeekdayShort((l.FirstWeekday()+time.Weekday(i))%7))
	}
	for i, d := range days {
		if i%7 == 0 {
			t.Weeks = append(t.Weeks, nil)
		}
		week := len(t.Weeks) - 1
		t.Weeks[week] = append(t.Weeks[week], newThumb(l, d))
	}
	return t
}

func newThumb(l text.Locale, in ThumbInput) Thumb {
	readings := within(in.Readings, geometry.Day(in.Day))
	t := Thumb{Number: l.Integer(in.Day.Day()), URL: in.URL, Outside: in.Outside, Empty: len(readings) == 0,
		Name: l.DateLong(in.Day) + ": " + lowToHigh(l, readings)}
	if t.Outside {
		readings = nil
	}
	t.small = newSmall(panelAxis(l, in.Ground), readings, 0, 24, thumbTolerance)
	return t
}

// Spark is the last hours of a person as a small line without axis.
type Spark struct {
	line, bandY, bandHeight string
	X, Y                    string // the newest reading; "" when there is none
	Class                   figure.Class
}

// sparkTolerance is how far the line of a spark may pass a reading, in
// thousandths of its height: half a pixel.
const sparkTolerance = 8

// NewSpark draws the readings from since up to until.
func NewSpark(l text.Locale, g Ground, readings []Reading, since, until time.Time) Spark {
	span := geometry.Span{Since: since, Until: until}
	axis := g.Axis(figure.Unit(l), 30, max(highest(readings), unit.MgPerDl(251)))
	readings = inside(readings, span)
	var s Spark
	s.bandY, s.bandHeight = band(axis)
	s.line = compact(lines(readings, span, axis.Scale(tall), 120, sparkTolerance))
	if n := len(readings); n > 0 {
		last := readings[n-1]
		s.X, s.Y = percent(span.X(last.At, 100)), percent(axis.Scale(100).At(float64(last.Value.MgDL())))
		s.Class = last.Class
	}
	return s
}
