package format

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glucokeep/app/record"
	"glucokeep/app/unit"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// readAs reads content with the format of the given id, which must also be
// the one that detection finds unless content is hopeless.
func readAs(t testing.TB, id, content string, opt Options) []record.Batch {
	t.Helper()
	batches, err := tryAs(id, content, opt)
	require.NoError(t, err)
	return batches
}

func tryAs(id, content string, opt Options) ([]record.Batch, error) {
	for _, f := range formats {
		if f.ID != id {
			continue
		}
		var batches []record.Batch
		in := Input{ReaderAt: strings.NewReader(content), Size: int64(len(content))}
		for b, err := range Read(f, in, opt) {
			if err != nil {
				return nil, err
			}
			batches = append(batches, b)
		}
		return batches, nil
	}
	return nil, fmt.Errorf("no format %s", id)
}

// one is all batches as one: for tests that do not care for the source.
func one(batches []record.Batch) record.Batch {
	var all record.Batch
	for _, b := range batches {
		all.Glucose = append(all.Glucose, b.Glucose...)
		all.Sparse = append(all.Sparse, b.Sparse...)
		all.Rejects = append(all.Rejects, b.Rejects...)
	}
	return all
}

// rejectLines are the rejects as "number column key".
func rejectLines(b record.Batch) []string {
	lines := []string{}
	for _, r := range b.Rejects {
		lines = append(lines, strings.Join(strings.Fields(fmt.Sprint(r.Line, " ", r.Column, " ", r.Key)), " "))
	}
	return lines
}

func kinds(b record.Batch) map[record.Kind]int {
	n := map[record.Kind]int{}
	for _, r := range b.Sparse {
		n[r.Kind()]++
	}
	return n
}

var jsonSamples = []struct{ file, id string }{
	{"nightscout-mixed.json", "nightscout-json"},
	{"nightscout-mongoexport.ndjson", "nightscout-json"},
	{"nightscout-entries.csv", "nightscout-csv"},
	{"nightscout-exporter.csv", "nightscout-exporter-csv"},
	{"tidepool.json", "tidepool-json"},
}

// goldenLines writes batches one record a line.
func goldenLines(t *testing.T, batches []record.Batch) string {
	t.Helper()
	var s strings.Builder
	line := func(label string, v any) {
		b, err := json.Marshal(v)
		require.NoError(t, err)
		fmt.Fprintf(&s, "%s %s\n", label, b)
	}
	for _, b := range batches {
		for _, n := range b.Notices {
			line("notice", n)
		}
		if len(b.Glucose)+len(b.Sparse)+len(b.Rejects) == 0 {
			continue
		}
		line("batch", struct {
			Source record.Source
			Clock  record.Clock
			Zone   string
		}{b.Source, b.Clock, b.Zone})
		for _, r := range b.Glucose {
			line("glucose", r)
		}
		for _, r := range b.Sparse {
			line(string(r.Kind()), r)
		}
		for _, r := range b.Rejects {
			line("reject", r)
		}
	}
	return s.String()
}

