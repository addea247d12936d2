package metrics

import (
	"math"
	"time"

	"glucokeep/app/unit"
)

// MODD is the mean of daily differences: the mean of |today − yesterday| over
// all clock times that have a value on both days (Molnar et al. 1972); NaN
// when there is none.
func (g Grid) MODD() unit.MgPerDl {
	sum, n := 0.0, 0
	for i := 1; i < len(g.ByDay); i++ {
		for k, v := range g.ByDay[i].Values {
			if d := float64(v - g.ByDay[i-1].Values[k]); Defined(d) {
				sum += math.Abs(d)
				n++
			}
		}
	}
	if n == 0 {
		return missing()
	}
	return unit.MgPerDl(sum / float64(n))
}

// CONGA is the sample SD of the differences of values that lie the given
// number of hours apart (McDonnell et al. 2005): 1, 2, 4 or 24. Always print
// the hours with it. NaN with fewer than two differences.
func (g Grid) CONGA(hours int) unit.MgPerDl {
	if g.Step <= 0 || hours <= 0 {
		return missing()
	}
	lag := hours * int(math.RoundToEven(float64(time.Hour)/float64(g.Step)))
	var diff []float64
	for k := lag; k < len(g.Values); k++ {
		if d := float64(g.Values[k] - g.Values[k-lag]); Defined(d) {
			diff = append(diff, d)
		}
	}
	return unit.MgPerDl(deviation(diff, mean(diff)))
}
