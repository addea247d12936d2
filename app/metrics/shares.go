package metrics

import "glucokeep/app/record"

// Shares are the parts of the measured time in each band, in percent of the
// time covered by readings; NaN without readings. The five bands add to 100.
type Shares struct {
	N          int          // readings counted
	Counts     [classes]int // readings by Class
	TightCount int          // readings in the tight range
	ByDuration bool         // intervals were mixed: shares are of time, not of readings
	VeryLow    float64
	Low        float64
	Target     float64
	High       float64
	VeryHigh   float64
	Tight      float64 // part of Target for the standard profile
}

// Below is very low and low together.
func (s Shares) Below() float64 { return s.VeryLow + s.Low }

// Above is high and very high together.
func (s Shares) Above() float64 { return s.High + s.VeryHigh }

// Of is the share of one band.
func (s Shares) Of(c Class) float64 {
	return [classes]float64{s.VeryLow, s.Low, s.Target, s.High, s.VeryHigh}[c]
}

// SharesOf divides the readings among the bands of p. When they stand for
// different times (5- and 15-minute sensors in one period) each weighs what
// it stands for; otherwise each weighs the same.
func SharesOf(rs []record.Reading, p Profile) Shares {
	c := cadenceOf(rs)
	s := Shares{ByDuration: c.mixed}
	var sum [classes]int
	tight, all := 0, 0
	for _, r := range rs {
		if !counted(r) {
			continue
		}
		g := native(r)
		l := p.Limits(g.Unit)
		class, w := l.class(g.Milli), c.weight(r)
		s.N++
		s.Counts[class]++
		sum[class] += w
		all += w
		if l.tight(g.Milli) {
			s.TightCount++
			tight += w
		}
	}
	part := func(w int) float64 {
		if all == 0 {
			return undefined
		}
		return 100 * float64(w) / float64(all)
	}
	s.VeryLow, s.Low, s.Target = part(sum[VeryLow]), part(sum[Low]), part(sum[Target])
	s.High, s.VeryHigh, s.Tight = part(sum[High]), part(sum[VeryHigh]), part(tight)
	return s
}
