package metrics

import (
	"slices"

	"glucokeep/app/record"
)

const (
	minuteMS = int64(60_000)
	dayMS    = 24 * 60 * minuteMS
)

// assumedMinutes is what a reading stands for when neither its source nor its
// neighbours tell: the cadence of most sensors.
const assumedMinutes = 5

// cadence is how long the readings of a series stand for.
type cadence struct {
	inferred int  // minutes of a reading that does not say it itself
	mixed    bool // readings stand for different times: weigh by duration
	common   int  // greatest common divisor of all minutes
}

// minutes is how long r stands for.
func (c cadence) minutes(r record.Reading) int {
	if r.Every > 0 {
		return int(r.Every)
	}
	return c.inferred
}

// weight is minutes in units of the common divisor: 1 for every reading of a
// series that is not mixed.
func (c cadence) weight(r record.Reading) int {
	if !c.mixed {
		return 1
	}
	return c.minutes(r) / c.common
}

// cadenceOf looks at how long the readings stand for. A reading without
// Every stands for the median spacing of the series.
func cadenceOf(rs []record.Reading) cadence {
	var seen [256]bool
	kinds := 0
	for i := range rs {
		if counted(rs[i]) && !seen[rs[i].Every] {
			seen[rs[i].Every] = true
			kinds++
		}
	}
	c := cadence{inferred: assumedMinutes}
	if seen[0] {
		if m := SpacingMinutes(rs); m > 0 {
			c.inferred = m
		}
		seen[0] = false
		if c.inferred < len(seen) {
			seen[c.inferred] = true
		} else {
			c.common, c.mixed = c.inferred, kinds > 1
		}
	}
	kinds = 0
	for m, is := range seen {
		if is {
			kinds++
			c.common = divisor(c.common, m)
		}
	}
	c.mixed = c.mixed || kinds > 1
	return c
}

func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// SpacingMinutes is the median spacing of the counted readings, rounded to
// whole minutes (half to even, as R does); 0 of fewer than two readings.
func SpacingMinutes(rs []record.Reading) int {
	// The histogram of rounded spacings finds the median without sorting; only
	// when the two middle ones round differently do their exact values matter.
	const most = 1441
	var count [most + 1]int
	n := 0
	eachSpacing(rs, func(ms int64) {
		count[min(roundMinutes(ms), most)]++
		n++
	})
	if n == 0 {
		return 0
	}
	lo, hi := nth(count[:], (n-1)/2), nth(count[:], n/2)
	if lo == hi && lo < most {
		return lo
	}
	all := make([]int64, 0, n)
	eachSpacing(rs, func(ms int64) { all = append(all, ms) })
	slices.Sort(all)
	return int(roundMinutes((all[(n-1)/2] + all[n/2]) / 2))
}

// nth is the bin of the k-th smallest value of a histogram, from 0.
func nth(count []int, k int) int {
	for bin, c := range count {
		if k < c {
			return bin
		}
		k -= c
	}
	return len(count) - 1
}

func eachSpacing(rs []record.Reading, do func(ms int64)) {
	last, any := record.Millis(0), false
	for i := range rs {
		if !counted(rs[i]) {
			continue
		}
		if any {
			do(int64(rs[i].At - last))
		}
		last, any = rs[i].At, true
	}
}

// roundMinutes rounds milliseconds to minutes, half to even.
func roundMinutes(ms int64) int {
	q := (ms + minuteMS/2) / minuteMS
	if (ms+minuteMS/2)%minuteMS == 0 && q%2 == 1 {
		q--
	}
	return int(q)
}

// CoveredMinutes is the sum of what the counted readings stand for.
func CoveredMinutes(rs []record.Reading) float64 {
	c, sum := cadenceOf(rs), 0
	for _, r := range rs {
		if counted(r) {
			sum += c.minutes(r)
		}
	}
	return float64(sum)
}
