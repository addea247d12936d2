package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"glucokeep/app/record"
)

// RecoveryRequest is somebody's wish to be let in again by those whom their
// account trusts.
type RecoveryRequest struct {
	ID      int64
	Key     string
	Secret  string // hash of the token of the browser that asked
	Account int64
	Epoch   int64
	Code    string // keyed hash of what that browser shows
	Created record.Millis
	Expires record.Millis
	Live    bool // neither ended, nor late, nor of an account that closed or moved to another epoch
	// Vouched is how many partners vouched whose word counts: theirs is an open
	// account, and the agreement goes on. Aged is how long ago the second of them
	// did, as AgeRecovery counts; below 0 while there are not two, or it counted
	// not yet.
	Vouched int
	Aged    time.Duration
}

// vouchCounts is a vouch whose word counts, as v.
const vouchCounts = `recovery_vouch AS v JOIN recovery_partner AS p ON p.id = v.partner AND p.ended_ms IS NULL AND p.account = q.account
	JOIN account AS w ON w.id = p.partner AND w.disabled_ms IS NULL WHERE v.request = q.id AND v.vouched_ms IS NOT NULL`

// requestLives wants the instant of now.
const requestLives = `q.ended_ms IS NULL AND q.expires_ms > ? AND EXISTS (SELECT 1 FROM account AS a
	WHERE a.id = q.account AND a.epoch = q.epoch AND a.disabled_ms IS NULL)`

func requests(ctx context.Context, r reader, now record.Millis, where string, args ...any) (out []RecoveryRequest, err error) {
	err = rows(ctx, r, func(rs *sql.Rows) error {
		var q RecoveryRequest
		var aged int64
		err := rs.Scan(&q.ID, &q.Key, &q.Secret, &q.Account, &q.Epoch, &q.Code, (*int64)(&q.Created), (*int64)(&q.Expires), &q.Live, &q.Vouched, &aged)
		q.Aged = time.Duration(aged) * time.Millisecond
		out = append(out, q)
		return err
	}, `SELECT q.id, q.key, q.secret, q.account, q.epoch, q.code, q.created_ms, q.expires_ms, `+requestLives+`,
		(SELECT count(*) FROM `+vouchCounts+`),
		coalesce((SELECT v.aged_for_ms FROM `+vouchCounts+` ORDER BY v.aged_for_ms DESC LIMIT 1 OFFSET 1), -1)
		FROM recovery_request AS q WHERE `+where, append([]any{int64(now)}, args...)...)
	return out, err
}

// RecoveryRequestBySecret finds the request of a browser, also one that is
// over; ErrNone if there is none.
func (db *DB) RecoveryRequestBySecret(ctx context.Context, secret string, now record.Millis) (RecoveryRequest, error) {
	return one(requests(ctx, db, now, `q.secret = ?`, secret))
}

// OpenRecoveryRequest finds the open request of an account; ErrNone if there
// is none.
func (db *DB) OpenRecoveryRequest(ctx context.Context, account int64, now record.Millis) (RecoveryRequest, error) {
	return one(requests(ctx, db, now, `q.account = ? AND `+requestLives, account, int64(now)))
}

// OpenRecoveryRequest finds it within a transaction.
func (tx *Tx) OpenRecoveryRequest(account int64, now record.Millis) (RecoveryRequest, error) {
	return one(requests(context.Background(), tx, now, `q.account = ? AND `+requestLives, account, int64(now)))
}

// LastRecoveryRequest is when an account last had one made that is kept, 0
// never.
func (tx *Tx) LastRecoveryRequest(account int64) (at record.Millis, err error) {
	err = row(context.Background(), tx, `SELECT coalesce(max(created_ms), 0) FROM recovery_request WHERE account = ?`, []any{account}, (*int64)(&at))
	return at, err
}

