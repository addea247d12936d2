package format

import (
	"math"
	"os"
	"strings"
	"testing"

	"glucokeep/app/record"
	"glucokeep/app/unit"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Every whole mg/dL comes back from Tidepool's mmol/L, stored in full or to
// five decimals, and every number that a mmol/L device shows stays as it is.
func TestTidepoolGlucoseIsWhatTheDeviceGave(t *testing.T) {
	for mg := 10; mg <= 1000; mg++ {
		full := float64(mg) / tidepoolMgPerMmol
		require.Equal(t, unit.MgDLValue(float64(mg)), tidepoolGlucose(full, unit.MmolL), "%d mg/dL", mg)
		require.Equal(t, unit.MgDLValue(float64(mg)), tidepoolGlucose(math.Round(full*1e5)/1e5, unit.MmolL), "%d mg/dL", mg)
		require.Equal(t, unit.MgDLValue(float64(mg)), tidepoolGlucose(float64(mg), unit.MgDL))
	}
	for tenths := 6; tenths <= 550; tenths++ {
		require.Equal(t, unit.Glucose{Milli: int32(tenths) * 100, Unit: unit.MmolL}, tidepoolGlucose(float64(tenths)/10, unit.MmolL))
	}
}

func TestTidepoolGlucoseNeverMovesByMoreThanItsTolerance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(0.6, 55).Draw(t, "mmol/L")
		g := tidepoolGlucose(v, unit.MmolL)
		back := g.Native()
		if g.Unit == unit.MgDL {
			back /= tidepoolMgPerMmol
		}
		require.InDelta(t, v, back, 1.0001e-3)
	})
}

func TestTidepoolObjects(t *testing.T) {
	head := `"time":"2024-03-01T12:00:00Z","deviceId":"x"`
	for _, c := range []struct{ name, content, want string }{
		{"an annotation that says neither low nor high", `{"type":"cbg",` + head + `,"value":5,"units":"mmol/L","annotations":[{"code":"bg/out-of-range"}]}`,
			"1 annotations reject.object"},
		{"a limit that cannot be", `{"type":"cbg",` + head + `,"value":5,"units":"mmol/L","annotations":[{"code":"bg/out-of-range","value":"low","threshold":0}]}`,
			"1 value reject.glucose-impossible"},
		{"a unit of something else", `{"type":"cbg",` + head + `,"value":5,"units":"furlong"}`, "1 units reject.unit"},
		{"a basal of a sort that nobody knows", `{"type":"basal",` + head + `,"deliveryType":"magic","rate":1}`, "1 deliveryType reject.kind-unknown"},
		{"a basal without a rate", `{"type":"basal",` + head + `,"deliveryType":"scheduled"}`, "1 rate reject.number"},
		{"a share that makes an impossible rate", `{"type":"basal",` + head + `,"deliveryType":"temp","percent":9,"suppressed":{"rate":49}}`,
			"1 percent reject.dose-impossible"},
		{"a bolus of nothing", `{"type":"bolus",` + head + `,"subType":"normal"}`, "1 normal reject.number"},
		{"two halves that are too much together", `{"type":"bolus",` + head + `,"normal":60,"extended":60}`, "1 extended reject.dose-impossible"},
		{"ketones that cannot be", `{"type":"bloodKetone",` + head + `,"value":200}`, "1 value reject.ketone-impossible"},
		{"an object without a time", `{"type":"cbg","deviceId":"x","value":5,"units":"mmol/L"}`, "1 time reject.time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := one(readAs(t, "tidepool-json", c.content, Options{}))
			require.Equal(t, []string{c.want}, rejectLines(b))
			require.Empty(t, b.Glucose)
			require.Empty(t, b.Sparse)
		})
	}
}

func TestAWizardFindsItsBolusOnEitherSide(t *testing.T) {
	wizard := `{"type":"wizard","id":"w","time":"2024-03-01T12:00:00Z","deviceId":"x","carbInput":40,"recommended":{"net":4},"bolus":"b"}`
	bolus := `{"type":"bolus","id":"b","time":"2024-03-01T12:00:05Z","deviceId":"x","normal":4}`
	noise := strings.Repeat(`{"type":"cbg","time":"2024-03-01T12:00:00Z","deviceId":"x","value":5,"units":"mmol/L"}`, 60_000)
	for name, content := range map[string]string{
		"before": wizard + bolus, "after": bolus + wizard, "far before": wizard + noise + bolus, "far after": bolus + noise + wizard,
	} {
		t.Run(name, func(t *testing.T) {
			b := one(readAs(t, "tidepool-json", content, Options{}))
			require.Equal(t, map[record.Kind]int{record.KindDose: 1, record.KindCarbs: 1}, kinds(b))
			for _, r := range b.Sparse {
				if d, ok := r.(*record.Dose); ok {
					require.EqualValues(t, 40, d.Carbs)
					require.EqualValues(t, 4, *d.Recommended)
				}
			}
		})
	}
}

func TestAUnitThatTheFileDoesNotSayIsAsked(t *testing.T) {
	content, err := os.ReadFile("testdata/tidepool.json")
	require.NoError(t, err)
	without := one(readAs(t, "tidepool-json", string(content), Options{}))
	with := one(readAs(t, "tidepool-json", string(content), Options{Unit: "mg/dL"}))
	require.Equal(t, len(without.Rejects)-1, len(with.Rejects))
	require.Equal(t, kinds(without)[record.KindFingerstick]+1, kinds(with)[record.KindFingerstick])
}
