package store

import (
	"context"
	"database/sql"

	"glucokeep/app/record"
)

// MailState is where a mail stands.
type MailState string

// The states of a mail.
const (
	MailWaiting MailState = "waiting"
	MailSent    MailState = "sent"
	MailFailed  MailState = "failed"  // given up
	MailDropped MailState = "dropped" // not to be sent any more
)

// Mail is one mail of the outbox.
type Mail struct {
	Ref     string
	Kind    string
	Account int64
	Address string
	Words   string // sealed, "" when it is over
	State   MailState
	Answer  string
	Tries   int
	Next    record.Millis
	Until   record.Millis
	Created record.Millis
	Done    record.Millis // 0: not yet
}

func mails(ctx context.Context, r reader, where string, args ...any) ([]Mail, error) {
	var out []Mail
	err := rows(ctx, r, func(rs *sql.Rows) error {
		var m Mail
		err := rs.Scan(&m.Ref, &m.Kind, &m.Account, &m.Address, &m.Words, &m.State, &m.Answer, &m.Tries,
			(*int64)(&m.Next), (*int64)(&m.Until), (*int64)(&m.Created), (*int64)(&m.Done))
		out = append(out, m)
		return err
	}, `SELECT ref, kind, account, address, coalesce(words, ''), state, answer, tries, next_ms, until_ms, created_ms, coalesce(done_ms, 0)
		FROM mail WHERE `+where, args...)
	return out, err
}

// AddMail puts a mail into the outbox.
func (tx *Tx) AddMail(m Mail) error {
	return tx.exec(`INSERT INTO mail (ref, kind, account, address, words, state, next_ms, until_ms, created_ms) VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?, ?)`,
		m.Ref, m.Kind, m.Account, m.Address, m.Words, int64(m.Next), int64(m.Until), int64(m.Created))
}

// DueMails are mails to be tried now, the longest due first.
func (db *DB) DueMails(ctx context.Context, now record.Millis, limit int) ([]Mail, error) {
	return mails(ctx, db, `state = 'waiting' AND next_ms <= ? ORDER BY next_ms LIMIT ?`, int64(now), limit)
}

// ClaimMail counts a try before it is made, and says when the next one would
// be. claimed is false when somebody else had it first.
func (tx *Tx) ClaimMail(ref string, tries int, next record.Millis) (claimed bool, err error) {
	n, err := tx.changed(`UPDATE mail SET tries = tries + 1, next_ms = ? WHERE ref = ? AND tries = ? AND state = 'waiting'`, int64(next), ref, tries)
	return n > 0, err
}

// AnswerMail notes how a try ended that is not the last.
func (tx *Tx) AnswerMail(ref, answer string) error {
	return tx.exec(`UPDATE mail SET answer = ? WHERE ref = ? AND state = 'waiting'`, answer, ref)
}

// EndMail notes how a mail ended, and forgets what it said.
func (tx *Tx) EndMail(ref string, state MailState, answer string, now record.Millis) error {
	return tx.exec(`UPDATE mail SET state = ?, answer = ?, words = NULL, done_ms = ? WHERE ref = ? AND state = 'waiting'`,
		string(state), answer, int64(now), ref)
}

// Mails are the newest mails.
func (db *DB) Mails(ctx context.Context, limit int) ([]Mail, error) {
	return mails(ctx, db, `true ORDER BY id DESC LIMIT ?`, limit)
}

// MailByRef finds a mail to an account; ErrNone if there is none.
func (db *DB) MailByRef(ctx context.Context, account int64, ref string) (Mail, error) {
	return one(mails(ctx, db, `account = ? AND ref = ?`, account, ref))
}

// Mailed reports whether a mail of a kind was written to an account since an
// instant.
func (tx *Tx) Mailed(account int64, kind string, since record.Millis) (mailed bool, err error) {
	n := 0
	err = row(context.Background(), tx, `SELECT count(*) FROM mail WHERE account = ? AND kind = ? AND created_ms >= ?`, []any{account, kind, int64(since)}, &n)
	return n > 0, err
}

// CountWaitingMails says how many mails wait that were tried so often already.
func (db *DB) CountWaitingMails(ctx context.Context, tries int) (n int, err error) {
	err = row(ctx, db, `SELECT count(*) FROM mail WHERE state = 'waiting' AND tries >= ?`, []any{tries}, &n)
	return n, err
}

// SweepMails forgets mails that were over before.
func (tx *Tx) SweepMails(before record.Millis) error {
	return tx.exec(`DELETE FROM mail WHERE done_ms < ?`, int64(before))
}
