package metrics

import (
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// percentiles are those of the ambulatory glucose profile.
var percentiles = [5]float64{0.05, 0.25, 0.50, 0.75, 0.95}

// LeastPerBin is how many readings a bin of the profile needs; with fewer the
// curve is broken there.
const LeastPerBin = 5

// Percentiles are the five lines of the profile at one time of day, mg/dL;
// NaN without readings.
type Percentiles struct {
	N                       int // readings (or days, for a grid) behind them
	P05, P25, P50, P75, P95 unit.MgPerDl
}

// Enough reports whether there are readings enough to draw the bin.
func (p Percentiles) Enough() bool { return p.N >= LeastPerBin }

func percentilesFrom(n int, q [5]float64) Percentiles {
	return Percentiles{n, unit.MgPerDl(q[0]), unit.MgPerDl(q[1]), unit.MgPerDl(q[2]), unit.MgPerDl(q[3]), unit.MgPerDl(q[4])}
}

// Hours is the profile by clock hour: bin h holds all readings of every day
// from h:00 up to (h+1):00 local time, and is drawn at h:30.
type Hours [24]Percentiles

// Hourly computes the raw profile by local wall clock: on the 25-hour day
// both passes fall into the same bin. With mixed intervals a 15-minute
// reading weighs as three of 5 minutes.
func Hourly(rs []record.Reading, loc *time.Location) Hours {
	c := cadenceOf(rs)
	bins := new([24]histogram)
	var n [24]int
	local := newClock(loc)
	for i := range rs {
		if !counted(rs[i]) {
			continue
		}
		v, ok := whole(float64(rs[i].Statistic()))
		if !ok {
			return hourlySorted(rs, c, loc)
		}
		h := hourOf(local.wall(rs[i].At))
		n[h]++
		bins[h].add(v, c.weight(rs[i]))
	}
	var out Hours
	for h := range out {
		var q [5]float64
		bins[h].quantiles(percentiles[:], q[:])
		out[h] = percentilesFrom(n[h], q)
	}
	return out
}

// hourlySorted is Hourly for values that are not whole mg/dL, such as those
// of a sensor that reports mmol/L.
func hourlySorted(rs []record.Reading, c cadence, loc *time.Location) Hours {
	var bins [24][]weighted
	local := newClock(loc)
	for _, r := range rs {
		if counted(r) {
			h := hourOf(local.wall(r.At))
			bins[h] = append(bins[h], weighted{float64(r.Statistic()), c.weight(r)})
		}
	}
	var out Hours
	for h := range out {
		var q [5]float64
		weightedQuantiles(bins[h], percentiles[:], q[:])
		out[h] = percentilesFrom(len(bins[h]), q)
	}
	return out
}

func hourOf(wall int64) int { return int((wall - floorDiv(wall, dayMS)*dayMS) / (60 * minuteMS)) }

// Smooth is the profile smoothed around the clock by weights 1-4-1; midnight
// joins 23 h and 0 h. The counts stay, so that Enough still tells.
func (h Hours) Smooth() Hours {
	out := h
	for _, line := range []func(*Percentiles) *unit.MgPerDl{
		func(p *Percentiles) *unit.MgPerDl { return &p.P05 }, func(p *Percentiles) *unit.MgPerDl { return &p.P25 },
		func(p *Percentiles) *unit.MgPerDl { return &p.P50 }, func(p *Percentiles) *unit.MgPerDl { return &p.P75 },
		func(p *Percentiles) *unit.MgPerDl { return &p.P95 },
	} {
		var raw [24]unit.MgPerDl
		for i := range h {
			raw[i] = *line(&h[i])
		}
		for i, v := range smooth141(raw[:]) {
			*line(&out[i]) = v
		}
	}
	return out
}

// smooth141 is the cyclic mean of weights 1-4-1. A missing neighbour leaves
// the weights to the others; a missing value stays missing.
func smooth141(v []unit.MgPerDl) []unit.MgPerDl {
	n := len(v)
	out := make([]unit.MgPerDl, n)
	for i := range v {
		sum, weight := 4*v[i], unit.MgPerDl(4)
		for _, near := range []unit.MgPerDl{v[(i+n-1)%n], v[(i+1)%n]} {
			if Defined(near) {
				sum += near
				weight++
			}
		}
		out[i] = sum / weight
	}
	return out
}
