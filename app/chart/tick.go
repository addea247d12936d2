package chart

import "time"

// Step is the distance of the labels of a time axis: so many hours, days,
// months or years.
type Step struct{ Hours, Days, Months, Years int }

// steps are the distances that an axis can have, from the smallest, with
// about how long each is.
var steps = []struct {
	Step
	length time.Duration
}{
	{Step{Hours: 1}, time.Hour}, {Step{Hours: 3}, 3 * time.Hour}, {Step{Hours: 6}, 6 * time.Hour}, {Step{Hours: 12}, 12 * time.Hour},
	{Step{Days: 1}, day}, {Step{Days: 2}, 2 * day}, {Step{Days: 7}, 7 * day}, {Step{Days: 14}, 14 * day},
	{Step{Months: 1}, 30 * day}, {Step{Months: 3}, 91 * day}, {Step{Months: 6}, 182 * day}, {Step{Years: 1}, 365 * day},
	{Step{Years: 5}, 5 * 365 * day}, {Step{Years: 10}, 10 * 365 * day},
}

const day = 24 * time.Hour

// TickStep is the smallest step of which s is no longer than most. Months are
// not all of one length and both ends can have a label, so that up to two more
// than most may be in it.
func TickStep(s Span, most int) Step {
	for _, c := range steps {
		if s.Length() <= time.Duration(max(most, 1))*c.length {
			return c.Step
		}
	}
	return steps[len(steps)-1].Step
}

// Ticks are the instants of a step in s by the calendar and the clock of its
// zone, so that a spring hour that is left out has no label and no step drifts
// when the clocks change. Two ticks are of the same kind whatever part of time
// s is: days are counted from 1970, months from January.
func Ticks(s Span, step Step) []time.Time {
	if step.Hours > 0 {
		return Hours(s, step.Hours)
	}
	var ticks []time.Time
	zone := s.Since.Location()
	y, m, d := s.Since.Date()
	add := func(t time.Time) {
		if s.Holds(t) {
			ticks = append(ticks, t)
		}
	}
	switch {
	case step.Days > 0:
		// 1970 began on a Thursday: 4 days on, weeks begin with Monday.
		number := int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / int64(day/time.Second))
		d -= mod(number-4, step.Days)
		for t := s.Since; t.Before(s.Until); d += step.Days {
			t = firstInstant(y, m, d, zone)
			add(t)
		}
	case step.Months > 0:
		month := int(m) - mod(int(m)-1, step.Months)
		for t := s.Since; t.Before(s.Until); month += step.Months {
			t = firstInstant(y, time.Month(month), 1, zone)
			add(t)
		}
	case step.Years > 0:
		y -= mod(y, step.Years)
		for t := s.Since; t.Before(s.Until); y += step.Years {
			t = firstInstant(y, time.January, 1, zone)
			add(t)
		}
	}
	return ticks
}

func mod(a, b int) int { return (a%b + b) % b }
