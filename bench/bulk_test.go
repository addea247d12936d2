package bench

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkBulk is P3: parsed readings to durable in one transaction, beside
// plain rows inserted one by one in one transaction.
func BenchmarkBulk(b *testing.B) {
	for _, period := range []struct {
		name     string
		readings int
	}{{"1year", 365 * perDay}, {"5years", fiveYears}} {
		b.Run(period.name, func(b *testing.B) {
			rs := series(period.readings)
			compare(b, "P3 bulk import of "+period.name+" / one-row prepared INSERT", atLeast(15), func() (cost, cost) {
				box := newBox(b)
				box.accept(b, batches("2", rs[:1])) // as in a box that runs: its statements are known
				parsed := batches("1", rs)
				ours := timed(func() { box.accept(b, parsed) })
				db, _ := openRows(b)
				insertRows(b, db, rs[:1])
				base := timed(func() { insertRows(b, db, rs[1:]) })
				require.NoError(b, box.db.Close())
				require.NoError(b, db.Close())
				return ours, base
			})
		})
	}
}

// BenchmarkFile is P4: a file of five years to queryable through the import
// of the box, its original kept, beside the sqlite3 shell reading the same
// readings as numbers.
func BenchmarkFile(b *testing.B) {
	shell := sqliteShell(b)
	rs := series(fiveYears)
	loc := berlin(b)
	numbers := writeFile(b, "numbers.csv", func(w *bufio.Writer) { writeNumbers(w, rs) })
	for _, file := range []struct {
		name  string
		write func(w *bufio.Writer)
	}{
		{"Clarity", func(w *bufio.Writer) { writeClarity(w, "8ABC12", rs, loc) }},
		{"Simple", func(w *bufio.Writer) { writeSimple(w, rs, loc) }},
	} {
		b.Run(file.name, func(b *testing.B) {
			path := writeFile(b, file.name+".csv", file.write)
			compare(b, "P4 five years of "+file.name+" CSV / sqlite3 .import of five numbers a row", atMost(0.5), func() (cost, cost) {
				box := newBox(b)
				ours := timed(func() { box.importFile(b, path, len(rs)) })
				require.NoError(b, box.db.Close())
				return ours, shellImport(b, shell, numbers, len(rs))
			})
		})
	}
}

// sqliteShell finds the sqlite3 shell. Where CI runs it must be there.
func sqliteShell(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("sqlite3")
	if err != nil && os.Getenv("CI") != "true" {
		t.Skip("no sqlite3 shell here, which is the baseline")
	}
	require.NoError(t, err, "no sqlite3 shell: apt-get install sqlite3")
	return path
}

// shellImport is what the shell takes for the rows in a file.
func shellImport(t testing.TB, shell, file string, n int) cost {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shell.db")
	prepare := exec.CommandContext(t.Context(), shell, path, "PRAGMA journal_mode=WAL", rowsTable)
	require.NoError(t, prepare.Run())
	cmd := exec.CommandContext(t.Context(), shell, path, "PRAGMA synchronous=FULL", ".mode csv", ".import '"+file+"' reading",
		"SELECT count(*) FROM reading")
	var out []byte
	var err error
	c := timed(func() { out, err = cmd.Output() })
	require.NoError(t, err)
	require.Equal(t, n, atoi(t, string(out)))
	c.cpu = milliseconds(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime())
	return c
}
