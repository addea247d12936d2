package figure

import "glucokeep/app/text"

// Class is the range that a reading lies in, by metrics.md decision 4.
type Class uint8

// The classes from the bottom up; Unclassed is where there is no value.
const (
	Unclassed Class = iota
	VeryLow
	Low
	InRange
	High
	VeryHigh
)

// Name is the class in style sheets: "very-low" … "very-high".
func (c Class) Name() string {
	return [...]string{"", "very-low", "low", "in-range", "high", "very-high"}[min(c, VeryHigh)]
}

// Word says the class: very low, in range.
func (c Class) Word(l text.Locale) string {
	switch c {
	case VeryLow:
		return l.T("class.very-low")
	case Low:
		return l.T("class.low")
	case InRange:
		return l.T("class.in-range")
	case High:
		return l.T("class.high")
	case VeryHigh:
		return l.T("class.very-high")
	}
	return ""
}

// Trend is an arrow; its values are those of record.Trend in the same order.
type Trend uint8

// The arrows.
const (
	NoTrend Trend = iota
	DoubleUp
	SingleUp
	FortyFiveUp
	Flat
	FortyFiveDown
	SingleDown
	DoubleDown
	TripleUp
	TripleDown
)

// Word says the arrow: rising slowly, steady.
func (t Trend) Word(l text.Locale) string {
	switch t {
	case TripleUp, DoubleUp:
		return l.T("trend.rising-fast")
	case SingleUp:
		return l.T("trend.rising")
	case FortyFiveUp:
		return l.T("trend.rising-slowly")
	case Flat:
		return l.T("trend.steady")
	case FortyFiveDown:
		return l.T("trend.falling-slowly")
	case SingleDown:
		return l.T("trend.falling")
	case DoubleDown, TripleDown:
		return l.T("trend.falling-fast")
	}
	return ""
}
