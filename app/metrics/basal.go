package metrics

import (
	"cmp"
	"slices"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// openBasal is how long a rate without a duration is believed at most when
// nothing follows: a pump repeats its pattern daily and is silent only when
// it is off or its data end.
const openBasal = 24 * time.Hour

// BasalSpan is a time in which one rate ran.
type BasalSpan struct {
	From, Until record.Millis
	Rate        unit.UnitsPerHour
	Basal       record.BasalKind
}

// Units is the insulin delivered in the span.
func (s BasalSpan) Units() unit.Units {
	return unit.Units(float64(s.Rate) * float64(s.Until-s.From) / float64(60*minuteMS))
}

// BasalSpans is what ran between from and until, in order and without
// overlap; what is not known is left out. A temporary, automated or suspended
// rate goes before the schedule; when it has ended the schedule goes on. A
// suspension is a rate of 0. A temporary rate in percent follows the schedule
// and is left out where that is not known.
func BasalSpans(basals []*record.Basal, from, until record.Millis) []BasalSpan {
	sorted := slices.Clone(basals)
	slices.SortStableFunc(sorted, func(a, b *record.Basal) int { return cmp.Compare(a.At, b.At) })
	var out []BasalSpan
	var plan, over rate
	for i, b := range sorted {
		next := until
		if i+1 < len(sorted) {
			next = min(until, sorted[i+1].At)
		}
		end := b.At + record.Millis(openBasal.Milliseconds())
		if b.Duration > 0 {
			end = b.At + record.Millis(b.Duration.Milliseconds())
		}
		now := rate{basal: b, end: end}
		if b.Basal == record.ScheduledBasal {
			plan = now
			if over.basal != nil && over.basal.Duration == 0 {
				over = rate{} // it ran "until the next"
			}
		} else {
			over = now
		}
		out = spans(out, plan, over, max(from, b.At), next)
	}
	return out
}

// rate is a basal record in force and when it ends.
type rate struct {
	basal *record.Basal
	end   record.Millis
}

// spans adds what runs from at until next, during which no record begins.
func spans(out []BasalSpan, plan, over rate, at, next record.Millis) []BasalSpan {
	for at < next {
		planned := plan.basal != nil && plan.end > at
		stop := next
		if planned {
			stop = min(stop, plan.end)
		}
		switch {
		case over.basal != nil && over.end > at:
			stop = min(stop, over.end)
			if units, known := overRate(over.basal, plan.basal, planned); known {
				out = append(out, BasalSpan{at, stop, units, over.basal.Basal})
			}
		case planned:
			out = append(out, BasalSpan{at, stop, plan.basal.Rate, plan.basal.Basal})
		}
		at = stop
	}
	return out
}

func overRate(over, plan *record.Basal, planned bool) (unit.UnitsPerHour, bool) {
	switch {
	case over.Basal == record.Suspended:
		return 0, true
	case over.Percent == nil || over.Rate > 0:
		return over.Rate, true
	case *over.Percent == 0:
		return 0, true
	case planned:
		return unit.UnitsPerHour(float64(plan.Rate) * *over.Percent / 100), true
	}
	return 0, false
}
