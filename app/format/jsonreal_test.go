package format

import (
	"testing"

	"glucokeep/app/record"

	"github.com/stretchr/testify/require"
)

func countFlag(b record.Batch, f record.Flags) int {
	n := 0
	for _, r := range b.Glucose {
		if r.Flags.Has(f) {
			n++
		}
	}
	return n
}

func countEvents(b record.Batch) map[record.EventKind]int {
	n := map[record.EventKind]int{}
	for _, r := range b.Sparse {
		if e, ok := r.(*record.Event); ok {
			n[e.Event]++
		}
	}
	return n
}

func TestRealNightscoutEntries(t *testing.T) {
	b := one(readAs(t, "nightscout-json", string(shared(t, "nightscout-entries.json")), Options{}))
	require.Len(t, b.Glucose, 396)
	require.Equal(t, 2, countFlag(b, record.BelowRange))
	require.Equal(t, 0, countFlag(b, record.AboveRange))
	require.Equal(t, map[record.EventKind]int{record.SensorError: 4}, countEvents(b))
	require.Empty(t, b.Rejects)
}

func TestRealNightscoutTreatments(t *testing.T) {
	b := one(readAs(t, "nightscout-json", string(shared(t, "nightscout-treatments.json")), Options{}))
	require.Equal(t, map[record.Kind]int{
		record.KindBasal: 231, record.KindDose: 102, record.KindCarbs: 6, record.KindEvent: 11,
	}, kinds(b))
	require.Equal(t, map[record.EventKind]int{record.TempTarget: 8, record.SiteChange: 2, record.ReservoirChange: 1}, countEvents(b))
	automated := 0
	for _, r := range b.Sparse {
		if d, ok := r.(*record.Dose); ok && d.Automated {
			automated++
		}
	}
	require.Equal(t, 89, automated)
	require.Empty(t, b.Rejects)
}

func TestRealNightscoutProfile(t *testing.T) {
	b := one(readAs(t, "nightscout-json", string(shared(t, "nightscout-profile.json")), Options{}))
	require.Equal(t, map[record.Kind]int{record.KindSetting: 5 + 1 + 1 + 3 + 3 + 3}, kinds(b))
	require.Empty(t, b.Rejects)
}

func TestRealNightscoutExporter(t *testing.T) {
	batches := readAs(t, "nightscout-exporter-csv", string(shared(t, "nightscout-exporter.csv")), Options{})
	b := one(batches)
	require.Len(t, b.Glucose, 100)
	require.Len(t, b.Sparse, 100)
	require.Empty(t, b.Rejects)
	require.Equal(t, record.Wall, batches[0].Clock)
	require.Equal(t, "2026-04-07T19:59:42Z", b.Glucose[0].At.Time().Format("2006-01-02T15:04:05Z07:00"))
}

func TestRealTidepool(t *testing.T) {
	var all record.Batch
	for _, name := range []string{"basal", "bolusAndWizard", "cbg", "smbg", "upload"} {
		b := one(readAs(t, "tidepool-json", string(shared(t, "tidepool-"+name+".json")), Options{}))
		all.Glucose = append(all.Glucose, b.Glucose...)
		all.Sparse = append(all.Sparse, b.Sparse...)
		all.Rejects = append(all.Rejects, b.Rejects...)
	}
	require.Len(t, all.Glucose, 4)
	require.Equal(t, map[record.Kind]int{
		record.KindFingerstick: 4, record.KindBasal: 6, record.KindDose: 4, record.KindCarbs: 1, record.KindEvent: 1,
	}, kinds(all))
	require.Empty(t, all.Rejects)
	joined := 0
	for _, r := range all.Sparse {
		if d, ok := r.(*record.Dose); ok && d.Recommended != nil {
			require.EqualValues(t, 3.5, *d.Recommended)
			require.EqualValues(t, 40, d.Carbs)
			joined++
		}
	}
	require.Equal(t, 1, joined, "the wizard belongs to one bolus")
}

func TestRealJSONFilesAreEachRecognisedByOneFormat(t *testing.T) {
	for name, id := range map[string]string{
		"nightscout-entries.json": "nightscout-json", "nightscout-treatments.json": "nightscout-json",
		"nightscout-profile.json": "nightscout-json", "nightscout-exporter.csv": "nightscout-exporter-csv",
		"tidepool-basal.json": "tidepool-json", "tidepool-bolusAndWizard.json": "tidepool-json", "tidepool-cbg.json": "tidepool-json",
		"tidepool-smbg.json": "tidepool-json", "tidepool-upload.json": "tidepool-json",
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, []string{id}, matching(string(shared(t, name)))) })
	}
}
