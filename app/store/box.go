package store

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"

	"glucokeep/app/record"
)

// BoxFact reads a fact about the box; ErrNone if it was never set.
func (tx *Tx) BoxFact(name string) (value string, err error) {
	err = row(context.Background(), tx, `SELECT value FROM box WHERE name = ?`, []any{name}, &value)
	return value, err
}

// SetBoxFact keeps a fact about the box; "" forgets it.
func (tx *Tx) SetBoxFact(name, value string) error {
	if value == "" {
		return tx.exec(`DELETE FROM box WHERE name = ?`, name)
	}
	return tx.exec(`INSERT OR REPLACE INTO box (name, value) VALUES (?, ?)`, name, value)
}

// BoxFacts reads the facts about the box that were ever set, by name.
func (db *DB) BoxFacts(ctx context.Context) (map[string]string, error) {
	facts := map[string]string{}
	err := rows(ctx, db, func(rs *sql.Rows) error {
		var name, value string
		err := rs.Scan(&name, &value)
		facts[name] = value
		return err
	}, `SELECT name, value FROM box`)
	return facts, err
}

// Counts is how much a box holds: numbers alone, nobody's values.
type Counts struct {
	Persons, Accounts, Readings int
	Sessions                    int           // live ones
	Imports                     int           // not undone
	Brought                     int           // imports, the undone ones too
	LastImport                  record.Millis // 0: none yet
}

// Counts counts what the box holds. A session is live when its person acted
// after idle.
func (db *DB) Counts(ctx context.Context, now, idle record.Millis) (c Counts, err error) {
	err = row(ctx, db, `SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM account WHERE disabled_ms IS NULL),
		(SELECT coalesce(sum(n), 0) FROM glucose_stat),
		(SELECT count(*) FROM credential AS c JOIN account AS a ON a.id = c.account
			WHERE c.kind = 'session' AND c.ended_ms IS NULL AND c.expires_ms > ?1 AND c.active_ms > ?2 AND a.epoch = c.epoch AND a.disabled_ms IS NULL),
		(SELECT count(*) FROM upload WHERE undone_ms IS NULL), (SELECT count(*) FROM upload), (SELECT coalesce(max(created_ms), 0) FROM upload WHERE undone_ms IS NULL)`,
		[]any{int64(now), int64(idle)},
		&c.Persons, &c.Accounts, &c.Readings, &c.Sessions, &c.Imports, &c.Brought, (*int64)(&c.LastImport))
	return c, err
}

// Size is how many bytes the database has on disk, its write-ahead log
// included, and how many the disk of its folder has: in all and free for us.
// known is false where the system does not tell.
func (db *DB) Size() (database, disk, free int64, known bool, err error) {
	for _, name := range []string{FileName, FileName + "-wal"} {
		info, err := os.Stat(filepath.Join(db.dir, name))
		switch {
		case err == nil:
			database += info.Size()
		case name == FileName:
			return 0, 0, 0, false, err
		}
	}
	disk, free, known = diskOf(db.dir)
	return database, disk, free, known, nil
}
