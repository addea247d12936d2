package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/unit"
)

// Basals gives what Records gives, but for what is not asked of it.
func TestBasalsAreTheRecords(t *testing.T) {
	db := storetest.Open(t)
	percent := 80.0
	var person int64
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		var err error
		person, err = tx.AddPerson(store.Person{Key: "p", Name: "Ana", Zone: "UTC", Unit: "mg/dL", Ranges: "standard"})
		require.NoError(t, err)
		other, err := tx.AddPerson(store.Person{Key: "q", Name: "Ben", Zone: "UTC", Unit: "mg/dL", Ranges: "standard"})
		require.NoError(t, err)
		for _, who := range []int64{person, other} {
			src, err := tx.Source(who, record.Source{Format: "x", Serial: "S"})
			require.NoError(t, err)
			upload, err := tx.AddUpload(store.Upload{Key: store.NewKey(), Person: who, Format: "x", Options: "{}", Report: "{}"})
			require.NoError(t, err)
			for i, b := range []record.Basal{
				{Basal: record.ScheduledBasal, Rate: 1.1}, {Basal: record.TempBasal, Percent: &percent, Duration: time.Hour},
				{Basal: record.AutomatedBasal, Rate: 0.123456789012345, Duration: 5 * time.Minute}, {Basal: record.Suspended, Duration: time.Second},
				{Basal: record.AutomatedBasal, Rate: 0.35}, {Basal: record.ScheduledBasal, Rate: 1, Duration: 400 * 24 * time.Hour},
			} {
				b.Common = record.Common{At: record.Millis(1000 - 100*i), Key: string(rune('a' + i)), Extra: map[string]string{"a": "b"}}
				_, _, err := tx.AddRecord(who, store.Stored{Record: &b, Source: src.ID, Upload: upload})
				require.NoError(t, err)
			}
		}
		return nil
	}))
	for _, p := range [][2]record.Millis{{0, 2000}, {600, 900}, {500, 500}} {
		full, err := db.Records(t.Context(), person, record.KindBasal, p[0], p[1], 100)
		require.NoError(t, err)
		lean, err := db.Basals(t.Context(), person, p[0], p[1])
		require.NoError(t, err)
		require.Len(t, lean, len(full))
		for i, s := range full {
			want := *s.Record.(*record.Basal)
			want.Common = record.Common{At: want.At}
			require.Equal(t, want, *lean[i])
		}
	}
	full, err := db.Records(t.Context(), person, record.KindBasal, 0, 2000, 100)
	require.NoError(t, err)
	values, err := db.Values(t.Context(), person, record.KindBasal, 0, 2000)
	require.NoError(t, err)
	require.Len(t, values, len(full))
	for i, s := range full {
		require.True(t, store.SameValues(s.Record, values[i]))
		require.Equal(t, &record.Common{At: s.Base().At}, values[i].Base())
	}
	_, err = db.Values(t.Context(), person, "none", 0, 2000)
	require.Error(t, err)
	first, last, err := db.RecordSpan(t.Context(), person)
	require.NoError(t, err)
	require.Equal(t, []record.Millis{500, 1000}, []record.Millis{first, last})
	_, _, err = db.RecordSpan(t.Context(), 99)
	require.ErrorIs(t, err, store.ErrNone)
}

// The fast readings of doses say what the slow one says.
func TestDosesAreTheirValues(t *testing.T) {
	db := storetest.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		person, source, upload := household(t, db)
		require.NoError(rt, db.Write(t.Context(), func(tx *store.Tx) error {
			for i := range rapid.IntRange(0, 12).Draw(rt, "doses") {
				d := &record.Dose{Common: record.Common{Key: fmt.Sprint(i), At: at + record.Millis(rapid.IntRange(-3, 3).Draw(rt, "at"))},
					Delivery:      rapid.SampledFrom([]record.Delivery{record.Normal, record.Extended, record.Dual, record.Injection}).Draw(rt, "delivery"),
					Insulin:       rapid.SampledFrom([]record.Insulin{"", record.Rapid, record.Long}).Draw(rt, "insulin"),
					Units:         unit.Units(rapid.Float64Range(0, 100).Draw(rt, "units")),
					Programmed:    unit.Units(rapid.Float64Range(0, 100).Draw(rt, "programmed")),
					ExtendedUnits: unit.Units(rapid.Float64Range(0, 100).Draw(rt, "extended")),
					Duration:      time.Duration(rapid.IntRange(-1, 36_000_000).Draw(rt, "lasts")) * time.Millisecond,
					Automated:     rapid.Bool().Draw(rt, "automated"),
					Carbs:         unit.Grams(rapid.Float64Range(0, 300).Draw(rt, "carbs")),
					Unspecified:   rapid.Bool().Draw(rt, "unspecified")}
				if rapid.Bool().Draw(rt, "recommended") {
					u := unit.Units(rapid.Float64Range(0, 100).Draw(rt, "proposed"))
					d.Recommended = &u
				}
				if _, _, err := tx.AddRecord(person, store.Stored{Record: d, Source: source, Upload: upload, Received: at, Modified: at + 1}); err != nil {
					return err
				}
			}
			return nil
		}))
		want, err := db.Values(t.Context(), person, record.KindDose, at-2, at+3)
		require.NoError(rt, err)
		got, err := db.Doses(t.Context(), person, at-2, at+3)
		require.NoError(rt, err)
		require.Len(rt, got, len(want))
		told, err := db.Told(t.Context(), person, record.KindDose, at-2, at+3)
		require.NoError(rt, err)
		require.Len(rt, told, len(want))
		for i := range want {
			require.Equal(rt, want[i], record.Record(got[i]))
			require.Equal(rt, store.Stored{Record: want[i], Source: source, Received: at, Modified: at + 1}, told[i])
		}
		tellers, err := db.Tellers(t.Context(), person, record.KindCarbs)
		require.NoError(rt, err)
		require.Zero(rt, tellers, "of carbs")
	})
}

// Settings gives what Records gives, but for what is not asked of it.
func TestSettingsAreTheRecords(t *testing.T) {
	db := storetest.Open(t)
	person, source, upload := household(t, db)
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		for i, s := range []*record.Setting{
			{Common: record.Common{At: at, Extra: map[string]string{"profile": "Weekday"}}, Name: "basal.00:00", Value: "0.8", Unit: "U/h"},
			{Common: record.Common{At: at}, Name: "language", Value: "\x1f\"x", Unit: ""},
			{Common: record.Common{At: at - 1}, Name: "basal.00:00", Value: "0.7", Unit: "U/h"},
			{Common: record.Common{At: at + 9}, Name: "later", Value: "1"},
		} {
			s.Key = fmt.Sprint(i)
			if _, _, err := tx.AddRecord(person, store.Stored{Record: s, Source: source, Upload: upload, Received: at, Modified: at}); err != nil {
				return err
			}
		}
		return nil
	}))
	want, err := db.Records(t.Context(), person, record.KindSetting, at-5, at+9, 100)
	require.NoError(t, err)
	require.Len(t, want, 3)
	got, err := db.Settings(t.Context(), person, at-5, at+9)
	require.NoError(t, err)
	require.Len(t, got, len(want))
	for i, w := range want {
		r := *w.Record.(*record.Setting)
		r.Common = record.Common{At: r.At, Extra: r.Extra}
		require.Equal(t, store.ToldSetting{Source: w.Source, Setting: &r}, got[i])
	}
}
