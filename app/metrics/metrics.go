// Package metrics turns sensor readings into the figures that people and
// clinicians read: shares of time in ranges, mean, variability, GMI, the
// percentiles by time of day, episodes, the trend and the insulin totals. All
// functions are pure: no store, no clock, no state.
//
// Readings come in sorted by At, one person, already merged (Merge). Every
// reading counts with record.Reading.Statistic: one mg/dL outside the limit
// when the sensor was clipped. Scan readings are never counted.
//
// A figure that the readings cannot give (the SD of one reading, the mean of
// none) is NaN; ask Defined before printing it, and write null into JSON.
// Nothing is rounded here: rounding belongs to the page.
package metrics

import (
	"math"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Defined reports whether v is a figure at all, that is not NaN.
func Defined[T ~float64](v T) bool { return !math.IsNaN(float64(v)) }

// undefined is the figure that cannot be given.
var undefined = math.NaN()

// counted reports whether a statistic counts r.
func counted(r record.Reading) bool { return !r.Flags.Has(record.Scan) }

// possible reports whether a body can have the glucose of r. A value beyond is
// kept and drawn as the device said it; Merge leaves it out where statistics
// are made.
func possible(r record.Reading) bool {
	v := r.Statistic()
	return v >= leastPossible && v <= mostPossible
}

// Possible is the readings that a body can have had, as a new slice. No
// statistic counts the others: below 20 or above 600 mg/dL a sensor errs.
func Possible(rs []record.Reading) (out []record.Reading) {
	for _, r := range rs {
		if possible(r) {
			out = append(out, r)
		}
	}
	return out
}

// The physiological limits; sensors themselves end between 39 and 501 mg/dL.
const (
	leastPossible = unit.MgPerDl(20)
	mostPossible  = unit.MgPerDl(600)
)

// Counted is the readings that statistics count. When
// there are no scans it is rs itself, not a copy.
func Counted(rs []record.Reading) []record.Reading {
	for i := range rs {
		if counted(rs[i]) {
			continue
		}
		out := append(make([]record.Reading, 0, len(rs)), rs[:i]...)
		for _, r := range rs[i:] {
			if counted(r) {
				out = append(out, r)
			}
		}
		return out
	}
	return rs
}

// statistics is the value of each counted reading in mg/dL.
func statistics(rs []record.Reading) []float64 {
	out := make([]float64, 0, len(rs))
	for _, r := range rs {
		if counted(r) {
			out = append(out, float64(r.Statistic()))
		}
	}
	return out
}

// mean is the arithmetic mean of v, NaN of none.
func mean(v []float64) float64 {
	if len(v) == 0 {
		return undefined
	}
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// deviation is the sample standard deviation (n-1) of v around its mean m,
// NaN of fewer than two.
func deviation(v []float64, m float64) float64 {
	if len(v) < 2 {
		return undefined
	}
	sum := 0.0
	for _, x := range v {
		sum += (x - m) * (x - m)
	}
	return math.Sqrt(sum / float64(len(v)-1))
}

// missing is an absent glucose value.
func missing() unit.MgPerDl { return unit.MgPerDl(undefined) }
