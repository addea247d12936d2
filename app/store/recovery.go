package store

import (
	"context"

	"glucokeep/app/record"
)

// SetRecoveryCodes replaces the recovery codes of an account by those of
// hashes; none leaves it without any.
func (tx *Tx) SetRecoveryCodes(account int64, hashes []string, now record.Millis) error {
	if err := tx.exec(`DELETE FROM recovery_code WHERE account = ?`, account); err != nil {
		return err
	}
	for _, h := range hashes {
		if err := tx.exec(`INSERT INTO recovery_code (hash, account, created_ms) VALUES (?, ?, ?)`, h, account, int64(now)); err != nil {
			return err
		}
	}
	return nil
}

// SaveRecoveryCodes notes that their owner keeps the codes safe.
func (tx *Tx) SaveRecoveryCodes(account int64, now record.Millis) error {
	return tx.exec(`UPDATE recovery_code SET saved_ms = ? WHERE account = ? AND saved_ms IS NULL`, int64(now), account)
}

// TakeRecoveryCode takes a code away. taken is false when there is none with
// that hash, or it was taken before.
func (tx *Tx) TakeRecoveryCode(account int64, hash string, now record.Millis) (taken bool, err error) {
	n, err := tx.changed(`UPDATE recovery_code SET used_ms = ? WHERE hash = ? AND account = ? AND used_ms IS NULL`, int64(now), hash, account)
	return n == 1, err
}

// Recovery is how the recovery codes of an account stand.
type Recovery struct {
	Left  int
	Made  record.Millis // 0: there are none
	Saved bool
}

// Recovery tells how the recovery codes of an account stand.
func (db *DB) Recovery(ctx context.Context, account int64) (r Recovery, err error) {
	err = row(ctx, db, `SELECT count(*) FILTER (WHERE used_ms IS NULL), coalesce(max(created_ms), 0), coalesce(min(saved_ms IS NOT NULL), 0)
		FROM recovery_code WHERE account = ?`, []any{account}, &r.Left, (*int64)(&r.Made), &r.Saved)
	return r, err
}

// SweepEnrolments forgets second factors that were made before an instant and
// never counted, and the text of recovery codes of that age.
func (tx *Tx) SweepEnrolments(before record.Millis) error {
	if err := tx.exec(`DELETE FROM factor WHERE confirmed_ms IS NULL AND created_ms < ?`, int64(before)); err != nil {
		return err
	}
	if err := tx.exec(`DELETE FROM secret WHERE name GLOB 'codes *'
		AND account NOT IN (SELECT account FROM recovery_code WHERE created_ms >= ?)`, int64(before)); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM secret WHERE name GLOB 'totp *'
		AND name NOT IN (SELECT 'totp ' || a.key || ' ' || f.key FROM factor AS f JOIN account AS a ON a.id = f.account)`)
}
