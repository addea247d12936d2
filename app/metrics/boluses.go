package metrics

import (
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Boluses says how the rapid insulin of some dates came about. Only what a
// source tells is counted: a dose without a word of the device's calculator is
// neither a correction nor an override.
type Boluses struct {
	Days        int // dates that the doses are of
	ByHand      int // boluses and rapid injections
	Automatic   int // given by the device by itself
	Calculated  int // of ByHand: proposed by the device's calculator
	Corrections int // of Calculated: no carbs were told to it
	Overrides   int // of Calculated: programmed at least 0.01 U more than proposed
	Underrides  int // of Calculated: programmed at least 0.01 U less
	Told        int // of ByHand: the source says what was programmed
	Interrupted int // of Told: less was delivered than programmed
	Unspecified int // "took insulin" without an amount; in none of the above
	Unknown     int // of ByHand: injections that do not say whether the insulin is rapid or long-acting
}

// leastOverride is a difference that somebody chose, in units; anything less
// is rounding.
const leastOverride = 0.01

// BolusesOf counts the doses of the dates that are in the averages of r.
func BolusesOf(doses []*record.Dose, r InsulinReport, loc *time.Location) Boluses {
	var b Boluses
	counts := map[int64]bool{}
	local := newClock(loc)
	for _, d := range r.Days {
		if d.Counts {
			b.Days++
			counts[local.day(d.Date.noon(loc))] = true
		}
	}
	for _, d := range doses {
		if d.Insulin == record.Long || !counts[local.day(d.At)] {
			continue
		}
		switch {
		case d.Unspecified:
			b.Unspecified++
		case d.Automated:
			b.Automatic++
		default:
			b.add(d)
		}
	}
	return b
}

func (b *Boluses) add(d *record.Dose) {
	b.ByHand++
	if d.Delivery == record.Injection && d.Insulin == record.UnknownInsulin {
		b.Unknown++
	}
	asked := d.Programmed
	if asked > 0 {
		b.Told++
		if differs(asked - d.Units) {
			b.Interrupted++
		}
	} else {
		asked = d.Units
	}
	if d.Recommended == nil {
		return
	}
	b.Calculated++
	if d.Carbs == 0 {
		b.Corrections++
	}
	switch {
	case differs(asked - *d.Recommended):
		b.Overrides++
	case differs(*d.Recommended - asked):
		b.Underrides++
	}
}

// differs allows for amounts that binary cannot hold.
func differs(u unit.Units) bool { return float64(u) >= leastOverride-1e-9 }

// noon is an instant of the date that no change of the clock moves out of it.
func (d Date) noon(loc *time.Location) record.Millis {
	return record.At(time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, loc))
}
