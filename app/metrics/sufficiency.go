package metrics

import (
	"slices"
	"time"

	"glucokeep/app/record"
)

// What a period needs: 14 days with at least 70 % of the time covered
// (Battelino et al. 2019). The finer gates are those of Tidepool's viewer.
const (
	SufficientDays    = 14
	SufficientPercent = 70.0
	curveDays         = 7
	LeastForSpread    = 30 // readings for SD and CV
)

// Sufficiency says which figures a page may show. Below Enough it says so
// beside the figures ("11 of 14 days, 64 % active") instead of hiding all.
type Sufficiency struct {
	Readings int
	Days     int     // local dates with readings
	Active   float64 // percent, formula B; NaN without readings
	Anything bool    // a day's data: print a profile page at all
	Spread   bool    // SD and CV: 30 readings
	Curve    bool    // percentile curve: 7 dates with an hour each, the best seven 70 % covered on average
	GMI      bool    // 14 dates, and covered time of 70 % of 14 days
	Enough   bool    // GMI's gate, and 70 % active
}

// SufficiencyOf judges the readings of a period.
func SufficiencyOf(rs []record.Reading, loc *time.Location) Sufficiency {
	rs = Counted(rs)
	s := Sufficiency{Readings: len(rs), Active: undefined, Spread: len(rs) >= LeastForSpread}
	if len(rs) == 0 {
		return s
	}
	c := cadenceOf(rs)
	days := covered(rs, loc)
	s.Days = len(days)
	s.Active = ActiveOf(rs, 0, 0).Spanned
	last := rs[len(rs)-1]
	s.Anything = int64(last.At-rs[0].At)+int64(c.minutes(last))*minuteMS >= dayMS

	var parts []float64
	sum := 0
	for _, d := range days {
		sum += d.minutes
		if d.minutes >= 60 {
			parts = append(parts, min(100, 100*float64(d.minutes)/float64(d.date.Minutes(loc))))
		}
	}
	slices.Sort(parts)
	s.Curve = len(parts) >= curveDays && mean(parts[len(parts)-curveDays:]) >= SufficientPercent
	s.GMI = s.Days >= SufficientDays && float64(sum) >= SufficientPercent/100*SufficientDays*24*60
	s.Enough = s.GMI && s.Active >= SufficientPercent
	return s
}
