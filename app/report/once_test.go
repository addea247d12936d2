package report_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/app/share"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/unit"
)

// tellings is a person with what several sources told, by their format.
func tellings(t *testing.T, by map[string][]record.Record) *read.Reader {
	t.Helper()
	db := storetest.Open(t)
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		person, err := tx.AddPerson(store.Person{Key: "p", Name: "Ana", Zone: "UTC", Unit: "mg/dL", Ranges: "standard"})
		require.NoError(t, err)
		upload, err := tx.AddUpload(store.Upload{Key: "u", Person: person, Format: "test", Options: "{}", Report: "{}", Created: at})
		require.NoError(t, err)
		for format, list := range by {
			src, err := tx.Source(person, record.Source{Format: format, Serial: format})
			require.NoError(t, err)
			for i, r := range list {
				r.Base().Key = fmt.Sprint(i)
				_, _, err := tx.AddRecord(person, store.Stored{Record: r, Source: src.ID, Upload: upload, Received: at, Modified: at})
				require.NoError(t, err)
			}
		}
		return nil
	}))
	ledger := audit.New(db, make([]byte, 32))
	scope, err := share.New(db, ledger).Scope(t.Context(), share.Viewer{Console: true}, share.View, "p", time.Now())
	require.NoError(t, err)
	r, err := read.New(db, ledger).Open(t.Context(), scope, "test", time.Now())
	require.NoError(t, err)
	return r
}

func units(u unit.Units, m int) record.Record {
	return &record.Dose{Common: record.Common{At: minute(m)}, Delivery: record.Normal, Insulin: record.Rapid, Units: u}
}

func sumOf(list []*record.Dose) (u unit.Units) {
	for _, d := range list {
		u += d.Units
	}
	return u
}

// A dose that two sources tell on either side of an end is in one of the two
// periods, and the trace of a period counts what its report counts.
func TestADoseAtTheEndOfAPeriodIsInOne(t *testing.T) {
	for _, c := range []struct {
		name     string
		pump     int // minutes from the end, by the clock of each
		relay    int
		before   unit.Units
		told     []int // sources of the entries of the period after
		leftOver int
	}{
		{"the pump before", -2, 3, 4, nil, 1},
		{"the relay before", 3, -2, 4, nil, 1},
		{"both after", 3, 2, 0, []int{2}, 1},
		{"the pump alone after the other's reach", 3, -9, 4, []int{1}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := tellings(t, map[string][]record.Record{"carelink-csv": {units(4, c.pump)}, "nightscout-json": {units(4, c.relay)}})
			first, _, err := report.Doses(t.Context(), r, report.Period{From: minute(-600), Until: noon})
			require.NoError(t, err)
			require.Equal(t, c.before, sumOf(first))
			second, twice, err := report.Doses(t.Context(), r, report.Period{From: noon, Until: minute(600)})
			require.NoError(t, err)
			require.Equal(t, c.leftOver, twice)
			require.Equal(t, len(c.told) > 0, len(second) > 0)
			tr, err := report.GatherTrace(t.Context(), r, time.UTC, report.Period{From: noon, Until: minute(600)}, minute(6000))
			require.NoError(t, err)
			require.Equal(t, sumOf(second), sumOf(tr.Therapy.Doses))
			var told []int
			for _, e := range tr.Entries {
				told = append(told, 1+len(e.Also))
			}
			require.Equal(t, c.told, told)
		})
	}
}

// A clock that is ahead does not hide until then what another source told.
func TestADoseThatTheOtherClockTellsLater(t *testing.T) {
	r := tellings(t, map[string][]record.Record{"carelink-csv": {units(4, 5)}, "nightscout-json": {units(4, -1)}})
	tr, err := report.GatherTrace(t.Context(), r, time.UTC, report.Period{From: minute(-600), Until: minute(600)}, noon)
	require.NoError(t, err)
	require.Equal(t, unit.Units(4), sumOf(tr.Therapy.Doses))
	require.Len(t, tr.Sources, 1)
}

func TestCarbsOfTwoSources(t *testing.T) {
	meal := func(m int) []record.Record {
		return []record.Record{&record.Carbs{Common: record.Common{At: minute(m)}, Grams: 40}}
	}
	r := tellings(t, map[string][]record.Record{"carelink-csv": meal(10), "nightscout-json": meal(11), "tidepool-json": meal(12)})
	p := report.Period{From: noon, Until: minute(600)}
	for name, gather := range map[string]func() (report.Data, error){
		"meals": func() (report.Data, error) { return report.GatherMeals(t.Context(), r, time.UTC, p) },
		"care":  func() (report.Data, error) { return report.GatherCare(t.Context(), r, time.UTC, p) },
		"all":   func() (report.Data, error) { return report.Gather(t.Context(), r, time.UTC, p) },
	} {
		d, err := gather()
		require.NoError(t, err)
		require.Len(t, d.Therapy.Carbs, 1, name)
		require.Equal(t, 2, d.Therapy.CarbsTwice, name)
	}
}
