package report

import (
	"context"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
)

// Therapy reads the insulin and carbs of a period.
func Therapy(ctx context.Context, r *read.Reader, loc *time.Location, p Period) (metrics.Therapy, error) {
	return gatherTherapy(ctx, r, loc, p)
}

// onBoardReach is how far back insulin on board is looked for: what a device
// said longer ago tells nothing of a person's days now.
const onBoardReach = record.Millis(14 * 24 * time.Hour / time.Millisecond)

// LastOnBoard is the newest insulin on board that a device told in the last
// fourteen days of a period; ok is false when none did.
func LastOnBoard(ctx context.Context, r *read.Reader, p Period) (last metrics.OnBoard, ok bool, err error) {
	var told []*record.Common
	for _, kind := range []record.Kind{record.KindDose, record.KindCarbs} {
		list, err := r.Records(ctx, kind, max(p.From, p.Until-onBoardReach), p.Until)
		if err != nil {
			return last, false, err
		}
		for _, s := range list {
			told = append(told, s.Record.Base())
		}
	}
	last, ok = metrics.LastOnBoard(told)
	return last, ok, nil
}

// Basals reads the basal rates that matter for a period, also one that began
// before it and still holds.
func Basals(ctx context.Context, r *read.Reader, p Period) ([]*record.Basal, error) {
	return r.Basals(ctx, p.From-basalReach, p.Until)
}

// Events reads what happened to devices in a period.
func Events(ctx context.Context, r *read.Reader, p Period) ([]metrics.DeviceEvent, error) {
	stored, err := r.Records(ctx, record.KindEvent, p.From, p.Until)
	if err != nil {
		return nil, err
	}
	out := make([]metrics.DeviceEvent, 0, len(stored))
	for _, s := range stored {
		out = append(out, metrics.DeviceEvent{Source: s.Source, Event: s.Record.(*record.Event)})
	}
	return out, nil
}

// Alarms reads the alarms that devices raised in a period.
func Alarms(ctx context.Context, r *read.Reader, p Period) ([]*record.Alarm, error) {
	return valuesOf[*record.Alarm](ctx, r, record.KindAlarm, p)
}

// Readings reads the readings of a period at their full pace: merged, and by
// the source that gave them.
func Readings(ctx context.Context, r *read.Reader, loc *time.Location, p Period) (merged []record.Reading, bySource map[int64][]record.Reading, err error) {
	series, err := r.Glucose(ctx, p.From, p.Until)
	if err != nil {
		return nil, nil, err
	}
	bySource = map[int64][]record.Reading{}
	for _, s := range series {
		if len(s.Readings) > 0 {
			bySource[s.Source.ID] = s.Readings
		}
	}
	return metrics.Merge(streams(series), loc, metrics.MergeOptions{}).Readings, bySource, nil
}
