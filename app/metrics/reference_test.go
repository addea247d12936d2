package metrics

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// testdata is a folder of the shared test data, or skips the test.
func testdata(t *testing.T, folder string) string {
	t.Helper()
	root := os.Getenv("GLUCOKEEP_TESTDATA")
	if root == "" {
		t.Skip("GLUCOKEEP_TESTDATA is not set: the reference series are not checked.")
	}
	return filepath.Join(root, folder)
}

// seriesOf reads a file with the heading time,mgdl[,flag]; wall clock is UTC.
func seriesOf(t *testing.T, path string) []record.Reading {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	var out []record.Reading
	for _, row := range rows[1:] {
		at, err := time.Parse("2006-01-02T15:04:05", row[0])
		require.NoError(t, err)
		v, err := strconv.ParseFloat(row[1], 64)
		require.NoError(t, err)
		r := record.Reading{At: record.At(at), Value: unit.MgDLValue(v)}
		if len(row) > 2 {
			switch row[2] {
			case "low":
				r.Flags, r.Value = record.BelowRange, unit.MgDLValue(v+1)
			case "high":
				r.Flags, r.Value = record.AboveRange, unit.MgDLValue(v-1)
			}
		}
		out = append(out, r)
	}
	return out
}

// expected is the file of figures that R's iglu 4.3 computed.
type expected struct {
	Readings          int
	First, Last       string
	GridDT0Min        int                `json:"grid_dt0_min"`
	GridDays          int                `json:"grid_days"`
	GridPointsPresent int                `json:"grid_points_present"`
	Pct               map[string]float64 `json:"pct"`
	LBGI, HBGI        float64
	Conga             map[string]float64
	Active            struct{ Percent, NDays float64 }
	Episodes          []struct {
		Type, Level     string
		Total           int
		PerDay          float64  `json:"per_day"`
		MeanDurationMin float64  `json:"mean_duration_min"`
		MeanGlucose     *float64 `json:"mean_glucose"`
	}
	Raw    []line `json:"agp_hourly_raw"`
	Smooth []line `json:"agp_hourly_smoothed_141"`
	Grid   []line `json:"agp_grid_on_the_hour"`
	Daily  []struct {
		Date                        string
		N                           int
		Mean, SD, Min, Max          float64
		TBR2, TBR1, TIR, TAR1, TAR2 float64
	}
	plain map[string]float64
}

type line struct {
	Hour                    int
	Clock                   string
	N                       int
	NDays                   int `json:"n_days"`
	P05, P25, P50, P75, P95 *float64
}

func expectedOf(t *testing.T, path string) expected {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var e expected
	require.NoError(t, json.Unmarshal(text, &e))
	var all map[string]any
	require.NoError(t, json.Unmarshal(text, &all))
	e.plain = map[string]float64{}
	for k, v := range all {
		if x, ok := v.(float64); ok {
			e.plain[k] = x
		}
	}
	return e
}

// near compares with a relative tolerance; a missing expectation wants NaN.
func near(t *testing.T, what string, want *float64, got float64, tolerance float64) {
	t.Helper()
	if want == nil {
		require.True(t, math.IsNaN(got), "%s should be undefined", what)
		return
	}
	require.InDelta(t, *want, got, tolerance*max(1e-3, math.Abs(*want)), what)
}

func TestSeriesOfTheReferenceImplementation(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testdata(t, "metrics"), "*.expected.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".expected.json"), func(t *testing.T) {
			checkSeries(t, seriesOf(t, strings.Replace(file, ".expected.json", ".csv", 1)), expectedOf(t, file))
		})
	}
}

