package metrics

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Figures of Loop's curve for adults, children and ultra-rapid insulin.
func TestExponentialCurve(t *testing.T) {
	for curve, want := range map[Exponential][7]float64{
		{Duration: 6 * time.Hour, Peak: 75 * time.Minute}: {.9295, .7793, .6091, .4498, .2082, .0727, .0139},
		{Duration: 6 * time.Hour, Peak: 65 * time.Minute}: {.9131, .7380, .5520, .3886, .1629, .0515, .0090},
		{Duration: 6 * time.Hour, Peak: 55 * time.Minute}: {.8885, .6807, .4778, .3144, .1147, .0316, .0048},
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

func TestCurvesFallAndActivityIsTheirSlope(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := Exponential{Duration: 6 * time.Hour, Peak: minutes(rapid.Float64Range(35, 120).Draw(t, "peak"))}
		m := rapid.Float64Range(0, 400).Draw(t, "minutes")
		a, b := e.Left(minutes(m)), e.Left(minutes(m+1))
		require.True(t, a >= b-1e-9 && a <= 1+1e-9 && b >= -1e-9)
		if m > 1 && m < 359 {
			slope := (e.Left(minutes(m-0.5)) - e.Left(minutes(m+0.5)))
			require.InDelta(t, slope, e.Activity(minutes(m)), 1e-5)
		}
	})
}
