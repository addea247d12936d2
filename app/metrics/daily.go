package metrics

import (
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Day is the figures of one local date.
type Day struct {
	Date    Date
	Minutes int // length of the date: 1380 and 1500 when summer time begins and ends
	N       int
	Mean    unit.MgPerDl
	SD      unit.MgPerDl // NaN of one reading
	Min     unit.MgPerDl
	Max     unit.MgPerDl
	Shares  Shares
	Active  float64 // percent of the date's real length that readings cover, at most 100
}

// Daily computes the figures of each local date that has readings, in order.
func Daily(rs []record.Reading, p Profile, loc *time.Location) []Day {
	c := cadenceOf(rs)
	var out []Day
	eachDay(rs, loc, func(d Date, of []record.Reading) {
		day := Day{Date: d, Minutes: d.Minutes(loc), N: len(of), Shares: SharesOf(of, p)}
		v := statistics(of)
		m := mean(v)
		day.Mean, day.SD = unit.MgPerDl(m), unit.MgPerDl(deviation(v, m))
		day.Min, day.Max = unit.MgPerDl(v[0]), unit.MgPerDl(v[0])
		sum := 0
		for i, r := range of {
			sum += c.minutes(r)
			day.Min, day.Max = min(day.Min, unit.MgPerDl(v[i])), max(day.Max, unit.MgPerDl(v[i]))
		}
		day.Active = min(100, 100*float64(sum)/float64(day.Minutes))
		out = append(out, day)
	})
	return out
}

// DailyShares divides the readings of each local date that has some among the
// bands: Daily for who prints nothing else of a day.
func DailyShares(rs []record.Reading, p Profile, loc *time.Location) map[Date]Shares {
	out := map[Date]Shares{}
	eachDay(rs, loc, func(d Date, of []record.Reading) { out[d] = SharesOf(of, p) })
	return out
}

// eachDay hands the counted readings over by local date, in order of time,
// each date once: where a zone sets its clock back across midnight, the
// minutes that come twice stay with the later date.
func eachDay(rs []record.Reading, loc *time.Location, do func(d Date, of []record.Reading)) {
	rs = Counted(rs)
	local := newClock(loc)
	for i := 0; i < len(rs); {
		day := local.day(rs[i].At)
		k := i + 1
		for k < len(rs) && local.day(rs[k].At) <= day {
			k++
		}
		do(dateOfDay(day), rs[i:k])
		i = k
	}
}
