package store

import (
	"context"
	"fmt"

	"modernc.org/sqlite"

	"glucokeep/app/fault"
)

// limitAttached is SQLITE_LIMIT_ATTACHED.
const limitAttached = 7

// Select runs a statement that somebody at the console wrote, on a connection
// that cannot write, and calls each with the headings and values of each row.
func (db *DB) Select(ctx context.Context, q string, each func(columns []string, values []any) error) error {
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// ATTACH would make a file even here.
	if _, err := sqlite.Limit(conn, limitAttached, 0); err != nil {
		return err
	}
	rs, err := conn.QueryContext(ctx, q)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "store.query", "reason", err.Error())
	}
	defer rs.Close()
	columns, err := rs.Columns()
	if err != nil {
		return err
	}
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rs.Next() {
		if err := rs.Scan(places...); err != nil {
			return err
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				values[i] = fmt.Sprintf("(%d bytes)", len(b))
			}
		}
		if err := each(columns, values); err != nil {
			return err
		}
	}
	if err := rs.Err(); err != nil {
		return fault.Wrap(err, fault.Invalid, "store.query", "reason", err.Error())
	}
	return nil
}
