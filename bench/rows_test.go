package bench

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"glucokeep/app/record"
)

// The baseline of most figures: the plainest good table for readings, one row
// each, without a rowid, with the same settings of SQLite that the box uses.
const (
	rowsTable = `CREATE TABLE reading (person INTEGER NOT NULL, at_ms INTEGER NOT NULL, source INTEGER NOT NULL,
		value INTEGER NOT NULL, trend INTEGER NOT NULL, PRIMARY KEY (person, at_ms, source)) STRICT, WITHOUT ROWID`
	rowsPragmas = "?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_pragma=cache_size(-16384)&_pragma=mmap_size(134217728)"
)

// openRows makes an empty database of plain rows and gives its file.
func openRows(t testing.TB) (db *sql.DB, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "rows.db")
	db, err := sql.Open("sqlite", "file:"+path+rowsPragmas)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(t.Context(), rowsTable)
	require.NoError(t, err)
	return db, path
}

// insertRows puts readings in, one prepared statement a row, one transaction.
func insertRows(t testing.TB, db *sql.DB, rs []record.Reading) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	insert, err := tx.PrepareContext(t.Context(), `INSERT INTO reading VALUES (?, ?, ?, ?, ?)`)
	require.NoError(t, err)
	for i := range rs {
		if _, err := insert.Exec(1, int64(rs[i].At), 1, int64(rs[i].Value.Milli/1000), int64(rs[i].Trend)); err != nil {
			require.NoError(t, err)
		}
	}
	require.NoError(t, tx.Commit())
}

// readRows reads a period of plain rows through database/sql.
func readRows(ctx context.Context, q *sql.Stmt, from, until record.Millis, into []record.Reading) ([]record.Reading, error) {
	rs, err := q.QueryContext(ctx, 1, int64(from), int64(until))
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	var at, value, trend int64
	for rs.Next() {
		if err := rs.Scan(&at, &value, &trend); err != nil {
			return nil, err
		}
		r := record.Reading{At: record.Millis(at), Trend: record.Trend(trend)}
		r.Value.Milli = int32(value * 1000)
		into = append(into, r)
	}
	return into, rs.Err()
}

const selectRows = `SELECT at_ms, value, trend FROM reading WHERE person = ? AND at_ms >= ? AND at_ms < ? ORDER BY at_ms`

// rowsSize is the bytes that readings take as plain rows with their time in
// seconds, which is the smallest that they can be.
func rowsSize(t testing.TB, rs []record.Reading) float64 {
	t.Helper()
	rs = slices.Clone(rs)
	for i := range rs {
		rs[i].At /= 1000
	}
	db, path := openRows(t)
	insertRows(t, db, rs)
	_, err := db.ExecContext(t.Context(), `PRAGMA wal_checkpoint(TRUNCATE)`)
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	return float64(info.Size())
}
