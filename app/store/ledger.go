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

// LedgerEnd is where the ledger ends, and how far package audit says that it
// reaches.
type LedgerEnd struct {
	Seq  int64  // of the last row, 0 if there is none
	Key  string // of the last row
	Hash []byte // of the last row
	Mark string // "" if there is none
}

// markFact is the fact of the box that holds the mark.
const markFact = "ledger-mark"

func ledgerEnd(ctx context.Context, r reader) (e LedgerEnd, err error) {
	err = row(ctx, r, `SELECT coalesce(l.seq, 0), coalesce(l.key, ''), l.hash, coalesce((SELECT value FROM box WHERE name = '`+markFact+`'), '')
		FROM (SELECT 1) LEFT JOIN (SELECT seq, key, hash FROM ledger ORDER BY seq DESC LIMIT 1) AS l`, nil, &e.Seq, &e.Key, &e.Hash, &e.Mark)
	return e, err
}

// LedgerEnd tells where the ledger ends. It is read each time and kept
// nowhere, so a rollback cannot leave a wrong end behind.
func (tx *Tx) LedgerEnd() (LedgerEnd, error) { return ledgerEnd(context.Background(), tx) }

// LedgerEnd tells where the ledger ends.
func (db *DB) LedgerEnd(ctx context.Context) (LedgerEnd, error) { return ledgerEnd(ctx, db) }

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

// AddLedger appends a row whose number and hash package audit has computed,
// and keeps its mark of how far the ledger reaches with it.
func (tx *Tx) AddLedger(r LedgerRow, mark string) error {
	if err := tx.exec(`INSERT INTO box (name, value) VALUES ('`+markFact+`', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1`, mark); err != nil {
		return err
	}
	return tx.exec(`
		INSERT INTO ledger (seq, at_ms, boot, actor, behalf, person, action, object, result, origin, request, detail, key, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Seq, int64(r.At), r.Boot, r.Actor, r.Behalf, r.Person, r.Action, r.Object, r.Result, r.Origin, r.Request, r.Detail, r.Key, r.Hash)
}

const ledgerRows = `SELECT seq, at_ms, boot, actor, behalf, person, action, object, result, origin, request, detail, key, hash FROM ledger `

func ledgerOf(ctx context.Context, r reader, each func(LedgerRow) error, q string, args ...any) error {
	return rows(ctx, r, func(rs *sql.Rows) error {
		var r LedgerRow
		if err := rs.Scan(&r.Seq, (*int64)(&r.At), &r.Boot, &r.Actor, &r.Behalf, &r.Person, &r.Action, &r.Object,
			&r.Result, &r.Origin, &r.Request, &r.Detail, &r.Key, &r.Hash); err != nil {
			return err
		}
		return each(r)
	}, ledgerRows+q, args...)
}

// Ledger calls each for every row after seq in order, until each fails.
func (db *DB) Ledger(ctx context.Context, after int64, each func(LedgerRow) error) error {
	return ledgerOf(ctx, db, each, `WHERE seq > ? ORDER BY seq`, after)
}

// LedgerToEnd is Ledger that tells where the ledger ends, of the same instant.
func (db *DB) LedgerToEnd(ctx context.Context, after int64, each func(LedgerRow) error) (e LedgerEnd, err error) {
	err = db.snapshot(ctx, func(r reader) (err error) {
		if e, err = ledgerEnd(ctx, r); err != nil {
			return err
		}
		return ledgerOf(ctx, r, each, `WHERE seq > ? ORDER BY seq`, after)
	})
	return e, err
}

// marking are the actions whose lines their owner sees for a year. The text is
// that of the index, which SQLite would not use otherwise.
const marking = `action IN ('account.reset-link', 'account.reset', 'account.password', 'ledger.cut',
  'account.renew-link', 'account.renew-stopped', 'account.renewed', 'account.disabled', 'account.enabled', 'account.admin-given', 'account.admin-taken', 'account.recovered')`

// LedgerMarks lists the rows about an object that its owner sees for a year,
// the newest first.
func (db *DB) LedgerMarks(ctx context.Context, object string) (out []LedgerRow, err error) {
	err = ledgerOf(ctx, db, func(r LedgerRow) error {
		out = append(out, r)
		return nil
	}, `WHERE object = ? AND `+marking+` ORDER BY seq DESC`, object)
	return out, err
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
