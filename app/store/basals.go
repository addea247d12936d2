package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Basals lists a person's basal rates in [from, until) by time, of what
// records share with At alone. A closed loop writes one every five minutes, so
// they are read from pages, which are what the records say (keepBasals).
func (db *DB) Basals(ctx context.Context, person int64, from, until record.Millis) ([]*record.Basal, error) {
	var out []*record.Basal
	var page sql.RawBytes
	var day int64
	due := false
	err := rows(ctx, db, func(rs *sql.Rows) error {
		if err := rs.Scan(&day, &page); err != nil {
			return err
		}
		if due = due || page == nil; due {
			return nil
		}
		list, err := decodeBasals(day, page)
		if err != nil {
			return fmt.Errorf("day %d: %w", day, err)
		}
		if out == nil {
			out = make([]*record.Basal, 0, min((Day(until-1)-Day(from)+1)*int64(len(list)), 366*288)) // most likely
		}
		for i := range list {
			if b := &list[i]; b.At >= from && b.At < until {
				out = append(out, b)
			}
		}
		return nil
	}, `SELECT day, page FROM basal_page WHERE person = ?1 AND day BETWEEN ?2 AND ?3
		UNION ALL SELECT day, NULL FROM basal_due WHERE person = ?1 AND day BETWEEN ?2 AND ?3 ORDER BY day`,
		person, Day(from), Day(until-1))
	if due && err == nil { // nothing is due after a commit; if it were, the records are right all the same
		return basalRows(ctx, db, person, from, until)
	}
	return out, err
}

// basalRows is Basals from the records themselves. Of text and durations a
// column is made, since each column of a row takes a while.
func basalRows(ctx context.Context, r reader, person int64, from, until record.Millis) ([]*record.Basal, error) {
	var out []*record.Basal
	var at, lastsAndKind int64
	var rate float64
	var percent sql.NullFloat64
	places := []any{&at, &rate, &lastsAndKind, &percent}
	err := rows(ctx, r, func(rs *sql.Rows) error {
		if err := rs.Scan(places...); err != nil {
			return err
		}
		kind := lastsAndKind & 3
		b := &record.Basal{Common: record.Common{At: record.Millis(at)}, Basal: basalKinds[kind], Rate: unit.UnitsPerHour(rate),
			Duration: time.Duration((lastsAndKind-kind)/4) * time.Millisecond}
		if percent.Valid {
			p := percent.Float64
			b.Percent = &p
		}
		out = append(out, b)
		return nil
	}, `SELECT r.at_ms, k.rate_u_h,
			4 * k.lasts_ms + CASE k.basal WHEN 'automated' THEN 0 WHEN 'scheduled' THEN 1 WHEN 'temp' THEN 2 ELSE 3 END, k.percent
		FROM record AS r INDEXED BY record_by_time JOIN basal AS k ON k.record = r.id
		WHERE r.person = ? AND r.kind = 'basal' AND r.at_ms >= ? AND r.at_ms < ? ORDER BY r.at_ms, r.id`,
		person, int64(from), int64(until))
	return out, err
}

// keepBasals writes the pages of the days whose basal rates the transaction
// changed, from the records as they are then. Every Write ends with it.
func (tx *Tx) keepBasals() error {
	ctx := context.Background()
	var due [][2]int64
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		due = append(due, [2]int64{})
		d := &due[len(due)-1]
		return rs.Scan(&d[0], &d[1])
	}, `SELECT person, day FROM basal_due`)
	if err != nil || len(due) == 0 {
		return err
	}
	for _, d := range due {
		person, day := d[0], d[1]
		list, err := basalRows(ctx, tx, person, DayStart(day), DayStart(day+1))
		switch {
		case err != nil:
		case len(list) == 0:
			err = tx.exec(`DELETE FROM basal_page WHERE person = ? AND day = ?`, person, day)
		default:
			err = tx.exec(`INSERT INTO basal_page (person, day, page) VALUES (?, ?, ?)
				ON CONFLICT (person, day) DO UPDATE SET page = excluded.page`, person, day, encodeBasals(day, list))
		}
		if err != nil {
			return err
		}
	}
	return tx.exec(`DELETE FROM basal_due`)
}

// CheckBasals makes every page of basal rates anew from the records and
// compares. days is how many days have rates.
func (db *DB) CheckBasals(ctx context.Context) (days int, out []Finding, err error) {
	err = db.snapshot(ctx, func(r reader) error {
		days, out, err = checkBasals(ctx, r)
		return err
	})
	return days, out, err
}

func checkBasals(ctx context.Context, r reader) (days int, out []Finding, err error) {
	type key struct{ person, day int64 }
	where := func(k key) string { return fmt.Sprintf("person %d, day %d", k.person, k.day) }
	var all []key
	pages := map[key][]byte{}
	err = rows(ctx, r, func(rs *sql.Rows) error {
		var k key
		err := rs.Scan(&k.person, &k.day)
		all = append(all, k)
		return err
	}, `SELECT DISTINCT person, at_ms / 86400000 - (at_ms % 86400000 < 0) FROM record WHERE kind = 'basal'`)
	if err != nil {
		return 0, nil, err
	}
	err = rows(ctx, r, func(rs *sql.Rows) error {
		var k key
		var page []byte
		err := rs.Scan(&k.person, &k.day, &page)
		pages[k] = page
		return err
	}, `SELECT person, day, page FROM basal_page`)
	if err != nil {
		return 0, nil, err
	}
	for _, k := range all {
		days++
		list, err := basalRows(ctx, r, k.person, DayStart(k.day), DayStart(k.day+1))
		if err != nil {
			return 0, nil, err
		}
		var page []byte
		if len(list) > 0 { // else the records lack their own part, which CheckRecords finds
			page = encodeBasals(k.day, list)
		}
		if !bytes.Equal(pages[k], page) {
			out = append(out, Finding{"basal-page", where(k)})
		}
		delete(pages, k)
	}
	for k := range pages {
		out = append(out, Finding{"basal-page", where(k)})
	}
	err = rows(ctx, r, func(rs *sql.Rows) error {
		var k key
		err := rs.Scan(&k.person, &k.day)
		out = append(out, Finding{"basal-page", where(k)})
		return err
	}, `SELECT person, day FROM basal_due`)
	return days, out, err
}
