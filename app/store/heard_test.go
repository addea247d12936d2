package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/unit"
)

func TestHeard(t *testing.T) {
	db := storetest.Open(t)
	person, source, upload := household(t, db)
	heard, err := db.Heard(t.Context(), person)
	require.NoError(t, err)
	require.Equal(t, store.Heard{}, heard[source], "nothing yet")
	_, _, err = db.RecordSpan(t.Context(), person)
	require.ErrorIs(t, err, store.ErrNone)

	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		for i, r := range []record.Record{&record.Event{Event: record.Rewind}, &record.Carbs{Grams: 5}, &record.Event{Event: record.Prime}} {
			*r.Base() = record.Common{At: record.Millis(1000 * (i + 1)), Key: string(rune('a' + i))}
			if _, _, err := tx.AddRecord(person, store.Stored{Record: r, Source: source, Upload: upload}); err != nil {
				return err
			}
		}
		return tx.SpanUpload(upload, source, 1000, 9000)
	}))
	heard, err = db.Heard(t.Context(), person)
	require.NoError(t, err)
	require.Equal(t, store.Heard{First: 1000, Last: 9000, Kinds: []record.Kind{record.KindCarbs, record.KindEvent}}, heard[source])
	first, last, err := db.RecordSpan(t.Context(), person)
	require.NoError(t, err)
	require.Equal(t, [2]record.Millis{1000, 3000}, [2]record.Millis{first, last}, "over all kinds")

	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		return tx.SetPage(person, source, 0, []store.Entry{{Reading: record.Reading{At: 5000, Value: unit.MgDLValue(100)}, Upload: upload}})
	}))
	heard, err = db.Heard(t.Context(), person)
	require.NoError(t, err)
	require.True(t, heard[source].Glucose)
	none, err := db.Heard(t.Context(), person+1)
	require.NoError(t, err)
	require.Empty(t, none, "nobody else's")
}

// A kind that is added to the records must be added to the list.
func TestAllKindsIsAllKinds(t *testing.T) {
	require.Len(t, store.AllKinds(), 12)
	seen := map[record.Kind]bool{}
	for _, k := range store.AllKinds() {
		require.False(t, seen[k])
		seen[k] = true
	}
}
