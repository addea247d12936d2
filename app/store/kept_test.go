package store_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
)

func TestKeptHoldsUntilAnybodyCommits(t *testing.T) {
	db := storetest.Open(t)
	var kept store.Kept[string, int]
	reads := 0
	get := func(key string) int {
		v, err := kept.Get(t.Context(), db, key, func() (int, error) { reads++; return reads, nil })
		require.NoError(t, err)
		return v
	}
	require.Equal(t, 1, get("a"))
	require.Equal(t, 1, get("a"), "nobody committed")
	require.Equal(t, 2, get("b"), "another key is read for itself")
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error { return tx.SetBoxFact("name", "Home") }))
	require.Equal(t, 3, get("a"), "this program committed")
	shell, err := sql.Open("sqlite", "file:"+filepath.Join(db.Dir(), store.FileName)+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	defer shell.Close()
	_, err = shell.Exec(`DELETE FROM box`)
	require.NoError(t, err)
	require.Equal(t, 4, get("a"), "another program committed")

	wrong := errors.New("wrong")
	_, err = kept.Get(t.Context(), db, "c", func() (int, error) { return 9, wrong })
	require.ErrorIs(t, err, wrong)
	require.Equal(t, 5, get("c"), "an error is not kept")

	require.Panics(t, func() { _, _ = kept.Get(t.Context(), db, "p", func() (int, error) { panic("broken") }) })
	require.Equal(t, 6, get("p"), "nor what never came")
	reads--

	v, err := kept.Get(t.Context(), db, "d", func() (int, error) { // somebody commits while it is read
		return 7, db.Write(t.Context(), func(tx *store.Tx) error { return tx.SetBoxFact("name", "Other") })
	})
	require.NoError(t, err)
	require.Equal(t, 7, v)
	require.Equal(t, 6, get("d"))
}

// Whoever asks after a commit gets what it wrote, however many ask and commit
// at once.
func TestKeptIsNeverOlderThanTheLastCommit(t *testing.T) {
	db := storetest.Open(t)
	var kept store.Kept[int, string]
	var done atomic.Int64 // what was committed for certain
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for done.Load() < 200 {
				least := done.Load()
				v, err := kept.Get(t.Context(), db, 1, func() (string, error) {
					facts, err := db.BoxFacts(t.Context())
					return facts["name"], err
				})
				if err != nil {
					t.Error(err)
					return
				}
				if int64(len(v)) < least {
					t.Errorf("got commit %d after commit %d", len(v), least)
					return
				}
			}
		})
	}
	name := ""
	for range 200 {
		name += "x"
		require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error { return tx.SetBoxFact("name", name) }))
		done.Add(1)
	}
	group.Wait()
}

func TestOfManyWhoAskAtOnceOneReads(t *testing.T) {
	db := storetest.Open(t)
	var kept store.Kept[int, int]
	var reads atomic.Int64
	var group sync.WaitGroup
	gate := make(chan struct{})
	for i := range 50 {
		group.Go(func() {
			<-gate
			v, err := kept.Get(t.Context(), db, 1, func() (int, error) {
				time.Sleep(20 * time.Millisecond)
				if reads.Add(1) == 1 {
					return 0, errors.New("the first went away")
				}
				return 7, nil
			})
			if err == nil && v != 7 {
				t.Errorf("%d got %d", i, v)
			}
		})
	}
	close(gate)
	group.Wait()
	before := reads.Load()
	for range 50 {
		group.Go(func() {
			v, err := kept.Get(t.Context(), db, 2, func() (int, error) { time.Sleep(20 * time.Millisecond); reads.Add(1); return 8, nil })
			if err != nil || v != 8 {
				t.Errorf("got %d, %v", v, err)
			}
		})
	}
	group.Wait()
	require.Equal(t, before+1, reads.Load())
}
