package chart

import "glucokeep/app/unit"

// Mark is a labelled height of a glucose axis.
type Mark struct {
	At     unit.MgPerDl // where it is drawn
	Label  float64      // the number beside it, in the reader's unit
	Bound  bool         // a bound of the ranges
	Target bool         // a bound of the target range
}

// Axis is a glucose axis.
type Axis struct {
	Unit        unit.Concentration
	Bottom, Top unit.MgPerDl
	Marks       []Mark // from the bottom up
	low, high   float64
}

// Limits are the bounds of the ranges that a picture shows, in each unit from
// very low to very high; a very high of 0 is no such bound. They are drawn
// where the unit has them: 3.9 mmol/L is 70.3 mg/dL. The zero value stands for
// the bounds of most people (Battelino et al. 2019, table 1).
type Limits struct{ MgDL, MmolL [4]float64 }

var usual = Limits{MgDL: [4]float64{54, 70, 180, 250}, MmolL: [4]float64{3.0, 3.9, 10.0, 13.9}}

// In gives the four bounds in unit c.
func (l Limits) In(c unit.Concentration) [4]float64 {
	if l == (Limits{}) {
		l = usual
	}
	if c == unit.MmolL {
		return l.MmolL
	}
	return l.MgDL
}

// tops are the upper ends that an axis can have.
var tops = map[unit.Concentration][]float64{
	unit.MgDL:  {300, 350, 400, 500, 600},
	unit.MmolL: {17, 20, 24, 28, 33},
}

// Axis is the axis in unit c from bottom up to the first round number that is
// not below highest and above all bounds. Its marks are the bounds and its
// top.
func (l Limits) Axis(c unit.Concentration, bottom, highest unit.MgPerDl) Axis {
	bounds := l.In(c)
	list := tops[c]
	top := list[len(list)-1]
	for _, t := range list {
		if inMgPerDl(t, c) >= highest && t > max(bounds[2], bounds[3]) {
			top = t
			break
		}
	}
	a := Axis{Unit: c, Bottom: bottom, Top: inMgPerDl(top, c), low: bounds[1], high: bounds[2]}
	for i, b := range bounds {
		if b > 0 {
			a.Marks = append(a.Marks, Mark{At: inMgPerDl(b, c), Label: b, Bound: true, Target: i == 1 || i == 2})
		}
	}
	a.Marks = append(a.Marks, Mark{At: a.Top, Label: top})
	return a
}

// Target is the target range of the axis: 70–180 mg/dL or 3.9–10.0 mmol/L for
// most people.
func (a Axis) Target() (low, high unit.MgPerDl) {
	return inMgPerDl(a.low, a.Unit), inMgPerDl(a.high, a.Unit)
}

// Scale places glucose on a drawing of the given height, the bottom of the
// axis at the bottom.
func (a Axis) Scale(height float64) Scale {
	return Scale{From: float64(a.Bottom), To: float64(a.Top), Start: height, End: 0}
}

func inMgPerDl(v float64, c unit.Concentration) unit.MgPerDl {
	if c == unit.MmolL {
		return unit.MmolPerL(v).MgPerDl()
	}
	return unit.MgPerDl(v)
}
