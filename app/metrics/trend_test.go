package metrics

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

func TestRate(t *testing.T) {
	clipped := func(rs []record.Reading, i int) []record.Reading {
		rs[i].Flags = record.BelowRange
		return rs
	}
	slow := func(rs []record.Reading) []record.Reading {
		for i := range rs {
			rs[i].Every = 15
		}
		return rs
	}
	for _, c := range []struct {
		name  string
		rs    []record.Reading
		later time.Duration
		want  float64
	}{
		{"a straight rise", every(5*time.Minute, unit.MgDLValue, 100, 110, 120, 130), 0, 2},
		{"three readings are enough", every(5*time.Minute, unit.MgDLValue, 100, 95, 90), 0, -1},
		{"two are not", every(5*time.Minute, unit.MgDLValue, 100, 95), 0, math.NaN()},
		{"none are not", nil, 0, math.NaN()},
		{"what is older than 15 minutes does not count", every(5*time.Minute, unit.MgDLValue, 300, 100, 100, 100, 100), 0, 0},
		{"six minutes old is fresh", every(5*time.Minute, unit.MgDLValue, 100, 110, 120), 6 * time.Minute, 2},
		{"more is not", every(5*time.Minute, unit.MgDLValue, 100, 110, 120), 6*time.Minute + time.Millisecond, math.NaN()},
		{"a gap leaves too few", every(5*time.Minute, unit.MgDLValue, 100, math.NaN(), math.NaN(), 110, 120), 0, math.NaN()},
		{"from LOW there is no rate", clipped(every(5*time.Minute, unit.MgDLValue, 100, 90, 80, 40), 3), 0, math.NaN()},
		{"across LOW there is none either", clipped(every(5*time.Minute, unit.MgDLValue, 50, 40, 60, 70), 1), 0, math.NaN()},
		{"15-minute sensor: the last two", slow(every(15*time.Minute, unit.MgDLValue, 300, 100, 115)), 0, 1},
		{"15-minute sensor: more than 20 minutes apart", slow(every(21*time.Minute, unit.MgDLValue, 100, 115)), 0, math.NaN()},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := record.Millis(0)
			if len(c.rs) > 0 {
				at = c.rs[len(c.rs)-1].At + record.Millis(c.later.Milliseconds())
			}
			got := float64(RateAt(c.rs, at))
			if math.IsNaN(c.want) {
				require.True(t, math.IsNaN(got))
				return
			}
			require.InDelta(t, c.want, got, 1e-9)
		})
	}
}

func TestRateLooksOnlyAtThePast(t *testing.T) {
	rs := every(5*time.Minute, unit.MgDLValue, 100, 105, 110, 300)
	require.InDelta(t, 1, float64(RateAt(rs, rs[2].At)), 1e-9)
}

func TestArrow(t *testing.T) {
	none := record.NoTrend
	for _, c := range []struct {
		name     string
		rate     float64
		previous record.Trend
		want     record.Trend
	}{
		{"not known is no arrow", math.NaN(), record.Flat, none},
		{"1 is flat", 1, none, record.Flat},
		{"-1 is flat", -1, none, record.Flat},
		{"just over 1 slants", 1.01, none, record.FortyFiveUp},
		{"2 slants", 2, none, record.FortyFiveUp},
		{"-2 slants", -2, none, record.FortyFiveDown},
		{"3 is one arrow", 3, none, record.SingleUp},
		{"-3 is one arrow", -3, none, record.SingleDown},
		{"over 3 is two", 3.01, none, record.DoubleUp},
		{"under -3 is two", -3.01, none, record.DoubleDown},
		{"flat stays up to 0.1 beyond", 1.1, record.Flat, record.Flat},
		{"and not further", 1.11, record.Flat, record.FortyFiveUp},
		{"slanting stays down to 0.1 before", 0.9, record.FortyFiveUp, record.FortyFiveUp},
		{"two arrows stay", 2.95, record.DoubleUp, record.DoubleUp},
		{"a vendor's triple arrow is not kept", 0, record.TripleUp, record.Flat},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, Rate(c.rate).Arrow(c.previous)) })
	}
}

func TestArrowIsOddAndRises(t *testing.T) {
	order := map[record.Trend]int{}
	for i, a := range arrows {
		order[a] = i - 3
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(-6, 6).Draw(t, "a"), rapid.Float64Range(-6, 6).Draw(t, "b")
		one, other := order[Rate(a).Arrow(record.NoTrend)], order[Rate(-a).Arrow(record.NoTrend)]
		require.Equal(t, one, -other)
		if a <= b {
			require.LessOrEqual(t, one, order[Rate(b).Arrow(record.NoTrend)])
		}
	})
}

func TestDelta(t *testing.T) {
	low := every(5*time.Minute, unit.MgDLValue, 60, 40)
	low[1].Flags = record.BelowRange
	for _, c := range []struct {
		name   string
		rs     []record.Reading
		mgdl   float64
		mmol   float64
		scaled bool
	}{
		{"two neighbours", every(5*time.Minute, unit.MgDLValue, 100, 107), 7, 0.3, false},
		{"mmol/L is the difference of what people saw: 5.6 to 5.5", every(5*time.Minute, unit.MgDLValue, 100, 99.9), 0, -0.1, false},
		{"over a missing reading it is scaled", every(5*time.Minute, unit.MgDLValue, 100, math.NaN(), 120), 10, 0.6, true},
		{"15-minute sensor", every(15*time.Minute, unit.MgDLValue, 100, 130), 10, 0.5, true},
		{"1-minute stream: means of buckets", every(time.Minute, unit.MgDLValue, 100, 101, 102, 103, 104, 105, 106), 4, 0.2, false},
		{"over more than 17 minutes there is none", every(18*time.Minute, unit.MgDLValue, 100, 130), math.NaN(), math.NaN(), false},
		{"to LOW there is none", low, math.NaN(), math.NaN(), false},
		{"one reading has none", every(time.Minute, unit.MgDLValue, 100), math.NaN(), math.NaN(), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := DeltaOf(c.rs)
			if math.IsNaN(c.mgdl) {
				require.False(t, Defined(d.In(unit.MgDL)))
				require.False(t, Defined(d.In(unit.MmolL)))
				return
			}
			require.Equal(t, c.mgdl, d.In(unit.MgDL))
			require.InDelta(t, c.mmol, d.In(unit.MmolL), 1e-9)
			require.Equal(t, c.scaled, d.Scaled)
		})
	}
}
