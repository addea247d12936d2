package metrics

import (
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Class is the band that a glucose value falls into.
type Class uint8

// The bands from low to high. A profile without a second level above (that
// of pregnancy) has no VeryHigh.
const (
	VeryLow Class = iota
	Low
	Target
	High
	VeryHigh
	classes = int(VeryHigh) + 1
)

// String is the name of the class in JSON and CSS.
func (c Class) String() string {
	return [...]string{"very_low", "low", "target", "high", "very_high"}[c]
}

// Limits are the borders of the bands in one unit. The target includes both
// its ends: 70 and 180 are in range (Battelino et al. 2019, table 1).
type Limits struct {
	VeryLow    unit.Glucose // below it: very low
	TargetLow  unit.Glucose // below it: low
	TargetHigh unit.Glucose // above it: high
	VeryHigh   unit.Glucose // above it: very high; Milli 0 means there is no such band
	TightLow   unit.Glucose // tight range, both ends included
	TightHigh  unit.Glucose
}

func (l *Limits) class(milli int32) Class {
	switch {
	case milli < l.VeryLow.Milli:
		return VeryLow
	case milli < l.TargetLow.Milli:
		return Low
	case milli <= l.TargetHigh.Milli:
		return Target
	case l.VeryHigh.Milli > 0 && milli > l.VeryHigh.Milli:
		return VeryHigh
	}
	return High
}

func (l *Limits) tight(milli int32) bool {
	return milli >= l.TightLow.Milli && milli <= l.TightHigh.Milli
}

// Profile is a set of ranges and goals. The limits in mmol/L are those of the
// consensus and not the converted ones: 10.0 mmol/L is in range although
// 10.0 × 18.0156 is above 180 mg/dL.
type Profile struct {
	ID    string // "standard", "older", "pregnancy" or the person's own; stable, part of addresses
	MgDL  Limits
	MmolL Limits
	Goals Goals
}

// Limits are the profile's borders in unit c.
func (p *Profile) Limits(c unit.Concentration) *Limits {
	if c == unit.MmolL {
		return &p.MmolL
	}
	return &p.MgDL
}

// Class is the band of a value, compared in its native unit and unrounded, so
// that the choice of unit on a page never changes it.
func (p *Profile) Class(g unit.Glucose) Class { return p.Limits(g.Unit).class(g.Milli) }

// Classify is the band of a reading: native, or one mg/dL outside the limit
// for a clipped one.
func (p *Profile) Classify(r record.Reading) Class {
	g := native(r)
	return p.Limits(g.Unit).class(g.Milli)
}

// Tight reports whether a reading is in the tight range.
func (p *Profile) Tight(r record.Reading) bool {
	g := native(r)
	return p.Limits(g.Unit).tight(g.Milli)
}

// Valid reports whether the limits of both units rise from very low to very
// high and the tight range lies in order.
func (p *Profile) Valid() bool {
	for _, l := range []*Limits{&p.MgDL, &p.MmolL} {
		rising := l.VeryLow.Milli > 0 && l.VeryLow.Milli < l.TargetLow.Milli && l.TargetLow.Milli < l.TargetHigh.Milli &&
			(l.VeryHigh.Milli == 0 || l.TargetHigh.Milli < l.VeryHigh.Milli) && l.TightLow.Milli < l.TightHigh.Milli
		if !rising {
			return false
		}
	}
	return true
}

// native is the value of r in the unit that it is classified in.
func native(r record.Reading) unit.Glucose {
	if r.Flags&(record.BelowRange|record.AboveRange) != 0 {
		return unit.MgDLValue(float64(r.Statistic()))
	}
	return r.Value
}
