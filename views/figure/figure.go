// Package figure puts measured values into the reader's words and unit: a
// glucose value, its class, its arrow, its age. It decides no statistic; the
// class of a reading is handed in, because it is found in the native unit and
// never from the printed text.
package figure

import (
	"glucokeep/app/text"
	"glucokeep/app/unit"
)

// Unit is the glucose unit that a reader chose.
func Unit(l text.Locale) unit.Concentration {
	if l.Unit == unit.MmolL.String() {
		return unit.MmolL
	}
	return unit.MgDL
}

// Glucose prints a reading in the reader's unit, without the unit.
func Glucose(l text.Locale, g unit.Glucose) string { return g.Format(Unit(l), l.DecimalMark()) }

// MgPerDl prints a computed concentration in the reader's unit, without the
// unit.
func MgPerDl(l text.Locale, g unit.MgPerDl) string { return g.Format(Unit(l), l.DecimalMark()) }

// Bound prints a bound of a range that is given in the reader's own unit: 70
// or 3.9.
func Bound(l text.Locale, v float64) string {
	if Unit(l) == unit.MmolL {
		return l.Decimal(v, 1)
	}
	return l.Decimal(v, 0)
}

// Delta prints a change with its sign in the reader's unit: +3, −0.2, ±0.
func Delta(l text.Locale, d unit.MgPerDl) string {
	s := MgPerDl(l, max(d, -d))
	switch {
	case s == MgPerDl(l, 0):
		return "±" + s
	case d < 0:
		return "−" + s
	}
	return "+" + s
}

// Units prints an amount of insulin with its unit: 4.5 U.
func Units(l text.Locale, u unit.Units) string {
	return l.T("figure.units", "amount", l.Number(float64(u)))
}

// Grams prints a mass of carbohydrate with its unit: 45 g.
func Grams(l text.Locale, g unit.Grams) string {
	return l.T("figure.grams", "amount", l.Number(float64(g)))
}
