package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/store"
)

// The road of a database through versions, on a schema of the test's own: the
// first version of ours has no step yet.
func TestMigrate(t *testing.T) {
	const (
		due     = "CREATE TABLE basal_due (person INTEGER, day INTEGER) STRICT;\n" // every Write looks into it
		first   = due + "PRAGMA user_version = 1;\nCREATE TABLE meal (id INTEGER PRIMARY KEY, carbs_g REAL NOT NULL) STRICT;\n"
		addFood = "ALTER TABLE meal ADD COLUMN food TEXT NOT NULL DEFAULT '';"
		second  = due + "PRAGMA user_version = 2;\nCREATE TABLE meal (id INTEGER PRIMARY KEY, carbs_g REAL NOT NULL, food TEXT NOT NULL DEFAULT '') STRICT;\n"
	)
	old := func(t *testing.T) string {
		dir := t.TempDir()
		db, err := store.Open(t.Context(), dir, first)
		require.NoError(t, err)
		require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error { return tx.ExecForTest(`INSERT INTO meal (carbs_g) VALUES (30), (45)`) }))
		require.NoError(t, db.Close())
		return dir
	}
	meals := func(t *testing.T, db *store.DB) (out []string) {
		require.NoError(t, db.Select(t.Context(), `SELECT * FROM meal ORDER BY id`, func(columns []string, values []any) error {
			out = append(out, fmt.Sprint(len(columns), values))
			return nil
		}))
		return out
	}
	backups := func(dir string) []string {
		found, err := filepath.Glob(filepath.Join(dir, "before-version-2-*.db"))
		require.NoError(t, err)
		return found
	}

	t.Run("both roads meet, rows survive, a backup lies beside", func(t *testing.T) {
		dir := old(t)
		defer store.StepsForTest(addFood)()
		db, err := store.Open(t.Context(), dir, second)
		require.NoError(t, err)
		defer db.Close()
		require.Equal(t, []string{"3 [1 30 ]", "3 [2 45 ]"}, meals(t, db))
		require.Len(t, backups(dir), 1)
		info, err := os.Stat(backups(dir)[0])
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077)
	})
	for name, step := range map[string]string{
		"a step that breaks half-way leaves all as it was":         addFood + "\nUPDATE meal SET carbs_g = 'much';",
		"a step that leads elsewhere than schema.sql is not taken": "ALTER TABLE meal ADD COLUMN dish TEXT;",
	} {
		t.Run(name, func(t *testing.T) {
			dir := old(t)
			restore := store.StepsForTest(step)
			_, err := store.Open(t.Context(), dir, second)
			require.Error(t, err)
			restore()
			db, err := store.Open(t.Context(), dir, first)
			require.NoError(t, err)
			defer db.Close()
			require.Equal(t, []string{"2 [1 30]", "2 [2 45]"}, meals(t, db))
		})
	}
}

// Everything that check looks for, it finds.
func TestCheck(t *testing.T) {
	for what, damage := range map[string]string{
		"page":          `UPDATE glucose_day SET page = x'01020304050607'`,
		"statistics":    `UPDATE glucose_stat SET low = low + 1`,
		"page-modified": `UPDATE glucose_day SET modified_ms = 7`,
		"latest":        `DELETE FROM glucose_latest`,
		"record":        `DELETE FROM note`,
		"":              `SELECT 1`,
	} {
		t.Run("finds "+what, func(t *testing.T) {
			db := filled(t)
			require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error { return tx.ExecForTest(damage) }))
			found := map[string]bool{}
			fs, err := db.CheckFile(t.Context())
			require.NoError(t, err)
			pages, ps, err := db.CheckPages(t.Context())
			require.NoError(t, err)
			require.Equal(t, 1, pages)
			_, rs, err := db.CheckRecords(t.Context())
			require.NoError(t, err)
			for _, f := range append(append(fs, ps...), rs...) {
				found[f.What] = true
			}
			if what == "" {
				require.Empty(t, found)
				return
			}
			require.True(t, found[what], found)
		})
	}
}
