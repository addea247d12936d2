package chart

import (
	"cmp"
	"slices"
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

// Dose is insulin given at once, or a part of it over some time.
type Dose struct {
	At        time.Time
	Over      time.Duration // of the extended part; 0 when all was given at once
	Units     unit.Units
	Automated bool // by the device itself: drawn without a number
	Long      bool // long-acting
	Injection bool // by pen or syringe
	Source    int
}

// words says a dose: Bolus 4.5 U.
func (d Dose) words(l text.Locale) string {
	said := ""
	switch units := figure.Units(l, d.Units); {
	case d.Long:
		said = l.T("chart.dose.long", "units", units)
	case d.Automated:
		said = l.T("chart.dose.automated", "units", units)
	case d.Injection:
		said = l.T("chart.dose.injection", "units", units)
	default:
		said = l.T("chart.dose.bolus", "units", units)
	}
	if d.Over > 0 {
		said += " " + l.T("chart.dose.over", "time", d.Over)
	}
	return said
}

// Rate is a basal rate.
type Rate struct {
	Since, Until time.Time
	PerHour      unit.UnitsPerHour
	Stopped      bool // the pump was suspended
}

// Meal is carbohydrate eaten.
type Meal struct {
	At     time.Time
	Grams  unit.Grams
	Source int
}

// bar is one amount on a lane. Only says on which screens its number has
// room: "" none, "all", "broad".
type bar struct {
	X, Y, Text, Only string
	Long             bool   // a hollow bar
	End              string // where the extended part ends; "" without
}

// laneTall is the height of a lane in user units of its stretched drawings:
// it is less than a hundred pixels high.
const laneTall = 100.0

// insulinLane is doses as bars over the basal rate as an area.
type insulinLane struct {
	Bars    []bar
	Small   string // path of automated doses
	Basal   string // path on a drawing of wide × laneTall
	Stopped string // path of the times in which the pump was suspended
	Long    bool   // a bar of long-acting insulin is among them
}

func (i insulinLane) empty() bool { return len(i.Bars) == 0 && i.Small+i.Basal+i.Stopped == "" }

// newInsulinLane draws what was given up to an instant: the rest of an
// extended bolus is not insulin that was given.
func newInsulinLane(l text.Locale, doses []Dose, rates []Rate, span geometry.Span, happened time.Time) insulinLane {
	var lane insulinLane
	most := 4.0 // a day of small doses does not look like one of large ones
	for _, d := range doses {
		if span.Holds(d.At) && !d.Long { // which would make all others too low to see
			most = max(most, float64(d.Units))
		}
	}
	scale := geometry.Scale{To: most, Start: 100, End: 24}
	var named []amount
	var small []geometry.Point
	for _, d := range doses {
		switch {
		case !span.Holds(d.At):
		case d.Automated:
			small = append(small, geometry.Point{X: span.X(d.At, wide), Y: scale.At(float64(d.Units)) * laneTall / 100})
		default:
			a := amount{x: span.X(d.At, 100), size: float64(d.Units), text: l.Number(float64(d.Units)), long: d.Long}
			if d.Over > 0 {
				end := d.At.Add(d.Over)
				if end.After(happened) {
					end = happened
				}
				a.end = percent(span.X(end, 100))
			}
			lane.Long = lane.Long || d.Long
			named = append(named, a)
		}
	}
	lane.Bars, lane.Small = bars(named, scale), geometry.Spikes(small, laneTall)
	lane.Basal = basalPath(rates, span)
	for _, r := range rates {
		if r.Stopped && r.Until.After(span.Since) && r.Since.Before(span.Until) {
			lane.Stopped += geometry.Compact([]geometry.Point{{X: span.X(r.Since, wide), Y: laneTall}, {X: span.X(r.Until, wide), Y: laneTall}})
		}
	}
	return lane
}

func mealBars(l text.Locale, meals []Meal, span geometry.Span) []bar {
	most := 40.0
	var named []amount
	for _, m := range meals {
		if span.Holds(m.At) {
			most = max(most, float64(m.Grams))
			named = append(named, amount{x: span.X(m.At, 100), size: float64(m.Grams), text: l.Number(float64(m.Grams))})
		}
	}
	return bars(named, geometry.Scale{To: most, Start: 100, End: 24})
}

// amount is a bar before it is known whether its number has room.
type amount struct {
	x, size float64
	text    string
	only    string
	end     string
	long    bool
}

// bars gives the largest amounts their number first: those that then stand
// closer than a number is wide on a phone show theirs on broad screens only,
// and those too close even there show none (the table has them all).
func bars(list []amount, scale geometry.Scale) []bar {
	const onPhone, onBroad = 9.0, 4.0
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(list[b].size, list[a].size) })
	for _, i := range order {
		list[i].only = "all"
		for k, other := range list {
			distance := max(other.x-list[i].x, list[i].x-other.x)
			switch {
			case k == i || other.only == "":
			case distance < onBroad:
				list[i].only = ""
			case distance < onPhone && other.only == "all" && list[i].only == "all":
				list[i].only = "broad"
			}
			if list[i].only == "" {
				break
			}
		}
	}
	drawn := make([]bar, len(list))
	for i, a := range list {
		drawn[i] = bar{X: percent(a.x), Y: percent(scale.At(a.size)), Text: a.text, Only: a.only, Long: a.long, End: a.end}
	}
	return drawn
}

// basalPath is the rate over the day as a closed stepped area. A time without
// a known rate is left open, not drawn as zero.
func basalPath(rates []Rate, span geometry.Span) string {
	most := 2.0
	for _, r := range rates {
		most = max(most, float64(r.PerHour))
	}
	scale := geometry.Scale{To: most, Start: laneTall, End: 0.45 * laneTall}
	var stairs []geometry.Stair
	for _, r := range rates {
		if !r.Until.After(span.Since) || !r.Since.Before(span.Until) {
			continue
		}
		stairs = append(stairs, geometry.Stair{From: span.X(r.Since, wide), Until: span.X(r.Until, wide), Y: scale.At(float64(r.PerHour))})
	}
	return geometry.Stairs(stairs, laneTall)
}
