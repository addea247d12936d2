package metrics

import (
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// InsulinDay is the insulin and carbohydrate of one local date.
type InsulinDay struct {
	Date      Date
	Bolus     unit.Units // boluses and rapid injections, of any hand
	Unsaid    unit.Units // of Bolus: injections that do not say whether they were rapid or long-acting
	Automated unit.Units // given by the device itself; of Bolus, or a device's daily sum that mixes basal in (see Mixed)
	Basal     unit.Units // basal delivered, and long-acting injections
	Total     unit.Units
	Mixed     bool       // Automated holds basal and micro-boluses together and is in neither Bolus nor Basal
	Micro     unit.Units // of Bolus: boluses that the device gave by itself
	Boluses   int        // number of doses that are not Long
	Carbs     unit.Grams
	Meals     int     // carb entries with an amount
	Covered   float64 // percent of the date for which the basal is known; 100 with a long-acting injection or a device's sum
	Insulin   bool    // there is insulin data
	Whole     bool    // the period holds all of the date
	Counts    bool    // the date is in the average
}

// InsulinReport is the insulin and carbohydrate of a period. Averages divide
// by the days that have such data, never by calendar days; NaN without any.
type InsulinReport struct {
	Days      []InsulinDay // every local date of the period
	Counted   int          // dates in the averages of insulin
	LeftOut   int          // dates with insulin data left out: less than half of the basal known, or not over yet
	Total     unit.Units   // mean per day; like Basal NaN when nothing at all tells of basal insulin
	Bolus     unit.Units
	Unsaid    unit.Units // of Bolus: what may as well be long-acting
	Automated unit.Units
	Basal     unit.Units
	BasalPart float64    // percent of the total that is basal; NaN when days mix the two or do not say which it was
	Carbs     unit.Grams // mean per day with a carb entry
	CarbDays  int
}

// Therapy is the records that the report is made of, in any order.
type Therapy struct {
	Doses  []*record.Dose
	Basals []*record.Basal
	Totals []*record.DailyTotal
	Carbs  []*record.Carbs
	Known  record.Millis // the data end here: no rate is believed beyond; 0 is no such end

	// How many doses and carb entries are not among the above because another
	// source told the same.
	DosesTwice, CarbsTwice int
}

// End is the end of the period up to until for which the therapy is known.
func (t Therapy) End(until record.Millis) record.Millis {
	if t.Known != 0 {
		return min(until, t.Known)
	}
	return until
}

const leastBasalCover = 50.0 // percent

// ReportInsulin sums up the period from (included) to until (not included).
//
// A device's own daily total replaces what would count the same insulin
// again: a total replaces the boluses and basal of the pump (injections by
// pen still count), its parts replace theirs, and a sum of automatic insulin
// replaces automatic boluses, automated basal and the programmed schedule,
// which in automatic mode is not what was delivered. Beside a sum of basal or
// of boluses it adds only what that sum cannot hold.
func ReportInsulin(t Therapy, loc *time.Location, from, until record.Millis) InsulinReport {
	var out InsulinReport
	if until <= from {
		return averageInsulin(out, false)
	}
	first := DateOf(from, loc)
	index := map[Date]int{}
	last := DateOf(until-1, loc)
	for d := first; ; d = d.Add(1) {
		index[d] = len(out.Days)
		out.Days = append(out.Days, InsulinDay{Date: d})
		if d == last {
			break
		}
	}
	sums := make([]daySums, len(out.Days))
	addDoses(sums, t.Doses, index, loc, from, until)
	addBasals(sums, out.Days, t.Basals, loc, from, t.End(until))
	addTotals(sums, t.Totals, index, loc)
	for _, c := range t.Carbs {
		if k, ok := index[DateOf(c.At, loc)]; ok && c.At >= from && c.At < until && !c.Unspecified && c.Grams > 0 {
			out.Days[k].Carbs += c.Grams
			out.Days[k].Meals++
		}
	}
	for k := range out.Days {
		begin, end := out.Days[k].Date.Start(loc), out.Days[k].Date.Add(1).Start(loc)
		sums[k].settle(&out.Days[k], float64(end-begin))
		out.Days[k].Whole = begin >= from && end <= until
	}
	return averageInsulin(out, len(t.Basals) > 0)
}

// addDoses adds boluses and injections to their dates.
func addDoses(sums []daySums, doses []*record.Dose, index map[Date]int, loc *time.Location, from, until record.Millis) {
	for _, d := range doses {
		k, ok := index[DateOf(d.At, loc)]
		if !ok || d.Unspecified || d.At < from || d.At >= until {
			continue
		}
		s := &sums[k]
		s.any = true
		switch {
		case d.Insulin == record.Long:
			s.long += d.Units
			continue
		case d.Delivery == record.Injection:
			s.injected += d.Units
			if d.Insulin == record.UnknownInsulin {
				s.unsaid += d.Units
			}
		case d.Automated:
			s.autoBolus += d.Units
		default:
			s.bolus += d.Units
		}
		s.doses++
	}
}

// addBasals cuts what ran at the local midnights and adds the pieces.
func addBasals(sums []daySums, days []InsulinDay, basals []*record.Basal, loc *time.Location, from, until record.Millis) {
	k := 0
	end := days[0].Date.Add(1).Start(loc)
	eachBasalSpan(basals, from, until, func(span BasalSpan) {
		for span.From < span.Until {
			for span.From >= end && k+1 < len(days) {
				k++
				end = days[k].Date.Add(1).Start(loc)
			}
			piece := span
			if span.From < end {
				piece.Until = min(span.Until, end)
			}
			sums[k].addSpan(piece)
			span.From = piece.Until
		}
	})
}

// addTotals takes the daily sums of devices. A sum carries its day's
// midnight; noon stays in that date when the zone is not quite the device's.
// Of several sums of a date the greatest counts: they are mostly the same one
// out of two exports.
func addTotals(sums []daySums, totals []*record.DailyTotal, index map[Date]int, loc *time.Location) {
	for _, t := range totals {
		k, ok := index[DateOf(t.At+record.Millis(dayMS/2), loc)]
		if !ok {
			continue
		}
		r := &sums[k].reported
		r.Total, r.Basal = max(r.Total, t.Total), max(r.Basal, t.Basal)
		r.Bolus, r.Automated = max(r.Bolus, t.Bolus), max(r.Automated, t.Automated)
	}
}

// averageInsulin fills in the means. A date that is not over, or was cut at
// the beginning, is in none, even when it is the only one: half a day is no
// average day. pump tells that basal rates are to be expected, so that a day
// without them is incomplete.
func averageInsulin(r InsulinReport, pump bool) InsulinReport {
	basalKnown, basalSeen := true, false
	for k := range r.Days {
		d := &r.Days[k]
		if d.carbsCount() {
			r.CarbDays++
			r.Carbs += d.Carbs
		}
		if !d.Insulin {
			continue
		}
		if pump && d.Covered < leastBasalCover || !d.Whole {
			r.LeftOut++
			continue
		}
		d.Counts = true
		r.Counted++
		r.Total += d.Total
		r.Bolus += d.Bolus
		r.Unsaid += d.Unsaid
		r.Automated += d.Automated
		r.Basal += d.Basal
		basalKnown = basalKnown && !d.Mixed && !d.undivided()
		basalSeen = basalSeen || d.Covered > 0
	}
	n, meals := unit.Units(r.Counted), unit.Grams(r.CarbDays)
	r.Total, r.Bolus, r.Unsaid, r.Automated, r.Basal, r.Carbs = r.Total/n, r.Bolus/n, r.Unsaid/n, r.Automated/n, r.Basal/n, r.Carbs/meals
	r.BasalPart = undefined
	if !basalSeen { // boluses alone: how much there was in all is not known
		r.Total, r.Basal = unit.Units(undefined), unit.Units(undefined)
	}
	if basalKnown && r.Total > 0 {
		r.BasalPart = 100 * float64(r.Basal/r.Total)
	}
	return r
}

// carbsCount reports whether the date is in the mean of carbs.
func (d InsulinDay) carbsCount() bool { return d.Meals > 0 && d.Whole }
