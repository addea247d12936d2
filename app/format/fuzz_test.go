package format

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func formatOf(t testing.TB, id string) Format {
	t.Helper()
	for _, f := range All() {
		if f.ID == id {
			return f
		}
	}
	t.Fatalf("no format %s", id)
	return Format{}
}

// fuzzTable feeds a format: it must come to an end without a panic and never
// give a record that cannot be.
func fuzzTable(f *testing.F, id string, prefixes ...string) {
	files, err := os.ReadDir("testdata")
	require.NoError(f, err)
	for _, file := range files {
		for _, p := range prefixes {
			if strings.HasPrefix(file.Name(), p) && !strings.HasSuffix(file.Name(), ".golden") {
				b, err := os.ReadFile(filepath.Join("testdata", file.Name()))
				require.NoError(f, err)
				f.Add(b, "dmy", "mg/dL")
				f.Add(b, "", "")
			}
		}
	}
	format := formatOf(f, id)
	f.Fuzz(func(t *testing.T, b []byte, order, unit string) {
		opt := Options{DateOrder: DateOrder(order), Unit: unit, GramsPerExchange: 12}
		if id == GenericID {
			opt.Columns = map[string]string{FieldTime: "Uhrzeit", FieldDate: "Datum", FieldGlucose: "Blutzucker (mmol/L)", FieldNote: "Notiz"}
			if unit == "" {
				opt.Columns = nil
			}
		}
		if batches, err := collect(format, b, opt); err == nil {
			requirePossible(t, batches)
		}
	})
}

func FuzzCareLink(f *testing.F)  { fuzzTable(f, "carelink-csv", "carelink") }
func FuzzClarity(f *testing.F)   { fuzzTable(f, "clarity-csv", "clarity") }
func FuzzLibreView(f *testing.F) { fuzzTable(f, "libreview-csv", "libreview") }
func FuzzGlooko(f *testing.F)    { fuzzTable(f, "glooko-csv", "glooko") }
func FuzzEversense(f *testing.F) { fuzzTable(f, "eversense-csv", "eversense") }
func FuzzOwn(f *testing.F)       { fuzzTable(f, OwnID, "own") }
func FuzzSimple(f *testing.F)    { fuzzTable(f, "simple-csv", "simple") }
func FuzzGeneric(f *testing.F)   { fuzzTable(f, GenericID, "generic") }
func FuzzSiDiary(f *testing.F)   { fuzzTable(f, "sidiary-csv", "sidiary") }

// FuzzDetect looks at anything at all, archives too.
func FuzzDetect(f *testing.F) {
	f.Add(zipOf(f, entry{"a.csv", []byte("time,mgdl\n2024-01-01T00:00:00,100\n")}))
	f.Add(gzipOf(f, []byte("time,mgdl\n2024-01-01T00:00:00,100\n")))
	f.Add([]byte("\xFF\xFEt\x00i\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		format, err := Detect(input(b), Options{})
		if err != nil {
			return
		}
		if batches, err := collect(format, b, Options{}); err == nil {
			requirePossible(t, batches)
		}
		_, _ = GenericPreview(input(b)) // must only come to an end
	})
}
