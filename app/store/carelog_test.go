package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/unit"
)

// Page by page the log is the whole log: nothing twice, nothing left out,
// whatever lies at one instant, and without what a device gave by itself.
func TestPagesOfTheLog(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		db := storetest.Open(t)
		var person int64
		want, byHand := map[string]bool{}, map[string]bool{}
		n := rapid.IntRange(0, 40).Draw(rt, "records")
		require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) (err error) {
			if person, err = tx.AddPerson(store.Person{Key: "p", Name: "Ana", Zone: "UTC", Unit: "mg/dL", Ranges: "standard"}); err != nil {
				return err
			}
			var uploads, sources []int64
			for _, format := range []string{"test", record.LogFormat} {
				id, err := tx.AddUpload(store.Upload{Key: format, Person: person, Format: format, Options: "{}", Report: "{}"})
				if err != nil {
					return err
				}
				s, err := tx.Source(person, record.Source{Format: format})
				if err != nil {
					return err
				}
				uploads, sources = append(uploads, id), append(sources, s.ID)
			}
			for i := range n {
				at := record.Millis(rapid.IntRange(1, 6).Draw(rt, "at"))
				from, upload := rapid.IntRange(0, 1).Draw(rt, "source"), rapid.IntRange(0, 1).Draw(rt, "upload")
				c := record.Common{At: at, Key: fmt.Sprint(i)}
				rec := []record.Record{&record.Note{Common: c, Text: "x"}, &record.Carbs{Common: c, Grams: 5},
					&record.Dose{Common: c, Delivery: record.Normal, Units: unit.Units(1), Automated: rapid.Bool().Draw(rt, "automated")}}[rapid.IntRange(0, 2).Draw(rt, "kind")]
				if d, ok := rec.(*record.Dose); !ok || !d.Automated {
					want[c.Key] = true
					byHand[c.Key] = from == 1 && upload == 1
				}
				if _, _, err := tx.AddRecord(person, store.Stored{Record: rec, Source: sources[from], Upload: uploads[upload]}); err != nil {
					return err
				}
			}
			return nil
		}))
		size, hand := rapid.IntRange(1, 7).Draw(rt, "size"), rapid.Bool().Draw(rt, "by hand")
		got, last := map[string]bool{}, record.Millis(1000)
		for until, skip := record.Millis(1000), 0; ; {
			list, err := db.LogRows(t.Context(), person, store.LogFilter{ByHand: hand}, 0, until, skip, size)
			require.NoError(t, err)
			if len(list) == 0 {
				break
			}
			for _, r := range list {
				key := r.Base().Key
				require.False(t, got[key], "twice")
				require.LessOrEqual(t, r.Base().At, last)
				require.Equal(t, byHand[key], r.ByHand)
				got[key], last = true, r.Base().At
				if r.Base().At == until {
					skip++
				} else {
					until, skip = r.Base().At, 1
				}
			}
		}
		for key := range want {
			require.Equal(t, !hand || byHand[key], got[key], key)
		}
		require.NoError(t, db.Close())
	})
}
