package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

// Whatever somebody does to the files of a box by other means, check finds.
func TestCheckFindsTampering(t *testing.T) {
	for what, damage := range map[string]string{
		"original":     `DELETE FROM upload_chunk`,
		"schema":       `DROP TRIGGER ledger_is_never_changed`,
		"ledger":       `DROP TRIGGER ledger_is_never_changed; UPDATE ledger SET action = 'nothing' WHERE seq = 2`,
		"ledger-empty": `DROP TRIGGER ledger_is_never_shortened; DELETE FROM ledger`,
		"statistics":   `UPDATE glucose_stat SET high = high + 1`,
		"page":         `UPDATE glucose_day SET page = substr(page, 1, 40)`,
		"reference":    `DELETE FROM source`,
		"":             `SELECT 1`,
	} {
		t.Run("finds "+what, func(t *testing.T) {
			dir := newBox(t)
			done(t, "", "import", "--data", dir, week(t, 2, false))
			db, err := sql.Open("sqlite", filepath.Join(dir, "glucokeep.db"))
			require.NoError(t, err)
			_, err = db.Exec(damage)
			require.NoError(t, err)
			require.NoError(t, db.Close())
			out, _, code := glucokeep(t, "", "check", "--data", dir, "--json")
			if what == "" {
				require.Zero(t, code, out)
				return
			}
			require.Equal(t, 1, code)
			require.Contains(t, out, `"what": "`+what+`"`)
		})
	}
	t.Run("finds a key file that is another one", func(t *testing.T) {
		dir, other := newBox(t), newBox(t)
		key, err := os.ReadFile(filepath.Join(other, "glucokeep.key"))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "glucokeep.key"), key, 0o600))
		out, _, code := glucokeep(t, "", "check", "--data", dir, "--json")
		require.Equal(t, 1, code)
		require.Contains(t, out, `"what": "ledger"`)
	})
	t.Run("and a missing one stops everything with a sentence", func(t *testing.T) {
		dir := newBox(t)
		require.NoError(t, os.Remove(filepath.Join(dir, "glucokeep.key")))
		_, stderr, code := glucokeep(t, "", "check", "--data", dir)
		require.Equal(t, 1, code)
		require.Contains(t, stderr, "glucokeep.key")
	})
}

func TestAccountsAndPersonsAtTheConsole(t *testing.T) {
	dir := newBox(t)
	done(t, "another passphrase, longer\n", "account", "password", "--data", dir, "--email", "ana@example.org", "--password-stdin")
	_, _, code := glucokeep(t, "short\n", "account", "password", "--data", dir, "--email", "ana@example.org", "--password-stdin")
	require.Equal(t, 1, code)
	require.Contains(t, done(t, "", "account", "list", "--data", dir, "--json"), `"admin": true`, "the first account manages the box")
	done(t, "", "person", "set", "--data", dir, "--person", "Mia", "--name", "Mia B.", "--zone", "Europe/Paris", "--unit", "mmol/L")
	out := done(t, "", "person", "list", "--data", dir)
	for _, part := range []string{"Mia B.", "Europe/Paris", "mmol/L"} {
		require.Contains(t, out, part)
	}
	_, stderr, code := glucokeep(t, "", "person", "list", "--data", filepath.Join(t.TempDir(), "typo"))
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "no box")
	_, _, code = glucokeep(t, "", "import", "--data", dir, "--json", week(t, 1, true))
	require.Equal(t, 3, code)
	stdout, _, _ := glucokeep(t, "", "import", "--data", dir, "--json", week(t, 1, true))
	require.False(t, imported(t, stdout).Kept, "what was refused is not called kept")
}
