package metrics

import (
	"math"
	"time"

	"glucokeep/app/record"
)

// Ages of the newest reading beside an arrow: after GreyAfter the arrow is
// greyed out, after HideAfter it is hidden.
const (
	GreyAfter = 11 * time.Minute
	HideAfter = 15 * time.Minute
)

// Rate is a change of glucose in mg/dL per minute; NaN when it cannot be told.
type Rate float64

const (
	rateWindow    = 15 * time.Minute
	slowSensor    = 15 // minutes between the readings of a sensor that gives only two in the window
	slowSpacing   = 20 * time.Minute
	fewestForRate = 3
	hysteresis    = 0.1
	onEdge        = 1e-9 // a slope of exactly 1 must not become 1.0000000002
)

// RateAt is the slope of the readings of the last 15 minutes by least
// squares, as seen at the moment at: for the arrow beside a reading pass that
// reading's instant. rs must end with the newest reading not after at; only
// its last half hour is looked at. NaN with fewer than three readings (a
// sensor whose Every is 15 or more: two at most 20 minutes apart), when the newest is older
// than its interval and a minute, and from or to a clipped reading: nobody
// knows how far beyond the limit the glucose was.
func RateAt(rs []record.Reading, at record.Millis) Rate {
	return slope(rs, at, rateWindow, 0)
}

// slope is RateAt over any window; with maxGap > 0 two neighbours further
// apart give NaN, and a 15-minute sensor too.
func slope(rs []record.Reading, at record.Millis, window, maxGap time.Duration) Rate {
	var x, y []float64 // minutes before the newest (negative), mg/dL
	var newest, last record.Reading
	for i := len(rs) - 1; i >= 0; i-- {
		r := rs[i]
		if r.At > at || !counted(r) {
			continue
		}
		if len(x) == 0 {
			if newest = r; tooOld(r, at) {
				return Rate(undefined)
			}
		}
		slow := newest.Every >= slowSensor && maxGap == 0
		back := time.Duration(newest.At-r.At) * time.Millisecond
		if r.Flags&(record.BelowRange|record.AboveRange) != 0 || (!slow && back > window) || (slow && back > slowSpacing) {
			break
		}
		if maxGap > 0 && len(x) > 0 && time.Duration(last.At-r.At)*time.Millisecond > maxGap {
			return Rate(undefined)
		}
		last = r
		x, y = append(x, -back.Minutes()), append(y, float64(r.Statistic()))
		if slow && len(x) == 2 {
			return leastSquares(x, y)
		}
	}
	if len(x) < fewestForRate {
		return Rate(undefined)
	}
	return leastSquares(x, y)
}

func tooOld(newest record.Reading, at record.Millis) bool {
	interval := max(int64(newest.Every), assumedMinutes)
	return int64(at-newest.At) > (interval+1)*minuteMS
}

// leastSquares is the slope of the line through the points; NaN when all lie
// at one instant.
func leastSquares(x, y []float64) Rate {
	mx, my := mean(x), mean(y)
	xy, xx := 0.0, 0.0
	for i := range x {
		xy += (x[i] - mx) * (y[i] - my)
		xx += (x[i] - mx) * (x[i] - mx)
	}
	if xx == 0 {
		return Rate(undefined)
	}
	return Rate(xy / xx)
}

// arrows in order of rate, and the upper edge of each band but the last. The
// edges are those of the Dexcom G6 user guide; a band ends at the edge that
// lies farther from zero, so that 1 is flat and 2 is slanting.
var (
	arrows = [...]record.Trend{
		record.DoubleDown, record.SingleDown, record.FortyFiveDown, record.Flat,
		record.FortyFiveUp, record.SingleUp, record.DoubleUp,
	}
	edges = [...]float64{-3, -2, -1, 1, 2, 3}
)

// Arrow is the arrow of a rate, record.NoTrend when it is undefined: never
// "flat" for "not known". previous is the arrow of the reading before; it is
// kept until the rate is 0.1 beyond the edge, so that an arrow does not
// flicker. Pass record.NoTrend when there was none.
func (r Rate) Arrow(previous record.Trend) record.Trend {
	v := float64(r)
	if math.IsNaN(v) {
		return record.NoTrend
	}
	for i, a := range arrows {
		if a == previous && v >= lower(i)-hysteresis-onEdge && v <= upper(i)+hysteresis+onEdge {
			return previous
		}
	}
	for i, a := range arrows {
		edge := upper(i)
		if v < edge-onEdge || (v <= edge+onEdge && edge > 0) {
			return a
		}
	}
	return record.DoubleUp
}

func lower(i int) float64 {
	if i == 0 {
		return math.Inf(-1)
	}
	return edges[i-1]
}

func upper(i int) float64 {
	if i == len(edges) {
		return math.Inf(1)
	}
	return edges[i]
}
