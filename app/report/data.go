// Package report gathers one period of one person's data and turns it into
// plain figures: for the profile page, the command line and files.
package report

import (
	"context"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
)

// Period is a half-open stretch of time, [From, Until).
type Period struct{ From, Until record.Millis }

// Dates is the period of whole local dates from first to last, both included.
func Dates(first, last metrics.Date, loc *time.Location) Period {
	return Period{From: first.Start(loc), Until: last.Add(1).Start(loc)}
}

// Data is what a report is computed from.
type Data struct {
	Period
	Zone     *time.Location
	Readings []record.Reading // of all sources, merged, without what one told twice; sorted
	Dropped  int              // readings left out because another source or sensor told them better
	Several  int              // dates on which several sensors ran and one was chosen
	Therapy  metrics.Therapy  // of what records share, only At is filled
	Sticks   []*record.Fingerstick
}

// Gather reads and merges the data of a period. Statistics thin streams
// faster than five minutes.
func Gather(ctx context.Context, r *read.Reader, loc *time.Location, p Period) (Data, error) {
	d, err := GatherCare(ctx, r, loc, p)
	if err != nil {
		return d, err
	}
	d.Sticks, err = recordsOf[*record.Fingerstick](ctx, r, record.KindFingerstick, p)
	return d, err
}

// GatherCare is Gather without fingersticks.
func GatherCare(ctx context.Context, r *read.Reader, loc *time.Location, p Period) (Data, error) {
	d, err := GatherReadings(ctx, r, loc, p)
	if err != nil {
		return d, err
	}
	d.Therapy, err = gatherTherapy(ctx, r, loc, p)
	return d, err
}

// GatherReadings is Gather without therapy and fingersticks, for reports that
// ask for none: of a closed loop they are most of what there is to read.
func GatherReadings(ctx context.Context, r *read.Reader, loc *time.Location, p Period) (Data, error) {
	d := Data{Period: p, Zone: loc}
	series, err := r.Glucose(ctx, p.From, p.Until)
	if err != nil {
		return d, err
	}
	merged := metrics.Merge(streams(series), loc, metrics.MergeOptions{Thin: true})
	d.Readings, d.Dropped, d.Several = merged.Readings, merged.Dropped, len(merged.Chosen)
	return d, nil
}

// GatherMeals is GatherReadings with carbs.
func GatherMeals(ctx context.Context, r *read.Reader, loc *time.Location, p Period) (Data, error) {
	d, err := GatherReadings(ctx, r, loc, p)
	if err != nil {
		return d, err
	}
	d.Therapy.Carbs, d.Therapy.CarbsTwice, err = carbs(ctx, r, p)
	return d, err
}

// Merged reads the readings of a period for drawing: of all sources, merged,
// with the scans and at their full pace.
func Merged(ctx context.Context, r *read.Reader, loc *time.Location, p Period) ([]record.Reading, error) {
	series, err := r.Glucose(ctx, p.From, p.Until)
	if err != nil {
		return nil, err
	}
	return metrics.Merge(streams(series), loc, metrics.MergeOptions{}).Readings, nil
}

// basalReach is how far before a period a basal rate that still holds may
// have begun: a schedule's last rate of the day before.
const basalReach = record.Millis(48 * time.Hour / time.Millisecond)

func gatherTherapy(ctx context.Context, r *read.Reader, loc *time.Location, p Period) (t metrics.Therapy, err error) {
	_, last, ok, err := r.Span(ctx)
	if err != nil {
		return t, err
	}
	if ok {
		t.Known = last + 1
	}
	if t.Doses, t.DosesTwice, err = Doses(ctx, r, p); err != nil {
		return t, err
	}
	if t.Basals, err = r.Basals(ctx, p.From-basalReach, p.Until); err != nil {
		return t, err
	}
	if t.Totals, err = valuesOf[*record.DailyTotal](ctx, r, record.KindDailyTotal, p); err != nil {
		return t, err
	}
	t.Carbs, t.CarbsTwice, err = carbs(ctx, r, p)
	return t, err
}

// recordsOf reads the records of one kind as their own type, whole.
func recordsOf[T record.Record](ctx context.Context, r *read.Reader, k record.Kind, p Period) ([]T, error) {
	stored, err := r.Records(ctx, k, p.From, p.Until)
	if err != nil {
		return nil, err
	}
	out := make([]T, 0, len(stored))
	for _, s := range stored {
		out = append(out, s.Record.(T))
	}
	return out, nil
}

// valuesOf is recordsOf with nothing of what records share but At.
func valuesOf[T record.Record](ctx context.Context, r *read.Reader, k record.Kind, p Period) ([]T, error) {
	list, err := r.Values(ctx, k, p.From, p.Until)
	if err != nil {
		return nil, err
	}
	out := make([]T, 0, len(list))
	for _, v := range list {
		out = append(out, v.(T))
	}
	return out, nil
}

// streams tells metrics how far to trust each source.
func streams(series []read.Series) []metrics.Stream {
	out := make([]metrics.Stream, 0, len(series))
	for _, s := range series {
		out = append(out, metrics.Stream{Trust: trustOf(s.Source.Format), Sensor: s.Source.Serial, Readings: s.Readings,
			Interval: time.Duration(s.Source.IntervalMin) * time.Minute})
	}
	return out
}
