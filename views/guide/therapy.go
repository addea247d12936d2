package guide

import (
	"time"

	"glucokeep/app/text"
	"glucokeep/views/chart"
)

// bars are three days: two that count, and one that is not over.
func bars(l text.Locale) chart.Bars {
	day := func(basal, hand, auto, whole float64, faint bool) []chart.BarPart {
		return []chart.BarPart{{Amount: basal, Kind: "basal", Faint: faint}, {Amount: hand, Kind: "hand", Faint: faint},
			{Amount: auto, Kind: "auto", Faint: faint}, {Amount: whole, Kind: "whole", Faint: faint}}
	}
	return chart.NewBars(l, chart.BarsInput{ID: "guide-bars", Title: l.T("insulin.days.title"), Summary: l.T("insulin.days"), Columns: 3,
		Lanes: []chart.BarLane{{Name: l.T("chart.lane.insulin"), Part: 3, Mean: 39, Bars: [][]chart.BarPart{day(18, 14, 6, 0, false), day(0, 12, 0, 28, false), day(6, 4, 1, 0, true)}},
			{Name: l.T("chart.lane.carbs"), Part: 1.3, Bars: [][]chart.BarPart{{{Amount: 160, Kind: "carbs"}}, {{Amount: 210, Kind: "carbs"}}, {{Amount: 40, Kind: "carbs", Faint: true}}}}},
		Ticks: []chart.BarTick{{Column: 0.5, Label: "8"}, {Column: 1.5, Label: "9"}, {Column: 2.5, Label: "10"}},
		Keys: []chart.BarKey{{Kind: "basal", Label: l.T("insulin.basal")}, {Kind: "hand", Label: l.T("insulin.bolus.hand")}, {Kind: "auto", Label: l.T("insulin.auto")},
			{Kind: "whole", Label: l.T("insulin.undivided")}, {Kind: "mean", Label: l.T("insulin.mean")}}})
}

// schedule is a programmed basal rate.
func schedule(l text.Locale) chart.Bars {
	return chart.NewBars(l, chart.BarsInput{ID: "guide-schedule", Title: l.T("devicesettings.basal.title"), Summary: l.T("devicesettings.name.basal"), Columns: 24, Clock: true, Low: true,
		Lanes: []chart.BarLane{{Name: l.T("insulin.lane.rate"), Part: 1, Steps: []chart.BarStep{{From: 0, Until: 6, Value: 0.7}, {From: 6, Until: 11, Value: 1.05}, {From: 11, Until: 24, Value: 0.8}}}}})
}

// wear is a strip with a gap, two sensors and the changes of a site.
func wear(l text.Locale) chart.Wear {
	day := func(n float64) time.Time {
		return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n * float64(24*time.Hour)))
	}
	return chart.NewWear(l, chart.WearInput{ID: "guide-wear", Title: l.T("devices.wear.title"), Summary: l.T("devices.wear.summary", "active", l.Percent(93, 0)),
		Since: day(0), Until: day(14), Ticks: []chart.WearTick{{At: day(1), Label: "2"}, {At: day(7), Label: "8"}, {At: day(13), Label: "14"}},
		Rows: []chart.WearRow{
			{Name: l.T("devices.kind.readings"), Spans: []chart.WearSpan{{Since: day(0), Until: day(6), Kind: "readings"}, {Since: day(6.9), Until: day(14), Kind: "readings"}}},
			{Name: l.T("devices.wear.sensor", "device", "Sensor H"), Spans: []chart.WearSpan{{Since: day(0), Until: day(6), Kind: "session"}, {Since: day(6.8), Until: day(14), Kind: "session"}}, Marks: []time.Time{day(6.8)}},
			{Name: l.T("devices.site"), Marks: []time.Time{day(2), day(5), day(8.2), day(11)}}}})
}
