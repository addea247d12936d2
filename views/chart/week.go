package chart

import (
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/views/figure"
)

// WeekDayInput is one day of a week. What is to be printed is ready; an empty
// text is not known.
type WeekDayInput struct {
	Day                     time.Time // any instant of the day, in the zone of the person
	Readings                []Reading
	URL                     string // of the day's own page
	Outside                 bool   // has not come yet: the panel only fills the week
	InRange, Insulin, Carbs string
}

// WeekDay is a day as a panel of a week, ready to draw.
type WeekDay struct {
	Name, Weekday, Date, URL string // Tuesday, 10 March 2026: 58 to 243 mg/dL; Tue; 10 Mar
	InRange, Insulin, Carbs  string
	Outside, Empty           bool
	small
}

// weekTolerance is how far the line of a panel may pass a reading: 1.5 mg/dL.
const weekTolerance = 2

// NewWeek lays out the seven days of a week.
func NewWeek(l text.Locale, g Ground, days []WeekDayInput) []WeekDay {
	axis := g.Axis(figure.Unit(l), 30, 350)
	out := make([]WeekDay, len(days))
	for i, in := range days {
		readings := within(in.Readings, geometry.Day(in.Day))
		if in.Outside {
			readings = nil
		}
		out[i] = WeekDay{Name: l.DateLong(in.Day) + ": " + lowToHigh(l, readings), Weekday: l.WeekdayShort(in.Day.Weekday()),
			Date: l.DayMonth(in.Day), URL: in.URL, InRange: in.InRange, Insulin: in.Insulin, Carbs: in.Carbs,
			Outside: in.Outside, Empty: len(readings) == 0, small: newSmall(axis, readings, 0, 24, weekTolerance)}
	}
	return out
}

// StripInput is the hours of a day in which something happened.
type StripInput struct {
	Day      time.Time
	Readings []Reading // of the day
	URL      string
	From, To int // hours of the clock
	Ground   Ground
}

// Strip is a small panel of some hours of a day.
type Strip struct {
	Name, Label, URL string // Tuesday, 10 March 2026: 58 to 243 mg/dL; Tue 10 Mar
	small
}

// NewStrip lays out a strip.
func NewStrip(l text.Locale, in StripInput) Strip {
	readings := between(within(in.Readings, geometry.Day(in.Day)), in.From, in.To)
	return Strip{Name: l.DateLong(in.Day) + ": " + lowToHigh(l, readings), Label: l.Day(in.Day), URL: in.URL,
		small: newSmall(panelAxis(l, in.Ground), readings, in.From, in.To, weekTolerance)}
}
