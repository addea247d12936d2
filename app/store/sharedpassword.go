package store

import (
	"context"
	"database/sql"
	"errors"

	"glucokeep/app/record"
)

// SharedPassword is the last warning of an account that its password may be
// known to several. All zero: there was none.
type SharedPassword struct {
	Account       int64
	First, Second string // names of the two sessions
	Raised        record.Millis
	Dismissed     record.Millis // 0: not yet
}

// SharedPassword reads the last warning of an account.
func (db *DB) SharedPassword(ctx context.Context, account int64) (w SharedPassword, err error) {
	err = row(ctx, db, `SELECT account, first, second, raised_ms, coalesce(dismissed_ms, 0) FROM shared_password WHERE account = ?`, []any{account},
		&w.Account, &w.First, &w.Second, (*int64)(&w.Raised), (*int64)(&w.Dismissed))
	if errors.Is(err, ErrNone) {
		err = nil
	}
	return w, err
}

// RaiseSharedPassword writes a warning over the last one of its account. raised
// is false when that is newer than since: of many at once one is written.
func (tx *Tx) RaiseSharedPassword(w SharedPassword, since record.Millis) (raised bool, err error) {
	n, err := tx.changed(`INSERT INTO shared_password (account, first, second, raised_ms) VALUES (?, ?, ?, ?)
		ON CONFLICT (account) DO UPDATE SET first = excluded.first, second = excluded.second, raised_ms = excluded.raised_ms, dismissed_ms = NULL
		WHERE raised_ms <= ?`, w.Account, w.First, w.Second, int64(w.Raised), int64(since))
	return n == 1, err
}

// DismissSharedPassword notes that somebody read the warning.
func (tx *Tx) DismissSharedPassword(account int64, now record.Millis) (dismissed bool, err error) {
	n, err := tx.changed(`UPDATE shared_password SET dismissed_ms = ? WHERE account = ? AND dismissed_ms IS NULL`, int64(now), account)
	return n == 1, err
}

// SignInPlaces lists the addresses from which somebody signed in to an account
// since an instant.
func (db *DB) SignInPlaces(ctx context.Context, account int64, since record.Millis) (out []string, err error) {
	err = rows(ctx, db, func(rs *sql.Rows) error {
		var ip string
		err := rs.Scan(&ip)
		out = append(out, ip)
		return err
	}, `SELECT DISTINCT coalesce(o.ip, '') FROM ledger AS l LEFT JOIN ledger_origin AS o ON o.origin = l.origin
		WHERE l.actor = (SELECT subject FROM ledger_subject WHERE account = ?) AND l.action = 'sign-in' AND l.result = 'ok' AND l.at_ms >= ?`,
		account, int64(since))
	return out, err
}
