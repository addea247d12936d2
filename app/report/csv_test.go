package report_test

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/format"
	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/app/share"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/text"
	"glucokeep/app/unit"
)

const at = record.Millis(1_700_000_000_123)

// everything is a record of every kind with every field filled, over months, so
// that a writer pages.
func everything() []record.Record {
	asked, percent := unit.Units(3.5), 80.0
	all := []record.Record{
		&record.Fingerstick{Value: unit.MmolLValue(5.5), Flags: record.BelowRange, Meter: "m, \"x\""},
		&record.Calibration{Value: unit.MgDLValue(120), Rejected: true},
		&record.Ketone{MmolL: 0.6},
		&record.Dose{Delivery: record.Dual, Insulin: record.Rapid, Units: 4, Programmed: 5, ExtendedUnits: 2, Duration: time.Hour, Automated: true, Recommended: &asked, Carbs: 40},
		&record.Dose{Delivery: record.Injection, Insulin: record.Long, Unspecified: true},
		&record.Basal{Basal: record.TempBasal, Rate: 0.8, Percent: &percent, Duration: 30 * time.Minute},
		&record.Basal{Basal: record.ScheduledBasal, Rate: 1.2},
		&record.Basal{Basal: record.AutomatedBasal, Rate: 0.35, Duration: 5 * time.Minute},
		&record.Basal{Basal: record.Suspended, Duration: time.Hour},
		&record.DailyTotal{Total: 40, Basal: 20, Bolus: 20, Automated: 12},
		&record.Carbs{Grams: 30, Exchanges: 2.5, Food: "bread; butter"},
		&record.Carbs{Unspecified: true},
		&record.Activity{Name: "walk", Intensity: "light", Duration: 30 * time.Minute},
		&record.Note{Text: "<b>felt low</b>\nümläut, \"quoted\""},
		&record.Alarm{Name: "LOW SG", Cleared: true},
		&record.Setting{Name: "target.low", Value: "80", Unit: "mg/dL"},
		&record.Event{Event: record.Prime, Detail: "cannula", Amount: 0.3, Duration: time.Minute},
	}
	for i, r := range all {
		*r.Base() = record.Common{At: at + record.Millis(i)*12*24*3600*1000, Key: fmt.Sprintf("k%02d", i), Offset: 120, Quality: record.AssumedZone,
			Extra: map[string]string{"b": "2", "a": "1"}}
	}
	return all
}

// box is a person with data and somebody at the console who may export it.
func box(t *testing.T, glucose []store.Entry, sparse []record.Record) *read.Reader {
	t.Helper()
	db := storetest.Open(t)
	ledger := audit.New(db, make([]byte, 32))
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		person, err := tx.AddPerson(store.Person{Key: "p", Name: "Ana", Zone: "Europe/Berlin", Unit: "mg/dL", Ranges: "standard"})
		require.NoError(t, err)
		src, err := tx.Source(person, record.Source{Format: "clarity-csv", Device: "G6", Serial: "S1", Interval: 5 * time.Minute})
		require.NoError(t, err)
		upload, err := tx.AddUpload(store.Upload{Key: "u", Person: person, Format: "clarity-csv", Options: "{}", Report: "{}", Created: at})
		require.NoError(t, err)
		days := map[int64][]store.Entry{}
		for _, e := range glucose {
			e.Upload, e.Received, e.Modified = upload, at, at
			days[store.Day(e.At)] = append(days[store.Day(e.At)], e)
		}
		for day, es := range days {
			require.NoError(t, tx.SetPage(person, src.ID, day, es))
		}
		for _, r := range sparse {
			_, _, err := tx.AddRecord(person, store.Stored{Record: r, Source: src.ID, Upload: upload, Received: at, Modified: at})
			require.NoError(t, err)
		}
		return nil
	}))
	scope, err := share.New(db, ledger).Scope(t.Context(), share.Viewer{Console: true}, share.Export, "p", time.Now())
	require.NoError(t, err)
	r, err := read.New(db, ledger).Open(t.Context(), scope, "test", time.Now())
	require.NoError(t, err)
	return r
}

