package store

import (
	"context"
	"database/sql"

	"glucokeep/app/record"
)

// AccountByKey finds an account; ErrNone if there is none.
func (tx *Tx) AccountByKey(key string) (Account, error) {
	return one(accounts(context.Background(), tx, `key = ?`, key))
}

// SetDisabled closes an account at an instant, or opens it again with 0, and
// ends every credential of it.
func (tx *Tx) SetDisabled(account int64, at record.Millis) error {
	return tx.exec(`UPDATE account SET disabled_ms = ?, epoch = epoch + 1 WHERE id = ?`, null(int64(at)), account)
}

// SetAdmin says whether an account manages the box, and ends every credential
// of it: none outlives a change of rights.
func (tx *Tx) SetAdmin(account int64, admin bool) error {
	return tx.exec(`UPDATE account SET admin = ?, epoch = epoch + 1 WHERE id = ?`, truth(admin), account)
}

// OtherAdmins counts those who manage the box and can sign in, but one.
func (tx *Tx) OtherAdmins(but int64) (n int, err error) {
	err = row(context.Background(), tx, `SELECT count(*) FROM account WHERE admin = 1 AND disabled_ms IS NULL AND password IS NOT NULL AND id <> ?`, []any{but}, &n)
	return n, err
}

// LastSignIns gives for each account when it last signed in. Who never did is
// not in it.
func (db *DB) LastSignIns(ctx context.Context) (map[int64]record.Millis, error) {
	out := map[int64]record.Millis{}
	err := rows(ctx, db, func(rs *sql.Rows) error {
		var account, at int64
		err := rs.Scan(&account, &at)
		if at != 0 {
			out[account] = record.Millis(at)
		}
		return err
	}, `SELECT s.account, coalesce((SELECT l.at_ms FROM ledger AS l WHERE l.actor = s.subject
		AND l.action IN ('sign-in', 'sign-in.half') AND l.action = 'sign-in' AND l.result = 'ok' ORDER BY l.seq DESC LIMIT 1), 0)
		FROM ledger_subject AS s WHERE s.account IS NOT NULL`)
	return out, err
}
