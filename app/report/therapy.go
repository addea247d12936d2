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

// WithWords reads the doses and meals of a period again with all that their
// sources said beside them.
func WithWords(ctx context.Context, r *read.Reader, p Period) (t metrics.Therapy, err error) {
	doses, err := r.Records(ctx, record.KindDose, p.From, p.Until)
	if err != nil {
		return t, err
	}
	for _, s := range doses {
		t.Doses = append(t.Doses, s.Record.(*record.Dose))
	}
	meals, err := r.Records(ctx, record.KindCarbs, p.From, p.Until)
	if err != nil {
		return t, err
	}
	for _, s := range meals {
		t.Carbs = append(t.Carbs, s.Record.(*record.Carbs))
	}
	return t, nil
}

// Basals reads the basal rates that matter for a period, also one that began
// before it and still holds.
func Basals(ctx context.Context, r *read.Reader, p Period) ([]*record.Basal, error) {
	return r.Basals(ctx, p.From-basalReach, p.Until)
}

// Settings reads all that devices told about their settings before an instant.
func Settings(ctx context.Context, r *read.Reader, before record.Millis) ([]metrics.ToldSetting, error) {
	stored, err := r.Records(ctx, record.KindSetting, -1<<62, before)
	if err != nil {
		return nil, err
	}
	out := make([]metrics.ToldSetting, 0, len(stored))
	for _, s := range stored {
		out = append(out, metrics.ToldSetting{Source: s.Source, Setting: s.Record.(*record.Setting)})
	}
	return out, nil
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
