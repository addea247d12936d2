package chart

import (
	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

// Goals are the shares, in percent, that a person aims at. Zero is no goal.
// Low and High are for both levels together (Battelino et al. 2019, table 1):
// the goal for low counts very low as well.
type Goals struct{ VeryLow, Low, InRange, High float64 }

// RangesInput is how the time of a period divides, in percent, from very low
// to very high. The sum is 100, or 0 when there are no readings.
type RangesInput struct {
	ID     string
	Shares [5]float64
	Goals  Goals
	Limits Limits
}

// Ranges is the bar of times in ranges, ready to draw: five parts from the
// top (very high) down, or four where there is no very high.
type Ranges struct {
	ID, Summary, Unit string
	Empty             bool
	Parts             []RangePart
	bounds            []label
	brackets          []bracket
}

// RangePart is one range of the bar.
type RangePart struct {
	Class                    figure.Class
	Word, Range, Share, Time string // High, 181–250 mg/dL, 21%, 5 h 2 min a day
	Goal                     string // below 1%; "" when the part alone has none
	y, height, middle        float64
	labelY                   float64
}

// bracket joins two parts, whose goal is one.
type bracket struct {
	Above               bool // of the target, or below it
	Top, Bottom, Middle float64
	Share, Goal         string
}

// rangesHeight is the height of the drawing in pixels, leastPart the height
// that even an empty part keeps so that "0%" stays visible.
const (
	rangesHeight = 300.0
	leastPart    = 14.0
	leastTarget  = 36.0
)

// NewRanges lays out the bar for a reader.
func NewRanges(l text.Locale, in RangesInput) Ranges {
	r := Ranges{ID: in.ID, Unit: figure.Unit(l).String()}
	s := in.Shares
	if s[0]+s[1]+s[2]+s[3]+s[4] == 0 {
		r.Empty = true
		return r
	}
	shares := figure.NewShares(s)
	bounds := in.Limits.In(figure.Unit(l))
	limits := rangeWords(l, bounds)
	goals := [5]string{goalBelow(l, in.Goals.VeryLow), "", goalAbove(l, in.Goals.InRange), "", ""}
	top := 4 // the class of the uppermost part
	if bounds[3] == 0 {
		top = 3
	}
	var parts, least []float64
	for k := top; k >= 0; k-- {
		parts, least = append(parts, s[k]), append(least, leastPart)
	}
	least[top-2] = leastTarget
	heights := geometry.Stack(parts, least, rangesHeight)
	y := 0.0
	var middles []float64
	for i, height := range heights {
		k := top - i
		part := RangePart{
			Class: figure.Class(k + 1), Word: figure.Class(k + 1).Word(l), Range: limits[k], Share: shares.Of(l, figure.Class(k+1)),
			Time: l.T("chart.ranges.a-day", "time", minutesADay(l, s[k])), Goal: goals[k],
			y: y, height: height, middle: y + height/2,
		}
		r.Parts = append(r.Parts, part)
		middles = append(middles, part.middle)
		y += height
	}
	r.bounds = rangeBounds(l, bounds, heights)
	if top == 3 { // alone above the target, so it carries the goal itself
		r.Parts[0].Goal = goalBelow(l, in.Goals.High)
	}
	r.placeLabels(middles)
	if top == 4 {
		r.brackets = append(r.brackets, r.bracket(0, 1, true, shares.Above(l), goalBelow(l, in.Goals.High)))
	}
	r.brackets = append(r.brackets, r.bracket(top-1, top, false, shares.Below(l), goalBelow(l, in.Goals.Low)))
	r.Summary = l.T("chart.ranges.summary", "in", shares.Of(l, figure.InRange), "below", shares.Below(l), "above", shares.Above(l))
	return r
}

// placeLabels sets the labels beside the middles of their parts, as far apart
// as their lines need: a goal is a line more.
func (r *Ranges) placeLabels(middles []float64) {
	const line, goalLine = 24, 16
	wishes, room := make([]float64, len(middles)), 0.0
	taken := make([]float64, len(middles))
	for i, middle := range middles {
		taken[i], wishes[i] = room, middle-room
		if r.Parts[i].hasGoalLine() {
			room += goalLine
		}
	}
	for i, at := range geometry.Spread(wishes, line, 10, rangesHeight-10-room) {
		r.Parts[i].labelY = at + taken[i]
	}
}

// hasGoalLine reports whether the goal of a part is drawn below its label; that
// of very low stands in the table alone, where it has room.
func (p RangePart) hasGoalLine() bool { return p.Goal != "" && p.Class != figure.VeryLow }

func (r Ranges) bracket(first, last int, above bool, share, goal string) bracket {
	b := bracket{Above: above, Top: r.Parts[first].labelY - 9, Bottom: r.Parts[last].labelY + 9, Share: share, Goal: goal}
	b.Middle = (b.Top + b.Bottom) / 2
	return b
}

func goalBelow(l text.Locale, goal float64) string {
	if goal == 0 {
		return ""
	}
	return "<" + l.Number(goal) + l.PercentMark()
}

func goalAbove(l text.Locale, goal float64) string {
	if goal == 0 {
		return ""
	}
	return ">" + l.Number(goal) + l.PercentMark()
}

// minutesADay prints a share of a day of 24 hours; one percent is 14.4
// minutes.
func minutesADay(l text.Locale, share float64) string {
	return l.Span(minutes(share * 14.4))
}

// rangeWords are the ranges in the reader's unit as that unit writes them: the
// last value that still belongs to a range is one step, 1 mg/dL or 0.1 mmol/L,
// from the bound of the next.
func rangeWords(l text.Locale, b [4]float64) [5]string {
	step := 1.0
	if figure.Unit(l) == unit.MmolL {
		step = 0.1
	}
	between := func(low, high float64) string { return figure.Bound(l, low) + "–" + figure.Bound(l, high) }
	words := [5]string{l.T("chart.ranges.below", "value", figure.Bound(l, b[0])), between(b[0], b[1]-step), between(b[1], b[2]),
		between(b[2]+step, b[3]), l.T("chart.ranges.above", "value", figure.Bound(l, b[3]))}
	if b[3] == 0 {
		words[3] = l.T("chart.ranges.above", "value", figure.Bound(l, b[2]))
	}
	return words
}

// rangeBounds are the numbers at the joints of the bar, from the top down.
func rangeBounds(l text.Locale, b [4]float64, heights []float64) []label {
	values := []float64{b[3], b[2], b[1], b[0]}
	if b[3] == 0 {
		values = values[1:]
	}
	wishes := make([]float64, len(values))
	y := 0.0
	for i := range values {
		y += heights[i]
		wishes[i] = y
	}
	var bounds []label
	for i, at := range geometry.Spread(wishes, 13, 6, rangesHeight-6) {
		bounds = append(bounds, label{Y: pixels(at), Text: figure.Bound(l, values[i])})
	}
	return bounds
}
