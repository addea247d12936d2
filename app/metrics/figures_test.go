package metrics

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// The check values of the reference on metrics, section 2.
func TestRiskScale(t *testing.T) {
	for g, want := range map[float64]float64{40: -1.9083, 54: -1.3587, 70: -0.8806, 180: 0.8792, 250: 1.4979, 400: 2.3884} {
		require.InDelta(t, want, riskScale(g), 5e-5)
	}
	low, high := riskIndices([]float64{40.5, 112.5, 250})
	require.InDelta(t, 10*riskScale(40.5)*riskScale(40.5)/3, low, 1e-4)
	require.InDelta(t, 10*riskScale(250)*riskScale(250)/3, high, 1e-4)
	low, _ = riskIndices(nil)
	require.False(t, Defined(low))
}

func TestFormulasInBothUnits(t *testing.T) {
	for _, mean := range []unit.MgPerDl{80, 154, 237.5} {
		mmol := float64(mean.MmolPerL())
		require.InDelta(t, 3.31+0.43093*mmol, GMI(mean), 1e-3)
		require.InDelta(t, (mmol+2.59)/1.59, EstimatedA1c(mean), 2e-2)
	}
	require.InDelta(t, 53.0, GMIMmolMol(unit.MmolPerL(8.5616).MgPerDl()), 1e-2)
	g := GRIOf(math.NaN(), 0, 0, 0)
	require.Empty(t, g.Zone)
}

func TestSummaryCountsClippedReadings(t *testing.T) {
	rs := every(5*time.Minute, unit.MgDLValue, 40, 40, 100, 400)
	rs[0].Flags, rs[3].Flags = record.BelowRange, record.AboveRange
	s := Summarize(rs)
	require.Equal(t, 1, s.BelowSensor)
	require.Equal(t, 1, s.AboveSensor)
	require.Equal(t, unit.MgPerDl(39), s.Min)
	require.Equal(t, unit.MgPerDl(401), s.Max)
	require.InDelta(t, (39+40+100+401)/4.0, float64(s.Mean), 1e-9)
}

// series reads a fuzzer's bytes as readings in order.
func series(data []byte) []record.Reading {
	var out []record.Reading
	at := record.Millis(1_700_000_000_000)
	for len(data) >= 8 {
		at += record.Millis(binary.LittleEndian.Uint16(data)) * 1000
		out = append(out, record.Reading{
			At: at, Value: unit.Glucose{Milli: int32(binary.LittleEndian.Uint32(data[2:]) % 1_000_000), Unit: unit.Concentration(data[6] & 1)},
			Flags: record.Flags(data[6]>>1) & 15, Every: data[7],
		})
		data = data[8:]
	}
	return out
}

// FuzzFigures computes everything of any readings: nothing panics, shares add
// up, percentiles rise.
func FuzzFigures(f *testing.F) {
	f.Add([]byte{44, 1, 160, 134, 1, 0, 0, 5, 44, 1, 160, 134, 1, 0, 0, 5, 44, 1, 64, 31, 0, 0, 1, 15})
	f.Add([]byte{})
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, data []byte) {
		rs := series(data[:min(len(data), 8*64)])
		s := SharesOf(rs, Standard())
		if s.N > 0 {
			require.InDelta(t, 100, s.Below()+s.Target+s.Above(), 1e-6)
		}
		for _, p := range Hourly(rs, loc).Smooth() {
			require.True(t, p.N == 0 || p.P05 <= p.P95+1e-6)
		}
		n := 0
		for _, d := range Daily(rs, Pregnancy(), loc) {
			n += d.N
		}
		require.Equal(t, s.N, n)
		require.Equal(t, s.N, Summarize(rs).N)
		g := NewGrid(rs, loc)
		g.EpisodeReport()
		g.OnTheHour()
		g.MODD()
		g.CONGA(1)
		SufficiencyOf(rs, loc)
		if len(rs) > 0 {
			at := rs[len(rs)-1].At
			RateAt(rs, at).Arrow(record.Flat)
			OutlookAt(rs, at).In(20 * time.Minute)
			ActiveOf(rs, rs[0].At, at)
		}
		DeltaOf(rs)
		thin := Thin(rs)
		m := Merge([]Stream{{Sensor: "A", Readings: rs}, {Readings: thin}}, loc, MergeOptions{})
		require.Equal(t, len(rs)+len(thin), len(m.Readings)+m.Dropped)
	})
}

func TestDailySharesAreThoseOfTheDays(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	from := record.At(time.Date(2026, 3, 27, 20, 0, 0, 0, loc)) // summer time begins on the 29th
	var rs []record.Reading
	for i := range 900 {
		rs = append(rs, record.Reading{At: from + record.Millis(i)*300_000, Value: unit.MgDLValue(float64(50 + i*7%250))})
	}
	days, shares := Daily(rs, Standard(), loc), DailyShares(rs, Standard(), loc)
	require.Greater(t, len(days), 3)
	require.Len(t, shares, len(days))
	for _, d := range days {
		require.Equal(t, d.Shares, shares[d.Date])
	}
}
