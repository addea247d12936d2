package chart

import (
	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/views/figure"
)

// level is a labelled horizontal line.
type level struct {
	Y      string // percentage
	LabelY string // of the label, which keeps off the one above
	Label  string
	Target bool
}

// hour is a labelled vertical line.
type hour struct {
	X, Label string
	Broad    bool // the label has room on broad screens only
}

// area is a stretch of the time axis in percentages.
type area struct{ X, Width string }

// levels labels the marks of an axis. Labels that would run into each other
// give way, away from the target; the top, which carries no meaning, then has
// none.
func levels(l text.Locale, a geometry.Axis) []level {
	scale := a.Scale(100)
	low, high := a.Target()
	all := make([]level, 0, len(a.Marks))
	above := scale.At(float64(high))
	for _, m := range a.Marks {
		y := scale.At(float64(m.At))
		v := level{Y: percent(y), LabelY: percent(y), Label: figure.Bound(l, m.Label), Target: m.Target}
		switch {
		case m.At < low: // 54 stands close under 70 where the axis is long
			v.LabelY = percent(max(y, scale.At(float64(low))+lineHeight))
		case m.At > high:
			if y > above-lineHeight && !m.Bound {
				v.Label = ""
			}
			above = min(y, above-lineHeight)
			v.LabelY = percent(above)
		}
		all = append(all, v)
	}
	return all
}

// lineHeight is the height of a label in percent of the drawing on a phone.
const lineHeight = 4.7

// hours labels every third hour, and the end of the day as its own midnight.
func hours(l text.Locale, span geometry.Span) []hour {
	var all []hour
	for _, t := range geometry.Hours(span, 3) {
		all = append(all, hour{X: percent(span.X(t, 100)), Label: l.Hour(t.Hour()), Broad: steps(l, t.Hour())})
	}
	return append(all, hour{X: "100%", Label: midnight(l)})
}

// steps reports whether the label of an hour steps back on a phone: "9 am" is
// too wide to stand every three hours, "09" is not.
func steps(l text.Locale, h int) bool { return !l.Clock24 && h%6 != 0 }

// midnight is the end of a day: 24, or 12 am again.
func midnight(l text.Locale) string {
	if l.Clock24 {
		return "24"
	}
	return l.Hour(0)
}

// band is the target range across the drawing.
func band(a geometry.Axis) (y, height string) {
	scale := a.Scale(100)
	low, high := a.Target()
	top := scale.At(float64(high))
	return percent(top), percent(scale.At(float64(low)) - top)
}

func nights(span geometry.Span, n geometry.Night) []area {
	var all []area
	for _, s := range n.Spans(span) {
		x := span.X(s.Since, 100)
		all = append(all, area{X: percent(x), Width: percent(span.X(s.Until, 100) - x)})
	}
	return all
}

// clockNights are the nights of a clock day.
func clockNights(n geometry.Night) []area {
	var all []area
	for _, part := range n.Hours() {
		all = append(all, area{X: percent(float64(part[0]) * 100 / 24), Width: percent(float64(part[1]-part[0]) * 100 / 24)})
	}
	return all
}
