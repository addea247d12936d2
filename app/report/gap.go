package report

import (
	"context"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
)

// Gap finds the first time without readings that begins at or after an
// instant or, backward, the last that begins before it; ok is false when there
// is none. rows are the statistics of all days: only days that they do not
// show to be whole are opened. What comes after the last reading is no gap.
func (f Finder) Gap(ctx context.Context, rows []read.Stat, at record.Millis, forward bool) (found Found, ok bool, err error) {
	sources, err := f.Reader.Sources(ctx)
	if err != nil {
		return found, false, err
	}
	days := coverage(rows, sources)
	first := 0 // of the days on which a gap that is looked for can end
	for first < len(days) && days[first].day < read.UTCDay(at) {
		first++
	}
	if forward {
		for i := max(first, 1); i < len(days); i++ {
			if found, ok, err = f.gapEnding(ctx, days, i, at, true); err != nil || ok {
				return found, ok, err
			}
		}
		return found, false, nil
	}
	for first < len(days) && days[first].day == read.UTCDay(at) { // one may begin before at and end on the next day
		first++
	}
	for i := min(first, len(days)-1); i >= 0; i-- {
		if found, ok, err = f.gapEnding(ctx, days, i, at, false); err != nil || ok {
			return found, ok, err
		}
	}
	return found, false, nil
}

// covered is what the statistics say of a UTC day with readings.
type covered struct {
	day         int64
	first, last record.Millis
	whole       bool // no gap can lie between first and last
}

func coverage(rows []read.Stat, sources map[int64]read.Source) (days []covered) {
	for i := range rows {
		s := &rows[i]
		if s.N == 0 {
			continue
		}
		every := int(sources[s.Source].IntervalMin)
		if every == 0 {
			every = usualMinutes
		}
		if n := len(days); n > 0 && days[n-1].day == s.Day { // two sensors: one of them is left out, and may leave a gap
			d := &days[n-1]
			d.first, d.last, d.whole = min(d.first, s.First), max(d.last, s.Last), false
			continue
		}
		// As many readings as fit into the time without a gap, and some for
		// jitter. More than fit at all are of a sensor that is faster than its
		// source says, of which many may be missing.
		minutes := int(s.Last-s.First) / 60_000
		whole := s.N > (minutes-int(LeastGap.Minutes()))/every+3 && s.N <= minutes/every+2
		days = append(days, covered{s.Day, s.First, s.Last, whole})
	}
	return days
}

// gapEnding finds the gap that ends on day i.
func (f Finder) gapEnding(ctx context.Context, days []covered, i int, at record.Millis, forward bool) (found Found, ok bool, err error) {
	d := days[i]
	from := d.first
	if i > 0 {
		from = min(from, days[i-1].last)
		if d.whole && d.first-days[i-1].last <= maxGap {
			return found, false, nil
		}
	} else if d.whole {
		return found, false, nil
	}
	rs, err := f.counted(ctx, Period{from, read.UTCDayStart(d.day + 1)})
	if err != nil {
		return found, false, err
	}
	for k := 1; k < len(rs); k++ {
		gap := Period{rs[k-1].At, rs[k].At}
		if gap.Until-gap.From <= maxGap || read.UTCDay(gap.Until) != d.day || (gap.From < at) == forward {
			continue
		}
		found, ok = Found{Kind: FindGap, Period: gap}, true
		if forward {
			break
		}
	}
	return found, ok, nil
}

// counted reads the counted readings of p, merged, with some before and after.
func (f Finder) counted(ctx context.Context, p Period) ([]record.Reading, error) {
	series, err := f.Reader.Glucose(ctx, p.From-around, p.Until+around)
	if err != nil {
		return nil, err
	}
	return metrics.Counted(metrics.Merge(streams(series), f.Zone, metrics.MergeOptions{Thin: true}).Readings), nil
}
