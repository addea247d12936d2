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
	Original string // JSON
	Upload   int64  // that changed it, 0 none
	Account  int64  // that changed it, 0 the console
	Changed  record.Millis
}

// AddRevision keeps the original of a record that is about to change.
func (tx *Tx) AddRevision(r Revision) error {
	return tx.exec(`
		INSERT INTO revision (person, kind, source, record, original, upload, account, changed_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Person, r.Kind, r.Source, r.Record, r.Original, null(r.Upload), null(r.Account), int64(r.Changed))
}

// Revisions lists what was changed of a person's records, newest first.
func (db *DB) Revisions(ctx context.Context, person int64, limit int) ([]Revision, error) {
	var out []Revision
	err := rows(ctx, db, func(rs *sql.Rows) error {
		var r Revision
		var upload, account sql.NullInt64
		err := rs.Scan(&r.Person, &r.Kind, &r.Source, &r.Record, &r.Original, &upload, &account, (*int64)(&r.Changed))
		r.Upload, r.Account = upload.Int64, account.Int64
		out = append(out, r)
		return err
	}, `SELECT person, kind, source, record, original, upload, account, changed_ms FROM revision
		WHERE person = ? ORDER BY changed_ms DESC, id DESC LIMIT ?`, person, limit)
	return out, err
}
