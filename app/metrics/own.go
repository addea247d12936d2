package metrics

import (
	"math"

	"glucokeep/app/unit"
)

// OwnLimits are the borders of ranges that a person and their clinic agreed
// on, in thousandths of each unit: very low, low, high, very high. A very high
// of 0 is no such band. The zero value is none at all.
type OwnLimits struct{ MgDL, MmolL [4]int32 }

// The four borders of OwnLimits.
const (
	VeryLowLimit = iota
	LowLimit
	HighLimit
	VeryHighLimit
)

// In gives the four borders in unit c.
func (o *OwnLimits) In(c unit.Concentration) *[4]int32 {
	if c == unit.MmolL {
		return &o.MmolL
	}
	return &o.MgDL
}

// OwnID is the ID of a profile of own limits.
const OwnID = "own"

// Own is the profile of own limits. It has no goals: those of the consensus
// are for its own ranges and would mislead beside others. The tight range is
// that of everybody.
func Own(o OwnLimits) Profile {
	tight := Standard()
	set := func(l *Limits, c unit.Concentration, t Limits) {
		v := o.In(c)
		at := func(i int) unit.Glucose { return unit.Glucose{Milli: v[i], Unit: c} }
		*l = Limits{VeryLow: at(VeryLowLimit), TargetLow: at(LowLimit), TargetHigh: at(HighLimit), VeryHigh: at(VeryHighLimit),
			TightLow: t.TightLow, TightHigh: t.TightHigh}
	}
	p := Profile{ID: OwnID}
	set(&p.MgDL, unit.MgDL, tight.MgDL)
	set(&p.MmolL, unit.MmolL, tight.MmolL)
	return p
}

// LimitsOf are the borders of a profile as own limits to begin with.
func LimitsOf(p Profile) (o OwnLimits) {
	for _, c := range []unit.Concentration{unit.MgDL, unit.MmolL} {
		l := p.Limits(c)
		*o.In(c) = [4]int32{l.VeryLow.Milli, l.TargetLow.Milli, l.TargetHigh.Milli, l.VeryHigh.Milli}
	}
	return o
}

// With gives o with the borders values, which are in unit c. The other unit
// gets what belongs beside them: a border of the consensus its partner (10.0
// mmol/L is 180 mg/dL), any other the converted one as that unit writes it. A
// border that does not change keeps both its numbers, so that going back and
// forth between units moves nothing.
func (o OwnLimits) With(c unit.Concentration, values [4]float64) OwnLimits {
	other := unit.MgDL
	if c == unit.MgDL {
		other = unit.MmolL
	}
	for i, v := range values {
		milli := int32(math.Round(math.Min(v, 10_000) * 1000))
		if milli == o.In(c)[i] && (milli == 0) == (o.In(other)[i] == 0) {
			continue
		}
		o.In(c)[i], o.In(other)[i] = milli, beside(i, milli, c)
	}
	return o
}

// LimitDecimals is with how many decimals people read a limit in unit c.
func LimitDecimals(c unit.Concentration) int {
	if c == unit.MmolL {
		return 1
	}
	return 0
}

// LimitFits reports whether v is a limit as people read unit c: a whole mg/dL,
// a tenth of mmol/L. What is finer would be shown rounded, so that a page would
// name another limit than the one that counts.
func LimitFits(c unit.Concentration, v float64) bool {
	p := math.Pow10(LimitDecimals(c))
	return math.Abs(v*p-math.Round(v*p)) < 1e-6
}

// beside is border i in the other unit than c. What may be typed in one unit
// is not refused for its rounding in the other: 5.6 mmol/L is 100.9 mg/dL,
// where 100 is the most.
func beside(i int, milli int32, c unit.Concentration) int32 {
	there := partner(milli, c)
	least, most := Allowed(i)
	lo, hi, lo2, hi2 := least.MgDL, most.MgDL, least.MmolL, most.MmolL
	if c == unit.MmolL {
		lo, hi, lo2, hi2 = lo2, hi2, lo, hi
	}
	if v := float64(milli) / 1000; milli == 0 || v < lo || v > hi {
		return there
	}
	thousandths := func(v float64) int32 { return int32(math.Round(v * 1000)) }
	return min(max(there, thousandths(lo2)), thousandths(hi2))
}

// partner is a border in the other unit than c, in thousandths.
func partner(milli int32, c unit.Concentration) int32 {
	if milli == 0 {
		return 0
	}
	other := unit.MgDL
	if c == unit.MgDL {
		other = unit.MmolL
	}
	for _, p := range Profiles() {
		l := LimitsOf(p)
		for i, v := range l.In(c) {
			if v == milli {
				return l.In(other)[i]
			}
		}
	}
	g := unit.Glucose{Milli: milli, Unit: c}
	if c == unit.MgDL {
		return int32(math.Round(float64(g.MgDL().MmolPerL())*10)) * 100
	}
	return int32(math.Round(float64(g.MgDL()))) * 1000
}

// allowed is how low and how high each border may lie. Below 54 mg/dL is
// level 2 hypoglycaemia whatever anybody agrees on (Battelino et al. 2019), so
// no own limit calls it anything milder; and 100 to 120 is in everybody's
// target.
var allowed = [4]struct{ least, most OwnPair }{
	{OwnPair{54, 3.0}, OwnPair{99, 5.5}},
	{OwnPair{55, 3.1}, OwnPair{100, 5.6}},
	{OwnPair{120, 6.7}, OwnPair{300, 16.7}},
	{OwnPair{121, 6.8}, OwnPair{400, 22.2}},
}

// OwnPair is one border in both units.
type OwnPair struct{ MgDL, MmolL float64 }

// Allowed is how low and how high border i may lie.
func Allowed(i int) (least, most OwnPair) { return allowed[i].least, allowed[i].most }

// Wrong finds the first border that cannot be: beyond what is allowed, or not
// above the one before it in one of the units (order). ok says that all can.
func (o OwnLimits) Wrong() (border int, order, ok bool) {
	for i := range o.MgDL {
		if i == VeryHighLimit && o.MgDL[i] == 0 && o.MmolL[i] == 0 {
			continue
		}
		least, most := Allowed(i)
		g, l := float64(o.MgDL[i])/1000, float64(o.MmolL[i])/1000
		if g < least.MgDL || g > most.MgDL || l < least.MmolL || l > most.MmolL {
			return i, false, false
		}
		if i > 0 && (o.MgDL[i] <= o.MgDL[i-1] || o.MmolL[i] <= o.MmolL[i-1]) {
			return i, true, false
		}
	}
	p := Own(o)
	return 0, false, p.Valid()
}
