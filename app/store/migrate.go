package store

import (
	"context"
	"database/sql"
	"errors"
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
		return db.inOne(ctx, schema, nil)
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
	if len(steps) < want-1 {
		return fmt.Errorf("no step leads from version %d to %d", have, want)
	}
	text := strings.Join(steps[have-1:want-1], "\n") + fmt.Sprintf("\nPRAGMA user_version = %d;", want)
	return db.inOne(ctx, text, func() error { return db.provePristine(ctx, schema) })
}

// provePristine compares the migrated database with one made fresh from
// schema: both roads must meet, or the migration is undone.
func (db *DB) provePristine(ctx context.Context, schema string) (err error) {
	fresh, err := sql.Open("sqlite", "file:pristine?mode=memory&"+pragmas)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fresh.Close()) }()
	conn, err := fresh.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, schema); err != nil {
		return err
	}
	want, err := shape(ctx, conn)
	if err != nil {
		return err
	}
	have, err := shape(ctx, db.conn)
	if err != nil {
		return err
	}
	for i := range max(len(want), len(have)) {
		if i >= len(want) || i >= len(have) || want[i] != have[i] {
			return fmt.Errorf("the migrated database is not what schema.sql makes")
		}
	}
	return nil
}

// inOne runs statements in one transaction with foreign keys checked at the
// end instead of on the way, so that a step may rebuild a table. prove, if
// any, has the last word before the commit.
func (db *DB) inOne(ctx context.Context, text string, prove func() error) (err error) {
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
	if err == nil && prove != nil {
		err = prove()
	}
	if err != nil {
		_, _ = db.conn.ExecContext(ctx, "ROLLBACK")
		return err
	}
	_, err = db.conn.ExecContext(ctx, "COMMIT")
	return err
}

// shape lists the facts of a database's schema.
func shape(ctx context.Context, conn *sql.Conn) ([]string, error) {
	var facts []string
	rs, err := conn.QueryContext(ctx, `
		SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema
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
