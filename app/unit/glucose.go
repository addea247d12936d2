// Package unit holds the typed quantities of diabetes data: glucose in the
// unit its source gave it in, insulin, carbohydrate and rates. A bare float64
// never crosses a package border if it is one of these.
package unit

import (
	"math"
	"strconv"
)

// mgPerMmol is the molar mass of glucose, 180.156 g/mol, over ten: the mg/dL
// in one mmol/L.
const mgPerMmol = 18.0156

// Concentration is a unit of glucose concentration.
type Concentration uint8

// The two units that meters, sensors and exports use.
const (
	MgDL  Concentration = iota // milligrams per decilitre
	MmolL                      // millimoles per litre
)

// String is the unit as people write it.
func (c Concentration) String() string {
	if c == MmolL {
		return "mmol/L"
	}
	return "mg/dL"
}

// MgPerDl is a glucose concentration in milligrams per decilitre, unrounded.
type MgPerDl float64

// MmolPerL is a glucose concentration in millimoles per litre, unrounded.
type MmolPerL float64

// MmolPerL converts without rounding.
func (g MgPerDl) MmolPerL() MmolPerL { return MmolPerL(float64(g) / mgPerMmol) }

// MgPerDl converts without rounding.
func (g MmolPerL) MgPerDl() MgPerDl { return MgPerDl(float64(g) * mgPerMmol) }

// Glucose is a concentration exactly as its source gave it: thousandths of
// its own unit. It is never stored as a converted value only, because a
// reading is classified in its native unit: 7.8 mmol/L is in the tight range
// although 7.8 × 18.0156 is above 140 mg/dL.
type Glucose struct {
	Milli int32         // thousandths of Unit
	Unit  Concentration // the native unit
}

// MgDLValue is v milligrams per decilitre, kept to a thousandth.
func MgDLValue(v float64) Glucose { return Glucose{Milli: milli(v), Unit: MgDL} }

// MmolLValue is v millimoles per litre, kept to a thousandth.
func MmolLValue(v float64) Glucose { return Glucose{Milli: milli(v), Unit: MmolL} }

func milli(v float64) int32 {
	m := math.Round(v * 1000)
	switch {
	case math.IsNaN(m):
		return 0
	case m > math.MaxInt32:
		return math.MaxInt32
	case m < math.MinInt32:
		return math.MinInt32
	}
	return int32(m)
}

// MgDL is the concentration in mg/dL, unrounded.
func (g Glucose) MgDL() MgPerDl {
	if g.Unit == MmolL {
		return MmolPerL(float64(g.Milli) / 1000).MgPerDl()
	}
	return MgPerDl(float64(g.Milli) / 1000)
}

// Native is the number in the native unit.
func (g Glucose) Native() float64 { return float64(g.Milli) / 1000 }

// Possible reports whether g can be a glucose concentration at all: 10 to
// 1000 mg/dL. Zero and 9999 are device codes, not glucose.
func (g Glucose) Possible() bool {
	v := g.MgDL()
	return v >= 10 && v <= 1000
}

// Format prints g for people in unit c, with the decimal mark of the reader:
// whole numbers in mg/dL, one decimal in mmol/L, half rounded away from zero.
func (g Glucose) Format(c Concentration, decimalMark string) string {
	if c == g.Unit {
		return formatNative(g.Native(), c, decimalMark)
	}
	if c == MmolL {
		return formatNative(float64(g.MgDL().MmolPerL()), c, decimalMark)
	}
	return formatNative(float64(g.MgDL()), c, decimalMark)
}

// Format prints g for people in unit c, with the decimal mark of the reader.
func (g MgPerDl) Format(c Concentration, decimalMark string) string {
	if c == MmolL {
		return formatNative(float64(g.MmolPerL()), c, decimalMark)
	}
	return formatNative(float64(g), c, decimalMark)
}

func formatNative(v float64, c Concentration, mark string) string {
	if c == MgDL {
		return strconv.FormatFloat(roundHalfAway(v, 0), 'f', 0, 64)
	}
	return Decimal(v, 1, mark)
}

// Decimal prints v with the given number of decimals, half rounded away from
// zero, and the reader's decimal mark ("" means a point).
func Decimal(v float64, decimals int, mark string) string {
	s := strconv.FormatFloat(roundHalfAway(v, decimals), 'f', decimals, 64)
	if mark == "" || mark == "." {
		return s
	}
	for i := range s {
		if s[i] == '.' {
			return s[:i] + mark + s[i+1:]
		}
	}
	return s
}

// roundHalfAway rounds half away from zero. The tiny nudge keeps decimal
// halves that binary cannot hold (5.55 × 10 = 55.49999…) on the side that a
// person with a pencil would choose.
func roundHalfAway(v float64, decimals int) float64 {
	p := math.Pow10(decimals)
	r := math.Round(v*p+math.Copysign(1e-9, v)) / p
	if r == 0 {
		return 0 // no minus zero
	}
	return r
}
