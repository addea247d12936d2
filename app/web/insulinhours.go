package web

import (
	"slices"

	"glucokeep/app/metrics"
	"glucokeep/app/unit"
	"glucokeep/views/chart"
	"glucokeep/views/figure"
)

// hours draws the mean day by the hour.
func (in insulinView) hours() *chart.Bars {
	by := metrics.InsulinByHour(in.therapy, in.report, in.zone, in.period.From, in.period.Until)
	bolus, column := chart.BarLane{Name: in.t("insulin.lane.bolus"), Part: 2, Least: 0.5}, in.t("insulin.bolus")
	if in.unsaid {
		bolus.Name, column = in.t("insulin.lane.given"), in.t("figure.given")
	}
	rate := chart.BarLane{Name: in.t("insulin.lane.rate"), Part: 1.2, Least: 0.1}
	carbs := chart.BarLane{Name: in.t("chart.lane.carbs"), Part: 1.2, Least: 5}
	b := chart.BarsInput{ID: "per-hour", Title: in.t("insulin.hours.title"), Columns: 24, Clock: true, Night: ground(in.scope.Person()).Night,
		Head: []string{in.t("insulin.hour"), column, in.t("insulin.lane.rate"), in.t("insulin.carbs")}}
	most := 0
	for h, x := range by.Hours {
		bolus.Bars = append(bolus.Bars, []chart.BarPart{{Amount: float64(x.Bolus), Kind: barHand}})
		carbs.Bars = append(carbs.Bars, []chart.BarPart{{Amount: float64(x.Carbs), Kind: barCarbs}})
		known := "–"
		if metrics.Defined(x.Rate) {
			rate.Steps = append(rate.Steps, chart.BarStep{From: float64(h), Until: float64(h + 1), Value: float64(x.Rate)})
			known = in.locale.Decimal(float64(x.Rate), 2)
		}
		if x.Bolus > by.Hours[most].Bolus {
			most = h
		}
		b.Rows = append(b.Rows, chart.BarRow{Cells: []string{in.locale.ClockMinute(h * 60),
			figure.Units(in.locale, unit.Units(round(float64(x.Bolus), 2))), known, in.grams(x.Carbs)}})
	}
	b.Lanes = slices.DeleteFunc([]chart.BarLane{bolus, rate, carbs}, emptyLane)
	if len(b.Lanes) == 0 {
		return nil
	}
	b.Low = len(b.Lanes) == 1
	b.Summary = in.hoursSummary(by, most)
	bars := chart.NewBars(in.locale, b)
	return &bars
}

// emptyLane reports whether a lane has nothing to draw.
func emptyLane(ln chart.BarLane) bool {
	return len(ln.Steps) == 0 && !slices.ContainsFunc(ln.Bars, func(p []chart.BarPart) bool { return p[0].Amount > 0 })
}

// hoursSummary says when most is given, and why a rate may be missing. most is
// the hour with the most bolus insulin.
func (in insulinView) hoursSummary(by metrics.InsulinHours, most int) string {
	s := in.t("insulin.hours.none")
	if by.Hours[most].Bolus > 0 {
		args := []any{"from", in.locale.ClockMinute(most * 60), "until", in.locale.ClockMinute((most + 1) * 60),
			"amount", figure.Units(in.locale, unit.Units(round(float64(by.Hours[most].Bolus), 1)))}
		if s = in.t("insulin.hours.most", args...); in.unsaid {
			s = in.t("insulin.hours.given", args...)
		}
	}
	switch {
	case in.mixed && in.report.Counted > by.RateDays:
		s += " " + in.t("insulin.hours.no-rate")
	case by.RateDays == 0 && in.long:
		s += " " + in.t("insulin.hours.long")
	}
	return s
}
