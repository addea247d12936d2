package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// shared names the folder of real files to run against. They are not part of
// the project; the tests of its own samples always run.
func shared(t *testing.T, parts ...string) string {
	t.Helper()
	dir := os.Getenv("GLUCOKEEP_TESTDATA")
	if dir == "" {
		t.Skip("GLUCOKEEP_TESTDATA is not set: the shared test data is not here")
	}
	return filepath.Join(append([]string{dir}, parts...)...)
}

// Every figure that the product promises equals the reference's, on every
// series that has one.
func TestStatsEqualTheReference(t *testing.T) {
	expected, err := filepath.Glob(shared(t, "metrics", "*.expected.json"))
	require.NoError(t, err)
	require.NotEmpty(t, expected)
	for _, file := range expected {
		name := strings.TrimSuffix(filepath.Base(file), ".expected.json")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			var want, got any
			require.NoError(t, json.Unmarshal(text, &want))
			require.NoError(t, json.Unmarshal([]byte(done(t, "", "stats", "--file", strings.TrimSuffix(file, ".expected.json")+".csv", "--json")), &got))
			compared := equal(t, name, want, got)
			require.Greater(t, compared, 500)
		})
	}
}

// promised are the keys of the reference that the product has too.
var promised = strings.Fields(`readings first last grid_dt0_min grid_days grid_points_present mean median sd cv iqr min max gmi ea1c pct
	gri gri_hypo_component gri_hyper_component lbgi hbgi j_index modd conga active episodes agp_hourly_raw agp_hourly_smoothed_141
	agp_grid_on_the_hour daily`)

// equal compares two JSON values within the tolerances of the reference and
// gives how many figures it compared.
func equal(t *testing.T, at string, want, got any) (n int) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		require.True(t, ok, at)
		keys := promised
		if strings.Contains(at, ".") {
			keys = nil
			for k := range w {
				keys = append(keys, k)
			}
		}
		for _, k := range keys {
			require.Contains(t, g, k, at)
			n += equal(t, at+"."+k, w[k], g[k])
		}
		return n
	case []any:
		g, ok := got.([]any)
		require.True(t, ok, at)
		require.Len(t, g, len(w), at)
		for i := range w {
			n += equal(t, at+".", w[i], g[i])
		}
		return n
	case float64:
		g, ok := got.(float64)
		require.True(t, ok, "%s: %v", at, got)
		tolerance := 1e-9
		if strings.Contains(at, "bgi") {
			tolerance = 1e-4 // the reference rounds a constant
		}
		require.LessOrEqual(t, math.Abs(w-g), tolerance*math.Max(1, math.Abs(w)), "%s: want %v, got %v", at, w, g)
		return 1
	}
	require.Equal(t, want, got, at)
	return 1
}

// Every file gives the counts that were counted by other means, and gives
// nothing new the second time.
func TestImportsGiveTheCounts(t *testing.T) {
	for file, want := range map[string]map[string]int{
		"carelink-guardian-connect-semicolon.csv": {"glucose": 3194, "below_range": 156, "above_range": 9, "fingerstick": 48, "alarm": 319},
		"carelink-780g-comma-constructed.csv": {"glucose": 822, "below_range": 6, "above_range": 0, "fingerstick": 3, "bolus": 12, "carbs": 9,
			"basal": 3, "alarm": 3, "daily_total": 3},
		"clarity-g6-mgdl-double-bom.csv": {"glucose": 1768, "below_range": 5, "injection": 21, "setting": 7},
		"libreview-libre3-mgdl.csv":      {"glucose": 2498},
		"nightscout-entries.json":        {"glucose": 396, "below_range": 2, "event": 4},
		"nightscout-treatments.json":     {"basal": 231, "bolus": 102, "carbs": 6, "event": 11},
		"nightscout-exporter.csv":        {"glucose": 100},
		"glooko-cgm_data_1.csv":          {"glucose": 20},
		"glooko-alarms_data_1.csv":       {"alarm": 2},
		"tidepool-cbg.json":              {"glucose": 4},
		"tidepool-smbg.json":             {"fingerstick": 4},
		"tidepool-basal.json":            {"basal": 6},
		"tidepool-bolusAndWizard.json":   {"bolus": 4, "carbs": 1},
	} {
		t.Run(file, func(t *testing.T) {
			path, dir := shared(t, "imports", file), newBox(t)
			first := imported(t, done(t, "", "import", "--data", dir, "--json", "--accept-rejected", path))
			for kind, n := range want {
				require.Equal(t, n, first.Counts[kind], kind)
			}
			require.Zero(t, first.RejectedCount, first.Rejected)
			require.Zero(t, first.Replaced)
			second := imported(t, done(t, "", "import", "--data", dir, "--json", "--accept-rejected", path))
			require.Zero(t, second.New+second.Replaced)
			require.Equal(t, first.Counts, second.Counts)
			require.Contains(t, done(t, "", "check", "--data", dir), "sound")
		})
	}
}

// lockedBuffer is a bytes.Buffer that two goroutines may use.
type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
