package store

import (
	"context"
	"database/sql"

	"glucokeep/app/record"
)

// Revision is what stood there before a record was changed, by whom and when.
type Revision struct {
	Person   int64
	Kind     string // kind of the record, or "glucose"
	Source   int64
	Record   string // key of the record; for glucose its instant in ms
	Act      RevisionAct
	Original string        // JSON; "null" of one that was restored
	Received record.Millis // when what stood there had come in
	Upload   int64         // that changed it, 0 none
	Account  int64         // that changed it, 0 the console
	By       string        // its name, as read
	Changed  record.Millis
}

// RevisionAct is what was done to a record.
type RevisionAct string

// What can be done to a record.
const (
	Changed  RevisionAct = "changed"
	Removed  RevisionAct = "removed"
	Restored RevisionAct = "restored"
)

// AddRevision keeps the original of a record that is about to change.
func (tx *Tx) AddRevision(r Revision) error {
	return tx.exec(`
		INSERT INTO revision (person, kind, source, record, act, original, received_ms, upload, account, changed_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Person, r.Kind, r.Source, r.Record, string(r.Act), r.Original, int64(r.Received), null(r.Upload), null(r.Account), int64(r.Changed))
}

const revisionColumns = `v.person, v.kind, v.source, v.record, v.act, v.original, v.received_ms, v.upload, v.account, coalesce(a.name, ''), v.changed_ms`

func revisions(ctx context.Context, r reader, where string, args ...any) ([]Revision, error) {
	var out []Revision
	err := rows(ctx, r, func(rs *sql.Rows) error {
		var r Revision
		var upload, account sql.NullInt64
		err := rs.Scan(&r.Person, &r.Kind, &r.Source, &r.Record, &r.Act, &r.Original, (*int64)(&r.Received), &upload, &account, &r.By, (*int64)(&r.Changed))
		r.Upload, r.Account = upload.Int64, account.Int64
		out = append(out, r)
		return err
	}, `SELECT `+revisionColumns+` FROM revision AS v LEFT JOIN account AS a ON a.id = v.account WHERE `+where, args...)
	return out, err
}

// Revisions lists what was changed of a person's records, newest first.
func (db *DB) Revisions(ctx context.Context, person int64, limit int) ([]Revision, error) {
	return revisions(ctx, db, `v.person = ? ORDER BY v.changed_ms DESC, v.id DESC LIMIT ?`, person, limit)
}
