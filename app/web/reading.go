package web

import (
	"context"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/views/chart"
	"glucokeep/views/figure"
)

// classOf is a class of metrics as the views know it.
func classOf(c metrics.Class) figure.Class {
	switch c {
	case metrics.VeryLow:
		return figure.VeryLow
	case metrics.Low:
		return figure.Low
	case metrics.High:
		return figure.High
	case metrics.VeryHigh:
		return figure.VeryHigh
	}
	return figure.InRange
}

// printedShares are shares as pages print them: parts add to their sums.
func printedShares(s metrics.Shares) figure.Shares {
	return figure.NewShares([5]float64{s.VeryLow, s.Low, s.Target, s.High, s.VeryHigh})
}

// ranges is the person's ranges.
func ranges(p read.Person) metrics.Profile {
	if p.Ranges == metrics.OwnID {
		return metrics.Own(p.Own)
	}
	if r, ok := metrics.ProfileByID(p.Ranges); ok {
		return r
	}
	return metrics.Standard()
}

// ground is what the person's glucose is drawn on: the bounds that it is
// judged by, and their night.
func ground(p read.Person) chart.Ground {
	own := metrics.LimitsOf(ranges(p))
	g := chart.Ground{Night: chart.Night{From: p.NightFrom, Until: p.NightUntil}}
	for i := range own.MgDL {
		g.Limits.MgDL[i], g.Limits.MmolL[i] = float64(own.MgDL[i])/1000, float64(own.MmolL[i])/1000
	}
	return g
}

// drawn turns readings into dots, each classified in its native unit.
func drawn(rs []record.Reading, p metrics.Profile, loc *time.Location) []chart.Reading {
	out := make([]chart.Reading, len(rs))
	for i, r := range rs {
		out[i] = chart.Reading{At: r.At.Time().In(loc), Value: r.Value, Class: classOf(p.Classify(r)),
			Below: r.Flags.Has(record.BelowRange), Above: r.Flags.Has(record.AboveRange), Scan: r.Flags.Has(record.Scan),
			Every: time.Duration(r.Every) * time.Minute}
	}
	return out
}

// recentHours is how much of the past the newest value is judged by.
const recentHours = 3

// recent reads a person's last hours before the newest reading, and that
// reading ready to print; the newest is nil when there is none at all. A
// reading whose time has not come yet, since its device's clock is wrong, must
// not hide the newest one of now: it leads only when there is no other.
func recent(ctx context.Context, r *read.Reader, loc *time.Location, now time.Time) (rs []record.Reading, newest *figure.Newest, err error) {
	_, last, ok, err := r.GlucoseSpan(ctx)
	if err != nil || !ok {
		return nil, nil, err
	}
	ahead := time.Duration(0)
	if limit := record.At(now.Add(figure.AheadAfter)); last > limit {
		before, ok, err := lastUpTo(ctx, r, loc, limit)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			ahead, last = last.Time().Sub(now), before
		}
	}
	rs, err = report.Merged(ctx, r, loc, report.Period{From: last - recentHours*3600_000, Until: last + 1})
	if err != nil || len(rs) == 0 {
		return rs, nil, err
	}
	n := rs[len(rs)-1]
	p := ranges(r.Person())
	newest = &figure.Newest{Ahead: ahead, At: n.At.Time().In(loc), Value: n.Value, Class: classOf(p.Classify(n)),
		Below: n.Flags.Has(record.BelowRange), Above: n.Flags.Has(record.AboveRange), Every: time.Duration(n.Every) * time.Minute}
	counted := metrics.Counted(rs)
	newest.Trend = figure.Trend(metrics.RateAt(counted, n.At).Arrow(record.NoTrend))
	if d := metrics.DeltaOf(counted); metrics.Defined(d.Now) {
		change := d.Now - d.Before
		newest.Delta = &change
	}
	return rs, newest, nil
}

// lastUpTo finds the last reading up to an instant when there are later ones.
func lastUpTo(ctx context.Context, r *read.Reader, loc *time.Location, limit record.Millis) (record.Millis, bool, error) {
	const twoDays = record.Millis(48 * time.Hour / time.Millisecond) // a page of readings is a UTC day
	rs, err := report.Merged(ctx, r, loc, report.Period{From: limit - twoDays, Until: limit + 1})
	if err != nil {
		return 0, false, err
	}
	if len(rs) > 0 {
		return rs[len(rs)-1].At, true, nil
	}
	return r.LastGlucoseBefore(ctx, limit)
}
