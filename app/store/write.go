package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"

	"glucokeep/app/fault"
)

// Tx is the open write transaction. It is valid only inside the function that
// Write calls, and only on its goroutine.
type Tx struct {
	db    *DB
	after []func()
	depth int
}

type job struct {
	fn   func(*Tx) error
	err  error
	done chan struct{}
}

// whole is the work with what belongs to each: days of basal rates.
func (j *job) whole(tx *Tx) error {
	if err := j.fn(tx); err != nil {
		return err
	}
	return tx.keepBasals()
}

// Write runs fn in a transaction and returns when it is durable on disk. An
// error of fn undoes all that fn did and nothing else.
//
// Writers that come while another one commits are carried out together in
// one transaction, each in a savepoint of its own: whoever gets the turn
// works for all who wait. A lone writer never waits for company, which would
// cost more than the commit itself.
//
// fn may run a second time when a neighbour broke the shared transaction, so
// it sets its results anew each time. The context only ends the waiting; a
// statement that was interrupted half-way would take the neighbours along.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	j := &job{fn: fn, done: make(chan struct{})}
	db.mu.Lock()
	db.queue = append(db.queue, j)
	db.mu.Unlock()

	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		if db.withdraw(j) {
			return ctx.Err()
		}
		<-j.done
		return j.err
	case db.turn <- struct{}{}:
	}
	defer func() { <-db.turn }()

	db.mu.Lock()
	group := db.queue
	db.queue = nil
	db.mu.Unlock()
	db.run(group)
	<-j.done // ran now, or by the holder of the turn before
	return j.err
}

func (db *DB) withdraw(j *job) bool {
	db.mu.Lock()
	defer db.mu.Unlock()
	for i, k := range db.queue {
		if k == j {
			db.queue = append(db.queue[:i:i], db.queue[i+1:]...)
			return true
		}
	}
	return false
}

// run carries out a group in one transaction. If the transaction itself
// breaks (SQLite rolls back by itself when the disk is full, for one), the
// others run one by one.
func (db *DB) run(group []*job) {
	if len(group) == 0 {
		return
	}
	finish := func(j *job, err error) {
		j.err = err
		close(j.done)
	}
	tx := &Tx{db: db}
	if err := tx.exec("BEGIN IMMEDIATE"); err != nil {
		for _, j := range group {
			finish(j, fmt.Errorf("begin: %w", err))
		}
		return
	}
	var kept []*job
	for i, j := range group {
		var err error
		if len(group) == 1 {
			err = call(tx, j.whole)
		} else {
			err = tx.Savepoint(j.whole)
		}
		if err == nil {
			kept = append(kept, j)
			continue
		}
		if len(group) == 1 || errors.Is(err, errBroken) {
			rollback := tx.exec("ROLLBACK")
			if len(group) == 1 && rollback != nil && !errors.Is(err, errBroken) {
				err = errors.Join(err, rollback)
			}
			finish(j, full(err))
			for _, k := range append(kept, group[i+1:]...) {
				db.run([]*job{k})
			}
			return
		}
		finish(j, full(err))
	}
	err := tx.exec("COMMIT")
	if err != nil {
		err = full(fmt.Errorf("commit: %w", err))
		_ = tx.exec("ROLLBACK") // fails when SQLite has already done so
	} else {
		for _, f := range tx.after {
			f()
		}
	}
	for _, j := range kept {
		finish(j, err)
	}
}

// errBroken says that the transaction around a savepoint is gone.
var errBroken = errors.New("transaction lost")

// Savepoint runs fn so that an error or panic of fn undoes only fn.
func (tx *Tx) Savepoint(fn func(*Tx) error) error {
	tx.depth++
	defer func() { tx.depth-- }()
	name := fmt.Sprintf("s%d", tx.depth)
	if err := tx.exec("SAVEPOINT " + name); err != nil {
		return errors.Join(errBroken, err)
	}
	hooks := len(tx.after)
	err := call(tx, fn)
	if err != nil {
		tx.after = tx.after[:hooks]
		if e := tx.exec("ROLLBACK TO " + name); e != nil {
			return errors.Join(errBroken, err, e)
		}
	}
	if e := tx.exec("RELEASE " + name); e != nil {
		return errors.Join(errBroken, err, e)
	}
	return err
}

// call turns a panic of fn into an error: one broken request must not take
// the writer down.
func call(tx *Tx, fn func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Recovered(p)
		}
	}()
	return fn(tx)
}

// AfterCommit has f called once the transaction is durable, and never if it
// is undone: the place for memory copies and live events. f must not block.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

func (tx *Tx) stmt(q string) (*sql.Stmt, error) {
	if s, ok := tx.db.stmts[q]; ok {
		return s, nil
	}
	s, err := tx.db.conn.PrepareContext(context.Background(), q)
	if err != nil {
		return nil, err
	}
	tx.db.stmts[q] = s
	return s, nil
}

func (tx *Tx) exec(q string, args ...any) error {
	_, err := tx.result(q, args...)
	return err
}

func (tx *Tx) result(q string, args ...any) (sql.Result, error) {
	s, err := tx.stmt(q)
	if err != nil {
		return nil, err
	}
	return s.Exec(args...)
}

// insert runs an INSERT and gives the new row's id.
func (tx *Tx) insert(q string, args ...any) (int64, error) {
	r, err := tx.result(q, args...)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// changed runs an UPDATE or DELETE and gives the number of rows it met.
func (tx *Tx) changed(q string, args ...any) (int64, error) {
	r, err := tx.result(q, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// query implements reader. The request's context stays out on purpose.
func (tx *Tx) query(_ context.Context, q string, args ...any) (*sql.Rows, error) {
	s, err := tx.stmt(q)
	if err != nil {
		return nil, err
	}
	return s.Query(args...)
}

// full puts SQLite's word for a full disk into ours.
func full(err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code()&0xff == 13 { // SQLITE_FULL
		return fault.Wrap(err, fault.Unavailable, "store.disk-full")
	}
	return err
}
