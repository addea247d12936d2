package metrics

import (
	"math"

	"glucokeep/app/unit"
)

// InsulinParts is the insulin of a date taken apart without counting any
// twice: the parts add up to the total.
type InsulinParts struct {
	Basal     unit.Units // delivered rates and long-acting injections
	ByHand    unit.Units // boluses and rapid injections that a person asked for
	Automatic unit.Units // given by the device by itself: micro-boluses, or basal and micro-boluses where it tells only their sum
	Undivided unit.Units // of a device's daily total, or injected: whether it was basal or bolus nobody says
}

// Total is the sum of the parts.
func (p InsulinParts) Total() unit.Units { return p.Basal + p.ByHand + p.Automatic + p.Undivided }

// leastUndivided is what a difference between a device's total and its parts
// must exceed to be more than the device's rounding, in units.
const leastUndivided = 0.5

// undivided reports whether a good part of the date's total is told without
// saying whether it was basal or bolus.
func (d InsulinDay) undivided() bool { return d.Parts().Undivided > 0 }

// Parts takes the date apart. Where the parts exceed what the device itself
// tells as the total of the day, its total stands and the basal, which is
// computed from rates, gives way first.
func (d InsulinDay) Parts() InsulinParts {
	p := InsulinParts{Basal: d.Basal, ByHand: d.Bolus - d.Micro - d.Unsaid, Automatic: d.Micro, Undivided: d.Unsaid}
	if d.Mixed {
		p.Automatic += d.Automated
	}
	rest := d.Total - p.Total()
	switch {
	case rest >= leastUndivided:
		p.Undivided += rest
	case rest > 0: // the rounding of the device
		p.ByHand += rest
	default:
		for _, part := range []*unit.Units{&p.Basal, &p.Automatic, &p.ByHand} {
			less := unit.Units(math.Min(float64(*part), float64(-rest)))
			*part -= less
			rest += less
		}
	}
	return p
}

// InsulinSpan is the mean day of some dates that follow each other.
type InsulinSpan struct {
	First, Last Date
	Days        int // dates with insulin in the mean of insulin
	LeftOut     int // dates with insulin that are in none
	CarbDays    int // dates in the mean of carbs
	CarbsOut    int // dates with carbs that are in none: not over yet, or cut
	Parts       InsulinParts
	Boluses     float64    // a day
	Carbs       unit.Grams // a day
}

// ByDay gives each date of the report as a span of its own. A date that
// counts in no average is there all the same, with LeftOut set.
func (r InsulinReport) ByDay() []InsulinSpan {
	out := make([]InsulinSpan, 0, len(r.Days))
	for _, d := range r.Days {
		s := InsulinSpan{First: d.Date, Last: d.Date, Parts: d.Parts(), Boluses: float64(d.Boluses), Carbs: d.Carbs}
		switch {
		case d.Counts:
			s.Days = 1
		case d.Insulin:
			s.LeftOut = 1
		}
		switch {
		case d.carbsCount():
			s.CarbDays = 1
		case d.Meals > 0:
			s.CarbsOut = 1
		}
		out = append(out, s)
	}
	return out
}

// ByWeek gives the mean day of each week, which begins on a weekday as
// numbered by package time: of the dates that count, as in the report.
func (r InsulinReport) ByWeek(first int) []InsulinSpan {
	var out []InsulinSpan
	for _, d := range r.Days {
		if len(out) == 0 || int(d.Date.Weekday()) == first {
			out = append(out, InsulinSpan{First: d.Date})
		}
		s := &out[len(out)-1]
		s.Last = d.Date
		switch {
		case d.carbsCount():
			s.CarbDays++
			s.Carbs += d.Carbs
		case d.Meals > 0:
			s.CarbsOut++
		}
		switch {
		case d.Counts:
			p := d.Parts()
			s.Days++
			s.Parts.Basal += p.Basal
			s.Parts.ByHand += p.ByHand
			s.Parts.Automatic += p.Automatic
			s.Parts.Undivided += p.Undivided
			s.Boluses += float64(d.Boluses)
		case d.Insulin:
			s.LeftOut++
		}
	}
	for i := range out {
		s := &out[i]
		n, meals := unit.Units(max(s.Days, 1)), unit.Grams(max(s.CarbDays, 1))
		s.Parts = InsulinParts{s.Parts.Basal / n, s.Parts.ByHand / n, s.Parts.Automatic / n, s.Parts.Undivided / n}
		s.Boluses /= float64(n)
		s.Carbs /= meals
	}
	return out
}
