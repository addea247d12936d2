package web

import (
	"slices"

	"glucokeep/app/metrics"
	"glucokeep/app/unit"
	"glucokeep/views/chart"
)

// The kinds of bars in the style sheet (static/css/page/insulin.css).
const (
	barBasal = "basal"
	barHand  = "hand"
	barAuto  = "auto"
	barWhole = "whole"
	barCarbs = "carbs"
	barMean  = "mean"
)

// days draws a bar a day, or a week.
func (in insulinView) days(weeks bool) *chart.Bars {
	spans := in.report.ByDay()
	if weeks {
		spans = in.report.ByWeek(int(in.locale.FirstWeekday()))
	}
	insulin := chart.BarLane{Name: in.t("chart.lane.insulin"), Part: 3, Least: 4}
	carbs := chart.BarLane{Name: in.t("chart.lane.carbs"), Part: 1.3, Least: 40}
	b := chart.BarsInput{ID: "per-day", Title: in.t("insulin.days.title"), Summary: in.spread(spans, weeks), Columns: len(spans),
		Ticks: in.ticks(spans, weeks), Keys: in.keys(slices.ContainsFunc(spans, hasCarbs))}
	name := in.t("insulin.day")
	if weeks {
		b.Title, name = in.t("insulin.weeks.title"), in.t("insulin.week")
	}
	b.Head = in.head(name)
	for _, s := range spans {
		faint := s.Days == 0
		var stack []chart.BarPart
		for _, p := range in.parts() {
			stack = append(stack, chart.BarPart{Amount: float64(p.of(s.Parts)), Kind: p.kind, Faint: faint})
		}
		insulin.Bars = append(insulin.Bars, stack)
		carbs.Bars = append(carbs.Bars, []chart.BarPart{{Amount: float64(s.Carbs), Kind: barCarbs, Faint: s.CarbDays == 0}})
		b.Rows = append(b.Rows, in.barRow(s, weeks))
	}
	if slices.ContainsFunc(spans, func(s metrics.InsulinSpan) bool { return s.Days > 0 || s.Parts.Total() > 0 }) {
		insulin.Mean = float64(in.mean.Total())
		b.Lanes = append(b.Lanes, insulin)
	}
	if slices.ContainsFunc(spans, hasCarbs) {
		if in.report.CarbDays > 0 {
			carbs.Mean = float64(in.report.Carbs)
		}
		b.Lanes = append(b.Lanes, carbs)
	}
	if len(b.Lanes) == 0 {
		return nil
	}
	b.Low = len(b.Lanes) == 1
	bars := chart.NewBars(in.locale, b)
	return &bars
}

func hasCarbs(s metrics.InsulinSpan) bool { return s.Carbs > 0 }

func (in insulinView) keys(carbs bool) (keys []chart.BarKey) {
	for _, p := range in.parts() {
		keys = append(keys, chart.BarKey{Kind: p.kind, Label: p.name})
	}
	if carbs {
		keys = append(keys, chart.BarKey{Kind: barCarbs, Label: in.t("insulin.carbs")})
	}
	if in.report.Counted+in.report.CarbDays > 0 {
		keys = append(keys, chart.BarKey{Kind: barMean, Label: in.t("insulin.mean")})
	}
	return keys
}

// insulinPart is one part of the insulin, with its name and its kind of bar.
type insulinPart struct {
	kind, name string
	of         func(metrics.InsulinParts) unit.Units
}

// parts are those parts that there are, from below in the bars.
func (in insulinView) parts() []insulinPart {
	hand := in.t("insulin.bolus")
	if in.has.Automatic > 0 {
		hand = in.t("insulin.bolus.hand")
	}
	return slices.DeleteFunc([]insulinPart{
		{barBasal, in.basalName(), func(p metrics.InsulinParts) unit.Units { return p.Basal }},
		{barHand, hand, func(p metrics.InsulinParts) unit.Units { return p.ByHand }},
		{barAuto, in.autoName(), func(p metrics.InsulinParts) unit.Units { return p.Automatic }},
		{barWhole, in.t("insulin.undivided"), func(p metrics.InsulinParts) unit.Units { return p.Undivided }},
	}, func(p insulinPart) bool { return p.of(in.has) <= 0 })
}

