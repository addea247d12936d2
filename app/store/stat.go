package store

import (
	"encoding/binary"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
)

// Stat is what a page says about its UTC day, kept in a row beside it so that
// lists over many people and days need not open pages. Concentrations are in
// mg/dL, each reading as record.Reading.Statistic gives it.
type Stat struct {
	Day                                int64
	Source                             int64
	N                                  int
	VeryLow, Low, Target, High, VeryHi int
	Sum, SumSq, Min, Max               float64
	First, Last                        record.Millis
	Histogram                          []byte // uvarint counts of 5 mg/dL steps from 0
}

// histogramSteps covers all that unit.Glucose.Possible lets in.
const histogramSteps = 1000/5 + 1

// statOf computes the statistics of a page's entries.
func statOf(day, source int64, es []Entry) Stat {
	s := Stat{Day: day, Source: source}
	var bins [histogramSteps]int
	for i := range es {
		e := &es[i]
		if e.Deleted || e.Flags.Has(record.Scan) {
			continue
		}
		v := float64(e.Statistic())
		if s.N == 0 {
			s.Min, s.Max, s.First = v, v, e.At
		}
		s.N++
		s.Sum += v
		s.SumSq += v * v
		s.Min, s.Max, s.Last = min(s.Min, v), max(s.Max, v), e.At
		bins[min(max(int(v)/5, 0), histogramSteps-1)]++
		*s.class(e.Reading)++
	}
	last := len(bins)
	for last > 0 && bins[last-1] == 0 {
		last--
	}
	s.Histogram = make([]byte, 0, last+8)
	for _, n := range bins[:last] {
		s.Histogram = binary.AppendUvarint(s.Histogram, uint64(n))
	}
	return s
}

// class is the counter of the standard range that r falls in.
func (s *Stat) class(r record.Reading) *int {
	switch standard.Classify(r) {
	case metrics.VeryLow:
		return &s.VeryLow
	case metrics.Low:
		return &s.Low
	case metrics.High:
		return &s.High
	case metrics.VeryHigh:
		return &s.VeryHi
	}
	return &s.Target
}

// standard is the ranges of the statistics rows, whoever's they are.
var standard = metrics.Standard()
