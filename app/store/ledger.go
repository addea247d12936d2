package store

import (
	"context"
	"database/sql"
	"errors"

	"glucokeep/app/record"
)

// LedgerRow is one line of the ledger as it lies in the database.
type LedgerRow struct {
	Seq     int64
	At      record.Millis
	Boot    string
	Actor   string
	Behalf  string
	Person  string
	Action  string
	Object  string
	Result  string
	Origin  string
	Request string
	Detail  string // JSON
	Key     string // names the key of the hash
	Hash    []byte
}

// LedgerHead gives the number and hash of the last row, 0 and nil if there is
// none. It is read each time and kept nowhere, so a rollback cannot leave a
// wrong head behind.
func (tx *Tx) LedgerHead() (seq int64, hash []byte, err error) {
	err = row(context.Background(), tx, `SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1`, nil, &seq, &hash)
	if errors.Is(err, ErrNone) {
		err = nil
	}
	return seq, hash, err
}

// LastLedger gives the number of the last line, 0 if there is none.
func (db *DB) LastLedger(ctx context.Context) (seq int64, err error) {
	err = row(ctx, db, `SELECT coalesce(max(seq), 0) FROM ledger`, nil, &seq)
	return seq, err
}

// LastLedgerKey names the key of the last line, "" if there is none.
func (db *DB) LastLedgerKey(ctx context.Context) (key string, err error) {
	err = row(ctx, db, `SELECT coalesce((SELECT key FROM ledger ORDER BY seq DESC LIMIT 1), '')`, nil, &key)
	return key, err
}

// AddLedger appends a row whose number and hash package audit has computed.
func (tx *Tx) AddLedger(r LedgerRow) error {
	return tx.exec(`
		INSERT INTO ledger (seq, at_ms, boot, actor, behalf, person, action, object, result, origin, request, detail, key, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Seq, int64(r.At), r.Boot, r.Actor, r.Behalf, r.Person, r.Action, r.Object, r.Result, r.Origin, r.Request, r.Detail, r.Key, r.Hash)
}

// Ledger calls each for every row after seq in order, until each fails.
func (db *DB) Ledger(ctx context.Context, after int64, each func(LedgerRow) error) error {
	return rows(ctx, db, func(rs *sql.Rows) error {
		var r LedgerRow
		if err := rs.Scan(&r.Seq, (*int64)(&r.At), &r.Boot, &r.Actor, &r.Behalf, &r.Person, &r.Action, &r.Object,
			&r.Result, &r.Origin, &r.Request, &r.Detail, &r.Key, &r.Hash); err != nil {
			return err
		}
		return each(r)
	}, `SELECT seq, at_ms, boot, actor, behalf, person, action, object, result, origin, request, detail, key, hash
		FROM ledger WHERE seq > ? ORDER BY seq`, after)
}

// SubjectKind is what a ledger subject is.
type SubjectKind string

// The kinds of subject.
const (
	SubjectAccount SubjectKind = "account"
	SubjectPerson  SubjectKind = "person"
	SubjectConsole SubjectKind = "console"
	SubjectBox     SubjectKind = "box"
	SubjectUnknown SubjectKind = "unknown"
)

// Subject gives the random id that stands for an account, a person or a part
// of the box in the ledger, and makes it at the first need. Account and
// person name the row; both 0 means the one subject of the kind.
func (tx *Tx) Subject(kind SubjectKind, account, person int64) (subject string, err error) {
	ctx := context.Background()
	switch {
	case account != 0:
		err = row(ctx, tx, `SELECT subject FROM ledger_subject WHERE account = ?`, []any{account}, &subject)
	case person != 0:
		err = row(ctx, tx, `SELECT subject FROM ledger_subject WHERE person = ?`, []any{person}, &subject)
	default:
		err = row(ctx, tx, `SELECT subject FROM ledger_subject WHERE kind = ? AND account IS NULL AND person IS NULL`,
			[]any{string(kind)}, &subject)
	}
	if !errors.Is(err, ErrNone) {
		return subject, err
	}
	subject = NewKey()
	return subject, tx.exec(`
		INSERT INTO ledger_subject (subject, kind, account, person, name) VALUES (?1, ?2, ?3, ?4,
			coalesce((SELECT name FROM account WHERE id = ?3), (SELECT name FROM person WHERE id = ?4), ''))`,
		subject, string(kind), null(account), null(person))
}

// Origin gives the random id that stands for an address and device in the
// ledger, and makes it at the first need.
func (tx *Tx) Origin(ip, device string) (origin string, err error) {
	err = row(context.Background(), tx, `SELECT origin FROM ledger_origin WHERE ip = ? AND device = ?`, []any{ip, device}, &origin)
	if !errors.Is(err, ErrNone) {
		return origin, err
	}
	origin = NewKey()
	return origin, tx.exec(`INSERT INTO ledger_origin (origin, ip, device) VALUES (?, ?, ?)`, origin, ip, device)
}
