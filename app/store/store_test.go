package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/unit"
)

const at = record.Millis(1_700_000_000_000)

// household puts one person with one source and one upload into db.
func household(t testing.TB, db *store.DB) (person, source, upload int64) {
	t.Helper()
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) (err error) {
		person, err = tx.AddPerson(store.Person{Key: store.NewKey(), Name: "Ana", Zone: "Europe/Berlin", Unit: "mg/dL", Ranges: "standard", Created: at})
		if err != nil {
			return err
		}
		s, err := tx.Source(person, record.Source{Format: "test", Serial: "1"})
		if err != nil {
			return err
		}
		source = s.ID
		upload, err = tx.AddUpload(store.Upload{Key: store.NewKey(), Person: person, Format: "test", Options: "{}", Report: "{}", Created: at})
		return err
	}))
	return person, source, upload
}

func TestOpen(t *testing.T) {
	t.Run("a second opening of the same folder is refused with a sentence", func(t *testing.T) {
		db := storetest.Open(t)
		_, err := store.Open(t.Context(), db.Dir(), storetest.Schema(t))
		require.Equal(t, fault.Conflict, fault.KindOf(err))
	})
	t.Run("files are readable by their owner alone", func(t *testing.T) {
		db := storetest.Open(t)
		entries, err := os.ReadDir(db.Dir())
		require.NoError(t, err)
		require.NotEmpty(t, entries)
		for _, e := range entries {
			info, err := e.Info()
			require.NoError(t, err)
			require.Zero(t, info.Mode().Perm()&0o077, e.Name())
		}
	})
	t.Run("a file that is no database is refused with a sentence", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, store.FileName), []byte("this is a letter, not a database, and longer than a header"), 0o600))
		_, err := store.Open(t.Context(), dir, storetest.Schema(t))
		require.Equal(t, fault.Invalid, fault.KindOf(err))
	})
	t.Run("a database of a later version is refused and left alone", func(t *testing.T) {
		dir := t.TempDir()
		db, err := store.Open(t.Context(), dir, "PRAGMA user_version = 7;\nCREATE TABLE x (a INTEGER) STRICT;")
		require.NoError(t, err)
		require.NoError(t, db.Close())
		_, err = store.Open(t.Context(), dir, storetest.Schema(t))
		require.Equal(t, fault.Conflict, fault.KindOf(err))
	})
	t.Run("a folder name with odd characters works", func(t *testing.T) {
		db := storetest.OpenIn(t, filepath.Join(t.TempDir(), "a b?c#d%e&f=ü"))
		household(t, db)
	})
}

func TestWrite(t *testing.T) {
	add := func(db *store.DB, name string) error {
		return db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.AddPerson(store.Person{Key: name, Name: name, Zone: "UTC", Unit: "mg/dL", Ranges: "standard"})
			return err
		})
	}
	names := func(db *store.DB) (out []string) {
		ps, err := db.Persons(t.Context())
		require.NoError(t, err)
		for _, p := range ps {
			out = append(out, p.Name)
		}
		return out
	}

	t.Run("an error undoes its own work", func(t *testing.T) {
		db := storetest.Open(t)
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.AddPerson(store.Person{Key: "k", Name: "gone", Zone: "UTC", Unit: "mg/dL", Ranges: "standard"})
			require.NoError(t, err)
			return errors.New("no")
		})
		require.EqualError(t, err, "no")
		require.Empty(t, names(db))
	})
	t.Run("many writers at once: the failing and panicking ones take no neighbour along", func(t *testing.T) {
		db := storetest.Open(t)
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					_, err := tx.AddPerson(store.Person{Key: fmt.Sprint(i), Name: fmt.Sprint(i), Zone: "UTC", Unit: "mg/dL", Ranges: "standard"})
					switch {
					case err != nil:
						return err
					case i%10 == 3:
						return errors.New("no")
					case i%10 == 7:
						panic("boom")
					}
					return nil
				})
				if (i%10 == 3 || i%10 == 7) == (err == nil) {
					t.Errorf("writer %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		require.Len(t, names(db), 160)
	})
	t.Run("a constraint broken by one is its own error", func(t *testing.T) {
		db := storetest.Open(t)
		require.NoError(t, add(db, "a"))
		require.Error(t, add(db, "a"))
		require.NoError(t, add(db, "b"))
		require.Equal(t, []string{"a", "b"}, names(db))
	})
	t.Run("what is to happen after the commit happens only then", func(t *testing.T) {
		db := storetest.Open(t)
		var told []string
		require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
			tx.AfterCommit(func() { told = append(told, "outer") })
			err := tx.Savepoint(func(tx *store.Tx) error {
				tx.AfterCommit(func() { told = append(told, "undone") })
				return errors.New("no")
			})
			require.Error(t, err)
			require.Empty(t, told)
			return nil
		}))
		require.Equal(t, []string{"outer"}, told)
	})
	t.Run("a broken transaction costs the one that broke it and nobody else", func(t *testing.T) {
		db := storetest.Open(t)
		gate, entered := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() { // holds the turn until the others wait together
			_ = db.Write(t.Context(), func(*store.Tx) error { close(entered); <-gate; return nil })
		})
		<-entered
		errs := make([]error, 9)
		for i := range errs {
			wg.Go(func() {
				errs[i] = db.Write(t.Context(), func(tx *store.Tx) error {
					if i == 4 {
						return tx.BreakForTest()
					}
					_, err := tx.AddPerson(store.Person{Key: fmt.Sprint(i), Name: fmt.Sprint(i), Zone: "UTC", Unit: "mg/dL", Ranges: "standard"})
					return err
				})
			})
		}
		db.WaitForQueueForTest(len(errs))
		close(gate)
		wg.Wait()
		for i, err := range errs {
			if i == 4 {
				require.Error(t, err)
			} else {
				require.NoError(t, err)
			}
		}
		require.Len(t, names(db), len(errs)-1)
	})
}

