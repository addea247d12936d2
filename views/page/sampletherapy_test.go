package page

import (
	"glucokeep/app/text"
	"glucokeep/views/chart"
	"glucokeep/views/component"
)

const longDevice = "Hybrid Closed Loop Insulin Pump System 780-XL (Fernbedienung und Blutzuckermessgerät)"

func samplePeriod() component.Period {
	return component.Period{Printed: "2–15 March 2026", Action: "/people/1/insulin", From: "2026-03-02", Until: "2026-03-15",
		Lengths: []component.Tab{{URL: "?days=7", Label: "7"}, {URL: "?days=14", Label: "14", Current: true}}}
}

func sampleInsulin(l text.Locale) Insulin {
	bars := chart.NewBars(l, chart.BarsInput{ID: "per-day", Title: "t", Summary: "s", Columns: 1, Lanes: []chart.BarLane{{Name: "U", Part: 1, Bars: [][]chart.BarPart{{{Amount: 4, Kind: "hand"}}}}},
		Head: []string{"a"}, Rows: []chart.BarRow{{Cells: []string{"1"}}}})
	hours := chart.NewBars(l, chart.BarsInput{ID: "per-hour", Title: "t", Summary: "s", Columns: 24, Clock: true, Lanes: []chart.BarLane{{Name: "U", Part: 1}}})
	return Insulin{Person: "سارة <b>", Period: samplePeriod(), Figures: []NamedFigure{{"Insulin", "40 U", ""}, {"Basal", "20 U", "50%"}}, Notes: []string{"Of 14 days."},
		How: []NamedFigure{{"By hand", "3 of 4", "75%"}}, Active: "0.5 U", Days: &bars, Weeks: true, Hours: &hours,
		EachDay: component.Table{Caption: "Every day", Head: []string{"Day"}, Rows: [][]string{{"2 Mar"}}}}
}

func sampleDevices(l text.Locale) Devices {
	strip := chart.NewWear(l, chart.WearInput{ID: "wear", Title: "t", Summary: "s", Rows: []chart.WearRow{{Name: "Readings"}}, Head: []string{"a"}, Table: [][]string{{"b"}}})
	return Devices{Person: "سارة <b>", Period: samplePeriod(), SettingsURL: "/s", Strip: &strip,
		Sources: []DeviceSource{{Name: longDevice, Serial: "…1234", Format: "F", Active: true, State: "Active", Kinds: "all", First: "a", Last: "b", Readings: "12", Clock: []string{"c"}},
			{Name: "حساس", State: "Silent"}},
		Sessions: component.Table{Caption: "Sessions", Head: []string{"Start"}, Rows: [][]string{{"2 Mar"}}}, Changes: []NamedFigure{{"Site", "3 days", "5"}},
		Automated: []NamedFigure{{"Share", "90%", ""}}, Alarms: component.Table{Caption: "Alarms", Head: []string{"Name"}, Rows: [][]string{{"<i>low</i>"}}},
		Events: component.Table{Caption: "Events", Head: []string{"Name"}, Rows: [][]string{{"x"}}}}
}

func sampleDeviceSettings(l text.Locale) DeviceSettings {
	basal := chart.NewBars(l, chart.BarsInput{ID: "device-1-basal", Title: "t", Summary: "s", Columns: 24, Clock: true, Low: true,
		Lanes: []chart.BarLane{{Name: "U/h", Part: 1, Steps: []chart.BarStep{{From: 0, Until: 24, Value: 1}}}}})
	table := component.Table{Caption: "c", Head: []string{"When"}, Rows: [][]string{{"2 Mar"}}}
	return DeviceSettings{Person: "سارة <b>", Action: "/a", Date: "2026-03-05", Problem: "No such date.", Printed: "On", NowURL: "/n", Since: table, History: table, Older: "older",
		Devices: []SettingsOf{{ID: "device-1", Name: longDevice, Told: "told", Basal: &basal, Total: "24 U", Tables: []ScheduleTable{{"Ratio", "help", []NamedFigure{{"00:00", "10", ""}}}}, Singles: []NamedFigure{{"x", "y", ""}}}}}
}
