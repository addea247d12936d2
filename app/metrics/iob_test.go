package metrics

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// The table of the reference on metrics, section 10.
func TestExponentialCurve(t *testing.T) {
	for curve, want := range map[Exponential][7]float64{
		RapidAdult(): {.9295, .7793, .6091, .4498, .2082, .0727, .0139},
		RapidChild(): {.9131, .7380, .5520, .3886, .1629, .0515, .0090},
		UltraRapid(): {.8885, .6807, .4778, .3144, .1147, .0316, .0048},
	} {
		for i, m := range []float64{30, 60, 90, 120, 180, 240, 300} {
			require.InDelta(t, want[i], curve.Left(minutes(m)), 5e-5)
			delayed := curve
			delayed.Delay = 10 * time.Minute
			require.InDelta(t, want[i], delayed.Left(minutes(m+10)), 5e-5)
		}
		require.Equal(t, 1.0, curve.Left(0))
		require.Equal(t, 0.0, curve.Left(curve.Ends()))
	}
	require.False(t, Defined(Exponential{Duration: time.Hour, Peak: 30 * time.Minute}.Left(minutes(10))), "the peak must come before the half")
}

func TestBilinearCurve(t *testing.T) {
	four := Bilinear{DIA: 4 * time.Hour}
	for m, want := range map[float64]float64{0: 1, 60: .8333, 120: .4048, 180: .0953, 240: 0, 600: 0} {
		require.InDelta(t, want, four.Left(minutes(m)), 5e-5)
	}
}

func TestCurvesFallAndActivityIsTheirSlope(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.SampledFrom([]Exponential{RapidAdult(), RapidChild(), UltraRapid()}).Draw(t, "curve")
		m := rapid.Float64Range(0, 400).Draw(t, "minutes")
		for _, c := range []InsulinCurve{e, Bilinear{DIA: 4 * time.Hour}} {
			a, b := c.Left(minutes(m)), c.Left(minutes(m+1))
			require.True(t, a >= b-2e-4 && a <= 1 && b >= 0, "the bilinear curve as published rises by 0.0001 before its end")
		}
		if m > 1 && m < 359 {
			slope := (e.Left(minutes(m-0.5)) - e.Left(minutes(m+0.5)))
			require.InDelta(t, slope, e.Activity(minutes(m)), 1e-5)
		}
	})
}

func TestBolusOnBoard(t *testing.T) {
	curve := RapidAdult()
	at := func(m float64) record.Millis { return record.Millis(m * 60_000) }
	dose := func(m float64, units unit.Units) *record.Dose {
		return &record.Dose{Common: record.Common{At: at(m)}, Units: units, Delivery: record.Normal}
	}
	long := dose(0, 20)
	long.Insulin = record.Long
	unknown := dose(0, 9)
	unknown.Unspecified = true
	square := dose(0, 6)
	square.Delivery, square.Duration = record.Extended, time.Hour
	dual := dose(0, 6)
	dual.Delivery, dual.Duration, dual.ExtendedUnits = record.Dual, time.Hour, 3
	for _, c := range []struct {
		name  string
		doses []*record.Dose
		now   float64
		want  float64
	}{
		{"nothing", nil, 60, 0},
		{"an hour after a bolus", []*record.Dose{dose(0, 10)}, 60, 7.793},
		{"two add up", []*record.Dose{dose(0, 10), dose(60, 1)}, 60, 8.793},
		{"one that is still to come does not count", []*record.Dose{dose(61, 1)}, 60, 0},
		{"a spent one does not", []*record.Dose{dose(0, 10)}, 400, 0},
		{"long-acting insulin does not", []*record.Dose{long}, 60, 0},
		{"an amount nobody knows does not", []*record.Dose{unknown}, 60, 0},
		{"of an extended bolus only what was given", []*record.Dose{square}, 0, 0.5},
		{"a dual bolus has its part at once", []*record.Dose{dual}, 0, 3.25},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.InDelta(t, c.want, float64(BolusOnBoard(c.doses, at(c.now), curve)), 5e-4)
		})
	}
	require.InDelta(t, 0.5*sumLeft(curve, 12, 240), float64(BolusOnBoard([]*record.Dose{square}, at(240), curve)), 1e-9)
}

func sumLeft(c InsulinCurve, pieces int, now float64) float64 {
	sum := 0.0
	for k := range pieces {
		sum += c.Left(minutes(now - 5*float64(k)))
	}
	return sum
}
