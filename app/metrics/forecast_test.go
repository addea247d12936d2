package metrics

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/unit"
)

// The worked examples of the reference on metrics, section 9.
func TestForecastAR2(t *testing.T) {
	for _, c := range []struct {
		before, now float64
		points      [6]float64
		loss        float64
	}{
		{100, 90, [6]float64{84, 80, 77, 76, 75, 75}, 0.0430},
		{150, 165, [6]float64{177, 185, 191, 195, 198, 199}, 0.0489},
		{80, 72, [6]float64{67, 64, 62, 61, 61, 61}, 0.0960},
		{70, 60, [6]float64{54, 50, 48, 47, 47, 47}, 0.1841},
	} {
		f := ForecastAR2(unit.MgPerDl(c.before), unit.MgPerDl(c.now))
		for i, p := range c.points {
			require.Equal(t, p, float64(f.Points[i]))
		}
		require.InDelta(t, c.loss, f.Loss, 5e-5)
	}
	require.Equal(t, unit.MgPerDl(36), ForecastAR2(90, 40).Points[5], "clipped")
	require.False(t, Defined(ForecastAR2(missing(), 100).Loss))
}

func TestOutlook(t *testing.T) {
	rs := every(5*time.Minute, unit.MgDLValue, 105, 95, 85, 75)
	o := OutlookAt(rs, rs[3].At)
	require.InDelta(t, -2, float64(o.Rate), 1e-9)
	require.InDelta(t, 75-2*20*(1-20.0/90), float64(o.In(20*time.Minute)), 1e-9)
	require.True(t, o.UrgentLowSoon())
	require.True(t, o.LowAhead(70))
	require.False(t, Defined(o.In(31*time.Minute)))

	rising := every(5*time.Minute, unit.MgDLValue, 40, 45, 50)
	o = OutlookAt(rising, rising[2].At)
	require.False(t, o.UrgentLowSoon(), "low, but not falling")
	require.False(t, o.LowAhead(70))

	for name, rs := range map[string][]float64{
		"two readings":        {100, 90},
		"over a gap of 15":    {110, 105, math.NaN(), math.NaN(), 90},
		"fifteen minutes old": {110, 105, 100},
	} {
		series := every(5*time.Minute, unit.MgDLValue, rs...)
		at := series[len(series)-1].At
		if name == "fifteen minutes old" {
			at += 15 * 60_000
		}
		o := OutlookAt(series, at)
		require.False(t, Defined(o.Now), name)
		require.False(t, o.UrgentLowSoon() || o.LowAhead(70), name)
	}
}