func TestLedgerIsAppendOnly(t *testing.T) {
	db := storetest.Open(t)
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		return tx.AddLedger(store.LedgerRow{Seq: 1, Result: "ok", Hash: make([]byte, 32)}, "mark")
	}))
	for _, q := range []string{`UPDATE ledger SET action = 'x'`, `DELETE FROM ledger`,
		`INSERT OR REPLACE INTO ledger SELECT seq, 7, boot, actor, behalf, person, action, object, result, origin, request, detail, key, hash FROM ledger`} {
		require.ErrorContains(t, db.Write(t.Context(), func(tx *store.Tx) error { return tx.ExecForTest(q) }), "append-only")
	}
}

func TestRecords(t *testing.T) {
	db := storetest.Open(t)
	person, source, upload := household(t, db)
	asked, percent := unit.Units(3.5), 80.0
	all := []record.Record{
		&record.Fingerstick{Value: unit.MmolLValue(5.5), Flags: record.BelowRange, Meter: "m"},
		&record.Calibration{Value: unit.MgDLValue(120), Rejected: true},
		&record.Ketone{MmolL: 0.6},
		&record.Dose{Delivery: record.Dual, Insulin: record.Rapid, Units: 4, Programmed: 5, ExtendedUnits: 2, Duration: 9e12, Automated: true, Recommended: &asked, Carbs: 40},
		&record.Dose{Delivery: record.Injection, Unspecified: true},
		&record.Basal{Basal: record.TempBasal, Rate: 0.8, Percent: &percent, Duration: 18e11},
		&record.DailyTotal{Total: 40, Basal: 20, Bolus: 20, Automated: 12},
		&record.Carbs{Grams: 30, Exchanges: 2.5, Food: "bread", Unspecified: false},
		&record.Activity{Name: "walk", Intensity: "light", Duration: 18e11},
		&record.Note{Text: "<b>felt low</b>\n=1+1"},
		&record.Alarm{Name: "LOW SG", Cleared: true},
		&record.Setting{Name: "target.low", Value: "80", Unit: "mg/dL"},
		&record.Event{Event: record.Prime, Detail: "cannula", Amount: 0.3, Duration: 6e10},
	}
	for i, r := range all {
		*r.Base() = record.Common{At: at + record.Millis(i), Key: fmt.Sprint("k", i), Offset: 120, Quality: record.AssumedZone, Extra: map[string]string{"b": "2", "a": "1"}}
	}
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		for _, r := range all {
			id, old, err := tx.AddRecord(person, store.Stored{Record: r, Source: source, Upload: upload, Received: at, Modified: at})
			require.NoError(t, err)
			require.Nil(t, old)
			require.NotZero(t, id)
			_, old, err = tx.AddRecord(person, store.Stored{Record: r, Source: source, Upload: upload, Received: at, Modified: at})
			require.NoError(t, err)
			require.NotNil(t, old)
			require.Equal(t, id, old.ID)
			require.True(t, store.Same(r, old.Record), r.Kind())
		}
		return nil
	}))
	var back []record.Record
	for _, k := range []record.Kind{record.KindFingerstick, record.KindCalibration, record.KindKetone, record.KindDose, record.KindBasal,
		record.KindDailyTotal, record.KindCarbs, record.KindActivity, record.KindNote, record.KindAlarm, record.KindSetting, record.KindEvent} {
		rs, err := db.Records(t.Context(), person, k, at, at+1000, 100)
		require.NoError(t, err)
		for _, r := range rs {
			back = append(back, r.Record)
		}
	}
	require.Equal(t, all, back)

	t.Run("too many are none, and not some", func(t *testing.T) {
		few, err := db.Records(t.Context(), person, record.KindNote, at, at+1000, 1)
		require.NoError(t, err)
		require.Len(t, few, 1)
		few, err = db.Records(t.Context(), person, record.KindNote, at, at+1000, 0)
		require.ErrorIs(t, err, store.ErrMany)
		require.Nil(t, few)
	})

	t.Run("a changed record keeps its original", func(t *testing.T) {
		changed := &record.Note{Common: *all[9].Base(), Text: "felt fine"}
		require.False(t, store.Same(all[9], changed))
		require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
			s := store.Stored{Record: changed, Source: source, Upload: upload, Received: at, Modified: at + 5}
			_, old, err := tx.AddRecord(person, s)
			require.NoError(t, err)
			return tx.ReplaceRecord(person, 0, *old, s)
		}))
		rs, err := db.Records(t.Context(), person, record.KindNote, at, at+1000, 100)
		require.NoError(t, err)
		require.Equal(t, "felt fine", rs[0].Record.(*record.Note).Text)
		revisions, err := db.Revisions(t.Context(), person, 10)
		require.NoError(t, err)
		require.Len(t, revisions, 1)
		require.Contains(t, revisions[0].Original, `felt low`)
	})
}
