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
}

// Ranges is the bar of times in ranges, ready to draw: five parts from the
// top (very high) down.
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
	limits := rangeWords(l)
	goals := [5]string{goalBelow(l, in.Goals.VeryLow), "", goalAbove(l, in.Goals.InRange), "", ""}
	heights := geometry.Stack([]float64{s[4], s[3], s[2], s[1], s[0]},
		[]float64{leastPart, leastPart, leastTarget, leastPart, leastPart}, rangesHeight)
	y := 0.0
	var middles []float64
	for i := range 5 {
		k := 4 - i
		part := RangePart{
			Class: figure.Class(k + 1), Word: figure.Class(k + 1).Word(l), Range: limits[k], Share: shares.Of(l, figure.Class(k+1)),
			Time: l.T("chart.ranges.a-day", "time", minutesADay(l, s[k])), Goal: goals[k],
			y: y, height: heights[i], middle: y + heights[i]/2,
		}
		r.Parts = append(r.Parts, part)
		middles = append(middles, part.middle)
		y += heights[i]
	}
	for i, at := range geometry.Spread(middles, 24, 10, rangesHeight-10) {
		r.Parts[i].labelY = at
	}
	r.bounds = rangeBounds(l, heights)
	r.brackets = []bracket{
		r.bracket(0, 1, shares.Above(l), goalBelow(l, in.Goals.High)),
		r.bracket(3, 4, shares.Below(l), goalBelow(l, in.Goals.Low)),
	}
	r.Summary = l.T("chart.ranges.summary", "in", shares.Of(l, figure.InRange),
		"below", r.brackets[1].Share, "above", r.brackets[0].Share)
	return r
}

func (r Ranges) bracket(first, last int, share, goal string) bracket {
	b := bracket{Top: r.Parts[first].labelY - 9, Bottom: r.Parts[last].labelY + 9, Share: share, Goal: goal}
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

// rangeWords are the ranges in the reader's unit as that unit writes them.
func rangeWords(l text.Locale) [5]string {
	b := [5][2]float64{{0, 54}, {54, 69}, {70, 180}, {181, 250}, {250, 0}}
	if figure.Unit(l) == unit.MmolL {
		b = [5][2]float64{{0, 3.0}, {3.0, 3.8}, {3.9, 10.0}, {10.1, 13.9}, {13.9, 0}}
	}
	var words [5]string
	for i, r := range b {
		switch {
		case r[0] == 0:
			words[i] = l.T("chart.ranges.below", "value", figure.Bound(l, r[1]))
		case r[1] == 0:
			words[i] = l.T("chart.ranges.above", "value", figure.Bound(l, r[0]))
		default:
			words[i] = figure.Bound(l, r[0]) + "–" + figure.Bound(l, r[1])
		}
	}
	return words
}

// rangeBounds are the numbers at the joints of the bar, from the top down.
func rangeBounds(l text.Locale, heights []float64) []label {
	values := []float64{250, 180, 70, 54}
	if figure.Unit(l) == unit.MmolL {
		values = []float64{13.9, 10.0, 3.9, 3.0}
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
