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
	limits      [4]float64
}

// bounds are the limits of the ranges in each unit (Battelino et al. 2019,
// table 1). They are drawn where the unit has them: 3.9 mmol/L is 70.3 mg/dL.
var bounds = map[unit.Concentration][4]float64{
	unit.MgDL:  {54, 70, 180, 250},
	unit.MmolL: {3.0, 3.9, 10.0, 13.9},
}

// tops are the upper ends that an axis can have.
var tops = map[unit.Concentration][]float64{
	unit.MgDL:  {300, 350, 400, 500, 600},
	unit.MmolL: {17, 20, 24, 28, 33},
}

// GlucoseAxis is the axis in unit c from bottom up to the first round number
// that is not below highest. Its marks are the four bounds and its top.
func GlucoseAxis(c unit.Concentration, bottom, highest unit.MgPerDl) Axis {
	return AxisWith(c, bottom, highest, bounds[c])
}

// AxisWith is GlucoseAxis with a person's own bounds, in unit c: very low,
// low, high and very high. One of 0 does not exist: in pregnancy there is no
// second level above.
func AxisWith(c unit.Concentration, bottom, highest unit.MgPerDl, limits [4]float64) Axis {
	list := tops[c]
	top := list[len(list)-1]
	for _, t := range list {
		if inMgPerDl(t, c) >= highest {
			top = t
			break
		}
	}
	a := Axis{Unit: c, Bottom: bottom, Top: inMgPerDl(top, c), limits: limits}
	for i, b := range limits {
		if b <= 0 {
			continue
		}
		a.Marks = append(a.Marks, Mark{At: inMgPerDl(b, c), Label: b, Bound: true, Target: i == 1 || i == 2})
	}
	a.Marks = append(a.Marks, Mark{At: a.Top, Label: top})
	return a
}

// Target is the target range of the axis: mostly 70–180 mg/dL or 3.9–10.0
// mmol/L.
func (a Axis) Target() (low, high unit.MgPerDl) {
	b := a.limits
	return inMgPerDl(b[1], a.Unit), inMgPerDl(b[2], a.Unit)
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
