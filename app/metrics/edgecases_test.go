package metrics

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// section reads one section of edge-cases.json into v.
func section(t *testing.T, name string, v any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testdata(t, "metrics"), "edge-cases.json"))
	require.NoError(t, err)
	var all map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(text, &all))
	require.Contains(t, all, name)
	require.NoError(t, json.Unmarshal(all[name], v))
}

// every makes readings d apart from a fixed midnight on; NaN leaves one out.
func every(d time.Duration, in func(float64) unit.Glucose, values ...float64) []record.Reading {
	var out []record.Reading
	at := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	for _, v := range values {
		if at = at.Add(d); !math.IsNaN(v) {
			out = append(out, record.Reading{At: record.At(at), Value: in(v)})
		}
	}
	return out
}

func TestEdgeClassification(t *testing.T) {
	p := Standard()
	for name, in := range map[string]func(float64) unit.Glucose{"classify_mgdl": unit.MgDLValue, "classify_native_mmol": unit.MmolLValue} {
		var cases []struct {
			Value float64
			Class string
			Tight *bool `json:"tight_range"`
		}
		section(t, name, &cases)
		require.NotEmpty(t, cases)
		for _, c := range cases {
			r := record.Reading{Value: in(c.Value)}
			require.Equal(t, c.Class, p.Classify(r).String(), "%s %v", name, c.Value)
			if c.Tight != nil {
				require.Equal(t, *c.Tight, p.Tight(r), "%s %v", name, c.Value)
			}
		}
	}
}

func TestEdgeShares(t *testing.T) {
	var values []struct{ Value float64 }
	section(t, "classify_mgdl", &values)
	var rs []record.Reading
	for i, v := range values {
		rs = append(rs, record.Reading{At: record.Millis(i) * 300_000, Value: unit.MgDLValue(v.Value)})
	}
	var want map[string]float64
	section(t, "classify_mgdl_percent", &want)
	s := SharesOf(rs, Standard())
	requireShares(t, want, s)
	require.InDelta(t, want["tight_70_140"], s.Tight, 1e-9)

	var mixed struct {
		Readings []struct {
			MgDL     float64 `json:"mgdl"`
			Interval uint8   `json:"interval_min"`
		}
		ByDuration map[string]float64 `json:"percent_by_duration"`
	}
	section(t, "mixed_interval", &mixed)
	rs = nil
	at := record.Millis(0)
	for _, r := range mixed.Readings {
		at += record.Millis(r.Interval) * 60_000
		rs = append(rs, record.Reading{At: at, Value: unit.MgDLValue(r.MgDL), Every: r.Interval})
	}
	s = SharesOf(rs, Standard())
	require.True(t, s.ByDuration)
	requireShares(t, mixed.ByDuration, s)
}

func requireShares(t *testing.T, want map[string]float64, got Shares) {
	t.Helper()
	for c := VeryLow; c <= VeryHigh; c++ {
		share, ok := want[c.String()]
		require.True(t, ok)
		require.InDelta(t, share, got.Of(c), 1e-9, c.String())
	}
}

func TestEdgeEpisodes(t *testing.T) {
	var cases []struct {
		Name      string
		Interval  int `json:"interval_min"`
		Threshold float64
		Side      string
		Extended  bool `json:"extended_rule"`
		Values    []*float64
		Episodes  int
		Points    []int
		Durations []float64 `json:"durations_min"`
	}
	section(t, "episodes", &cases)
	require.NotEmpty(t, cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			rule := ruleFor(t, c.Side, c.Threshold, c.Extended)
			g := Grid{Step: time.Duration(c.Interval) * time.Minute}
			for _, v := range c.Values {
				if v == nil {
					g.Values = append(g.Values, missing())
				} else {
					g.Values = append(g.Values, unit.MgPerDl(*v))
				}
			}
			found := g.Episodes(rule)
			require.Len(t, found, c.Episodes)
			for i, e := range found {
				require.Equal(t, c.Points[i], e.Points)
				require.InDelta(t, c.Durations[i], e.Duration.Minutes(), 1e-9)
			}
		})
	}
}

