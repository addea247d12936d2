package metrics

import (
	"cmp"
	"math"
	"slices"
)

// quantile is the type 7 quantile (linear interpolation; the default of R and
// NumPy) of sorted values, p from 0 to 1; NaN of none.
func quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return undefined
	}
	k, f := position(len(sorted), p)
	if f == 0 {
		return sorted[k]
	}
	return between(sorted[k], sorted[k+1], f)
}

// position is the index below the quantile p of n values and the part of the
// way to the next; the part is 0 at the last.
func position(n int, p float64) (int, float64) {
	h := float64(n-1) * p
	k := int(math.Floor(h))
	if k >= n-1 {
		return n - 1, 0
	}
	return k, h - float64(k)
}

func between(a, b, f float64) float64 { return a + f*(b-a) }

// histogram counts whole mg/dL, so that quantiles need no sorting.
type histogram struct {
	count [1024]int32
	n     int // sum of count
}

// whole is v as an index of a histogram.
func whole(v float64) (int, bool) {
	i := int(v)
	return i, float64(i) == v && i >= 0 && i < len(histogram{}.count)
}

func (h *histogram) add(v, weight int) {
	h.count[v] += int32(weight)
	h.n += weight
}

// quantiles fills out with the type 7 quantiles ps, which must rise, in one
// walk. A value of weight w counts as w equal values.
func (h *histogram) quantiles(ps []float64, out []float64) {
	if h.n == 0 {
		for i := range ps {
			out[i] = undefined
		}
		return
	}
	v, upto := -1, 0 // values ≤ v number upto
	for i, p := range ps {
		k, f := position(h.n, p)
		for upto <= k {
			v++
			upto += int(h.count[v])
		}
		out[i] = float64(v)
		if f == 0 || k+1 < upto {
			continue
		}
		next := v + 1
		for h.count[next] == 0 {
			next++
		}
		out[i] = between(float64(v), float64(next), f)
	}
}

// weighted is a value that counts as weight equal values.
type weighted struct {
	value  float64
	weight int
}

// weightedQuantiles is histogram.quantiles for values that are not whole. It
// sorts v.
func weightedQuantiles(v []weighted, ps []float64, out []float64) {
	slices.SortFunc(v, func(a, b weighted) int { return cmp.Compare(a.value, b.value) })
	n := 0
	for _, x := range v {
		n += x.weight
	}
	if n == 0 {
		for i := range ps {
			out[i] = undefined
		}
		return
	}
	at, upto := -1, 0
	for i, p := range ps {
		k, f := position(n, p)
		for upto <= k {
			at++
			upto += v[at].weight
		}
		out[i] = v[at].value
		if f > 0 && k+1 >= upto {
			out[i] = between(v[at].value, v[at+1].value, f)
		}
	}
}
