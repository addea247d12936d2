package store

import (
	"context"
	"database/sql"

	"glucokeep/app/record"
)

// SignInLine is a line of the ledger about a sign-in, or about an account that
// was reset, with the address and device behind it.
type SignInLine struct {
	At     record.Millis
	Action string
	Result string
	Detail string // JSON
	Origin string
	IP     string
	Device string
}

const signInLines = `SELECT l.at_ms, l.action, l.result, l.detail, l.origin, coalesce(o.ip, ''), coalesce(o.device, '')
	FROM ledger AS l LEFT JOIN ledger_origin AS o ON o.origin = l.origin `

func signInLine(rs *sql.Rows) (l SignInLine, err error) {
	err = rs.Scan((*int64)(&l.At), &l.Action, &l.Result, &l.Detail, &l.Origin, &l.IP, &l.Device)
	return l, err
}

func lines(ctx context.Context, r reader, q string, args ...any) (out []SignInLine, err error) {
	err = rows(ctx, r, func(rs *sql.Rows) error {
		l, err := signInLine(rs)
		out = append(out, l)
		return err
	}, q, args...)
	return out, err
}

// SignIns calls each with the sign-ins of an account since an instant, whole,
// half and failed, and with failed confirmations of who somebody is; the newest
// first.
func (db *DB) SignIns(ctx context.Context, account int64, since record.Millis, each func(SignInLine) error) error {
	return rows(ctx, db, func(rs *sql.Rows) error {
		l, err := signInLine(rs)
		if err != nil {
			return err
		}
		return each(l)
	}, signInLines+`WHERE l.actor = (SELECT subject FROM ledger_subject WHERE account = ?)
		AND l.action IN ('sign-in', 'sign-in.half', 'step-up', 'account.password-own') AND l.at_ms >= ?
		AND (l.action IN ('sign-in', 'sign-in.half') OR l.result <> 'ok') ORDER BY l.seq DESC`, account, int64(since))
}

// Marks lists what was done since an instant to let an account in again
// without what it is opened with, and what was cut off the ledger, the newest
// first. All of them: a limit would let whoever makes many push one out.
func (db *DB) Marks(ctx context.Context, accountKey string, since record.Millis) ([]SignInLine, error) {
	return lines(ctx, db, signInLines+`WHERE l.object IN (?, 'ledger') AND l.`+marking+` AND l.at_ms >= ? ORDER BY l.seq DESC`,
		"account:"+accountKey, int64(since))
}
