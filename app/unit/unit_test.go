package unit_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/unit"
)

func TestGlucoseIsPrintedForPeople(t *testing.T) {
	for _, c := range []struct {
		name string
		g    unit.Glucose
		in   unit.Concentration
		mark string
		want string
	}{
		{"a whole number in mg/dL", unit.MgDLValue(112), unit.MgDL, ".", "112"},
		{"a half is rounded away from zero", unit.MgDLValue(112.5), unit.MgDL, ".", "113"},
		{"converted, one decimal", unit.MgDLValue(100), unit.MmolL, ".", "5.6"},
		{"by 18.0156 and not by 18.0182", unit.MgDLValue(309), unit.MmolL, ".", "17.2"},
		{"with the reader's mark", unit.MgDLValue(100), unit.MmolL, ",", "5,6"},
		{"in its own unit as it is", unit.MmolLValue(10), unit.MmolL, ",", "10,0"},
		{"from mmol/L", unit.MmolLValue(3.9), unit.MgDL, ",", "70"},
		{"a half that binary cannot hold", unit.MmolLValue(5.55), unit.MmolL, "", "5.6"},
		{"nothing", unit.Glucose{}, unit.MmolL, ".", "0.0"},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, c.g.Format(c.in, c.mark)) })
	}
	require.Equal(t, "7,8", unit.MgPerDl(140.52168).Format(unit.MmolL, ","))
	require.Equal(t, "141", unit.MgPerDl(140.52168).Format(unit.MgDL, ","))
}

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		v        float64
		decimals int
		mark     string
		want     string
	}{{0.05, 1, ".", "0.1"}, {-0.05, 1, ".", "-0.1"}, {-0.04, 1, ".", "0.0"}, {-0.4, 0, ".", "0"}, {math.Copysign(0, -1), 1, ",", "0,0"},
		{2.675, 2, ".", "2.68"}, {1234.5, 1, ",", "1234,5"}, {7, 0, ",", "7"}, {0.25, 2, "", "0.25"}} {
		require.Equal(t, c.want, unit.Decimal(c.v, c.decimals, c.mark), "%v", c.v)
	}
}

func TestConcentrationsAreTheirNames(t *testing.T) {
	require.Equal(t, "mg/dL", unit.MgDL.String())
	require.Equal(t, "mmol/L", unit.MmolL.String())
}

// V-03: the limits are of what can be, and what is no number is not possible.
func TestWhatIsPossible(t *testing.T) {
	for v, want := range map[float64]bool{9.99: false, 10: true, 112: true, 1000: true, 1000.01: false, 0: false, -5: false, 9999: false, math.Inf(1): false} {
		require.Equal(t, want, unit.MgDLValue(v).Possible(), "%v mg/dL", v)
	}
	require.False(t, unit.MmolLValue(0.5).Possible())
	require.True(t, unit.MmolLValue(55.5).Possible())
	for v, want := range map[float64]bool{-0.01: false, 0: true, 100: true, 100.01: false, math.Inf(1): false} {
		require.Equal(t, want, unit.Units(v).PossibleDose(), "%v U", v)
		require.Equal(t, want, unit.UnitsPerHour(v/2).Possible(), "%v U/h", v/2)
		require.Equal(t, want, unit.Grams(v*10).Possible(), "%v g", v*10)
	}
	require.False(t, unit.Units(math.NaN()).PossibleDose())
	require.False(t, unit.MgDLValue(math.NaN()).Possible())
}

// What a source gave is kept to a thousandth, both conversions are each
// other's way back, and what is printed is as near as its last decimal.
func TestNothingIsLostInUnits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(0, 2000).Draw(t, "v")
		for _, g := range []unit.Glucose{unit.MgDLValue(v), unit.MmolLValue(v)} {
			require.InDelta(t, v, g.Native(), 0.0005+1e-9)
			require.InDelta(t, float64(g.MgDL()), float64(g.MgDL().MmolPerL().MgPerDl()), 1e-9)
			for c, half := range map[unit.Concentration]float64{unit.MgDL: 0.5, unit.MmolL: 0.05} {
				printed, err := strconv.ParseFloat(g.Format(c, "."), 64)
				require.NoError(t, err)
				exact := float64(g.MgDL())
				if c == unit.MmolL {
					exact = float64(g.MgDL().MmolPerL())
				}
				require.InDelta(t, exact, printed, half+1e-6)
			}
		}
	})
}
