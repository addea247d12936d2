package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Sum is the figures of a stretch of time, in a form that can be added up.
// Shares are of measured time, the average is of readings, lows are episodes
// by where they begin.
type Sum struct {
	N               int
	Total           float64                       // mg/dL, of all readings
	Minutes         float64                       // what the readings stand for
	Of              [metrics.VeryHigh + 1]float64 // minutes by class, in the person's ranges
	Lows            int                           // episodes below 70 mg/dL
	VeryLows        int                           // episodes below 54 mg/dL
	Lowest, Highest record.Reading
}

// Mean is the average of the readings; NaN without any.
func (s Sum) Mean() unit.MgPerDl { return unit.MgPerDl(s.Total / float64(s.N)) }

// Share is the part of the measured time in classes from first to last, in
// percent; NaN without readings.
func (s Sum) Share(first, last metrics.Class) float64 {
	part := 0.0
	for c := first; c <= last; c++ {
		part += s.Of[c]
	}
	return 100 * part / s.Minutes
}

// Active is the part of the time from p's beginning to its end that readings
// stand for, in percent.
func (s Sum) Active(p Period) float64 {
	return min(100, 100*s.Minutes/(float64(p.Until-p.From)/60_000))
}

func (s *Sum) add(o Sum) {
	if s.N == 0 {
		s.Lowest, s.Highest = o.Lowest, o.Highest
	} else if o.N > 0 {
		s.extremes(o.Lowest)
		s.extremes(o.Highest)
	}
	s.N += o.N
	s.Total += o.Total
	s.Minutes += o.Minutes
	s.Lows += o.Lows
	s.VeryLows += o.VeryLows
	for c := range s.Of {
		s.Of[c] += o.Of[c]
	}
}

func (s *Sum) extremes(r record.Reading) {
	if r.Statistic() < s.Lowest.Statistic() {
		s.Lowest = r
	}
	if r.Statistic() > s.Highest.Statistic() {
		s.Highest = r
	}
}

// Part is one row of a table over a stretch of time.
type Part struct {
	Period
	Sum
}

// Tally counts readings into sums for one person's ranges.
type Tally struct {
	Zone   *time.Location
	Ranges metrics.Profile
}

// sum counts the readings, which are thinned and sorted, that lie in p.
func (t Tally) sum(rs []record.Reading, p Period) (s Sum) {
	rs = between(rs, p)
	shares := metrics.SharesOf(rs, t.Ranges)
	if shares.N == 0 {
		return s
	}
	s.N, s.Minutes = shares.N, metrics.CoveredMinutes(rs)
	for c := range s.Of {
		s.Of[c] = shares.Of(metrics.Class(c)) * s.Minutes / 100
	}
	var low, high unit.MgPerDl
	for i, r := range metrics.Counted(rs) {
		v := r.Statistic()
		s.Total += float64(v)
		if i == 0 || v < low {
			s.Lowest, low = r, v
		}
		if i == 0 || v > high {
			s.Highest, high = r, v
		}
	}
	return s
}

// lows counts the episodes that begin in p. They are found in more than p, so
// that one that goes on at an end of p is whole.
func (s *Sum) lows(low, veryLow []metrics.Episode, p Period) {
	count := func(es []metrics.Episode) (n int) {
		for _, e := range es {
			if e.Start >= p.From && e.Start < p.Until {
				n++
			}
		}
		return n
	}
	s.Lows, s.VeryLows = count(low), count(veryLow)
}

// between is the readings, which are sorted, that lie in p.
func between(rs []record.Reading, p Period) []record.Reading {
	from, _ := search(rs, p.From)
	until, _ := search(rs, p.Until)
	return rs[from:max(from, until)]
}

// Counted reads the readings of p and a day around it for statistics: merged,
// thinned, sorted.
func (t Tally) Counted(ctx context.Context, r *read.Reader, p Period) ([]record.Reading, error) {
	series, err := r.Glucose(ctx, p.From-around, p.Until+around)
	if err != nil {
		return nil, err
	}
	return metrics.Merge(streams(series), t.Zone, metrics.MergeOptions{Thin: true}).Readings, nil
}

// Parts gives the figures of p as a whole and those of each of its parts,
// whose bounds cut p. rs are the readings of Counted.
func (t Tally) Parts(rs []record.Reading, p Period, bounds []record.Millis) (whole Sum, parts []Part) {
	grid := metrics.NewGrid(rs, t.Zone)
	rules := metrics.EpisodeRules()
	low, veryLow := grid.Episodes(rules[0]), grid.Episodes(rules[1])
	whole = t.sum(rs, p)
	whole.lows(low, veryLow, p)
	for _, part := range cut(p, bounds) {
		s := t.sum(rs, part)
		s.lows(low, veryLow, part)
		parts = append(parts, Part{part, s})
	}
	return whole, parts
}

// cut divides p at bounds, which rise.
func cut(p Period, bounds []record.Millis) (parts []Period) {
	from := p.From
	for _, b := range bounds {
		if b > from && b < p.Until {
			parts = append(parts, Period{from, b})
			from = b
		}
	}
	return append(parts, Period{from, p.Until})
}

// search is the place of the first reading at or after an instant.
func search(rs []record.Reading, at record.Millis) (int, bool) {
	return slices.BinarySearchFunc(rs, at, func(r record.Reading, at record.Millis) int { return cmp.Compare(r.At, at) })
}

// Drawn reads the readings of p for drawing, as Merged does, but decides what
// is drawn of overlapping sensors from the days around p too, so that a window
// that is moved or made larger shows the same.
func Drawn(ctx context.Context, r *read.Reader, loc *time.Location, p Period) ([]record.Reading, error) {
	rs, err := Merged(ctx, r, loc, Period{p.From - around, p.Until + around})
	return between(rs, p), err
}
