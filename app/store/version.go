package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Version is a number that becomes another one with every commit, whoever
// made it: this program or a shell on the file. Whoever asks after a commit
// gets its number. It is cheap enough to ask with every request. It counts for
// one DB only and means nothing by itself.
func (db *DB) Version(ctx context.Context) (n int64, err error) {
	// One at a time: while a statement of the connection runs, its snapshot
	// stays, and another would be told the number of before.
	db.watching.Lock()
	defer db.watching.Unlock()
	ask, err := db.pinWatch(ctx) // SQLite counts per connection, so it must be always the same
	if err != nil {
		return 0, err
	}
	// It takes microseconds; that a reader went away must not break into it.
	if err := ask.QueryRowContext(context.WithoutCancel(ctx)).Scan(&n); err != nil {
		return 0, fmt.Errorf("ask for the change counter: %w", err)
	}
	return n, nil
}

// pinWatch makes the statement that asks, once. It is called with the lock of
// watching.
func (db *DB) pinWatch(ctx context.Context) (*sql.Stmt, error) {
	if db.watch != nil {
		return db.ask, nil
	}
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return nil, err
	}
	ask, err := conn.PrepareContext(ctx, "PRAGMA data_version")
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	db.watch, db.ask = conn, ask
	return ask, nil
}