func ruleFor(t *testing.T, side string, threshold float64, extended bool) EpisodeRule {
	for _, r := range EpisodeRules() {
		if (side == "below") == (r.Type == "hypo") && float64(r.From.MgDL) == threshold && extended == r.Over {
			return r
		}
	}
	require.Fail(t, "no rule for the case")
	return EpisodeRule{}
}

func TestEdgeLocalDays(t *testing.T) {
	var cases []struct {
		Zone, Date string
		Start      time.Time `json:"start_utc"`
		End        time.Time `json:"end_utc"`
		Minutes    int
		Per5       int     `json:"expected_5min"`
		Per15      int     `json:"expected_15min"`
		PerHour    [24]int `json:"points_per_clock_hour"`
	}
	section(t, "local_days", &cases)
	require.NotEmpty(t, cases)
	for _, c := range cases {
		t.Run(c.Zone+" "+c.Date, func(t *testing.T) {
			loc, err := time.LoadLocation(c.Zone)
			require.NoError(t, err)
			d := DateOf(record.At(c.Start), loc)
			require.Equal(t, c.Date, d.String())
			require.Equal(t, record.At(c.Start), d.Start(loc))
			require.Equal(t, record.At(c.End), d.Add(1).Start(loc))
			require.Equal(t, c.Minutes, d.Minutes(loc))
			for step, want := range map[int]int{5: c.Per5, 15: c.Per15} {
				rs := steady(c.Start.Add(-3*time.Hour), c.End.Add(3*time.Hour), time.Duration(step)*time.Minute)
				day := dayOf(t, Daily(rs, Standard(), loc), c.Date)
				require.Equal(t, want, day.N)
				require.InDelta(t, 100, day.Active, 1e-9)
			}
			hours := Hourly(steady(c.Start, c.End, 5*time.Minute), loc)
			for h, want := range c.PerHour {
				require.Equal(t, want, hours[h].N, "hour %d", h)
			}
		})
	}
}

func steady(from, until time.Time, step time.Duration) []record.Reading {
	var out []record.Reading
	for at := from; at.Before(until); at = at.Add(step) {
		out = append(out, record.Reading{At: record.At(at), Value: unit.MgDLValue(120), Every: uint8(step.Minutes())})
	}
	return out
}

func dayOf(t *testing.T, days []Day, date string) Day {
	for _, d := range days {
		if d.Date.String() == date {
			return d
		}
	}
	require.Fail(t, "the date has no figures")
	return Day{}
}

func TestEdgeForecastAndInsulin(t *testing.T) {
	var ar2 []struct {
		Prev, Now float64
		Points    [6]float64
		Loss      float64
	}
	section(t, "ar2", &ar2)
	require.NotEmpty(t, ar2)
	for _, c := range ar2 {
		got := ForecastAR2(unit.MgPerDl(c.Prev), unit.MgPerDl(c.Now))
		for i, p := range c.Points {
			require.Equal(t, p, math.Round(float64(got.Points[i])))
		}
		require.InDelta(t, c.Loss, got.Loss, 5e-7)
	}
	var iob []struct{ Minutes, Duration, Peak, IOB float64 }
	section(t, "iob_exponential_no_delay", &iob)
	require.NotEmpty(t, iob)
	for _, c := range iob {
		curve := Exponential{Duration: minutes(c.Duration), Peak: minutes(c.Peak)}
		require.InDelta(t, c.IOB, curve.Left(minutes(c.Minutes)), 5e-7)
	}
}

func minutes(m float64) time.Duration { return time.Duration(m * float64(time.Minute)) }

