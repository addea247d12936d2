package bench

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// P5: bytes that a reading takes, beside those of a plain row. Sizes are the
// pages of the file that a table and its indexes have (dbstat); originals and
// the ledger are counted apart, since a plain row has neither.
func TestBytesPerReading(t *testing.T) {
	const year, month = 365 * perDay, 30 * perDay
	t.Run("an imported reading takes at most 0.30 of a plain row", func(t *testing.T) {
		b, rs := newBox(t), series(year)
		b.accept(t, batches("1", rs))
		require.LessOrEqual(t, ratioOfSize(t, b, year, rowsSize(t, rs)), 0.30)
	})
	t.Run("a live reading with milliseconds takes at most 0.50 of a plain row", func(t *testing.T) {
		l := &live{box: newBox(t), rs: liveReadings(month)}
		for range month {
			l.next(t)
		}
		require.LessOrEqual(t, ratioOfSize(t, l.box, month, rowsSize(t, l.rs)), 0.50)
	})
}

func ratioOfSize(t *testing.T, b *box, n int, rows float64) float64 {
	t.Helper()
	pages, statistics := b.tableSize(t, "glucose_day"), b.tableSize(t, "glucose_stat")
	ratio := pages / rows
	t.Logf("bytes a reading: pages %.2f, statistics %.2f, plain row %.2f; ratio %.3f, with statistics %.3f",
		pages/float64(n), statistics/float64(n), rows/float64(n), ratio, (pages+statistics)/rows)
	return ratio
}

// tableSize is the bytes of a table and its indexes in the file.
func (b *box) tableSize(t *testing.T, table string) (bytes float64) {
	t.Helper()
	err := b.db.Select(t.Context(), `SELECT sum(pgsize) FROM dbstat WHERE name IN
		(SELECT name FROM sqlite_schema WHERE tbl_name = '`+table+`')`, func(_ []string, values []any) error {
		bytes = float64(values[0].(int64))
		return nil
	})
	require.NoError(t, err)
	require.Positive(t, bytes)
	return bytes
}

func atoi(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(s))
	require.NoError(t, err)
	return n
}
