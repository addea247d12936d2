package metrics

import (
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// InsulinHour is one hour of the clock in the mean day.
type InsulinHour struct {
	Bolus unit.Units        // boluses and rapid injections, mean per date that counts
	Carbs unit.Grams        // mean per date with carbs
	Rate  unit.UnitsPerHour // basal delivered, mean over the time for which it is known; NaN when it never is
}

// InsulinHours is the mean day by the hour.
type InsulinHours struct {
	Hours     [24]InsulinHour
	RateDays  int // dates that the rates are of: those whose basal is told as rates
	BolusDays int
	CarbDays  int
}

// InsulinByHour spreads the dates that are in the averages of r over the
// clock. An extended bolus stands in the hour in which it began. Long-acting
// injections are in none: they act all day. Where a device tells automatic
// insulin as a daily sum, its programmed schedule is not what was delivered,
// so such a date gives no rate.
func InsulinByHour(t Therapy, r InsulinReport, loc *time.Location, from, until record.Millis) InsulinHours {
	out := InsulinHours{BolusDays: r.Counted, CarbDays: r.CarbDays}
	bolus, rates, carbs := map[int64]bool{}, map[int64]bool{}, map[int64]bool{}
	local := newClock(loc)
	for _, d := range r.Days {
		day := local.day(d.Date.noon(loc))
		bolus[day] = d.Counts
		rates[day] = d.Counts && !d.Mixed
		carbs[day] = d.carbsCount()
	}
	for _, d := range t.Doses {
		if day, h := local.hour(d.At); bolus[day] && !d.Unspecified && d.Insulin != record.Long {
			out.Hours[h].Bolus += d.Units / unit.Units(max(r.Counted, 1))
		}
	}
	for _, c := range t.Carbs {
		if day, h := local.hour(c.At); carbs[day] && !c.Unspecified {
			out.Hours[h].Carbs += c.Grams / unit.Grams(max(r.CarbDays, 1))
		}
	}
	out.addRates(t.Basals, from, t.End(until), local, rates)
	return out
}

// addRates fills in the mean rates of the dates that count.
func (out *InsulinHours) addRates(basals []*record.Basal, from, until record.Millis, local *clock, counts map[int64]bool) {
	const hour = 60 * minuteMS
	var units, ms [24]float64
	with := map[int64]bool{}
	eachBasalSpan(basals, from, until, func(span BasalSpan) {
		for at := span.From; at < span.Until; {
			day, h := local.hour(at)
			w := local.wall(at)
			next := min(span.Until, at+record.Millis((floorDiv(w, hour)+1)*hour-w))
			if counts[day] {
				with[day] = true
				units[h] += float64(span.Rate) * float64(next-at)
				ms[h] += float64(next - at)
			}
			at = next
		}
	})
	out.RateDays = len(with)
	for h := range out.Hours {
		out.Hours[h].Rate = unit.UnitsPerHour(undefined)
		if ms[h] > 0 {
			out.Hours[h].Rate = unit.UnitsPerHour(units[h] / ms[h])
		}
	}
}

// hour is the local date of an instant, as a number of days since 1970, and
// the hour of its clock.
func (c *clock) hour(at record.Millis) (day int64, hour int) {
	w := c.wall(at)
	day = floorDiv(w, dayMS)
	return day, int((w - day*dayMS) / (60 * minuteMS))
}
