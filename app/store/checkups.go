package store

import (
	"context"
	"database/sql"

	"glucokeep/app/record"
)

// Checkup is one run of the yearly check-up of an account.
type Checkup struct {
	ID      int64 // 0: not kept yet
	Account int64
	Items   string // JSON: item → answer
	Begun   record.Millis
	Done    record.Millis // 0: it goes on
}

func checkups(ctx context.Context, r reader, where string, args ...any) ([]Checkup, error) {
	var out []Checkup
	err := rows(ctx, r, func(rs *sql.Rows) error {
		var c Checkup
		err := rs.Scan(&c.ID, &c.Account, &c.Items, (*int64)(&c.Begun), (*int64)(&c.Done))
		out = append(out, c)
		return err
	}, `SELECT id, account, items, begun_ms, coalesce(done_ms, 0) FROM checkup WHERE `+where, args...)
	return out, err
}

// LastCheckup is the last run of an account that came to its end; ErrNone if
// none did.
func (db *DB) LastCheckup(ctx context.Context, account int64) (Checkup, error) {
	return one(checkups(ctx, db, `account = ? AND done_ms IS NOT NULL ORDER BY id DESC LIMIT 1`, account))
}

const goingOn = `account = ? AND done_ms IS NULL AND begun_ms > ? ORDER BY id DESC LIMIT 1`

// CheckupGoingOn is the run of an account that began since and goes on;
// ErrNone if there is none.
func (db *DB) CheckupGoingOn(ctx context.Context, account int64, since record.Millis) (Checkup, error) {
	return one(checkups(ctx, db, goingOn, account, int64(since)))
}

// CheckupGoingOn is the run of an account that began since and goes on;
// ErrNone if there is none.
func (tx *Tx) CheckupGoingOn(account int64, since record.Millis) (Checkup, error) {
	return one(checkups(context.Background(), tx, goingOn, account, int64(since)))
}

// PutCheckup keeps a run, a new one or one that goes on.
func (tx *Tx) PutCheckup(c Checkup) error {
	if c.ID == 0 {
		_, err := tx.insert(`INSERT INTO checkup (account, items, begun_ms, done_ms) VALUES (?, ?, ?, ?)`, c.Account, c.Items, int64(c.Begun), null(int64(c.Done)))
		return err
	}
	return tx.exec(`UPDATE checkup SET items = ?, done_ms = ? WHERE id = ? AND done_ms IS NULL`, c.Items, null(int64(c.Done)), c.ID)
}
