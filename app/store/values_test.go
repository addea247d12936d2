package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
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
