package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"glucokeep/app/fault"
)

// steps takes a database of version n to n+1 with steps[n-1]. Append only; a
// step that was released is never edited. There is no way down: a backup is
// made before. Until the first release there are none, and schema.sql is
// edited in place.
var steps = []string{}

var versionLine = regexp.MustCompile(`(?m)^PRAGMA user_version = (\d+);`)

// migrate makes an empty database from schema, or takes an older one to it.
func (db *DB) migrate(ctx context.Context, path, schema string) error {
	m := versionLine.FindStringSubmatch(schema)
	if m == nil {
		return fmt.Errorf("schema names no version")
	}
	want, _ := strconv.Atoi(m[1])
	var have, tables int
	if err := db.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return unreadable(err)
	}
	if err := db.conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return unreadable(err)
	}
	switch {
	case have == 0 && tables == 0:
		return db.inOne(ctx, schema)
	case have == want:
		return nil
	case have > want:
		return fault.New(fault.Conflict, "store.newer", "have", have, "want", want)
	case have == 0:
		return fault.New(fault.Invalid, "store.not-ours")
	}

	backup := filepath.Join(filepath.Dir(path), fmt.Sprintf("before-version-%d-%s.db", want, time.Now().UTC().Format("20060102-150405")))
	if _, err := db.conn.ExecContext(ctx, "VACUUM INTO ?", backup); err != nil {
		return fmt.Errorf("back up before migrating: %w", err)
	}
	if err := os.Chmod(backup, 0o600); err != nil {
		return err
	}
	text := strings.Join(steps[have-1:want-1], "\n") + fmt.Sprintf("\nPRAGMA user_version = %d;", want)
	if err := db.inOne(ctx, text); err != nil {
		return fmt.Errorf("migrate from version %d to %d: %w", have, want, err)
	}
	return nil
}

// inOne runs statements in one transaction with foreign keys checked at the
// end instead of on the way, so that a step may rebuild a table.
func (db *DB) inOne(ctx context.Context, text string) (err error) {
	if _, err := db.conn.ExecContext(ctx, "PRAGMA foreign_keys = 0"); err != nil {
		return err
	}
	defer func() {
		if _, e := db.conn.ExecContext(ctx, "PRAGMA foreign_keys = 1"); err == nil {
			err = e
		}
	}()
	if _, err := db.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	_, err = db.conn.ExecContext(ctx, text)
	if err == nil {
		var broken int
		err = db.conn.QueryRowContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&broken)
		if err == nil && broken > 0 {
			err = fmt.Errorf("%d rows refer to nothing", broken)
		}
	}
	if err != nil {
		_, _ = db.conn.ExecContext(ctx, "ROLLBACK")
		return err
	}
	_, err = db.conn.ExecContext(ctx, "COMMIT")
	return err
}

// shape lists the facts of the database's schema, for the proof that a
// migrated database equals a fresh one.
func (db *DB) shape(ctx context.Context) ([]string, error) {
	var facts []string
	rs, err := db.conn.QueryContext(ctx, `
		SELECT 'object ' || type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema
		UNION ALL SELECT 'version ' || user_version FROM pragma_user_version`)
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	for rs.Next() {
		var s string
		if err := rs.Scan(&s); err != nil {
			return nil, err
		}
		facts = append(facts, strings.Join(strings.Fields(s), " "))
	}
	sort.Strings(facts)
	return facts, rs.Err()
}