func checkSeries(t *testing.T, rs []record.Reading, e expected) {
	s := Summarize(rs)
	require.Equal(t, e.Readings, s.N)
	require.Equal(t, e.First, s.First.Time().Format("2006-01-02T15:04:05"))
	require.Equal(t, e.Last, s.Last.Time().Format("2006-01-02T15:04:05"))
	for key, got := range map[string]float64{
		"mean": float64(s.Mean), "median": float64(s.Median), "sd": float64(s.SD), "cv": s.CV, "iqr": float64(s.IQR),
		"min": float64(s.Min), "max": float64(s.Max), "gmi": s.GMI, "ea1c": s.EA1c, "j_index": s.JIndex,
		"gri": s.GRI.Index, "gri_hypo_component": s.GRI.Hypo, "gri_hyper_component": s.GRI.Hyper,
	} {
		want, ok := e.plain[key]
		require.True(t, ok, key)
		near(t, key, &want, got, 1e-9)
	}
	near(t, "lbgi", &e.LBGI, s.LBGI, 1e-4)
	near(t, "hbgi", &e.HBGI, s.HBGI, 1e-4)

	standard, pregnancy := SharesOf(rs, Standard()), SharesOf(rs, Pregnancy())
	shares := map[string]float64{
		"tbr2_lt54": standard.VeryLow, "tbr1_54_to_lt70": standard.Low, "tbr_lt70": standard.Below(), "tir_70_180": standard.Target,
		"tar1_gt180_to_250": standard.High, "tar2_gt250": standard.VeryHigh, "tar_gt180": standard.Above(),
		"titr_70_140": standard.Tight, "preg_63_140": pregnancy.Target, "gt140": pregnancy.Above(),
	}
	require.Len(t, e.Pct, len(shares))
	for key, got := range shares {
		want, ok := e.Pct[key]
		require.True(t, ok, key)
		near(t, key, &want, got, 1e-9)
	}

	a := ActiveOf(rs, s.First, s.Last)
	near(t, "active percent", &e.Active.Percent, a.ByGaps, 1e-9)
	require.Equal(t, e.Active.NDays, math.Round(a.SpanDays*10)/10)

	g := NewGrid(rs, time.UTC)
	require.Equal(t, e.GridDT0Min, int(g.Step.Minutes()))
	require.Equal(t, e.GridDays, g.Days)
	require.Equal(t, e.GridPointsPresent, g.Present())
	modd := e.plain["modd"]
	near(t, "modd", &modd, float64(g.MODD()), 1e-9)
	require.Len(t, e.Conga, 4)
	for _, hours := range []int{1, 2, 4, 24} {
		want, ok := e.Conga["h"+strconv.Itoa(hours)]
		require.True(t, ok)
		near(t, fmt.Sprintf("conga of %d hours", hours), &want, float64(g.CONGA(hours)), 1e-9)
	}
	checkEpisodes(t, g, e)
	checkLines(t, "raw", e.Raw, Hourly(rs, time.UTC))
	checkLines(t, "smoothed", e.Smooth, Hourly(rs, time.UTC).Smooth())
	checkLines(t, "grid", e.Grid, g.OnTheHour())
	checkDaily(t, rs, e)
}

func checkEpisodes(t *testing.T, g Grid, e expected) {
	counts := g.EpisodeReport().Counts
	require.NotEmpty(t, e.Episodes)
	for _, want := range e.Episodes {
		found := false
		for _, c := range counts {
			if c.Type != want.Type || c.Level != want.Level {
				continue
			}
			found = true
			name := c.Type + " " + c.Level
			require.Equal(t, want.Total, c.Total, name)
			near(t, name+" per day", &want.PerDay, c.PerDay, 1e-9)
			near(t, name+" duration", &want.MeanDurationMin, c.MeanDuration.Minutes(), 1e-9)
			near(t, name+" glucose", want.MeanGlucose, float64(c.MeanGlucose), 1e-9)
		}
		require.True(t, found, "%s %s is not counted", want.Type, want.Level)
	}
}

func checkLines(t *testing.T, name string, want []line, got [24]Percentiles) {
	require.Len(t, want, 24)
	for i, w := range want {
		p := got[i]
		if w.Clock != "" {
			require.Equal(t, fmt.Sprintf("%02d:00", i+1), w.Clock)
			require.Equal(t, w.NDays, p.N)
		} else {
			require.Equal(t, i, w.Hour)
		}
		if name == "raw" {
			require.Equal(t, w.N, p.N)
		}
		for k, pair := range []struct {
			want *float64
			got  unit.MgPerDl
		}{{w.P05, p.P05}, {w.P25, p.P25}, {w.P50, p.P50}, {w.P75, p.P75}, {w.P95, p.P95}} {
			near(t, fmt.Sprintf("%s, place %d, percentile %d", name, i, k), pair.want, float64(pair.got), 1e-9)
		}
	}
}

func checkDaily(t *testing.T, rs []record.Reading, e expected) {
	days := Daily(rs, Standard(), time.UTC)
	require.Len(t, days, len(e.Daily))
	for i, w := range e.Daily {
		d := days[i]
		require.Equal(t, w.Date, d.Date.String())
		require.Equal(t, w.N, d.N)
		for what, pair := range map[string][2]float64{
			"mean": {w.Mean, float64(d.Mean)}, "sd": {w.SD, float64(d.SD)}, "min": {w.Min, float64(d.Min)}, "max": {w.Max, float64(d.Max)},
			"very low": {w.TBR2, d.Shares.VeryLow}, "low": {w.TBR1, d.Shares.Low}, "target": {w.TIR, d.Shares.Target},
			"high": {w.TAR1, d.Shares.High}, "very high": {w.TAR2, d.Shares.VeryHigh},
		} {
			near(t, w.Date+" "+what, &pair[0], pair[1], 1e-9)
		}
	}
}
