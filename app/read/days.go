package read

import (
	"context"

	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/unit"
)

// Stat is the statistics of the readings of one source on one UTC day. Such
// days are good for a picture over years and for knowing where to look, never
// for a figure of a local day.
type Stat = store.Stat

// Reach is which days DaysOf looks for.
type Reach = store.Reach

// The reaches.
const (
	ReachLow      = store.ReachLow
	ReachVeryLow  = store.ReachVeryLow
	ReachHigh     = store.ReachHigh
	ReachVeryHigh = store.ReachVeryHigh
)

// Of the histogram of a Stat.
const (
	HistogramStep  = store.HistogramStep
	HistogramSteps = store.HistogramSteps
)

// UTCDay is the number of the UTC day of an instant.
func UTCDay(at record.Millis) int64 { return store.Day(at) }

// UTCDayStart is the first instant of a UTC day.
func UTCDayStart(day int64) record.Millis { return store.DayStart(day) }

// Days gives the statistics of the UTC days that touch [from, until), by day.
// A day that the scope allows only in part is left out.
func (r *Reader) Days(ctx context.Context, from, until record.Millis) ([]Stat, error) {
	first := max(store.Day(from), firstWhole(r.scope.From()))
	return r.db.Stats(ctx, r.scope.Person().ID, first, store.Day(until-1))
}

// DaysOf lists UTC days with a reading of that reach: from the day of at on
// or, backward, up to it, nearest first, at most limit. Days that the scope
// allows only in part are left out.
func (r *Reader) DaysOf(ctx context.Context, reach Reach, at record.Millis, forward bool, limit int) ([]int64, error) {
	day, first := store.Day(at), firstWhole(r.scope.From())
	if forward {
		day = max(day, first)
	}
	days, err := r.db.DaysOf(ctx, r.scope.Person().ID, reach, day, forward, limit)
	for i, d := range days {
		if d < first { // backward: what follows lies before it
			return days[:i], err
		}
	}
	return days, err
}

// Since is the earliest instant that the viewer may see.
func (r *Reader) Since() record.Millis { return r.scope.From() }

// firstWhole is the first UTC day that can be seen as a whole by somebody who
// may see what is not before from. The statistics of a day tell of all of it.
func firstWhole(from record.Millis) int64 {
	day := store.Day(from)
	if store.DayStart(day) < from {
		day++
	}
	return day
}

// Highest gives the largest value of all days, 0 without readings.
func (r *Reader) Highest(ctx context.Context) (unit.MgPerDl, error) {
	top, err := r.db.HighestOf(ctx, r.scope.Person().ID, firstWhole(r.scope.From()))
	return unit.MgPerDl(top), err
}
