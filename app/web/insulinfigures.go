package web

import (
	"glucokeep/app/metrics"
	"glucokeep/app/unit"
	"glucokeep/views/component"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

func (in insulinView) units(u unit.Units) string {
	return figure.Units(in.locale, unit.Units(round(float64(u), 1)))
}

func (in insulinView) grams(g unit.Grams) string {
	return figure.Grams(in.locale, unit.Grams(round(float64(g), 0)))
}

// share is part of the total in words; nothing when that is not known.
func (in insulinView) share(part unit.Units) string {
	if !metrics.Defined(in.report.Total) || in.report.Total <= 0 {
		return ""
	}
	return in.locale.Percent(100*float64(part/in.report.Total), 0)
}

// basalName says how basal insulin was given.
func (in insulinView) basalName() string {
	switch {
	case in.long && in.rates:
		return in.t("insulin.basal.both")
	case in.long:
		return in.t("insulin.basal.injected")
	}
	return in.t("insulin.basal")
}

// bolusCount names the number of boluses: only those asked for by
// hand, or all, named apart where the device gives some by itself.
func (in insulinView) bolusCount(which string) string {
	key := "boluses"
	if in.unsaid {
		key = "given-count"
	}
	if in.boluses.Automatic > 0 {
		key += which
	}
	return in.t("insulin." + key)
}

// autoName says what the device gave by itself.
func (in insulinView) autoName() string {
	if in.mixed {
		return in.t("insulin.auto.sum")
	}
	return in.t("insulin.auto")
}

// figures are those of the average day.
func (in insulinView) figures() (list []page.NamedFigure) {
	add := func(name, value, beside string) {
		list = append(list, page.NamedFigure{Name: name, Value: value, Beside: beside})
	}
	if in.report.Counted > 0 {
		if metrics.Defined(in.report.Total) {
			add(in.t("insulin.total"), in.units(in.report.Total), "")
		}
		for _, p := range in.parts() {
			add(p.name, in.units(p.of(in.mean)), in.share(p.of(in.mean)))
		}
	}
	if in.report.CarbDays > 0 {
		add(in.t("insulin.carbs"), in.grams(in.report.Carbs), "")
	}
	if b := in.boluses; b.Days > 0 && b.ByHand > 0 {
		add(in.bolusCount(".hand"), in.locale.Decimal(float64(b.ByHand)/float64(b.Days), 1), "")
	}
	if b := in.boluses; b.Days > 0 && b.Automatic > 0 {
		add(in.t("insulin.auto.boluses"), in.locale.Decimal(float64(b.Automatic)/float64(b.Days), 0), "")
	}
	return list
}

// notes say what the average is of and what is not known.
func (in insulinView) notes() (list []string) {
	r := in.report
	if r.Counted > 0 {
		list = append(list, in.t("insulin.note.days", "count", r.Counted))
	}
	if r.LeftOut > 0 {
		list = append(list, in.t("insulin.note.left-out", "count", r.LeftOut))
	}
	if r.CarbDays > 0 {
		list = append(list, in.t("insulin.note.carbs", "count", r.CarbDays))
	}
	if r.Counted > 0 && !metrics.Defined(r.Total) {
		list = append(list, in.t("insulin.note.no-basal"))
	}
	if in.mixed {
		list = append(list, in.t("insulin.note.mixed"))
	}
	if in.mean.Undivided-in.report.Unsaid > 1e-9 {
		list = append(list, in.t("insulin.note.undivided"))
	}
	if n := in.therapy.DosesTwice; n > 0 {
		list = append(list, in.t("insulin.note.doses-twice", "count", n))
	}
	if n := in.therapy.CarbsTwice; n > 0 {
		list = append(list, in.t("insulin.note.carbs-twice", "count", n))
	}
	if n := in.boluses.Unspecified; n > 0 {
		list = append(list, in.t("insulin.note.unspecified", "count", n))
	}
	if n := in.boluses.Unknown; n > 0 {
		list = append(list, in.t("insulin.note.unknown", "count", n))
	}
	return list
}

// how says how the boluses came about, as far as the devices tell.
func (in insulinView) how() (list []page.NamedFigure) {
	b, l := in.boluses, in.locale
	add := func(name string, n, of int) {
		f := page.NamedFigure{Name: name, Value: l.Integer(n)}
		if of > 0 {
			f.Value = in.t("insulin.how.of", "part", n, "all", of)
			f.Beside = l.Percent(100*float64(n)/float64(of), 0)
		}
		list = append(list, f)
	}
	all := b.ByHand + b.Automatic
	if b.Automatic > 0 {
		add(in.t("insulin.how.hand"), b.ByHand, all)
		add(in.t("insulin.how.auto"), b.Automatic, all)
	}
	if b.Calculated > 0 {
		add(in.t("insulin.how.calculated"), b.Calculated, b.ByHand)
		add(in.t("insulin.how.corrections"), b.Corrections, b.Calculated)
		add(in.t("insulin.how.overrides"), b.Overrides, b.Calculated)
		add(in.t("insulin.how.underrides"), b.Underrides, b.Calculated)
	}
	if b.Told > 0 {
		add(in.t("insulin.how.interrupted"), b.Interrupted, b.Told)
	}
	return list
}

// onBoard is what a device last said of insulin on board, with its age.
func (in insulinView) onBoard(last metrics.OnBoard) string {
	at := last.At.Time().In(in.zone)
	return in.t("insulin.on-board", "units", figure.Units(in.locale, unit.Units(round(float64(last.Units), 2))),
		"when", in.locale.DateTime(at), "age", in.now.Sub(at))
}

// eachDay is every day of a long period.
func (in insulinView) eachDay() component.Table {
	t := component.Table{Caption: in.t("insulin.each-day"), Head: in.head(in.t("insulin.day")), Numeric: []int{1, 2, 3, 4, 5, 6, 7}}
	for _, span := range in.report.ByDay() {
		t.Rows = append(t.Rows, in.cells(span, in.locale.DateShort(noon(span.First, in.zone))))
	}
	return t
}
