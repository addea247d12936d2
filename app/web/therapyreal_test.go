package web_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/format"
	"glucokeep/app/ingest"
	"glucokeep/app/record"
)

// importReal brings in a file of the shared test data, which is not part of
// the project.
func (br *browser) importReal(name string) {
	br.Helper()
	data, err := os.ReadFile(filepath.Join(os.Getenv("GLUCOKEEP_TESTDATA"), "imports", name))
	require.NoError(br, err)
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(br, err)
	in := format.Input{ReaderAt: bytes.NewReader(data), Size: int64(len(data))}
	f, err := format.Detect(in, format.Options{})
	require.NoError(br, err)
	_, err = ingest.New(br.db, br.ledger, nil).Accept(br.Context(), br.now(), ingest.Import{Person: br.person.ID,
		Actor: audit.Actor{Console: true}, Zone: zone, Format: f.ID}, func(yield func(record.Batch, error) bool) {
		for b, err := range format.Read(f, in, format.Options{}) {
			if !yield(b, err) {
				return
			}
		}
	}, nil)
	require.NoError(br, err)
}

// Real exports, with figures added up by hand from their rows.
func TestTherapyOfRealFiles(t *testing.T) {
	if os.Getenv("GLUCOKEEP_TESTDATA") == "" {
		t.Skip("GLUCOKEEP_TESTDATA does not name the folder of shared test data")
	}
	for _, c := range []struct {
		name        string
		files       []string
		path, query string
		want        []string
	}{
		// By hand (6.134+4.755+3.761 + 6.652+4.528+3.39 + 6.762+5.222+3.591)/3, and the sum of the day's automatic insulin, 27.895.
		{"a pump that tells a sum of automatic insulin", []string{"carelink-780g-comma-constructed.csv"}, "/insulin", "",
			[]string{"Insulin in all 42.8 U", "Bolus by hand 14.9 U 35%", "Automatic, basal and boluses 27.9 U 65%", "Carbs 135 g", "Boluses by hand a day 3.0", "All boluses a day, automatic ones too",
				"mean of the 3 days", "Asked for by hand 9 of 12 75%", "Insulin on board as a device last told it: 0.4 U on 22 Jul 2021"}},
		{"its changes", []string{"carelink-780g-comma-constructed.csv"}, "/devices", "",
			[]string{"MiniMed 780G MMT-1886", "Silent since 22 July 2021", "Low glucose 0 3 3", "Site last changed 20 Jul 2021 08:22", "Reservoir last changed 20 Jul 2021", "…001H"}},
		{"pens in a sensor's app", []string{"carelink-guardian-connect-semicolon.csv"}, "/insulin", "",
			[]string{"Not divided 34.1 U", "Nothing here tells of basal insulin", "63 injections do not say whether they were rapid or long-acting"}},
		{"the same in the profile", []string{"carelink-guardian-connect-semicolon.csv"}, "/profile", "", []string{"Bolus and injections 34.1 U"}},
		// 1×3 + 1.3×3 + 1.5×3 + 1.2×6 + 1×9
		{"a profile", []string{"nightscout-profile.json"}, "/devices/settings", "",
			[]string{"Profile “default”", "Basal rate 27.6 U a day", "All day 10 g per U", "Active insulin time 6 h", "00:00–03:00 135 mg/dL 03:00–09:00 144 mg/dL", "All day 144 mg/dL per U"}},
		{"alerts of a sensor", []string{"clarity-g6-mgdl-double-bom.csv"}, "/devices/settings", "",
			[]string{"android G6", "Alert: high 251 mg/dL", "Alert: low 64 mg/dL", "Alert: no signal for 20 min", "Alert: rising by 3 mg/dL per min"}},
		{"a pump's rates and its calculator", []string{"tidepool-basal.json", "tidepool-bolusAndWizard.json"}, "/insulin", "?from=2014-06-10&until=2014-06-12",
			[]string{"Bolus 11 U", "Carbs 40 g", "Boluses a day 4.0", "Proposed by the device’s calculator 1 of 4 25%", "0.8 U on 11 Jun 2014"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			br := newBox(t).owner("Ana", "Mila")
			for _, f := range c.files {
				br.importReal(f)
			}
			page := wordsOf(br.page(br.at(c.path + c.query)))
			for _, w := range c.want {
				require.Contains(t, page, w)
			}
		})
	}
}

// Two days of a real closed loop, told once more by another program whose
// clock is minutes behind, have the same figures.
func TestRealDosesOfTwoSources(t *testing.T) {
	if os.Getenv("GLUCOKEEP_TESTDATA") == "" {
		t.Skip("GLUCOKEEP_TESTDATA does not name the folder of shared test data")
	}
	for _, minutes := range []record.Millis{0, 1, 4, 7} {
		br := newBox(t).owner("Ana", "Mila")
		br.importReal("nightscout-treatments.json")
		address := br.at("/insulin?from=2026-04-03&until=2026-04-05")
		figures := regexp.MustCompile(`(Bolus|Carbs|Boluses by hand a day|Automatic boluses a day|By hand|By the device) [\d.]+`)
		once := figures.FindAllString(wordsOf(br.page(address)), -1)
		require.Contains(t, fmt.Sprint(once), "Bolus")
		data, err := os.ReadFile(filepath.Join(os.Getenv("GLUCOKEEP_TESTDATA"), "imports", "nightscout-treatments.json"))
		require.NoError(t, err)
		in := format.Input{ReaderAt: bytes.NewReader(data), Size: int64(len(data))}
		f, err := format.Detect(in, format.Options{})
		require.NoError(t, err)
		given := 0
		for b, err := range format.Read(f, in, format.Options{}) {
			require.NoError(t, err)
			for _, r := range b.Sparse {
				if c := r.Base(); r.Kind() == record.KindDose || r.Kind() == record.KindCarbs {
					given++
					c.At -= minutes * 60_000
				}
			}
			br.accept(fileSource, nil, b.Sparse...)
		}
		require.Greater(t, given, 100)
		page := wordsOf(br.page(address))
		require.Equal(t, once, figures.FindAllString(page, -1), "%d minutes", minutes)
		require.Contains(t, page, "102 doses were told by two sources")
	}
}
