// Package storetest gives tests a real database in a folder of their own.
package storetest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/store"
)

// Schema reads schema.sql of the project, so that no test has a copy.
func Schema(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			if text, err := os.ReadFile(filepath.Join(dir, "schema.sql")); err == nil {
				return string(text)
			}
		}
		up := filepath.Dir(dir)
		require.NotEqual(t, dir, up, "no go.mod with a schema.sql above the test")
		dir = up
	}
}

// Open gives an empty database that is closed with the test.
func Open(t testing.TB) *store.DB {
	t.Helper()
	return OpenIn(t, t.TempDir())
}

// OpenIn opens the database in dir and closes it with the test.
func OpenIn(t testing.TB, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), dir, Schema(t))
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}
