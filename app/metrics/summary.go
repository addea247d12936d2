package metrics

import (
	"slices"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Summary is the figures of a period that need no ranges of a person. SD is
// the sample SD over all readings, not a mean of daily SDs; quantiles are
// type 7. Each reading weighs the same here, also with mixed intervals.
type Summary struct {
	N           int           // readings counted
	BelowSensor int           // of them clipped at the sensor's lower limit: "LOW"
	AboveSensor int           // of them clipped at the upper limit: "HIGH"
	First, Last record.Millis // of the counted readings; 0 without any
	Mean        unit.MgPerDl
	Median      unit.MgPerDl
	SD          unit.MgPerDl
	CV          float64 // percent
	P05, P25    unit.MgPerDl
	P75, P95    unit.MgPerDl
	IQR         unit.MgPerDl
	Min, Max    unit.MgPerDl // a clipped extreme is one outside the limit: print LOW or HIGH
	GMI         float64      // percent
	GMIMmolMol  float64
	EA1c        float64 // percent, ADAG
	JIndex      float64 // 0.001·(mean+SD)², mg/dL (Wójcicki 1995)
	LBGI, HBGI  float64
	GRI         GRI // by the standard ranges whatever the person's profile is
}

// Summarize computes the figures of the readings.
func Summarize(rs []record.Reading) Summary {
	s := Summary{}
	for _, r := range rs {
		if !counted(r) {
			continue
		}
		if s.N == 0 {
			s.First = r.At
		}
		s.Last = r.At
		s.N++
		if r.Flags.Has(record.BelowRange) {
			s.BelowSensor++
		} else if r.Flags.Has(record.AboveRange) {
			s.AboveSensor++
		}
	}
	v := statistics(rs)
	m := mean(v)
	sd := deviation(v, m)
	q, low, high := spread(v)
	s.Mean, s.SD, s.CV = unit.MgPerDl(m), unit.MgPerDl(sd), 100*sd/m
	s.P05, s.P25, s.Median, s.P75, s.P95 = q[0], q[1], q[2], q[3], q[4]
	s.IQR, s.Min, s.Max = s.P75-s.P25, low, high
	s.GMI, s.GMIMmolMol, s.EA1c = GMI(s.Mean), GMIMmolMol(s.Mean), EstimatedA1c(s.Mean)
	s.JIndex = 0.001 * (m + sd) * (m + sd)
	s.LBGI, s.HBGI = riskIndices(v)
	shares := SharesOf(rs, Standard())
	s.GRI = GRIOf(shares.VeryLow, shares.Low, shares.High, shares.VeryHigh)
	return s
}

// spread is the five percentiles, the least and the greatest of v.
func spread(v []float64) (q [5]unit.MgPerDl, low, high unit.MgPerDl) {
	if len(v) == 0 {
		for i := range q {
			q[i] = missing()
		}
		return q, missing(), missing()
	}
	var h histogram
	var out [5]float64
	for _, x := range v {
		i, ok := whole(x)
		if !ok {
			return sortedSpread(v)
		}
		h.add(i, 1)
	}
	h.quantiles(percentiles[:], out[:])
	for i := range q {
		q[i] = unit.MgPerDl(out[i])
	}
	return q, unit.MgPerDl(slices.Min(v)), unit.MgPerDl(slices.Max(v))
}

func sortedSpread(v []float64) (q [5]unit.MgPerDl, low, high unit.MgPerDl) {
	sorted := slices.Sorted(slices.Values(v))
	for i, p := range percentiles {
		q[i] = unit.MgPerDl(quantile(sorted, p))
	}
	return q, unit.MgPerDl(sorted[0]), unit.MgPerDl(sorted[len(sorted)-1])
}
