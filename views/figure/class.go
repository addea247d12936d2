package figure

import "glucokeep/app/text"

// Class is the range that a reading lies in, by its own unit's limits.
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

// Mark is the sign of the class as an SVG path in a box of 12 by 12:
// triangles point away from the target, and a filled one is the severe one.
func (c Class) Mark() string {
	switch c {
	case VeryLow, Low:
		return "M1.5 2.5h9L6 10.5Z"
	case High, VeryHigh:
		return "M1.5 9.5h9L6 1.5Z"
	case InRange:
		return "M6 2.25a3.75 3.75 0 1 0 0 7.5a3.75 3.75 0 1 0 0-7.5Z"
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

// Arrow is the arrow as an SVG path in a box of 24 by 24.
func (t Trend) Arrow() string {
	switch t {
	case TripleUp, DoubleUp:
		return "M7.5 21V4M3 8.5L7.5 4L12 8.5M16.5 21V4M12 8.5L16.5 4L21 8.5"
	case SingleUp:
		return "M12 21V3.5M5 10.5l7-7 7 7"
	case FortyFiveUp:
		return "M5 19L18.5 5.5M8.5 5.5h10v10"
	case Flat:
		return "M3 12h17.5M13.5 5l7 7-7 7"
	case FortyFiveDown:
		return "M5 5l13.5 13.5M8.5 18.5h10v-10"
	case SingleDown:
		return "M12 3v17.5M5 13.5l7 7 7-7"
	case DoubleDown, TripleDown:
		return "M7.5 3v17M3 15.5L7.5 20L12 15.5M16.5 3v17M12 15.5L16.5 20L21 15.5"
	}
	return ""
}

// Sign is the arrow as one character, for the title of a window.
func (t Trend) Sign() string {
	return [...]string{"", "⇈", "↑", "↗", "→", "↘", "↓", "⇊", "⇈", "⇊"}[min(t, TripleDown)]
}
