package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"

	"glucokeep/app/record"
)

// Finding is something that is not as it should be. What names it for the
// catalogue ("check." and What); Where says where, without any health value.
type Finding struct {
	What  string
	Where string
}

// CheckFile asks SQLite whether the file is sound.
func (db *DB) CheckFile(ctx context.Context) (out []Finding, err error) {
	err = rows(ctx, db, func(rs *sql.Rows) error {
		var s string
		if err := rs.Scan(&s); err != nil {
			return err
		}
		if s != "ok" {
			out = append(out, Finding{"file", s})
		}
		return nil
	}, `PRAGMA integrity_check`)
	if err != nil {
		return out, err
	}
	err = rows(ctx, db, func(rs *sql.Rows) error {
		var table string
		var row, parent, key any
		if err := rs.Scan(&table, &row, &parent, &key); err != nil {
			return err
		}
		out = append(out, Finding{"reference", fmt.Sprintf("%s %v", table, row)})
		return nil
	}, `PRAGMA foreign_key_check`)
	return out, err
}

// CheckShape finds tables, triggers and views that are not those of schema, and
// files of the data folder that others can read.
func (db *DB) CheckShape(ctx context.Context, schema string) (out []Finding, err error) {
	same := false
	err = db.Write(ctx, func(*Tx) error { // the writer's connection, when nobody else has it
		same = db.provePristine(ctx, schema) == nil
		return nil
	})
	if !same {
		out = append(out, Finding{What: "schema"})
	}
	files, e := os.ReadDir(db.dir)
	for _, f := range files {
		info, e := f.Info()
		if e == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
			out = append(out, Finding{"mode", f.Name()})
		}
	}
	return out, errors.Join(err, e)
}

// CheckPages decodes every page, computes its statistics anew and compares.
// pages is how many there are. What is written meanwhile is not looked at.
func (db *DB) CheckPages(ctx context.Context) (pages int, out []Finding, err error) {
	err = db.snapshot(ctx, func(r reader) error {
		pages, out, err = checkPages(ctx, r)
		return err
	})
	return pages, out, err
}

func checkPages(ctx context.Context, r reader) (pages int, out []Finding, err error) {
	stats := map[[3]int64]Stat{}
	err = rows(ctx, r, func(rs *sql.Rows) error {
		var person int64
		var s Stat
		err := rs.Scan(&person, &s.Day, &s.Source, &s.N, &s.VeryLow, &s.Low, &s.Target, &s.High, &s.VeryHi,
			&s.Sum, &s.SumSq, &s.Min, &s.Max, (*int64)(&s.First), (*int64)(&s.Last), &s.Histogram)
		stats[[3]int64{person, s.Day, s.Source}] = s
		return err
	}, `SELECT person, day, source, n, very_low, low, target, high, very_high, sum, sum_sq, min, max, first_ms, last_ms, histogram FROM glucose_stat`)
	if err != nil {
		return 0, nil, err
	}
	var page sql.RawBytes
	err = rows(ctx, r, func(rs *sql.Rows) error {
		var person, day, source, modified int64
		if err := rs.Scan(&person, &day, &source, &modified, &page); err != nil {
			return err
		}
		pages++
		key := [3]int64{person, day, source}
		where := fmt.Sprintf("person %d, day %d, source %d", person, day, source)
		es, err := decodePage(day, page)
		if err != nil {
			out = append(out, Finding{"page", where})
			delete(stats, key)
			return nil
		}
		var latest record.Millis
		for i := range es {
			latest = max(latest, es[i].Modified)
			if Day(es[i].At) != day || (i > 0 && es[i].At < es[i-1].At) {
				out = append(out, Finding{"page-order", where})
				break
			}
		}
		if int64(latest) != modified {
			out = append(out, Finding{"page-modified", where})
		}
		have, ok := stats[key]
		delete(stats, key)
		if !ok || !sameStat(have, statOf(day, source, es)) {
			out = append(out, Finding{"statistics", where})
		}
		return nil
	}, `SELECT person, day, source, modified_ms, page FROM glucose_day ORDER BY id`)
	for key := range stats {
		out = append(out, Finding{"statistics", fmt.Sprintf("person %d, day %d, source %d", key[0], key[1], key[2])})
	}
	return pages, out, err
}

func sameStat(a, b Stat) bool {
	near := func(x, y float64) bool { return math.Abs(x-y) <= 1e-9*math.Max(1, math.Abs(x)) }
	return a.N == b.N && a.VeryLow == b.VeryLow && a.Low == b.Low && a.Target == b.Target && a.High == b.High && a.VeryHi == b.VeryHi &&
		near(a.Sum, b.Sum) && near(a.SumSq, b.SumSq) && near(a.Min, b.Min) && near(a.Max, b.Max) &&
		a.First == b.First && a.Last == b.Last && bytes.Equal(a.Histogram, b.Histogram)
}

// CheckRecords finds sparse records without their own part, and newest
// readings that are not the newest.
func (db *DB) CheckRecords(ctx context.Context) (records int, out []Finding, err error) {
	err = db.snapshot(ctx, func(r reader) error {
		records, out, err = checkRecords(ctx, r)
		return err
	})
	return records, out, err
}

func checkRecords(ctx context.Context, r reader) (records int, out []Finding, err error) {
	for kind := range kindTables {
		var all, whole int
		if err := row(ctx, r, `SELECT count(*), count(k.record) FROM record AS r LEFT JOIN `+string(kind)+` AS k ON k.record = r.id
			WHERE r.kind = ?`, []any{string(kind)}, &all, &whole); err != nil {
			return records, out, err
		}
		records += all
		if all != whole {
			out = append(out, Finding{"record", fmt.Sprintf("%d of kind %s", all-whole, kind)})
		}
	}
	list, err := persons(ctx, r, `true`)
	if err != nil {
		return records, out, err
	}
	for _, p := range list {
		_, last, err := span(ctx, r, p.ID)
		if err != nil && !errors.Is(err, ErrNone) {
			return records, out, err
		}
		at, err := latest(ctx, r, p.ID)
		if err != nil && !errors.Is(err, ErrNone) {
			return records, out, err
		}
		if at != last {
			out = append(out, Finding{"latest", fmt.Sprintf("person %d", p.ID)})
		}
	}
	return records, out, nil
}

// snapshot runs fn over one state of the database, whatever is written
// meanwhile.
func (db *DB) snapshot(ctx context.Context, fn func(reader) error) (err error) {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	return fn(frozen{tx})
}

// frozen is a reader of one state of the database.
type frozen struct{ tx *sql.Tx }

func (f frozen) query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	return f.tx.QueryContext(ctx, q, args...)
}
