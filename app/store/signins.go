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

func lines(ctx context.Context, r reader, q string, args ...any) (out []SignInLine, err error) {
	err = rows(ctx, r, func(rs *sql.Rows) error {
		var l SignInLine
		err := rs.Scan((*int64)(&l.At), &l.Action, &l.Result, &l.Detail, &l.Origin, &l.IP, &l.Device)
		out = append(out, l)
		return err
	}, q, args...)
	return out, err
}

// SignIns lists the sign-ins of an account since an instant, whole, half and
// failed, the newest first and no more than most.
func (db *DB) SignIns(ctx context.Context, account int64, since record.Millis, most int) ([]SignInLine, error) {
	return lines(ctx, db, signInLines+`WHERE l.actor = (SELECT subject FROM ledger_subject WHERE account = ?)
		AND l.action IN ('sign-in', 'sign-in.half') AND l.at_ms >= ? ORDER BY l.seq DESC LIMIT ?`, account, int64(since), most)
}

// Resets lists what was done at the console, or by those whom its owner trusts,
// to let an account in again, the newest first. The lines are the ledger's, so nobody can take one away.
func (db *DB) Resets(ctx context.Context, accountKey string) ([]SignInLine, error) {
	return lines(ctx, db, signInLines+`WHERE l.object = ? AND l.action IN ('account.reset-link', 'account.reset', 'account.recovered') ORDER BY l.seq DESC LIMIT 20`,
		"account:"+accountKey)
}
