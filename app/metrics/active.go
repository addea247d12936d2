package metrics

import (
	"math"
	"time"

	"glucokeep/app/record"
)

// Active is how much of the time the sensor gave readings, by the formulas in
// use. The page of the profile prints Spanned, a dashboard Calendar.
type Active struct {
	// ByGaps is that of the R package iglu (active_percent, automatic): points
	// that the time from first to last has room for, less those that gaps
	// swallowed. Formula A.
	ByGaps float64
	// Spanned is readings over the points that the time from first to last
	// has room for, as on the ambulatory glucose profile; with mixed intervals
	// the time covered over that time. Formula B.
	Spanned float64
	// Calendar is covered minutes over the length of the chosen period, honest
	// when the sensor was off at either end. Formula C.
	Calendar float64
	SpanDays float64 // from the first to the last reading, unrounded
}

// ActiveOf computes the percentages; from and until bound the chosen period.
// NaN without readings, and ByGaps and Spanned with only one.
func ActiveOf(rs []record.Reading, from, until record.Millis) Active {
	rs = Counted(rs)
	a := Active{ByGaps: undefined, Spanned: undefined, Calendar: undefined, SpanDays: undefined}
	if len(rs) == 0 {
		return a
	}
	if until > from {
		period := float64(until-from) / float64(minuteMS)
		a.Calendar = min(100, 100*CoveredMinutes(rs)/period)
	}
	span := int64(rs[len(rs)-1].At - rs[0].At)
	a.SpanDays = float64(span) / float64(dayMS)
	d := SpacingMinutes(rs)
	if d == 0 {
		return a
	}
	a.ByGaps = byGaps(rs, span, d)
	covers, each := float64(len(rs)*d), float64(d)
	if c := cadenceOf(rs); c.mixed {
		covers, each = CoveredMinutes(rs), float64(c.minutes(rs[len(rs)-1]))
	}
	a.Spanned = min(100, 100*covers/(math.Ceil(float64(span)/float64(minuteMS))+each))
	return a
}

func byGaps(rs []record.Reading, span int64, d int) float64 {
	room := math.RoundToEven(float64(roundMinutes(span))/float64(d)) + 1
	gaps, sum := 0, int64(0)
	eachSpacing(rs, func(ms int64) {
		if roundMinutes(ms) > d {
			gaps++
			sum += ms
		}
	})
	lost := math.RoundToEven((float64(sum)/float64(minuteMS) - float64(gaps*d)) / float64(d))
	return 100 * (room - lost) / room
}

// coveredDay is what the readings of one local date stand for.
type coveredDay struct {
	date    Date
	minutes int
}

func covered(rs []record.Reading, loc *time.Location) []coveredDay {
	c := cadenceOf(rs)
	var out []coveredDay
	eachDay(rs, loc, func(d Date, of []record.Reading) {
		sum := 0
		for _, r := range of {
			sum += c.minutes(r)
		}
		out = append(out, coveredDay{d, sum})
	})
	return out
}
