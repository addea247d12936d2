package guide

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/component"
	"glucokeep/views/figure"
)

// newest is a reading of 112 mg/dL with its usual company.
func newest(age time.Duration) figure.Newest {
	delta := unit.MgPerDl(3)
	return figure.Newest{At: now().Add(-age), Value: unit.MgDLValue(112), Class: figure.InRange, Trend: figure.FortyFiveUp, Delta: &delta, Every: 5 * time.Minute}
}

// valued is a reading of another value and class.
func valued(mgdl float64, c figure.Class, t figure.Trend) figure.Newest {
	n := newest(2 * time.Minute)
	n.Value, n.Class, n.Trend = unit.MgDLValue(mgdl), c, t
	return n
}

// givenLine is a sentence of what was given last, as package web makes it.
func givenLine(l text.Locale, key string, age time.Duration, who, amount string) component.GivenLine {
	before, after, _ := strings.Cut(l.T(key, "age", "\uE000", "who", who, "amount", amount), "\uE000")
	return component.GivenLine{Before: before, Age: l.Span(age), After: after, Since: now().Add(-age).Format(time.RFC3339)}
}

// values are the newest value in every state that it can have.
func values(l text.Locale) (parts []Part) {
	below, above := valued(40, figure.VeryLow, figure.NoTrend), valued(400, figure.VeryHigh, figure.NoTrend)
	below.Below, above.Above = true, true
	for _, one := range []struct {
		name string
		n    figure.Newest
	}{
		{"live", newest(2 * time.Minute)},
		{"late", newest(9 * time.Minute)},
		{"stale", newest(22 * time.Minute)},
		{"very-low", valued(48, figure.VeryLow, figure.DoubleDown)},
		{"low", valued(63, figure.Low, figure.SingleDown)},
		{"high", valued(214, figure.High, figure.SingleUp)},
		{"very-high", valued(287, figure.VeryHigh, figure.DoubleUp)},
		{"below-sensor", below},
		{"above-sensor", above},
		{"clock-ahead", newest(-time.Hour)},
	} {
		parts = append(parts, Part{Name: "value-" + one.name, Show: component.Value(figure.NewLatest(l, &one.n, now()), "tile")})
	}
	parts = append(parts, Part{Name: "value-never", Show: component.Value(figure.NewLatest(l, nil, now()), "tile")})
	given := func(lines ...component.GivenLine) templ.Component {
		return component.ShowLastGiven(component.LastGiven{Lines: lines})
	}
	dose := givenLine(l, "log.last-dose", 25*time.Minute, "Nan", figure.Units(l, 4))
	carbs := givenLine(l, "log.last-carbs", 70*time.Minute, "Maximiliane von Hohenstein-Wittelsbach", figure.Grams(l, 45))
	parts = append(parts, Part{Name: "given-dose", Show: given(dose)}, Part{Name: "given-both", Show: given(dose, carbs), Wide: true})
	hero := newest(2 * time.Minute)
	return append(parts, Part{Name: "value-hero", Show: component.Value(figure.NewLatest(l, &hero, now()), "hero"), Wide: true})
}