// What is exported says all that is stored: read back, it is the same.
func TestArchiveLosesNothing(t *testing.T) {
	var glucose []store.Entry
	for i, r := range []record.Reading{
		{Value: unit.MgDLValue(120), Trend: record.Flat},
		{Value: unit.MmolLValue(5.55), Quality: record.Ambiguous, Offset: 60},
		{Value: unit.MgDLValue(40), Flags: record.BelowRange},
		{Value: unit.MgDLValue(400), Flags: record.AboveRange | record.Backfilled, Trend: record.TripleUp},
		{Value: unit.MgDLValue(133.5), Flags: record.Scan, Quality: record.Skipped, Offset: -210},
	} {
		r.At = at + record.Millis(i)*20*24*3600*1000 // over months, so that the writer pages
		glucose = append(glucose, store.Entry{Reading: r})
	}
	rd := box(t, glucose, everything())
	from, until, ok, err := rd.Extent(t.Context())
	require.NoError(t, err)
	require.True(t, ok)

	var file bytes.Buffer
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	_, err = report.WriteArchive(t.Context(), &file, rd, berlin, report.Period{From: from, Until: until}, time.UnixMilli(int64(until)), "test")
	require.NoError(t, err)

	in := format.Input{ReaderAt: bytes.NewReader(file.Bytes()), Size: int64(file.Len())}
	f, err := format.Detect(in, format.Options{})
	require.NoError(t, err)
	require.Equal(t, format.OwnID, f.ID)
	var readings []record.Reading
	var sparse []record.Record
	for b, err := range format.Read(f, in, format.Options{}) {
		require.NoError(t, err)
		require.Empty(t, b.Rejects)
		require.Equal(t, record.Source{Format: "clarity-csv", Device: "G6", Serial: "S1", Interval: 5 * time.Minute}, b.Source)
		require.Equal(t, record.Instant, b.Clock)
		readings = append(readings, b.Glucose...)
		for _, r := range b.Sparse {
			r.Base().Line = 0
			sparse = append(sparse, r)
		}
	}
	var want []record.Reading
	for _, e := range glucose {
		want = append(want, e.Reading)
	}
	require.Equal(t, want, readings)
	slices.SortFunc(sparse, func(a, b record.Record) int { return cmp.Compare(a.Base().Key, b.Base().Key) })
	require.Equal(t, everything(), sparse)
}

func TestTextForPeople(t *testing.T) {
	words := func(l text.Locale, d report.Data) string {
		var b bytes.Buffer
		require.NoError(t, report.WriteText(&b, l, report.ComputeStats(d)))
		return b.String()
	}
	d := report.Data{Period: report.Period{From: at, Until: at + 20*24*3600*1000}, Zone: time.UTC}
	require.Contains(t, words(text.Locale{Lang: "en"}, d), "No readings")
	d.Readings = []record.Reading{{At: at, Value: unit.MgDLValue(100)}}
	one := words(text.Locale{Lang: "en"}, d)
	require.NotContains(t, one, "NaN")
	require.NotContains(t, one, "GMI", "one reading gives none")
	for i := range 20 * 288 {
		d.Readings = append(d.Readings, record.Reading{At: at + record.Millis((i+1)*300_000), Value: unit.MgDLValue(float64(90 + i%60)), Every: 5})
	}
	d.Therapy = metrics.Therapy{Doses: []*record.Dose{{Common: record.Common{At: at + 86_400_000*3}, Delivery: record.Normal, Units: 4}}}
	many := words(text.Locale{Lang: "de", Unit: "mmol/L"}, d)
	require.Contains(t, many, "GMI")
	require.Contains(t, many, "6,6 mmol/L")
	require.Contains(t, many, "Basalinsulin unbekannt", "boluses alone give no total")
}
