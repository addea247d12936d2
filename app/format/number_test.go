package format

import (
	"math"
	"strconv"
	"testing"

	"glucokeep/app/record"
	"glucokeep/app/unit"

	"github.com/stretchr/testify/require"
)

func TestNumber(t *testing.T) {
	for in, want := range map[string]float64{
		"0": 0, "110": 110, "5.5": 5.5, "5,5": 5.5, "27,00000": 27, "0.001": 0.001, " 7.8 ": 7.8, "-0.5": -0.5, "+3": 3, ".5": 0.5, "5.": 5,
		"\u00A012\u00A0": 12, "6.134": 6.134, "0.12345678901234567890": 0.123456789012345,
	} {
		got, ok := number([]byte(in))
		require.True(t, ok, in)
		require.InDelta(t, want, got, 1e-15, in)
	}
	for _, in := range []string{"", "-", ".", "NaN", "Inf", "1e3", "0x10", "1.234,5", "1,234,567", "12 3", "Low", "--1", "1234567890123456"} {
		_, ok := number([]byte(in))
		require.False(t, ok, in)
	}
}

// FuzzNumber compares with strconv on what both read.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"5,5", "110", "-0.50", ".5", "99999999999999999", "0.00000000000000000001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := number([]byte(s))
		if !ok {
			return
		}
		require.False(t, math.IsNaN(got) || math.IsInf(got, 0))
		if want, err := strconv.ParseFloat(s, 64); err == nil {
			require.InDelta(t, want, got, math.Abs(want)*1e-12+1e-13)
		}
	})
}

func TestWhole(t *testing.T) {
	v, ok := whole([]byte("2001"))
	require.True(t, ok)
	require.EqualValues(t, 2001, v)
	v, ok = whole([]byte("1,0"))
	require.True(t, ok)
	require.EqualValues(t, 1, v)
	_, ok = whole([]byte("1.5"))
	require.False(t, ok)
}

func TestReadGlucose(t *testing.T) {
	low, high := unit.MgDLValue(40), unit.MgDLValue(400)
	for _, c := range []struct {
		name, in string
		unit     unit.Concentration
		want     unit.Glucose
		flags    record.Flags
		key      string
	}{
		{"a number in mg/dL", "144", unit.MgDL, unit.MgDLValue(144), 0, ""},
		{"a number in mmol/L keeps its unit", "7.8", unit.MmolL, unit.MmolLValue(7.8), 0, ""},
		{"a decimal comma", "7,85", unit.MmolL, unit.MmolLValue(7.85), 0, ""},
		{"more decimals than are kept", "7.99346", unit.MmolL, unit.Glucose{Milli: 7993, Unit: unit.MmolL}, 0, ""},
		{"Low is the limit and a flag", "Low", unit.MgDL, low, record.BelowRange, ""},
		{"Low in a file of mmol/L is the limit, which is in mg/dL", "Niedrig", unit.MmolL, low, record.BelowRange, ""},
		{"HI", "HI", unit.MgDL, high, record.AboveRange, ""},
		{"French", "Élevé", unit.MgDL, high, record.AboveRange, ""},
		{"French in Windows-1252", "\xC9lev\xE9", unit.MgDL, high, record.AboveRange, ""},
		{"below a number", "<40", unit.MgDL, low, record.BelowRange, ""},
		{"above a number", "> 22,2", unit.MmolL, unit.MmolLValue(22.2), record.AboveRange, ""},
		{"zero", "0", unit.MgDL, unit.Glucose{}, 0, rejectGlucose},
		{"a device code", "9999", unit.MgDL, unit.Glucose{}, 0, rejectGlucose},
		{"negative", "-5", unit.MgDL, unit.Glucose{}, 0, rejectGlucose},
		{"mg/dL in a column of mmol/L", "144", unit.MmolL, unit.Glucose{}, 0, rejectGlucose},
		{"so large that it would wrap around", "4294967396", unit.MgDL, unit.Glucose{}, 0, rejectGlucose},
		{"not a number", "NaN", unit.MgDL, unit.Glucose{}, 0, rejectNumber},
		{"words", "see note", unit.MgDL, unit.Glucose{}, 0, rejectNumber},
		{"nothing", "", unit.MgDL, unit.Glucose{}, 0, rejectNumber},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, flags, key := readGlucose([]byte(c.in), c.unit, dexcomLimits)
			require.Equal(t, c.key, key)
			if key == "" {
				require.Equal(t, c.want, g)
				require.Equal(t, c.flags, flags)
			}
		})
	}
}

func TestHeadings(t *testing.T) {
	h := newHeadings([]string{"\uFEFFï»¿\"\"Index\"\"", "  Sensor   Glucose (mg/dL)", "Historic Glucose mmol/L", "Carbohydrates (grams)", "Carbohydrates (servings)"})
	require.Equal(t, 0, h.find("index"))
	require.Equal(t, 1, h.find("sensor glucose"))
	require.Equal(t, 2, h.find("historic glucose"))
	require.Equal(t, 4, h.find("carbohydrates (servings)"))
	require.Equal(t, -1, h.find("bolus"))
	u, ok := h.glucoseUnit(2, "")
	require.True(t, ok)
	require.Equal(t, unit.MmolL, u)
	_, ok = h.glucoseUnit(3, "")
	require.False(t, ok)
	u, ok = h.glucoseUnit(3, "mmol/L")
	require.True(t, ok)
	require.Equal(t, unit.MmolL, u)
}
