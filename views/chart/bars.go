package chart

import (
	"math"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
)

// BarsInput is columns of equal width side by side: the days or weeks of a
// period, the hours of a day. Each lane draws its own amounts on them.
type BarsInput struct {
	ID, Title, Summary string
	Columns            int
	Lanes              []BarLane
	Ticks              []BarTick
	Clock              bool  // the columns are the hours of a day: ticks and the night come by themselves
	Night              Night // of the person, with Clock
	Keys               []BarKey
	Head               []string // of the table that says the same; the first column names the row
	Rows               []BarRow
	Low                bool // one shallow lane
}

// BarLane is one kind of amount. Either Bars or Steps is drawn.
type BarLane struct {
	Name  string
	Bars  [][]BarPart // one stack a column; none where nothing is known
	Steps []BarStep   // a rate as a stepped area
	Mean  float64     // a line at this height; 0 draws none
	Least float64     // the axis reaches at least this far
	Part  float64     // height beside the other lanes
}

// BarPart is one part of a stack, from below.
type BarPart struct {
	Amount float64
	Kind   string // basal, hand, auto, whole, carbs
	Faint  bool   // in no average
}

// BarStep holds from column From to Until, which may lie within columns.
type BarStep struct{ From, Until, Value float64 }

// BarTick names a column below the axis.
type BarTick struct {
	Column float64 // its middle
	Label  string
	Broad  bool // on broad screens only
}

// BarKey says what a kind of part is.
type BarKey struct{ Kind, Label string }

// BarRow is a row of the table. URL leads to what the row names.
type BarRow struct {
	URL   string
	Cells []string
	Note  string
}

// Bars is a chart of columns, ready to draw.
type Bars struct {
	ID, Title, Summary string
	Low                bool
	lanes              []barsLane
	hours              []hour
	nights             []area
	keys               []BarKey
	Head               []string
	Rows               []BarRow
}

// barsLane is a lane with places in percent of the drawing, and of itself.
type barsLane struct {
	name, y, height string
	levels          []level
	rects           []rect
	path            string // on a drawing of wide × tall
	mean            string // place of the mean; "" none
}

type rect struct{ X, Y, W, H, Class string }

// laneGap is the space over each lane for its name, in percent.
const laneGap = 11.0

// NewBars lays out columns for a reader.
func NewBars(l text.Locale, in BarsInput) Bars {
	b := Bars{ID: in.ID, Title: in.Title, Summary: in.Summary, Low: in.Low, keys: in.Keys, Head: in.Head, Rows: in.Rows}
	for _, t := range in.Ticks {
		b.hours = append(b.hours, hour{X: percent(t.Column * 100 / float64(in.Columns)), Label: t.Label, Broad: t.Broad})
	}
	if in.Clock {
		b.nights = clockNights(in.Night)
		for h := 0; h < 24; h += 3 {
			b.hours = append(b.hours, hour{X: percent(float64(h) * 100 / 24), Label: l.Hour(h), Broad: steps(l, h)})
		}
		b.hours = append(b.hours, hour{X: "100%", Label: midnight(l)})
	}
	sum := 0.0
	for _, ln := range in.Lanes {
		sum += ln.Part
	}
	room := 100 - laneGap*float64(len(in.Lanes)-1)
	y := 0.0
	for _, ln := range in.Lanes {
		height := room * ln.Part / sum
		b.lanes = append(b.lanes, newBarsLane(l, ln, in.Columns, y, height))
		y += height + laneGap
	}
	return b
}

func newBarsLane(l text.Locale, in BarLane, columns int, y, height float64) barsLane {
	top, step := axisTop(max(in.highest(), in.Least))
	scale := geometry.Scale{To: top, Start: 100}
	out := barsLane{name: in.Name, y: percent(y), height: percent(height)}
	for v := step; v <= top*1.0001; v += step {
		at := percent(scale.At(v))
		out.levels = append(out.levels, level{Y: at, LabelY: at, Label: l.Number(math.Round(v*1000) / 1000)})
	}
	width := 100 / float64(columns)
	gap := min(width*0.22, 0.6)
	for i, parts := range in.Bars {
		from := 0.0
		for _, p := range parts {
			if p.Amount <= 0 {
				continue
			}
			a, z := scale.At(from), scale.At(from+p.Amount)
			class := "bar bar-" + p.Kind
			if p.Faint {
				class += " bar-faint"
			}
			out.rects = append(out.rects, rect{percent(float64(i)*width + gap/2), percent(z), percent(width - gap), percent(a - z), class})
			from += p.Amount
		}
	}
	tallScale := geometry.Scale{To: top, Start: tall}
	for _, s := range in.Steps {
		x1, x2, h := s.From*wide/float64(columns), s.Until*wide/float64(columns), tallScale.At(s.Value)
		out.path += geometry.Polygon([]geometry.Point{{X: x1, Y: tall}, {X: x1, Y: h}, {X: x2, Y: h}, {X: x2, Y: tall}})
	}
	if in.Mean > 0 {
		out.mean = percent(scale.At(in.Mean))
	}
	return out
}

func (b BarLane) highest() float64 {
	most := b.Mean
	for _, parts := range b.Bars {
		sum := 0.0
		for _, p := range parts {
			sum += max(p.Amount, 0)
		}
		most = max(most, sum)
	}
	for _, s := range b.Steps {
		most = max(most, s.Value)
	}
	return most
}

// axisTop is the end of an axis that holds v, and the steps of its labels: two
// to four of them, of 1, 2 or 5.
func axisTop(v float64) (top, step float64) {
	if !(v > 0) || math.IsInf(v, 0) {
		return 1, 1
	}
	base := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{0.2, 0.5, 1, 2, 5} {
		step = f * base
		if n := math.Ceil(v/step - 1e-9); n <= 4 {
			return n * step, step
		}
	}
	return 10 * base, 5 * base
}
