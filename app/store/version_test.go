package store_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/unit"
)

func TestTheVersionChangesWithEveryCommit(t *testing.T) {
	db := storetest.Open(t)
	version := func() int64 {
		n, err := db.Version(t.Context())
		require.NoError(t, err)
		return n
	}
	before := version()
	require.Equal(t, before, version(), "nobody wrote")
	person := func() error {
		return db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.AddPerson(store.Person{Key: store.NewKey(), Name: "Ana", Zone: "UTC", Unit: "mg/dL", Ranges: "standard"})
			return err
		})
	}
	require.NoError(t, person())
	after := version()
	require.NotEqual(t, before, after)

	shell, err := sql.Open("sqlite", "file:"+filepath.Join(db.Dir(), store.FileName)+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	defer shell.Close()
	_, err = shell.Exec(`UPDATE person SET name = 'Ben'`)
	require.NoError(t, err)
	require.NotEqual(t, after, version(), "another program wrote")
}

func TestHowTheNewestReadingCame(t *testing.T) {
	db := storetest.Open(t)
	var person int64
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) (err error) {
		person, err = tx.AddPerson(store.Person{Key: store.NewKey(), Name: "Ana", Zone: "UTC", Unit: "mg/dL", Ranges: "standard"})
		return err
	}))
	_, err := db.Arrival(t.Context(), person)
	require.ErrorIs(t, err, store.ErrNone)

	const came = record.Millis(1_773_000_060_000)
	for _, c := range []struct {
		name string
		at   record.Millis
	}{{"today", 1_773_000_000_000}, {"before 1970", -86_400_000 - 5}, {"the first instant of a day", 86_400_000}, {"before 1970, at midnight", -2 * 86_400_000}} {
		t.Run(c.name, func(t *testing.T) {
			for i, live := range []string{"", "phone " + c.name} {
				require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
					src, err := tx.Source(person, record.Source{Format: "f", Device: "Sensor"})
					if err != nil {
						return err
					}
					u, err := tx.AddUpload(store.Upload{Key: store.NewKey(), Person: person, Format: "f", Zone: "UTC", Options: "{}", Report: "{}", Live: live})
					if err != nil {
						return err
					}
					e := func(at, received record.Millis) store.Entry {
						return store.Entry{Reading: record.Reading{At: at, Value: unit.MgDLValue(100)}, Upload: u, Received: received, Modified: received}
					}
					err = tx.SetPage(person, src.ID, store.Day(c.at), []store.Entry{e(c.at, came), e(c.at+1, came+300_000)})
					if err != nil {
						return err
					}
					return tx.ExecForTest(`INSERT OR REPLACE INTO glucose_latest (person, source, at_ms) VALUES (?, ?, ?)`, person, src.ID, int64(c.at))
				}))
				a, err := db.Arrival(t.Context(), person)
				require.NoError(t, err)
				require.Equal(t, c.at, a.At)
				require.Equal(t, came, a.Received)
				require.Equal(t, came+300_000, a.Heard, "its source brought something later")
				require.Equal(t, "Sensor", a.Source.Device)
				require.Equal(t, i == 1, a.Live)
			}
		})
	}
}
