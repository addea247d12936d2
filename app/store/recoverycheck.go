package store

import (
	"context"
	"database/sql"

	"glucokeep/app/record"
)

// RecoveryCheck is when an account was reminded to look at its ways back in,
// and when its owner said that all is current; each 0: never.
type RecoveryCheck struct{ Reminded, Answered record.Millis }

// RecoveryCheck tells how the reminders of an account stand.
func (db *DB) RecoveryCheck(ctx context.Context, account int64) (c RecoveryCheck, err error) {
	err = row(ctx, db, `SELECT coalesce(max(reminded_ms), 0), coalesce(max(answered_ms), 0) FROM recovery_check WHERE account = ?`,
		[]any{account}, (*int64)(&c.Reminded), (*int64)(&c.Answered))
	return c, err
}

// dueCheck wants an instant: enabled accounts that were made, reminded and
// heard of last before it.
const dueCheck = `a.disabled_ms IS NULL AND a.created_ms <= ?1 AND NOT EXISTS (SELECT 1 FROM recovery_check AS c
	WHERE c.account = a.id AND max(coalesce(c.reminded_ms, 0), coalesce(c.answered_ms, 0)) > ?1)`

// DueReminders lists the accounts to be reminded.
func (db *DB) DueReminders(ctx context.Context, before record.Millis) (out []int64, err error) {
	err = rows(ctx, db, func(rs *sql.Rows) error {
		var id int64
		err := rs.Scan(&id)
		out = append(out, id)
		return err
	}, `SELECT a.id FROM account AS a WHERE `+dueCheck+` ORDER BY a.id`, int64(before))
	return out, err
}

// TakeReminder notes that an account is reminded now. taken is false when it
// is not due any more: of many who would remind, one does.
func (tx *Tx) TakeReminder(account int64, now, before record.Millis) (taken bool, err error) {
	n, err := tx.changed(`INSERT INTO recovery_check (account, reminded_ms) SELECT a.id, ?3 FROM account AS a WHERE a.id = ?2 AND `+dueCheck+`
		ON CONFLICT (account) DO UPDATE SET reminded_ms = excluded.reminded_ms`, int64(before), account, int64(now))
	return n == 1, err
}

// AnswerReminder notes that the owner of an account says that all is current.
func (tx *Tx) AnswerReminder(account int64, now record.Millis) error {
	return tx.exec(`INSERT INTO recovery_check (account, answered_ms) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET answered_ms = excluded.answered_ms`,
		account, int64(now))
}

// MailStanding is whether mails to an address arrive, as far as the outbox
// knows: when a server last took one, and when one was last given up, 0 never.
type MailStanding struct{ Sent, GaveUp record.Millis }

// MailStanding tells it of an address of an account. Tests of the mail server
// and mails that cannot be opened any more say nothing of the address.
func (db *DB) MailStanding(ctx context.Context, account int64, address string) (m MailStanding, err error) {
	err = row(ctx, db, `SELECT coalesce(max(done_ms) FILTER (WHERE state = 'sent'), 0),
		coalesce(max(done_ms) FILTER (WHERE state = 'failed' AND kind <> 'test' AND answer NOT GLOB 'no-words*'), 0)
		FROM mail WHERE account = ? AND address = ?`, []any{account, address}, (*int64)(&m.Sent), (*int64)(&m.GaveUp))
	return m, err
}
