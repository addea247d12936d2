package store

import (
	"context"
	"database/sql"
	"strings"

	"glucokeep/app/record"
)

// Values lists a person's records of one kind in [from, until) by time, with
// nothing of what records share but At: for reports of many days. The index by
// time holds all that is needed of the records themselves, and their table,
// in which a closed loop's thousands lie between, is not touched.
func (db *DB) Values(ctx context.Context, person int64, k record.Kind, from, until record.Millis) ([]record.Record, error) {
	t, err := tableOf(k)
	if err != nil {
		return nil, err
	}
	var out []record.Record
	own := "k." + strings.ReplaceAll(t.columns, ", ", ", k.")
	err = rows(ctx, db, func(rs *sql.Rows) error {
		rec, places := t.fresh()
		out = append(out, rec)
		return rs.Scan(append([]any{(*int64)(&rec.Base().At)}, places...)...)
	}, `SELECT r.at_ms, `+own+` FROM record AS r INDEXED BY record_by_time JOIN `+string(k)+` AS k ON k.record = r.id
		WHERE r.person = ? AND r.kind = ? AND r.at_ms >= ? AND r.at_ms < ? ORDER BY r.at_ms, r.id`,
		person, string(k), int64(from), int64(until))
	return out, err
}