// AddRecoveryRequest makes a request in place of what the account has open,
// and notes who may vouch: the partners with those ids.
func (tx *Tx) AddRecoveryRequest(q RecoveryRequest, partners []int64) error {
	if err := tx.EndRecoveryRequests(q.Account, "replaced", q.Created); err != nil {
		return err
	}
	id, err := tx.insert(`INSERT INTO recovery_request (key, secret, account, epoch, code, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		q.Key, q.Secret, q.Account, q.Epoch, q.Code, int64(q.Created), int64(q.Expires))
	if err != nil {
		return err
	}
	for _, p := range partners {
		if err := tx.exec(`INSERT INTO recovery_vouch (request, partner) VALUES (?, ?)`, id, p); err != nil {
			return err
		}
	}
	return nil
}

// EndRecoveryRequests ends what an account has open.
func (tx *Tx) EndRecoveryRequests(account int64, ending string, now record.Millis) error {
	return tx.exec(`UPDATE recovery_request SET ended_ms = ?, ending = ? WHERE account = ? AND ended_ms IS NULL`, int64(now), ending, account)
}

// MayVouch reports whether a partner may vouch for a request, and did not yet.
func (db *DB) MayVouch(ctx context.Context, request, partner int64) (may bool, err error) {
	err = row(ctx, db, `SELECT EXISTS (SELECT 1 FROM recovery_vouch WHERE request = ? AND partner = ? AND vouched_ms IS NULL)`, []any{request, partner}, &may)
	return may, err
}

// CountVouchable says for how many open requests a partner may vouch.
func (db *DB) CountVouchable(ctx context.Context, partner int64, now record.Millis) (n int, err error) {
	err = row(ctx, db, `SELECT count(*) FROM recovery_partner AS p JOIN recovery_vouch AS v ON v.partner = p.id AND v.vouched_ms IS NULL
		JOIN recovery_request AS q ON q.id = v.request WHERE p.partner = ? AND p.ended_ms IS NULL AND `+requestLives, []any{partner, int64(now)}, &n)
	return n, err
}

// Vouch notes that a partner vouched for a request. done is false when they
// may not, or did before.
func (tx *Tx) Vouch(request, partner int64, now record.Millis) (done bool, err error) {
	n, err := tx.changed(`UPDATE recovery_vouch SET vouched_ms = ? WHERE request = ? AND partner = ? AND vouched_ms IS NULL`, int64(now), request, partner)
	return n == 1, err
}

// TakeRecoveryRequest ends a request for whoever sets a new password by it:
// one that lives and for which two vouched at least wait ago. Of many who come
// with it, one gets it.
func (tx *Tx) TakeRecoveryRequest(secret string, wait time.Duration, now record.Millis) (taken bool, err error) {
	n, err := tx.changed(`UPDATE recovery_request AS q SET ended_ms = ?1, ending = 'used' WHERE q.secret = ?2 AND `+
		`q.ended_ms IS NULL AND q.expires_ms > ?1 AND EXISTS (SELECT 1 FROM account AS a WHERE a.id = q.account AND a.epoch = q.epoch AND a.disabled_ms IS NULL)
		AND (SELECT count(*) FROM `+vouchCounts+` AND v.aged_for_ms >= ?3) >= 2`, int64(now), secret, wait.Milliseconds())
	return n == 1, err
}

// DoubtPartner has what an account agreed to as a partner count anew, since
// somebody else than before may be in it: its agreements age from the
// beginning, and open requests lose what it vouched and may not be vouched by
// it.
func (tx *Tx) DoubtPartner(account int64) error {
	return errors.Join(
		tx.exec(`DELETE FROM recovery_vouch WHERE partner IN (SELECT id FROM recovery_partner WHERE partner = ?)
			AND request IN (SELECT id FROM recovery_request WHERE ended_ms IS NULL)`, account),
		tx.exec(`UPDATE recovery_partner SET aged_for_ms = -1 WHERE partner = ? AND ended_ms IS NULL`, account))
}

// EndAllRecoveryRequests ends what every account has open.
func (tx *Tx) EndAllRecoveryRequests(now time.Time) error {
	return tx.exec(`UPDATE recovery_request SET ended_ms = ?, ending = 'stopped' WHERE ended_ms IS NULL`, int64(record.At(now)))
}

// SweepRecovery forgets requests that are past their end.
func (tx *Tx) SweepRecovery(now record.Millis) error {
	return tx.exec(`DELETE FROM recovery_request WHERE expires_ms < ?`, int64(now))
}
