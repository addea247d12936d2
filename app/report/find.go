package report

import (
	"context"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Kind is what can be looked for.
type Kind string

// The kinds: episodes of the consensus rule (metrics.EpisodeRules), and time
// without readings.
const (
	FindLow      Kind = "low"
	FindVeryLow  Kind = "very-low"
	FindHigh     Kind = "high"
	FindVeryHigh Kind = "very-high"
	FindGap      Kind = "gap"
)

// LeastGap is the shortest time without readings that is a gap: with no more
// than that a curve is interpolated.
const LeastGap = metrics.MaxGap

// sought is what finds the episodes of a kind.
type sought struct {
	reach  read.Reach
	rule   int // of metrics.EpisodeRules
	hypo   bool
	border unit.MgPerDl // in mg/dL the widest of both units: what is not beyond it is no episode in either
}

var soughts = map[Kind]sought{
	FindLow:      {read.ReachLow, 0, true, 70.27},
	FindVeryLow:  {read.ReachVeryLow, 1, true, 54.05},
	FindHigh:     {read.ReachHigh, 3, false, 180},
	FindVeryHigh: {read.ReachVeryHigh, 4, false, 250},
}

// Found is what a search found.
type Found struct {
	Kind Kind
	Period
	Extreme unit.MgPerDl // nadir or peak; clipped values count one outside the limit
	Beyond  bool         // the extreme was outside the sensor's range
	Limit   unit.Glucose // of the sensor, when Beyond
}

// Finder looks through a person's readings.
type Finder struct {
	Reader *read.Reader
	Zone   *time.Location
}

// daysAtOnce is how many days that may hold an episode are listed at a time.
const daysAtOnce = 64

// Episode finds the first episode of a kind that begins at or after an
// instant or, backward, the last that begins before it. Days whose statistics
// have no such reading are not opened; ok is false when there is none.
func (f Finder) Episode(ctx context.Context, kind Kind, at record.Millis, forward bool) (found Found, ok bool, err error) {
	s := soughts[kind]
	// Points of the grid lie between readings: the reading that makes an episode
	// may be of the day before its beginning, or of the day after.
	next := at + maxGap
	if forward {
		next = at - maxGap
	}
	for {
		days, err := f.Reader.DaysOf(ctx, s.reach, next, forward, daysAtOnce)
		if err != nil || len(days) == 0 {
			return found, false, err
		}
		for _, run := range runsOf(days) {
			found, ok, err = f.inRun(ctx, kind, run, at, forward)
			if err != nil || ok {
				return found, ok, err
			}
		}
		last := days[len(days)-1]
		if next = read.UTCDayStart(last + 1); !forward {
			next = read.UTCDayStart(last) - 1
		}
	}
}

// runDays is how many days that follow each other are opened in one read.
const runDays = 8

// runsOf joins days, nearest first, that follow each other: a run is its first
// and its last day in time.
func runsOf(days []int64) (runs [][2]int64) {
	for _, d := range days {
		if n := len(runs); n > 0 {
			r := &runs[n-1]
			if r[1]-r[0]+1 < runDays && (d == r[1]+1 || d == r[0]-1) {
				r[0], r[1] = min(r[0], d), max(r[1], d)
				continue
			}
		}
		runs = append(runs, [2]int64{d, d})
	}
	return runs
}

// inRun finds the episode among those that begin on the days of run, or as near
// to them as two readings can lie to each other.
func (f Finder) inRun(ctx context.Context, kind Kind, run [2]int64, at record.Millis, forward bool) (found Found, ok bool, err error) {
	days := Period{read.UTCDayStart(run[0]), read.UTCDayStart(run[1] + 1)}
	series, err := f.Reader.Glucose(ctx, days.From-around, days.Until+around)
	if err != nil || !soughts[kind].likely(series) {
		return found, false, err
	}
	rs := metrics.Merge(streams(series), f.Zone, metrics.MergeOptions{Thin: true}).Readings
	es := metrics.NewGrid(rs, f.Zone).Episodes(metrics.EpisodeRules()[soughts[kind].rule])
	best := -1
	for i, e := range es {
		if e.Start < days.From-maxGap || e.Start >= days.Until+maxGap || (e.Start < at) == forward {
			continue
		}
		if best < 0 || !forward {
			best = i
		}
	}
	if best < 0 {
		return found, false, nil
	}
	e := es[best]
	if e.End >= days.Until+around/2 {
		if rs, e, err = f.widen(ctx, kind, e, rs); err != nil {
			return found, false, err
		}
	}
	found = Found{Kind: kind, Period: Period{e.Start, e.End}, Extreme: e.Extreme}
	found.outside(rs, soughts[kind].hypo)
	return found, true, nil
}

// outside notes that the sensor could not measure the extreme.
func (f *Found) outside(rs []record.Reading, hypo bool) {
	for _, r := range between(rs, f.Period) {
		if flag := record.BelowRange; hypo && r.Flags.Has(flag) {
			f.Beyond, f.Limit = true, r.Value
		}
		if flag := record.AboveRange; !hypo && r.Flags.Has(flag) {
			f.Beyond, f.Limit = true, r.Value
		}
	}
}

// mostWidened is the longest stretch that is read to see a long episode whole.
const mostWidened = 32 * around

// widen reads more of the time after an episode until its end is in sight.
func (f Finder) widen(ctx context.Context, kind Kind, e metrics.Episode, rs []record.Reading) ([]record.Reading, metrics.Episode, error) {
	for reach := 4 * around; reach <= mostWidened; reach *= 2 {
		series, err := f.Reader.Glucose(ctx, e.Start-around, e.Start+reach)
		if err != nil {
			return rs, e, err
		}
		rs = metrics.Merge(streams(series), f.Zone, metrics.MergeOptions{Thin: true}).Readings
		for _, wider := range metrics.NewGrid(rs, f.Zone).Episodes(metrics.EpisodeRules()[soughts[kind].rule]) {
			if wider.Start <= e.Start && wider.End > e.Start {
				wider.Start = min(wider.Start, e.Start)
				e = wider
				break
			}
		}
		if e.End < e.Start+reach-around {
			break
		}
	}
	return rs, e, nil
}