// spread says between what the days lie.
func (in insulinView) spread(spans []metrics.InsulinSpan, weeks bool) string {
	insulin := in.t("insulin.all")
	if !metrics.Defined(in.report.Total) {
		insulin = in.t("insulin.all.bolus")
		if in.unsaid {
			insulin = in.t("insulin.all.given")
		}
	}
	var least, most *metrics.InsulinSpan
	for i, s := range spans {
		if s.Days == 0 {
			continue
		}
		if least == nil || s.Parts.Total() < least.Parts.Total() {
			least = &spans[i]
		}
		if most == nil || s.Parts.Total() > most.Parts.Total() {
			most = &spans[i]
		}
	}
	switch {
	case least == nil && in.report.CarbDays == 0:
		return in.t("insulin.spread.none")
	case least == nil:
		return in.t("insulin.spread.carbs", "grams", in.grams(in.report.Carbs))
	case in.report.Counted > 1 && in.units(least.Parts.Total()) == in.units(most.Parts.Total()):
		return in.t("insulin.spread.even", "insulin", insulin, "amount", in.units(least.Parts.Total()))
	case weeks:
		return in.t("insulin.spread.weeks", "insulin", insulin, "least", in.units(least.Parts.Total()), "most", in.units(most.Parts.Total()))
	case in.report.Counted == 1:
		return in.t("insulin.spread.one", "insulin", insulin, "amount", in.units(least.Parts.Total()))
	}
	return in.t("insulin.spread.days", "insulin", insulin, "least", in.units(least.Parts.Total()), "least_day", in.locale.Day(noon(least.First, in.zone)),
		"most", in.units(most.Parts.Total()), "most_day", in.locale.Day(noon(most.First, in.zone)))
}

// ticks name as many columns as have room: about twelve, on a phone four.
func (in insulinView) ticks(spans []metrics.InsulinSpan, weeks bool) (list []chart.BarTick) {
	const broad, phone = 12, 4
	every := (len(spans) + broad - 1) / broad
	seldom := every * max(1, (len(spans)/every+phone-1)/phone)
	for i := 0; i < len(spans); i += every {
		list = append(list, chart.BarTick{Column: float64(i) + 0.5, Label: in.shortDay(spans[i].First), Broad: i%seldom != 0})
	}
	return list
}

// shortDay is 3 Mar.
func (in insulinView) shortDay(d metrics.Date) string {
	return in.t("insulin.short-day", "day", d.Day, "month", in.locale.MonthShort(d.Month))
}

func (in insulinView) head(first string) []string {
	head := []string{first, in.t("insulin.total")}
	for _, p := range in.parts() {
		head = append(head, p.name)
	}
	return append(head, in.t("insulin.carbs"), in.bolusCount(".all"))
}

// cells are the cells of a row below head.
func (in insulinView) cells(s metrics.InsulinSpan, name string) []string {
	insulin := s.Days > 0 || s.LeftOut > 0 && s.Parts.Total() > 0
	amount := func(u unit.Units) string {
		if !insulin {
			return "–"
		}
		return in.units(u)
	}
	total := amount(s.Parts.Total())
	if !in.total {
		total = "–" // boluses alone: how much there was in all is not known
	}
	cells := []string{name, total}
	for _, p := range in.parts() {
		cells = append(cells, amount(p.of(s.Parts)))
	}
	carbs, boluses := "–", "–"
	if s.CarbDays+s.CarbsOut > 0 && s.Carbs > 0 {
		carbs = in.grams(s.Carbs)
	}
	if insulin {
		boluses = in.locale.Number(round(s.Boluses, 1))
	}
	return append(cells, carbs, boluses)
}

func (in insulinView) barRow(s metrics.InsulinSpan, weeks bool) chart.BarRow {
	first, last := noon(s.First, in.zone), noon(s.Last, in.zone)
	if weeks {
		row := chart.BarRow{Cells: in.cells(s, in.locale.Period(first, last))}
		if s.LeftOut > 0 {
			row.Note = in.t("insulin.row.left-out", "count", s.LeftOut)
		}
		return row
	}
	row := chart.BarRow{URL: personURL(in.scope.Person(), "?day="+s.First.String()), Cells: in.cells(s, in.locale.Day(first))}
	if s.LeftOut > 0 {
		row.Note = in.t("insulin.row.not-counted")
	}
	return row
}
