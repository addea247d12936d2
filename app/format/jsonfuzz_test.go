package format

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"glucokeep/app/record"

	"github.com/stretchr/testify/require"
)

// requirePossible checks that no record holds what cannot be.
func requirePossible(t *testing.T, batches []record.Batch) {
	t.Helper()
	at := func(m record.Millis) {
		y := m.Time().Year()
		require.True(t, y >= 1899 && y <= 2200, "a time of the year %d", y)
	}
	for _, b := range batches {
		require.NotEmpty(t, b.Source.Format)
		require.LessOrEqual(t, utf8.RuneCountInString(b.Source.Device), maxTextRunes)
		for _, r := range b.Glucose {
			at(r.At)
			require.True(t, r.Value.Possible())
			require.False(t, r.Flags.Has(record.BelowRange|record.AboveRange))
		}
		for _, r := range b.Sparse {
			at(r.Base().At)
			require.NotNil(t, r.Base())
			switch r := r.(type) {
			case *record.Fingerstick:
				require.True(t, r.Value.Possible())
			case *record.Calibration:
				require.True(t, r.Value.Possible())
			case *record.Ketone:
				require.True(t, r.MmolL >= 0 && r.MmolL <= 30)
			case *record.Dose:
				require.True(t, r.Units.PossibleDose())
				require.True(t, r.ExtendedUnits >= 0 && r.ExtendedUnits <= r.Units)
				require.True(t, r.Carbs.Possible())
				require.GreaterOrEqual(t, r.Duration, r.Duration*0)
				if r.Recommended != nil {
					require.True(t, r.Recommended.PossibleDose())
				}
			case *record.Basal:
				require.True(t, r.Rate.Possible())
				require.GreaterOrEqual(t, int64(r.Duration), int64(0))
			case *record.Carbs:
				require.True(t, r.Grams.Possible())
				require.True(t, r.Exchanges >= 0 && r.Exchanges <= 1000)
			case *record.Event:
				require.True(t, r.Amount >= 0 && r.Amount <= 1000)
				require.GreaterOrEqual(t, int64(r.Duration), int64(0))
			}
		}
		for _, r := range b.Rejects {
			require.GreaterOrEqual(t, r.Line, 0)
			require.NotEmpty(t, r.Key)
		}
	}
}

func fuzzFormat(f *testing.F, ids ...string) {
	for _, c := range jsonSamples {
		content, err := os.ReadFile(filepath.Join("testdata", c.file))
		require.NoError(f, err)
		for _, id := range ids {
			if c.id == id {
				f.Add(string(content))
			}
		}
	}
	f.Fuzz(func(t *testing.T, content string) {
		matching(content)
		for _, id := range ids {
			batches, err := tryAs(id, content, Options{})
			if err == nil {
				requirePossible(t, batches)
			}
		}
	})
}

func FuzzNightscout(f *testing.F) {
	f.Add(`{"status":200,"result":[{"sgv":{"$numberLong":"1"},"date":{"$date":1704110400000}}]}`)
	f.Add(`[{"eventType":"Combo Bolus","created_at":1704110400,"relative":50,"duration":10000,"insulin":99}]`)
	fuzzFormat(f, "nightscout-json")
}

func FuzzTidepool(f *testing.F) {
	f.Add(`[{"type":"basal","deliveryType":"temp","time":"2024-01-01T00:00:00Z","percent":9,"suppressed":{"rate":49}}]`)
	fuzzFormat(f, "tidepool-json")
}

func FuzzNightscoutCSV(f *testing.F) { fuzzFormat(f, "nightscout-csv", "nightscout-exporter-csv") }
