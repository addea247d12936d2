package metrics

import (
	"math"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Delta is the change over five minutes, built as Nightscout's bgnow plugin
// does: the readings are gathered in buckets of five minutes around the
// newest one, and the means of the newest and of the nearest earlier bucket
// are compared.
type Delta struct {
	Now    unit.MgPerDl // mean of the newest bucket; NaN when there is no delta
	Before unit.MgPerDl // five minutes earlier, scaled from further back when Scaled
	Scaled bool         // the two lie more than nine minutes apart: mark it "*"
}

const (
	bucketMS      = 5 * minuteMS
	buckets       = 4
	lowestForMean = 39 // mg/dL; this and less is a code, not glucose
	scaleOverMS   = 9 * minuteMS
)

// DeltaOf computes the change at the newest reading of rs; scans do not
// count. It is undefined from or to a clipped reading.
func DeltaOf(rs []record.Reading) Delta {
	none := Delta{Now: missing(), Before: missing()}
	type bucket struct {
		sum    float64
		n      int
		newest record.Millis
	}
	var bs [buckets]bucket
	var newest record.Millis
	found := false
	for i := len(rs) - 1; i >= 0; i-- {
		r := rs[i]
		if !counted(r) {
			continue
		}
		clipped := r.Flags&(record.BelowRange|record.AboveRange) != 0 || r.Statistic() <= lowestForMean
		if !found {
			if clipped {
				return none
			}
			newest, found = r.At, true
		}
		k := (int64(newest-r.At) + bucketMS/2) / bucketMS
		if k >= buckets || clipped {
			break
		}
		b := &bs[k] // #nosec G602 -- k was checked above
		if b.n == 0 {
			b.newest = r.At
		}
		b.sum += float64(r.Statistic())
		b.n++
	}
	for k := 1; k < buckets; k++ {
		if bs[k].n == 0 {
			continue
		}
		now, before := bs[0].sum/float64(bs[0].n), bs[k].sum/float64(bs[k].n)
		apart := int64(bs[0].newest - bs[k].newest)
		d := Delta{Now: unit.MgPerDl(now), Before: unit.MgPerDl(before), Scaled: apart > scaleOverMS}
		if d.Scaled {
			d.Before = unit.MgPerDl(now - (now-before)/float64(apart)*float64((5*time.Minute).Milliseconds()))
		}
		return d
	}
	return none
}

// In is the change as people read it in unit c: whole mg/dL, or the
// difference of the two values in mmol/L, each at one decimal, so that it is
// the difference of what they saw. NaN when undefined.
func (d Delta) In(c unit.Concentration) float64 {
	if c == unit.MmolL {
		return (math.Round(tenths(d.Now)) - math.Round(tenths(d.Before))) / 10
	}
	return math.Round(float64(d.Now - d.Before))
}

// tenths is g in tenths of mmol/L, nudged so that a half that binary cannot
// hold rounds up as unit.Glucose.Format prints it.
func tenths(g unit.MgPerDl) float64 { return float64(g.MmolPerL())*10 + 1e-9 }
