package format

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glucokeep/app/fault"

	"github.com/stretchr/testify/require"
)

// tableSamples are the synthetic files of the tables, and the format of each.
var tableSamples = []struct{ file, id string }{
	{"carelink-780g.csv", "carelink-csv"},
	{"carelink-guardian-connect.csv", "carelink-csv"},
	{"carelink-mmol-exchanges.csv", "carelink-csv"},
	{"carelink-2014-raw.csv", "carelink-csv"},
	{"clarity-g6.csv", "clarity-csv"},
	{"clarity-g7-german.csv", "clarity-csv"},
	{"clarity-unknown-language.csv", "clarity-csv"},
	{"libreview.csv", "libreview-csv"},
	{"libreview-german.csv", "libreview-csv"},
	{"libreview-unknown-language.csv", "libreview-csv"},
	{"glooko-cgm_data_1.csv", "glooko-csv"},
	{"glooko-cgm_data_1-german.csv", "glooko-csv"},
	{"glooko-bolus_data_1.csv", "glooko-csv"},
	{"glooko-bg_data_1.csv", "glooko-csv"},
	{"glooko-basal_data_1.csv", "glooko-csv"},
	{"glooko-insulin_data_1.csv", "glooko-csv"},
	{"glooko-alarms_data_1.csv", "glooko-csv"},
	{"glooko-carbs_data_1.csv", "glooko-csv"},
	{"eversense.csv", "eversense-csv"},
	{"sidiary.csv", "sidiary-csv"},
	{"simple.csv", "simple-csv"},
	{"generic-german.csv", "generic-csv"},
	{"own-glucose.csv", "glucokeep-csv"},
	{"own-insulin.csv", "glucokeep-csv"},
	{"own-carbs.csv", "glucokeep-csv"},
	{"own-events.csv", "glucokeep-csv"},
	{"own-settings.csv", "glucokeep-csv"},
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return b
}

func TestTableSamplesGiveTheirGoldenBatches(t *testing.T) {
	for _, c := range tableSamples {
		t.Run(c.file, func(t *testing.T) {
			f, batches := readAll(t, sample(t, c.file), Options{})
			require.Equal(t, c.id, f.ID)
			got := goldenLines(t, batches)
			path := filepath.Join("testdata", c.file+".golden")
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
			requirePossible(t, batches)
		})
	}
}

// TestEachSampleIsClaimedByOneFormat takes every sample in testdata, of
// tables and of JSON.
func TestEachSampleIsClaimedByOneFormat(t *testing.T) {
	files, err := os.ReadDir("testdata")
	require.NoError(t, err)
	known := map[string]string{}
	for _, c := range tableSamples {
		known[c.file] = c.id
	}
	for _, c := range jsonSamples {
		known[c.file] = c.id
	}
	for _, f := range files {
		if f.IsDir() || strings.HasSuffix(f.Name(), ".golden") {
			continue
		}
		t.Run(f.Name(), func(t *testing.T) {
			h, err := readHead(input(sample(t, f.Name())))
			require.NoError(t, err)
			var claims []string
			for _, f := range All() {
				if f.Match(h) {
					claims = append(claims, f.ID)
				}
			}
			require.Equal(t, []string{known[f.Name()]}, claims)
		})
	}
}

// rewrite gives the rows of a table with another delimiter, line break and
// byte order mark. Lines stay where they are.
func rewrite(t *testing.T, b []byte, delim byte, eol string, bom bool) []byte {
	t.Helper()
	f, err := files(input(b))
	require.NoError(t, err)
	tab, err := f[0].table()
	require.NoError(t, err)
	var s bytes.Buffer
	if bom {
		s.WriteString("\uFEFF")
	}
	line := 1
	for tab.next() {
		for ; line < tab.line; line++ {
			s.WriteString(eol)
		}
		for i, cell := range tab.row {
			if i > 0 {
				s.WriteByte(delim)
			}
			text := cellText(cell)
			line += strings.Count(text, "\n")
			if strings.ContainsAny(text, ",;\t\"\n") {
				text = `"` + strings.ReplaceAll(strings.ReplaceAll(text, `"`, `""`), "\n", eol) + `"`
			}
			s.WriteString(text)
		}
		s.WriteString(eol)
		line++
	}
	require.NoError(t, tab.err())
	return s.Bytes()
}

