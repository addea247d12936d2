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

// ForgetThrottle empties every bucket whose name has owner as a word after its
// first: of an account, wherever its failures were counted.
func (tx *Tx) ForgetThrottle(owner string) error {
	return tx.exec(`DELETE FROM throttle WHERE bucket GLOB ?1 OR bucket GLOB ?2`, "* "+owner, "* "+owner+" *")
}

// SweepThrottle removes buckets of a kind, the first word of their names, that
// counted nothing since an instant.
func (tx *Tx) SweepThrottle(kind string, before record.Millis) error {
	return tx.exec(`DELETE FROM throttle WHERE bucket GLOB ? AND last_ms < ?`, kind+" *", int64(before))
}

// KnowNetwork notes that an account was signed in from a network, which the
// caller has hashed. Of an account the last used most are kept.
func (tx *Tx) KnowNetwork(account int64, network string, now record.Millis, most int) error {
	if err := tx.exec(`INSERT INTO known_network (network, account, last_ms) VALUES (?1, ?2, ?3)
		ON CONFLICT (network) DO UPDATE SET last_ms = max(last_ms, ?3)`, network, account, int64(now)); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM known_network WHERE network IN
		(SELECT network FROM known_network WHERE account = ? ORDER BY last_ms DESC, network LIMIT -1 OFFSET ?)`, account, most)
}

// KnowsNetwork reports whether somebody was signed in from a network since an
// instant.
func (db *DB) KnowsNetwork(ctx context.Context, network string, since record.Millis) (known bool, err error) {
	n := 0
	err = row(ctx, db, `SELECT count(*) FROM known_network WHERE network = ? AND last_ms >= ?`, []any{network, int64(since)}, &n)
	return n > 0, err
}

// SweepNetworks forgets networks that were not used since an instant.
func (tx *Tx) SweepNetworks(before record.Millis) error {
	return tx.exec(`DELETE FROM known_network WHERE last_ms < ?`, int64(before))
}

// ForgetDevices has no device and no network be known to an account any more.
func (tx *Tx) ForgetDevices(account int64) error {
	return tx.exec(`UPDATE account SET known_epoch = known_epoch + 1 WHERE id = ?`, account)
}
