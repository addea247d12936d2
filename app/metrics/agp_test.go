package metrics

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// replicated is the plain definition: each value as often as it weighs, then
// the type 7 quantile of the sorted list.
func replicated(v []weighted, p float64) float64 {
	var all []float64
	for _, x := range v {
		for range x.weight {
			all = append(all, x.value)
		}
	}
	slices.Sort(all)
	if len(all) == 0 {
		return math.NaN()
	}
	h := float64(len(all)-1) * p
	lo, hi := int(math.Floor(h)), int(math.Ceil(h))
	return all[lo] + (h-float64(lo))*(all[hi]-all[lo])
}

func TestHistogramAndSortedPathAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "n")
		var v []weighted
		var h histogram
		for range n {
			x := weighted{float64(rapid.IntRange(39, 60).Draw(t, "value")), rapid.IntRange(1, 3).Draw(t, "weight")}
			v = append(v, x)
			h.add(int(x.value), x.weight)
		}
		var a, b [5]float64
		h.quantiles(percentiles[:], a[:])
		weightedQuantiles(slices.Clone(v), percentiles[:], b[:])
		for i, p := range percentiles {
			want := replicated(v, p)
			if n == 0 {
				require.True(t, math.IsNaN(a[i]) && math.IsNaN(b[i]))
				continue
			}
			require.InDelta(t, want, a[i], 1e-9)
			require.InDelta(t, want, b[i], 1e-9)
			require.Equal(t, a[i], b[i])
		}
	})
}

func TestHourlyPathsAgree(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		rs := readings(80).Draw(t, "readings")
		fast, slow := Hourly(rs, loc), hourlySorted(rs, cadenceOf(rs), loc)
		for h := range fast {
			require.Equal(t, slow[h].N, fast[h].N)
			if fast[h].N > 0 {
				require.Equal(t, slow[h], fast[h])
			}
		}
	})
}

func TestPercentilesAreOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rs := readings(80).Draw(t, "readings")
		for _, hours := range []Hours{Hourly(rs, time.UTC), Hourly(rs, time.UTC).Smooth(), NewGrid(rs, time.UTC).OnTheHour()} {
			for _, p := range hours {
				if p.N == 0 {
					require.False(t, Defined(p.P50))
					continue
				}
				line := []float64{float64(p.P05), float64(p.P25), float64(p.P50), float64(p.P75), float64(p.P95)}
				for i := 1; i < len(line); i++ {
					require.GreaterOrEqual(t, line[i], line[i-1]-1e-9)
				}
			}
		}
		s := Summarize(rs)
		if s.N > 0 {
			require.True(t, s.Min <= s.P05 && s.P05 <= s.P25 && s.P25 <= s.Median && s.Median <= s.P75 && s.P75 <= s.P95 && s.P95 <= s.Max)
		}
	})
}

func TestSmoothingWithMissingHours(t *testing.T) {
	nan := missing()
	for _, c := range []struct {
		name string
		in   []unit.MgPerDl
		want []unit.MgPerDl
	}{
		{"no neighbour is missing", []unit.MgPerDl{60, 120, 180}, []unit.MgPerDl{90, 120, 150}},
		{"the neighbour before is missing", []unit.MgPerDl{nan, 100, 150, nan}, []unit.MgPerDl{nan, 110, 140, nan}},
		{"both neighbours are missing", []unit.MgPerDl{nan, 100, nan, nan}, []unit.MgPerDl{nan, 100, nan, nan}},
		{"all are missing", []unit.MgPerDl{nan, nan, nan}, []unit.MgPerDl{nan, nan, nan}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, got := range smooth141(c.in) {
				if !Defined(c.want[i]) {
					require.False(t, Defined(got))
					continue
				}
				require.InDelta(t, float64(c.want[i]), float64(got), 1e-9)
			}
		})
	}
}

func TestHourlyWeighsMixedIntervals(t *testing.T) {
	// Three 5-minute readings of 100 and one 15-minute reading of 200 stand
	// for a quarter of an hour each: the median lies in the middle.
	at := record.At(time.Date(2024, 5, 1, 8, 0, 0, 0, time.UTC))
	rs := []record.Reading{
		{At: at, Value: unit.MgDLValue(100), Every: 5}, {At: at + 300_000, Value: unit.MgDLValue(100), Every: 5},
		{At: at + 600_000, Value: unit.MgDLValue(100), Every: 5}, {At: at + 900_000, Value: unit.MgDLValue(200), Every: 15},
	}
	require.Equal(t, unit.MgPerDl(150), Hourly(rs, time.UTC)[8].P50)
	require.Equal(t, 4, Hourly(rs, time.UTC)[8].N)
	require.False(t, Hourly(rs, time.UTC)[8].Enough())
	for i := range rs {
		rs[i].Every = 5
	}
	require.Equal(t, unit.MgPerDl(100), Hourly(rs, time.UTC)[8].P50)
}

func TestHourlyInAZoneWithHalfHours(t *testing.T) {
	loc := time.FixedZone("", 5*3600+1800)
	rs := every(time.Minute, unit.MgDLValue, 100) // 00:01 UTC is 05:31 there
	require.Equal(t, 1, Hourly(rs, loc)[5].N)
	before := []record.Reading{{At: -1, Value: unit.MgDLValue(100)}}
	require.Equal(t, 1, Hourly(before, time.UTC)[23].N, "before 1970 too")
}
