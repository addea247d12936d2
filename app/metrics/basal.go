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
// overlap; what is not known is left out. A temporary or automated rate goes
// before the schedule; when it has ended the schedule goes on. A suspension is
// a rate of 0 and goes before those that began before it: when it has ended
// they run for the time that they have left. A temporary or automated rate
// that begins during a suspension ends it, for its length may be only what was
// planned; one without a length ends with any record. A temporary rate in
// percent follows the schedule and is left out where that is not known.
func BasalSpans(basals []*record.Basal, from, until record.Millis) (out []BasalSpan) {
	eachBasalSpan(basals, from, until, func(s BasalSpan) { out = append(out, s) })
	return out
}

// eachBasalSpan is BasalSpans for sums, which keep none of the thousands of a
// closed loop.
func eachBasalSpan(basals []*record.Basal, from, until record.Millis, do func(BasalSpan)) {
	byTime := func(a, b *record.Basal) int { return cmp.Compare(a.At, b.At) }
	sorted := basals
	if !slices.IsSortedFunc(sorted, byTime) {
		sorted = slices.Clone(basals)
		slices.SortStableFunc(sorted, byTime)
	}
	var plan, over, stop rate
	for i, b := range sorted {
		next := until
		if i+1 < len(sorted) {
			next = min(until, sorted[i+1].At)
		}
		end := b.At + record.Millis(openBasal.Milliseconds())
		if b.Duration > 0 {
			end = b.At + record.Millis(b.Duration.Milliseconds())
		}
		if b.Basal == record.ScheduledBasal && b.Percent != nil && b.Rate == 0 {
			// Nightscout's temporary rate of no length: back to the schedule.
			stop, over = rate{}, rate{}
			spans(plan, over, stop, max(from, b.At), next, do)
			continue
		}
		stop, over = stop.before(b), over.before(b)
		switch now := (rate{basal: b, end: end}); b.Basal {
		case record.ScheduledBasal:
			plan = now
		case record.Suspended:
			if stop.end <= end {
				stop = now
			}
		default:
			over, stop = now, rate{}
		}
		spans(plan, over, stop, max(from, b.At), next, do)
	}
}

// rate is a basal record in force and when it ends.
type rate struct {
	basal *record.Basal
	end   record.Millis
}

// before is what is left of r when next begins: a rate without a length ran
// "until the next".
func (r rate) before(next *record.Basal) rate {
	if r.basal == nil || r.basal.Duration == 0 || r.end <= next.At {
		return rate{}
	}
	return r
}

// spans does what runs from at until next, during which no record begins.
func spans(plan, over, stop rate, at, next record.Millis, do func(BasalSpan)) {
	for at < next {
		planned := plan.basal != nil && plan.end > at
		until := next
		if planned {
			until = min(until, plan.end)
		}
		switch {
		case stop.basal != nil && stop.end > at:
			until = min(next, stop.end)
			do(BasalSpan{at, until, 0, record.Suspended})
		case over.basal != nil && over.end > at:
			until = min(until, over.end)
			if units, known := overRate(over.basal, plan.basal, planned); known {
				do(BasalSpan{at, until, units, over.basal.Basal})
			}
		case planned:
			do(BasalSpan{at, until, plan.basal.Rate, plan.basal.Basal})
		}
		at = until
	}
}

func overRate(over, plan *record.Basal, planned bool) (unit.UnitsPerHour, bool) {
	switch {
	case over.Percent == nil || over.Rate > 0:
		return over.Rate, true
	case *over.Percent == 0:
		return 0, true
	case planned:
		return unit.UnitsPerHour(float64(plan.Rate) * *over.Percent / 100), true
	}
	return 0, false
}