func TestSamplesGiveTheirGoldenBatches(t *testing.T) {
	for _, c := range jsonSamples {
		t.Run(c.file, func(t *testing.T) {
			content, err := os.ReadFile(filepath.Join("testdata", c.file))
			require.NoError(t, err)
			f, err := Detect(Input{ReaderAt: bytes.NewReader(content), Size: int64(len(content))}, Options{})
			require.NoError(t, err)
			require.Equal(t, c.id, f.ID)
			got := goldenLines(t, readAs(t, c.id, string(content), Options{}))
			path := filepath.Join("testdata", c.file+".golden")
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

func TestObjectsOfAnyArrangementGiveTheSameRecords(t *testing.T) {
	a := `{"_id":"a","type":"sgv","sgv":100,"date":1704110400000}`
	b := `{"_id":"b","type":"sgv","sgv":110,"date":1704110700000}`
	for name, content := range map[string]string{
		"an array":                         "[" + a + "," + b + "]",
		"an array with a byte order mark":  "\xEF\xBB\xBF[" + a + "," + b + "]",
		"one object a line":                a + "\n" + b + "\n",
		"one object a line, CRLF":          a + "\r\n" + b,
		"two arrays one after another":     "[" + a + "]\n[" + b + "]",
		"the envelope of API v3":           `{"status":200,"result":[` + a + "," + b + "]}",
		"the envelope the other way round": `{"result":[` + a + "," + b + `],"status":200}`,
		"with members that nobody knows":   "[" + strings.Replace(a, `"_id"`, `"new":{"deep":[1,{}]},"_id"`, 1) + "," + b + "]",
	} {
		t.Run(name, func(t *testing.T) {
			got := one(readAs(t, "nightscout-json", content, Options{}))
			require.Equal(t, []record.Reading{
				{At: 1704110400000, Value: unit.MgDLValue(100)}, {At: 1704110700000, Value: unit.MgDLValue(110)},
			}, got.Glucose)
			require.Empty(t, got.Rejects)
		})
	}
}

func TestBadObjectsAreRejectedByNumberAndTheRestCounts(t *testing.T) {
	good := `{"_id":"a","type":"sgv","sgv":100,"date":1704110400000}`
	deep := `{"type":"sgv","sgv":100,"date":1704110400000,"x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`
	huge := `{"type":"sgv","sgv":100,"date":1704110400000,"x":"` + strings.Repeat("y", 2<<20) + `"}`
	long := `{"type":"sgv","sgv":100,"date":1704110400000,"x":"` + strings.Repeat("y", 70<<10) + `"}`
	for _, c := range []struct{ name, content, want string }{
		{"a name that stands twice", `[{"sgv":100,"sgv":300,"date":1704110400000},` + good + `]`, "1 reject.json-duplicate-key"},
		{"a name that stands twice inside", `[{"sgv":100,"date":1704110400000,"x":{"y":1,"y":2}},` + good + `]`, "1 reject.json-duplicate-key"},
		{"too deep", "[" + deep + "," + good + "]", "1 reject.json-too-deep"},
		{"too large", "[" + huge + "," + good + "]", "1 reject.json-too-large"},
		{"a text too long", "[" + long + "," + good + "]", "1 reject.field-too-long"},
		{"not JSON inside the braces", `[{"sgv":1 2},` + good + `]`, "1 reject.json-invalid"},
		{"a number in place of an object", `[17,` + good + `]`, "1 reject.json-not-object"},
		{"a text in place of an object", `["a,]{",` + good + `]`, "1 reject.json-not-object"},
		{"a list in place of an object", `[[1,2],` + good + `]`, "1 reject.json-not-object"},
		{"an object for a number", `[{"sgv":{},"date":1704110400000},` + good + `]`, "1 sgv reject.number"},
		{"true for a number", `[{"sgv":true,"date":1704110400000},` + good + `]`, "1 sgv reject.number"},
		{"a word for a number", `[{"sgv":"NaN","date":1704110400000},` + good + `]`, "1 sgv reject.number"},
		{"a number beyond all bounds", `[{"sgv":1e999,"date":1704110400000},` + good + `]`, "1 sgv reject.number"},
		{"glucose that cannot be", `[{"sgv":2000,"date":1704110400000},` + good + `]`, "1 sgv reject.glucose-impossible"},
		{"glucose below nothing", `[{"sgv":-5,"date":1704110400000},` + good + `]`, "1 sgv reject.glucose-impossible"},
		{"a time that cannot be", `[{"sgv":100,"date":-4},` + good + `]`, "1 date reject.time"},
		{"a list for a time", `[{"sgv":100,"date":[]},` + good + `]`, "1 date reject.time"},
		{"an object of something else", `[{"hello":1},` + good + `]`, "1 reject.kind-unknown"},
		{"a temporary basal without a rate", `[{"eventType":"Temp Basal","created_at":"2024-01-01T00:00:00Z","duration":30},` + good + `]`,
			"1 absolute reject.number"},
		{"a rate that cannot be", `[{"eventType":"Temp Basal","created_at":"2024-01-01T00:00:00Z","duration":30,"rate":70},` + good + `]`,
			"1 rate reject.dose-impossible"},
		{"a meal that cannot be", `[{"eventType":"Carb Correction","created_at":"2024-01-01T00:00:00Z","carbs":-3},` + good + `]`,
			"1 carbs reject.carbs-impossible"},
		{"a basal that lasts for ever", `[{"eventType":"Temp Basal","created_at":"2024-01-01T00:00:00Z","duration":1e9,"rate":1},` + good + `]`,
			"1 duration reject.duration-impossible"},
		{"a fingerstick without a unit", `[{"eventType":"BG Check","created_at":"2024-01-01T00:00:00Z","glucose":7},` + good + `]`,
			"1 units reject.unit-missing"},
		{"cut off in an object", "[" + good + `,{"sgv":120,"da`, "2 reject.truncated"},
		{"cut off between objects", "[" + good + `,`, "2 reject.truncated"},
		{"cut off in a line", good + "\n" + `{"sgv":120`, "2 reject.truncated"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := one(readAs(t, "nightscout-json", c.content, Options{}))
			require.Equal(t, []string{c.want}, rejectLines(got))
			require.Equal(t, []record.Reading{{At: 1704110400000, Value: unit.MgDLValue(100)}}, got.Glucose)
			require.Empty(t, got.Sparse)
		})
	}
}

func TestRejectsHoldNoContentOfTheFile(t *testing.T) {
	secret := `[{"type":"zq9secret","time":"2024-01-01T00:00:00Z","deviceId":"zq9secret"},
		{"eventType":"Bolus","created_at":"zq9secret","insulin":"zq9secret"},{"sgv":"zq9secret","date":1704110400000},{"zq9secret":1}]`
	for _, id := range []string{"nightscout-json", "tidepool-json"} {
		b := one(readAs(t, id, secret, Options{}))
		require.NotEmpty(t, b.Rejects)
		require.NotContains(t, fmt.Sprint(b.Rejects), "zq9secret")
	}
}

func TestManyDevicesInOneFileComeSortedByDevice(t *testing.T) {
	var s strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&s, `{"sgv":%d,"date":%d,"device":"d%d"}`+"\n", 100+i%50, 1704110400000+i*60_000, i%2)
	}
	batches := readAs(t, "nightscout-json", s.String(), Options{})
	require.Len(t, batches, 2)
	for i, b := range batches {
		require.Equal(t, fmt.Sprint("d", i), b.Source.Device)
		require.Len(t, b.Glucose, 1000)
		for j := 1; j < len(b.Glucose); j++ {
			require.Less(t, b.Glucose[j-1].At, b.Glucose[j].At)
		}
	}
}

func TestLongFilesComeInBatchesOfBoundedSize(t *testing.T) {
	var s strings.Builder
	pad := strings.Repeat("n", 60<<10)
	for i := range 300 { // 18 MB of notes
		fmt.Fprintf(&s, `{"eventType":"Bolus","insulin":1,"created_at":%d,"notes":"%s"}`, 1704110400000+i*60_000, pad)
	}
	batches := readAs(t, "nightscout-json", s.String(), Options{})
	require.Greater(t, len(batches), 1)
	require.Len(t, one(batches).Sparse, 300)
	for _, b := range batches {
		require.Less(t, len(b.Sparse), 200)
	}
}
