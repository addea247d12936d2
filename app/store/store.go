// Package store keeps the box's data in one SQLite file. It knows SQL and
// nothing of permission: packages share and read decide who sees what. All
// writing goes through DB.Write, one transaction at a time; reading goes
// through a pool of read-only connections that never block the writer.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"modernc.org/sqlite"

	"glucokeep/app/fault"
)

// ErrNone says that the row asked for does not exist.
var ErrNone = errors.New("no such row")

// DB is an open database. It is safe for use by many goroutines.
type DB struct {
	dir   string
	lock  *os.File
	write *sql.DB // one connection, pinned as conn
	conn  *sql.Conn
	read  *sql.DB

	mu      sync.Mutex
	queue   []*job
	turn    chan struct{} // holds a token while somebody writes
	stmts   map[string]*sql.Stmt
	reading sync.Map // query text → *sql.Stmt of the read pool

	watching sync.Mutex
	watch    *sql.Conn // of the read pool, on which changes are counted; nil until somebody asks
	ask      *sql.Stmt // of watch
}

// FileName is the database's name inside the data folder.
const FileName = "glucokeep.db"

// pragmas are part of the address, since database/sql opens connections when
// it likes and a PRAGMA run once would reach only one of them. busy_timeout comes first so that the others can wait.
const pragmas = "_busy_timeout=5000&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=1&_txlock=immediate" +
	"&_defensive=1&_dqs=0&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)&_pragma=temp_store(MEMORY)"

// Open opens the database in folder dir, making both when they are missing,
// and brings an older database to the shape of schema. The folder is locked:
// a second Open, in this process or another, gets a fault of kind Conflict.
func Open(ctx context.Context, dir, schema string) (*DB, error) {
	if err := registerPages(); err != nil {
		return nil, err
	}
	sqlite.StrictPragmas(true)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	if err := refuseNetworkFolder(dir); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(dir, "glucokeep.lock"))
	if err != nil {
		return nil, err
	}
	db := &DB{dir: dir, lock: lock, turn: make(chan struct{}, 1), stmts: map[string]*sql.Stmt{}}
	if err := db.open(ctx, schema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (db *DB) open(ctx context.Context, schema string) (err error) {
	path := filepath.Join(db.dir, FileName)
	// SQLite would make the file readable for others; it must exist with the
	// right mode before SQLite opens it, and never be opened by us again.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		err = f.Close()
	} else if errors.Is(err, os.ErrExist) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("make database: %w", err)
	}

	address := "file:" + (&url.URL{Path: path}).EscapedPath()
	if db.write, err = sql.Open("sqlite", address+"?"+pragmas+"&_pragma=cache_size(-16384)"); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	db.write.SetMaxOpenConns(1)
	if db.conn, err = db.write.Conn(ctx); err != nil {
		return unreadable(err)
	}
	if err := db.migrate(ctx, path, schema); err != nil {
		return err
	}
	if db.read, err = sql.Open("sqlite", address+"?mode=ro&"+pragmas+
		"&_pragma=query_only(1)&_pragma=cache_size(-8192)&_pragma=mmap_size(134217728)"); err != nil {
		return fmt.Errorf("open database for reading: %w", err)
	}
	db.read.SetMaxOpenConns(max(4, runtime.NumCPU()) + 1) // one counts changes
	db.read.SetMaxIdleConns(4)
	return nil
}

// unreadable turns SQLite's word for a file that is no database into ours.
func unreadable(err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code()&0xff == 26 { // SQLITE_NOTADB
		return fault.Wrap(err, fault.Invalid, "store.not-a-database")
	}
	return fmt.Errorf("open database: %w", err)
}

// Dir is the data folder.
func (db *DB) Dir() string { return db.dir }

// Close moves the write-ahead log into the file, closes it and gives the
// folder free.
func (db *DB) Close() error {
	var errs []error
	if db.watch != nil {
		errs = append(errs, db.ask.Close(), db.watch.Close())
	}
	if db.read != nil {
		errs = append(errs, db.read.Close())
	}
	if db.conn != nil {
		for _, s := range db.stmts {
			errs = append(errs, s.Close())
		}
		// On a full disk the log stays beside the file; nothing is lost by it.
		_, _ = db.conn.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
		errs = append(errs, db.conn.Close())
	}
	if db.write != nil {
		errs = append(errs, db.write.Close())
	}
	if db.lock != nil {
		errs = append(errs, db.lock.Close())
	}
	return errors.Join(errs...)
}

// reader is what a query needs: the read pool or the open transaction.
type reader interface {
	query(ctx context.Context, q string, args ...any) (*sql.Rows, error)
}

func (db *DB) query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	s, ok := db.reading.Load(q)
	if !ok {
		made, err := db.read.PrepareContext(ctx, q)
		if err != nil {
			return nil, err
		}
		if s, ok = db.reading.LoadOrStore(q, made); ok {
			_ = made.Close() // another goroutine was first
		}
	}
	return s.(*sql.Stmt).QueryContext(ctx, args...)
}

// rows runs a query and calls scan for each row.
func rows(ctx context.Context, r reader, scan func(*sql.Rows) error, q string, args ...any) error {
	rs, err := r.query(ctx, q, args...)
	if err != nil {
		return err
	}
	defer rs.Close()
	for rs.Next() {
		if err := scan(rs); err != nil {
			return err
		}
	}
	return rs.Err()
}

// row scans the first row of a query into into; ErrNone if there is none.
func row(ctx context.Context, r reader, q string, args []any, into ...any) error {
	found := false
	err := rows(ctx, r, func(rs *sql.Rows) error {
		if found {
			return nil
		}
		found = true
		return rs.Scan(into...)
	}, q, args...)
	if err == nil && !found {
		return ErrNone
	}
	return err
}

// NewKey is a random 128-bit name, safe in an address.
func NewKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}