func TestDelimiterLineBreakAndByteOrderMarkChangeNothing(t *testing.T) {
	for _, c := range tableSamples {
		t.Run(c.file, func(t *testing.T) {
			original := sample(t, c.file)
			_, batches := readAll(t, original, Options{})
			want := goldenLines(t, batches)
			for _, delim := range []byte{',', ';', '\t'} {
				for _, eol := range []string{"\n", "\r\n", "\r"} {
					for _, bom := range []bool{false, true} {
						f, batches := readAll(t, rewrite(t, original, delim, eol, bom), Options{})
						require.Equal(t, c.id, f.ID)
						require.Equal(t, want, goldenLines(t, batches), "%q %q %v", delim, eol, bom)
					}
				}
			}
		})
	}
}

func TestEncodingChangesNothing(t *testing.T) {
	for _, c := range tableSamples {
		t.Run(c.file, func(t *testing.T) {
			original := bytes.TrimPrefix(sample(t, c.file), utf8BOM)
			_, batches := readAll(t, original, Options{})
			want := goldenLines(t, batches)
			for name, b := range encodings(t, string(original)) {
				f, batches := readAll(t, b, Options{})
				require.Equal(t, c.id, f.ID, name)
				require.Equal(t, want, goldenLines(t, batches), name)
			}
		})
	}
}

// TestACutFileMakesUpNoValue cuts each sample at many places of its last
// quarter: whatever is read then the whole file holds as well.
func TestACutFileMakesUpNoValue(t *testing.T) {
	for _, c := range tableSamples {
		t.Run(c.file, func(t *testing.T) {
			whole := sample(t, c.file)
			f, batches := readAll(t, whole, Options{})
			all := glucoseSet(batches)
			for cut := len(whole) - 1; cut > len(whole)*3/4; cut -= 1 + len(whole)/1500 {
				batches, err := collect(f, whole[:cut], Options{})
				if err != nil {
					require.NotEqual(t, fault.Internal, fault.KindOf(err))
					continue
				}
				for v := range glucoseSet(batches) {
					require.True(t, all[v], "a value that the whole file does not hold, cut at %d", cut)
				}
			}
		})
	}
}

func TestACutRowIsOneReject(t *testing.T) {
	whole := sample(t, "clarity-g6.csv")
	lines := bytes.SplitAfter(whole, []byte("\n"))
	cut := slices.Concat(lines[:12]...)
	require.True(t, bytes.HasSuffix(cut, []byte("\n")))
	full := one(readAs(t, "clarity-csv", string(cut), Options{}))
	got := one(readAs(t, "clarity-csv", string(cut[:len(cut)-20]), Options{}))
	require.Len(t, got.Glucose, len(full.Glucose)-1)
	require.Equal(t, []string{"12 reject.truncated"}, rejectLines(got))
}

func TestAColumnThatNobodyKnowsIsAccepted(t *testing.T) {
	for _, c := range tableSamples {
		if strings.HasPrefix(c.file, "own-") || strings.HasPrefix(c.file, "simple") || strings.Contains(c.file, "unknown") {
			continue // known by their exact headings
		}
		t.Run(c.file, func(t *testing.T) {
			original := sample(t, c.file)
			want := glucoseSet(one2(readAll(t, original, Options{})))
			tab := rewrite(t, original, ';', "\n", false)
			var s strings.Builder
			for line := range strings.SplitAfterSeq(string(tab), "\n") {
				if strings.Count(line, ";") > 1 && !strings.Contains(line, `"`) && !strings.HasPrefix(line, "---") {
					line = strings.TrimSuffix(line, "\n") + ";New Thing\n"
				}
				s.WriteString(line)
			}
			f, batches := readAll(t, []byte(s.String()), Options{})
			require.Equal(t, c.id, f.ID)
			require.Equal(t, want, glucoseSet(batches))
		})
	}
}
