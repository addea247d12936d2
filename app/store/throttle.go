package store

import (
	"context"
	"errors"

	"glucokeep/app/record"
)

// Throttle is how often a bucket of sign-ins failed lately.
type Throttle struct {
	Failures int
	Streak   int // failures since the last success, however long ago
	Last     record.Millis
	Until    record.Millis // no try is taken before
}

// Throttle reads a bucket; a bucket that never failed is all zero.
func (tx *Tx) Throttle(bucket string) (Throttle, error) {
	return throttle(context.Background(), tx, bucket)
}

// Throttle reads a bucket; a bucket that never failed is all zero.
func (db *DB) Throttle(ctx context.Context, bucket string) (Throttle, error) {
	return throttle(ctx, db, bucket)
}

func throttle(ctx context.Context, r reader, bucket string) (t Throttle, err error) {
	err = row(ctx, r, `SELECT failures, streak, last_ms, until_ms FROM throttle WHERE bucket = ?`, []any{bucket},
		&t.Failures, &t.Streak, (*int64)(&t.Last), (*int64)(&t.Until))
	if errors.Is(err, ErrNone) {
		err = nil
	}
	return t, err
}

// SetThrottle writes a bucket; no failures remove it.
func (tx *Tx) SetThrottle(bucket string, t Throttle) error {
	if t.Failures <= 0 && t.Streak <= 0 {
		return tx.exec(`DELETE FROM throttle WHERE bucket = ?`, bucket)
	}
	return tx.exec(`INSERT OR REPLACE INTO throttle (bucket, failures, streak, last_ms, until_ms) VALUES (?, ?, ?, ?, ?)`,
		bucket, t.Failures, t.Streak, int64(t.Last), int64(t.Until))
}
