package metrics

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/unit"
)

func rule(t require.TestingT, kind, level string) EpisodeRule {
	for _, r := range EpisodeRules() {
		if r.Type == kind && r.Level == level {
			return r
		}
	}
	require.Fail(t, "no such rule")
	return EpisodeRule{}
}

func TestEpisodes(t *testing.T) {
	hole := math.NaN()
	for _, c := range []struct {
		name        string
		kind, level string
		values      []float64
		points      []int
		broken      []bool
	}{
		{"level 1 holds a dip to level 2", "hypo", "lv1", []float64{90, 65, 50, 50, 50, 65, 90, 90, 90}, []int{5}, []bool{false}},
		{"level 2 ends at 54", "hypo", "lv2", []float64{50, 50, 50, 54, 54, 54, 50, 50, 50, 60, 60, 60}, []int{3, 3}, []bool{false, false}},
		{"a short recovery at the end of the data stays inside", "hypo", "lv1", []float64{90, 60, 60, 60, 90}, []int{4}, []bool{true}},
		{"a hole cuts", "hypo", "lv1", []float64{60, 60, 60, hole, hole, 90, 90}, []int{3}, []bool{true}},
		{"two low points before a hole are none", "hypo", "lv1", []float64{60, 60, hole, 60, 60}, nil, nil},
		{"250 is not very high", "hyper", "lv2", []float64{250, 250, 250, 250}, nil, nil},
		{"nothing at all", "hyper", "lv1", nil, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := Grid{Step: 5 * time.Minute}
			for _, v := range c.values {
				g.Values = append(g.Values, unit.MgPerDl(v))
			}
			found := g.Episodes(rule(t, c.kind, c.level))
			require.Len(t, found, len(c.points))
			for i, e := range found {
				require.Equal(t, c.points[i], e.Points)
				require.Equal(t, c.broken[i], e.Broken)
				require.Equal(t, e.Duration, time.Duration(e.End-e.Start)*time.Millisecond)
			}
		})
	}
}

func TestEpisodeTellsWhenAndHowDeep(t *testing.T) {
	rs := every(5*time.Minute, unit.MgDLValue, 100, 66, 50, 64, 100, 100, 100)
	e := NewGrid(rs, time.UTC).Episodes(rule(t, "hypo", "lv1"))
	require.Len(t, e, 1)
	require.Equal(t, rs[1].At, e[0].Start)
	require.Equal(t, rs[4].At, e[0].End)
	require.Equal(t, unit.MgPerDl(60), e[0].Mean)
	require.Equal(t, unit.MgPerDl(50), e[0].Extreme)
	high := NewGrid(every(5*time.Minute, unit.MgDLValue, 181, 300, 190), time.UTC).Episodes(rule(t, "hyper", "lv1"))
	require.Equal(t, unit.MgPerDl(300), high[0].Extreme)
}

func TestExtendedHighEndsAtTheTarget(t *testing.T) {
	var v []float64
	for range 25 {
		v = append(v, 260)
	}
	v = append(v, 240, 200, 181, 181, 180, 180, 180)
	e := NewGrid(every(5*time.Minute, unit.MgDLValue, v...), time.UTC).Episodes(rule(t, "hyper", "extended"))
	require.Len(t, e, 1)
	require.Equal(t, 29, e[0].Points)
	e = NewGrid(every(5*time.Minute, unit.MgDLValue, v[1:]...), time.UTC).Episodes(rule(t, "hyper", "extended"))
	require.Empty(t, e, "24 points are exactly two hours, not longer")
}

func TestEpisodesOfASensorInMmol(t *testing.T) {
	// 10.0 mmol/L is 180.156 mg/dL and 3.9 is in range: neither is an episode.
	rs := every(5*time.Minute, unit.MmolLValue, 10, 10, 10, 10, 3.9, 3.9, 3.9, 3.9, 13.9, 13.9, 13.9, 3.0, 3.0, 3.0)
	g := NewGrid(rs, time.UTC)
	require.Len(t, g.Episodes(rule(t, "hyper", "lv1")), 1, "only the 13.9")
	require.Empty(t, g.Episodes(rule(t, "hyper", "lv2")))
	require.Len(t, g.Episodes(rule(t, "hypo", "lv1")), 1, "only the 3.0")
	require.Empty(t, g.Episodes(rule(t, "hypo", "lv2")))
}

func TestExclusiveLevelOne(t *testing.T) {
	rs := every(5*time.Minute, unit.MgDLValue, 60, 60, 60, 90, 90, 90, 50, 50, 50, 90, 90, 90)
	counts := map[string]EpisodeCount{}
	report := NewGrid(rs, time.UTC).EpisodeReport()
	for _, c := range report.Counts {
		counts[c.Type+" "+c.Level] = c
	}
	require.Equal(t, 2, counts["hypo lv1"].Total)
	require.Equal(t, 1, counts["hypo lv2"].Total)
	require.Equal(t, 1, counts["hypo lv1_excl"].Total)
	require.InDelta(t, 60, float64(counts["hypo lv1_excl"].MeanGlucose), 1e-9)
	require.InDelta(t, 2*24.0, counts["hypo lv1"].PerDay, 1e-9, "twelve points are an hour of data")
	require.False(t, Defined(counts["hyper lv1"].MeanGlucose))
	require.Len(t, report.Episodes, 3)

	for _, c := range NewGrid(nil, time.UTC).EpisodeReport().Counts {
		require.False(t, Defined(c.PerDay), "no data, no rate")
	}
}

func TestEpisodesDoNotOverlapAndAreLongEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := NewGrid(readings(80).Draw(t, "readings"), time.UTC)
		for _, r := range EpisodeRules() {
			last := -1
			for _, e := range g.Episodes(r) {
				require.Greater(t, e.first, last)
				last = e.last
				require.GreaterOrEqual(t, e.Duration, r.Least)
				require.True(t, g.beyond(e.first, r.Type == "hypo", r.From))
				for k := e.first; k <= e.last; k++ {
					require.True(t, Defined(g.Values[k]))
				}
			}
		}
	})
}
