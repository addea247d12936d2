package web

import (
	"math"

	"glucokeep/app/metrics"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// compareRows are the figures of both periods. A difference is that of the
// numbers as printed, so that a reader who subtracts finds the same.
func compareRows(v *visit, a, b *side) []page.CompareFigure {
	l := v.locale
	from, to := printedShares(a.shares), printedShares(b.shares)
	share := func(name, earlier, later string, change int) page.CompareFigure {
		return page.CompareFigure{Name: name, Earlier: earlier, Later: later, Change: v.points(change), Word: v.moreOrLess(float64(change))}
	}
	rows := []page.CompareFigure{
		share(v.t("figure.in-range"), from.Of(l, figure.InRange), to.Of(l, figure.InRange), to.Whole(figure.InRange)-from.Whole(figure.InRange)),
		share(v.t("figure.below-range"), from.Below(l), to.Below(l), to.WholeBelow()-from.WholeBelow()),
		share(v.t("figure.above-range"), from.Above(l), to.Above(l), to.WholeAbove()-from.WholeAbove()),
	}
	rows = append(rows, compareSums(v, a, b)...)
	return append(rows, compareTherapy(v, a, b)...)
}

// points is a change of a share: +5 points, −1 point.
func (v *visit) points(change int) string {
	sign := "±"
	switch {
	case change > 0:
		sign = "+"
	case change < 0:
		sign, change = "−", -change
	}
	return v.t("compare.points", "sign", sign, "count", change)
}

// compareSums are average, GMI, CV and lows.
func compareSums(v *visit, a, b *side) []page.CompareFigure {
	l := v.locale
	x, y := metrics.Summarize(a.data.Readings), metrics.Summarize(b.data.Readings)
	average := compared(v, v.t("profile.average"), native(v, x.Mean), native(v, y.Mean), glucoseDecimals(v), true,
		func(s string) string { return s + " " + figure.Unit(l).String() })
	percent := func(s string) string { return s + l.PercentMark() }
	gmi := comparedPoints(v, v.t("profile.gmi"), gated(x.GMI, a.suff.GMI), gated(y.GMI, b.suff.GMI), percent)
	gmi.Help = v.t("profile.gmi.help")
	cv := comparedPoints(v, v.t("profile.cv"), gated(x.CV, a.suff.Spread), gated(y.CV, b.suff.Spread), percent)
	cv.Help = v.t("profile.cv.help")
	lows := compared(v, v.t("compare.lows"), lowsPerWeek(a), lowsPerWeek(b), 1, false, func(s string) string { return s })
	lows.Help = v.t("compare.lows.help", "low", bound(l, 70, 3.9))
	if lows.Word == v.t("compare.less") {
		lows.Word = v.t("compare.fewer")
	}
	return []page.CompareFigure{average, gmi, cv, lows}
}

// compareTherapy are insulin and carbs of an average day.
func compareTherapy(v *visit, a, b *side) (rows []page.CompareFigure) {
	l := v.locale
	x := metrics.ReportInsulin(a.data.Therapy, a.data.Zone, a.data.From, a.data.Until)
	y := metrics.ReportInsulin(b.data.Therapy, b.data.Zone, b.data.From, b.data.Until)
	units := func(s string) string { return l.T("figure.units", "amount", s) }
	grams := func(s string) string { return l.T("figure.grams", "amount", s) }
	if metrics.Defined(x.Total) || metrics.Defined(y.Total) {
		rows = append(rows, compared(v, v.t("compare.insulin"), float64(x.Total), float64(y.Total), 1, false, units))
	} else if metrics.Defined(x.Bolus) || metrics.Defined(y.Bolus) {
		name := v.t("compare.bolus")
		if x.Unsaid > 0 || y.Unsaid > 0 {
			name = v.t("compare.given")
		}
		rows = append(rows, compared(v, name, float64(x.Bolus), float64(y.Bolus), 1, false, units))
	}
	if x.CarbDays > 0 || y.CarbDays > 0 {
		rows = append(rows, compared(v, v.t("compare.carbs"), float64(x.Carbs), float64(y.Carbs), 0, false, grams))
	}
	return rows
}

// compared is one figure with its difference in its own unit.
func compared(v *visit, name string, a, b float64, decimals int, level bool, with func(string) string) page.CompareFigure {
	f := page.CompareFigure{Name: name}
	if metrics.Defined(a) {
		f.Earlier = with(v.locale.Decimal(a, decimals))
	}
	if metrics.Defined(b) {
		f.Later = with(v.locale.Decimal(b, decimals))
	}
	if metrics.Defined(a) && metrics.Defined(b) {
		change := asPrinted(b, decimals) - asPrinted(a, decimals)
		f.Change = with(figure.Signed(v.locale, change, decimals))
		if f.Word = v.moreOrLess(change); level {
			f.Word = v.higherOrLower(change)
		}
	}
	return f
}

// comparedPoints is compared for a percentage: its difference is points.
func comparedPoints(v *visit, name string, a, b float64, with func(string) string) page.CompareFigure {
	f := compared(v, name, a, b, 1, true, with)
	if f.Change != "" {
		change := asPrinted(b, 1) - asPrinted(a, 1)
		f.Change = v.t("compare.points-of", "change", figure.Signed(v.locale, change, 1))
	}
	return f
}

// asPrinted rounds as text.Locale.Decimal does.
func asPrinted(v float64, decimals int) float64 {
	return round(v+math.Copysign(1e-9, v), decimals)
}

func gated(v float64, enough bool) float64 {
	if !enough {
		return math.NaN()
	}
	return v
}

// native is a concentration as a number of the reader's unit.
func native(v *visit, g unit.MgPerDl) float64 {
	if figure.Unit(v.locale) == unit.MmolL {
		return float64(g.MmolPerL())
	}
	return float64(g)
}

func glucoseDecimals(v *visit) int {
	if figure.Unit(v.locale) == unit.MmolL {
		return 1
	}
	return 0
}

// lowsPerWeek is the episodes below 70 mg/dL in seven days with data; NaN of
// less than a day.
func lowsPerWeek(s *side) float64 {
	grid := metrics.NewGrid(s.data.Readings, s.data.Zone)
	days := float64(grid.Present()) * grid.Step.Hours() / 24
	if days < 1 {
		return math.NaN()
	}
	return 7 * float64(len(grid.Episodes(metrics.EpisodeRules()[0]))) / days
}

func (v *visit) moreOrLess(change float64) string {
	switch {
	case change > 1e-9:
		return v.t("compare.more")
	case change < -1e-9:
		return v.t("compare.less")
	}
	return v.t("compare.same")
}

func (v *visit) higherOrLower(change float64) string {
	switch {
	case change > 1e-9:
		return v.t("compare.higher")
	case change < -1e-9:
		return v.t("compare.lower")
	}
	return v.t("compare.same")
}
