package web

import (
	"math"
	"slices"
	"strconv"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/unit"
	"glucokeep/views/chart"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// knownSettings are the settings that have words; any other keeps its name.
var knownSettings = []string{"basal", "carb-ratio", "sensitivity", "target", "target.low", "target.high", "insulin-action", "carb-absorption",
	"time-zone", "alert.low", "alert.low.delay", "alert.high", "alert.high.delay", "alert.urgent-low", "alert.urgent-low-soon", "alert.rise",
	"alert.fall", "alert.signal-loss"}

func (sv settingsView) name(name string) string {
	if slices.Contains(knownSettings, name) {
		return sv.t("devicesettings.name." + name)
	}
	return name
}

// what names a change: the setting, and from when until when of the day.
func (sv settingsView) what(c metrics.SettingChange) string {
	switch {
	case c.First:
		return sv.t("devicesettings.first")
	case c.Scheduled && (c.Minute > 0 || c.Until < 24*60):
		return sv.t("devicesettings.at", "what", sv.name(c.Name), "time", sv.clock(c.Minute, c.Until))
	}
	return sv.name(c.Name)
}

// clock is a part of the clock day.
func (sv settingsView) clock(from, until int) string {
	if from == 0 && until == 24*60 {
		return sv.t("devicesettings.all-day")
	}
	end := sv.locale.ClockMinute(until)
	if until == 24*60 && sv.locale.Clock24 {
		end = "24:00"
	}
	return sv.locale.ClockMinute(from) + "–" + end
}

// value prints a setting in the reader's unit, from the unit that the device
// gave it in.
func (sv settingsView) value(x metrics.Value) string {
	if x.Text == "" {
		return "–"
	}
	n, err := strconv.ParseFloat(x.Text, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return x.Text
	}
	if g, per, ok := metrics.SettingGlucose(n, x.Unit); ok {
		amount := figure.Glucose(sv.locale, g) + "\u00a0" + figure.Unit(sv.locale).String()
		switch per {
		case "":
			return amount
		case "/U":
			return sv.t("devicesettings.per-unit", "amount", amount)
		case "/min":
			return sv.t("devicesettings.per-minute", "amount", amount)
		}
		return amount + per
	}
	amount := sv.amount(n)
	switch x.Unit {
	case "":
		return amount
	case "U/h":
		return sv.t("devicesettings.units-an-hour", "amount", amount)
	case "g/U":
		return sv.t("devicesettings.per-unit", "amount", figure.Grams(sv.locale, unit.Grams(n)))
	case "g/h":
		return sv.t("devicesettings.an-hour", "amount", figure.Grams(sv.locale, unit.Grams(n)))
	case "min", "h":
		length := time.Hour
		if x.Unit == "min" {
			length = time.Minute
		}
		if n >= 0 && n < 10_000 {
			return sv.locale.Span(time.Duration(math.Round(n * float64(length))))
		}
	}
	return amount + "\u00a0" + x.Unit
}

// amount prints a number with up to three decimals: pumps step by 0.025.
func (sv settingsView) amount(n float64) string {
	if math.Abs(n*100-math.Round(n*100)) > 1e-6 {
		return sv.locale.Decimal(n, 3)
	}
	return sv.locale.Number(n)
}

// table is a schedule, a row for each step.
func (sv settingsView) table(s metrics.Schedule) page.ScheduleTable {
	t := page.ScheduleTable{Name: sv.name(s.Name)}
	switch s.Name {
	case "carb-ratio":
		t.Help = sv.t("devicesettings.help.carb-ratio")
	case "sensitivity":
		t.Help = sv.t("devicesettings.help.sensitivity")
	}
	for i, step := range s.Steps {
		t.Rows = append(t.Rows, page.NamedFigure{Name: sv.clock(step.Minute, s.Until(i)), Value: sv.step(s, i)})
	}
	return t
}

func (sv settingsView) step(s metrics.Schedule, i int) string {
	return sv.value(metrics.Value{Text: strconv.FormatFloat(s.Steps[i].Value, 'f', -1, 64), Unit: s.Unit})
}

// targetSchedules are the names of the low and high target when they have the
// same steps, so that they can stand in one table; else nothing.
func targetSchedules(d metrics.DeviceSettings) []string {
	low, ok1 := d.Schedule("target.low")
	high, ok2 := d.Schedule("target.high")
	same := slices.EqualFunc(low.Steps, high.Steps, func(a, b metrics.ScheduleStep) bool { return a.Minute == b.Minute })
	if ok1 && ok2 && same && low.Unit == high.Unit {
		return []string{"target.low", "target.high"}
	}
	return nil
}

// targets is the low and the high target in one table. Neighbours are one row
// where both are the same.
func (sv settingsView) targets(d metrics.DeviceSettings) (t page.ScheduleTable, merged bool) {
	low, _ := d.Schedule("target.low")
	high, _ := d.Schedule("target.high")
	t.Name = sv.name("target")
	for i := 0; i < len(low.Steps); {
		from := i
		for i++; i < len(low.Steps) && low.Steps[i].Value == low.Steps[from].Value && high.Steps[i].Value == high.Steps[from].Value; i++ {
			merged = true
		}
		value := sv.step(low, from)
		if low.Steps[from].Value != high.Steps[from].Value {
			least, _, ok := metrics.SettingGlucose(low.Steps[from].Value, low.Unit)
			if ok {
				value = figure.Glucose(sv.locale, least) + "–" + sv.step(high, from)
			} else {
				value += "–" + sv.step(high, from)
			}
		}
		t.Rows = append(t.Rows, page.NamedFigure{Name: sv.clock(low.Steps[from].Minute, low.Until(i-1)), Value: value})
	}
	return t, merged
}

// merge makes neighbouring steps of the same value one. It goes by the value
// that the device gave: two that only print alike stay two.
func merge(s metrics.Schedule) (one metrics.Schedule, merged bool) {
	one = s
	one.Steps = nil
	for i, step := range s.Steps {
		if i > 0 && step.Value == s.Steps[i-1].Value {
			merged = true
			continue
		}
		one.Steps = append(one.Steps, step)
	}
	return one, merged
}

// basal draws the programmed rates over the day.
func (sv settingsView) basal(s metrics.Schedule, id string) (*chart.Bars, string) {
	lane := chart.BarLane{Name: sv.t("insulin.lane.rate"), Part: 1, Least: 0.1}
	in := chart.BarsInput{ID: id + "-basal", Title: sv.t("devicesettings.basal.title"), Columns: 24, Clock: true, Night: ground(sv.scope.Person()).Night, Low: true,
		Head: []string{sv.t("devicesettings.time"), sv.t("devicesettings.name.basal"), sv.t("devicesettings.basal.units")}}
	least, most := 0, 0
	for i, step := range s.Steps {
		until := s.Until(i)
		lane.Steps = append(lane.Steps, chart.BarStep{From: float64(step.Minute) / 60, Until: float64(until) / 60, Value: step.Value})
		units := unit.Units(step.Value * float64(until-step.Minute) / 60)
		in.Rows = append(in.Rows, chart.BarRow{Cells: []string{sv.clock(step.Minute, until), sv.step(s, i),
			figure.Units(sv.locale, unit.Units(round(float64(units), 2)))}})
		if step.Value < s.Steps[least].Value {
			least = i
		}
		if step.Value > s.Steps[most].Value {
			most = i
		}
	}
	if s.Steps[least].Value == s.Steps[most].Value {
		in.Summary = sv.t("devicesettings.basal.even", "rate", sv.step(s, 0))
	} else {
		in.Summary = sv.t("devicesettings.basal.summary", "least", sv.step(s, least), "least_from", sv.locale.ClockMinute(s.Steps[least].Minute),
			"most", sv.step(s, most), "most_from", sv.locale.ClockMinute(s.Steps[most].Minute))
	}
	in.Lanes = []chart.BarLane{lane}
	total := ""
	if u, ok := s.DayTotal(); ok {
		text := figure.Units(sv.locale, unit.Units(round(float64(u), 2)))
		total = sv.t("devicesettings.basal.total", "units", text)
		in.Rows = append(in.Rows, chart.BarRow{Cells: []string{sv.t("devicesettings.basal.sum"), "", text}})
	} else {
		in.Summary += " " + sv.t("devicesettings.basal.open")
	}
	bars := chart.NewBars(sv.locale, in)
	return &bars, total
}
