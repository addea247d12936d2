package chart

import (
	"time"
	"unicode/utf8"

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

// hours labels hours of the clock: every third of a day, and the end of the
// day as its own midnight; of a few hours each or every second. The midnight
// within a few hours is labelled with the day that begins there.
func hours(l text.Locale, span geometry.Span, day bool) []hour {
	length := span.Until.Sub(span.Since).Hours()
	every := 3
	switch {
	case length <= 7:
		every = 1
	case length <= 14:
		every = 2
	}
	name := func(t time.Time) string {
		switch {
		case !day && t.Hour() == 0:
			return l.WeekdayShort(t.Weekday())
		case l.Clock24 && every == 1:
			return l.Clock(t)
		}
		return l.Hour(t.Hour())
	}
	widest := utf8.RuneCountInString(name(time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC)))
	crowded := float64(widest)*glyph+6 > phone*float64(every)/length
	var all []hour
	for _, t := range geometry.Hours(span, every) {
		all = append(all, hour{X: percent(span.X(t, 100)), Label: name(t), Broad: crowded && t.Hour()%(2*every) != 0})
	}
	if day {
		all = append(all, hour{X: "100%", Label: midnight(l)})
	}
	return all
}

// The pixels that a drawing has on the narrowest phone, and a letter takes at
// most in it: what has room there has room everywhere.
const (
	phone = 236.0
	glyph = 6.5
)

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
