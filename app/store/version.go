package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Version is a number that becomes another one with every commit, whoever
// made it: this program or a shell on the file. It is cheap enough to ask for
// each second. It counts for one DB only and means nothing by itself.
func (db *DB) Version(ctx context.Context) (n int64, err error) {
	db.mu.Lock()
	conn := db.watch
	db.mu.Unlock()
	if conn == nil { // SQLite counts per connection, so it must be always the same
		if conn, err = db.pinWatch(ctx); err != nil {
			return 0, err
		}
	}
	if err := conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&n); err != nil {
		return 0, fmt.Errorf("ask for the change counter: %w", err)
	}
	return n, nil
}

func (db *DB) pinWatch(ctx context.Context) (*sql.Conn, error) {
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return nil, err
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.watch != nil { // another goroutine was first
		_ = conn.Close()
		return db.watch, nil
	}
	db.watch = conn
	return conn, nil
}
