package main

import (
	"archive/zip"
	"database/sql"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

// What somebody does to the files of a box by other means, check finds, as far as
// it says that it looks.
func TestCheckFindsTampering(t *testing.T) {
	for what, damage := range map[string]string{
		"original":     `DELETE FROM upload_chunk`,
		"schema":       `DROP TRIGGER ledger_is_never_changed`,
		"ledger":       `DROP TRIGGER ledger_is_never_changed; UPDATE ledger SET action = 'nothing' WHERE seq = 2`,
		"ledger-cut":   `DROP TRIGGER ledger_is_never_shortened; DELETE FROM ledger WHERE seq > 2`,
		"ledger-mark":  `DELETE FROM box WHERE name = 'ledger-mark'`,
		"ledger-empty": `DROP TRIGGER ledger_is_never_shortened; DELETE FROM ledger; DELETE FROM box WHERE name = 'ledger-mark'`,
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
	t.Run("says what it cannot find", func(t *testing.T) {
		dir := newBox(t)
		older, err := os.ReadFile(filepath.Join(dir, "glucokeep.db"))
		require.NoError(t, err)
		done(t, "", "import", "--data", dir, week(t, 2, false))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "glucokeep.db"), older, 0o600))
		out := done(t, "", "check", "--data", dir)
		require.Contains(t, out, "Everything is sound.")
		require.Contains(t, out, "nor that a whole older copy of the database was put back")
	})
	t.Run("a cut that the box noted is said from then on", func(t *testing.T) {
		dir := newBox(t)
		done(t, "", "account", "reset", "--data", dir, "--email", "ana@example.org")
		db, err := sql.Open("sqlite", filepath.Join(dir, "glucokeep.db"))
		require.NoError(t, err)
		var trigger string
		require.NoError(t, db.QueryRow(`SELECT sql FROM sqlite_schema WHERE name = 'ledger_is_never_shortened'`).Scan(&trigger))
		_, err = db.Exec(`DROP TRIGGER ledger_is_never_shortened; DELETE FROM ledger WHERE action = 'account.reset-link'; ` + trigger)
		require.NoError(t, err)
		require.NoError(t, db.Close())
		out, _, code := glucokeep(t, "", "check", "--data", dir)
		require.Equal(t, 1, code)
		require.Contains(t, out, "were cut off the end of the ledger: somebody could write the database file")
		_, stderr, code := glucokeep(t, "", "account", "list", "--data", dir)
		require.Zero(t, code)
		require.Contains(t, stderr, "Lines were cut off the end of the ledger")
		_, stderr, _ = glucokeep(t, "", "account", "list", "--data", dir)
		require.Empty(t, stderr, "once")
		out, _, code = glucokeep(t, "", "check", "--data", dir)
		require.Equal(t, 1, code, "and it stays true")
		require.Contains(t, out, "lines are missing that somebody cut off its end earlier")
	})
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
	done(t, "", "person", "set", "--data", dir, "--person", "Mia", "--ranges", "own", "--limits", "60,80,160,0", "--night", "23-7", "--born", "2015-03-10", "--record", "A 17")
	require.Contains(t, done(t, "", "sql", "--data", dir, "SELECT p.ranges, p.night_from, p.night_until, p.born, p.record_no, r.low_mgdl, r.low_mmol, r.very_high_mmol FROM person p JOIN own_range r ON r.person = p.id"),
		"own,23,7,2015-03-10,A 17,80000,4400,0")
	zipped := filepath.Join(t.TempDir(), "mia.zip")
	done(t, "", "dump", "--data", dir, "--person", "Mia", "--out", zipped)
	require.Contains(t, inZip(t, zipped, "person.csv"), ",own,60 80 160 0,3.3 4.4 8.9 0,23,7,2015-03-10,A 17", "nobody's own limits are locked in")
	done(t, "", "person", "set", "--data", dir, "--person", "Mia", "--ranges", "pregnancy")
	for _, wrong := range [][]string{{"--limits", "60,80"}, {"--limits", "50,70,180,250"}, {"--limits", "60,80,160,nan"}, {"--night", "22"}, {"--night", "6-6"}, {"--ranges", "loose"}, {"--born", "yesterday"}} {
		_, stderr, code := glucokeep(t, "", append([]string{"person", "set", "--data", dir, "--person", "Mia"}, wrong...)...)
		require.NotZero(t, code, wrong)
		require.NotEmpty(t, stderr)
	}
	require.Contains(t, done(t, "", "person", "list", "--data", dir), "pregnancy")
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

// inZip is a file of a zip archive.
func inZip(t *testing.T, path, name string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	f, err := z.Open(name)
	require.NoError(t, err)
	text, err := io.ReadAll(f)
	require.NoError(t, err)
	return string(text)
}