func TestEdgeGRI(t *testing.T) {
	var cases []struct {
		VeryLow     float64 `json:"very_low"`
		Low, High   float64
		VeryHigh    float64 `json:"very_high"`
		Hypo, Hyper float64
		GRI         float64
		Zone        string
	}
	section(t, "gri", &cases)
	require.NotEmpty(t, cases)
	for _, c := range cases {
		g := GRIOf(c.VeryLow, c.Low, c.High, c.VeryHigh)
		require.InDelta(t, c.Hypo, g.Hypo, 1e-9)
		require.InDelta(t, c.Hyper, g.Hyper, 1e-9)
		require.InDelta(t, c.GRI, g.Index, 1e-9)
		require.Equal(t, c.Zone, g.Zone)
	}
}

func TestEdgeBasicStatistics(t *testing.T) {
	var cases []struct {
		Values                  []float64
		N                       int
		Mean, SD, CV, GMI, EA1c *float64
		P05, P25, P50, P75, P95 *float64
	}
	section(t, "basic_stats", &cases)
	require.NotEmpty(t, cases)
	for _, c := range cases {
		s := Summarize(every(5*time.Minute, unit.MgDLValue, c.Values...))
		require.Equal(t, c.N, s.N)
		for what, pair := range map[string]struct {
			want *float64
			got  float64
		}{
			"mean": {c.Mean, float64(s.Mean)}, "sd": {c.SD, float64(s.SD)}, "cv": {c.CV, s.CV}, "gmi": {c.GMI, s.GMI}, "ea1c": {c.EA1c, s.EA1c},
			"p05": {c.P05, float64(s.P05)}, "p25": {c.P25, float64(s.P25)}, "p50": {c.P50, float64(s.Median)},
			"p75": {c.P75, float64(s.P75)}, "p95": {c.P95, float64(s.P95)},
		} {
			near(t, what, pair.want, pair.got, 1e-9)
		}
	}
}

func TestEdgeSmoothing(t *testing.T) {
	var c struct{ In, Out []float64 }
	section(t, "smooth_141_cyclic", &c)
	require.Len(t, c.In, 24)
	var h Hours
	for i, v := range c.In {
		h[i].P50 = unit.MgPerDl(v)
	}
	for i, p := range h.Smooth() {
		require.InDelta(t, c.Out[i], float64(p.P50), 1e-9)
	}
}

func TestEdgeDisplayInMmol(t *testing.T) {
	var cases []struct{ MgDL, Mmol float64 }
	section(t, "to_mmol_display_18_0156", &cases)
	require.NotEmpty(t, cases)
	for _, c := range cases {
		require.Equal(t, unit.Decimal(c.Mmol, 1, "."), unit.MgPerDl(c.MgDL).Format(unit.MmolL, "."))
	}
}

func TestEdgeTwoUploadersOfOneSensor(t *testing.T) {
	var c struct {
		Readings []struct {
			T      string
			MgDL   float64
			Source string
		}
		Kept  int
		Times []string `json:"kept_times"`
	}
	section(t, "dedup_blackout_290s", &c)
	by := map[string]*Stream{"phone": {Trust: FromDevice}, "cloud": {Trust: FromCloud}}
	for _, r := range c.Readings {
		at, err := time.Parse("2006-01-02T15:04:05", r.T)
		require.NoError(t, err)
		by[r.Source].Readings = append(by[r.Source].Readings, record.Reading{At: record.At(at), Value: unit.MgDLValue(r.MgDL)})
	}
	for _, streams := range [][]Stream{{*by["phone"], *by["cloud"]}, {*by["cloud"], *by["phone"]}} {
		m := Merge(streams, time.UTC, MergeOptions{})
		require.Len(t, m.Readings, c.Kept)
		require.Equal(t, len(c.Readings)-c.Kept, m.Dropped)
		for i, r := range m.Readings {
			require.Equal(t, c.Times[i], r.At.Time().Format("2006-01-02T15:04:05"))
		}
	}
}
