package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"glucokeep/app/record"
)

// Page gives the entries of one source and UTC day in order of time; none if
// there is no page.
func (tx *Tx) Page(person, source, day int64) ([]Entry, error) {
	var page []byte
	err := row(context.Background(), tx, `SELECT page FROM glucose_day WHERE person = ? AND day = ? AND source = ?`,
		[]any{person, day, source}, &page)
	if errors.Is(err, ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decodePage(day, page)
}

// SetPage replaces the page of one source and UTC day and its statistics. es
// is put in order; no entries remove the page. All of es must lie in day.
func (tx *Tx) SetPage(person, source, day int64, es []Entry) error {
	if len(es) == 0 {
		if err := tx.exec(`DELETE FROM glucose_day WHERE person = ? AND day = ? AND source = ?`, person, day, source); err != nil {
			return err
		}
		return tx.exec(`DELETE FROM glucose_stat WHERE person = ? AND day = ? AND source = ?`, person, day, source)
	}
	sortEntries(es)
	var modified record.Millis
	for i := range es {
		if Day(es[i].At) != day {
			return fmt.Errorf("reading of another day in a page")
		}
		modified = max(modified, es[i].Modified)
	}
	err := tx.exec(`
		INSERT INTO glucose_day (person, day, source, modified_ms, page) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (person, day, source) DO UPDATE SET modified_ms = excluded.modified_ms, page = excluded.page`,
		person, day, source, int64(modified), encodePage(day, es))
	if err != nil {
		return err
	}
	s := statOf(day, source, es)
	return tx.exec(`
		INSERT OR REPLACE INTO glucose_stat (person, day, source, n, very_low, low, target, high, very_high,
			sum, sum_sq, min, max, first_ms, last_ms, histogram) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		person, s.Day, s.Source, s.N, s.VeryLow, s.Low, s.Target, s.High, s.VeryHi,
		s.Sum, s.SumSq, s.Min, s.Max, int64(s.First), int64(s.Last), s.Histogram)
}

// PagesOf lists the days in [from, until] for which a source has pages.
func (tx *Tx) PagesOf(person, source, from, until int64) ([]int64, error) {
	var days []int64
	err := rows(context.Background(), tx, func(rs *sql.Rows) error {
		var day int64
		days = append(days, 0)
		err := rs.Scan(&day)
		days[len(days)-1] = day
		return err
	}, `SELECT day FROM glucose_day WHERE person = ? AND day BETWEEN ? AND ? AND source = ? ORDER BY day`,
		person, from, until, source)
	return days, err
}

// TouchLatest keeps the person's newest reading up to date after pages of
// source changed; at is the newest reading among those that were added.
func (tx *Tx) TouchLatest(person, source int64, at record.Millis) error {
	return tx.exec(`
		INSERT INTO glucose_latest (person, source, at_ms) VALUES (?, ?, ?)
		ON CONFLICT (person) DO UPDATE SET source = excluded.source, at_ms = excluded.at_ms
		WHERE excluded.at_ms > glucose_latest.at_ms`, person, source, int64(at))
}

// FindLatest computes the person's newest reading anew after readings went
// away.
func (tx *Tx) FindLatest(person int64) error {
	if err := tx.exec(`DELETE FROM glucose_latest WHERE person = ?`, person); err != nil {
		return err
	}
	return tx.exec(`
		INSERT INTO glucose_latest (person, source, at_ms)
		SELECT person, source, last_ms FROM glucose_stat WHERE person = ? AND n > 0 ORDER BY last_ms DESC LIMIT 1`, person)
}

// Series is the readings of one source in order of time.
type Series struct {
	Source   Source
	Readings []record.Reading
}

// Glucose gives a person's readings in [from, until), by source. Deleted
// readings are left out; scans are in, flagged.
func (db *DB) Glucose(ctx context.Context, person int64, from, until record.Millis) ([]Series, error) {
	sources, err := db.Sources(ctx, person)
	if err != nil {
		return nil, err
	}
	index := make(map[int64]int, len(sources))
	out := make([]Series, len(sources))
	for i, s := range sources {
		index[s.ID] = i
		out[i].Source = s
	}
	var page sql.RawBytes
	var day, source int64
	err = rows(ctx, db, func(rs *sql.Rows) (err error) {
		if err = rs.Scan(&day, &source, &page); err != nil {
			return err
		}
		i, ok := index[source]
		if !ok { // its first import committed between the two queries
			return nil
		}
		s := &out[i]
		if s.Readings == nil {
			s.Readings = make([]record.Reading, 0, capacity(from, until))
		}
		start := len(s.Readings)
		s.Readings, err = appendReadings(s.Readings, day, page, s.Source.IntervalMin)
		if err != nil {
			return fmt.Errorf("day %d: %w", day, err)
		}
		if DayStart(day) < from || DayStart(day+1) > until {
			kept := s.Readings[:start]
			for _, r := range s.Readings[start:] {
				if r.At >= from && r.At < until {
					kept = append(kept, r)
				}
			}
			s.Readings = kept
		}
		return nil
	}, `SELECT day, source, page FROM glucose_day WHERE person = ? AND day BETWEEN ? AND ? ORDER BY day, source`,
		person, Day(from), Day(until-1))
	if err != nil {
		return nil, err
	}
	kept := out[:0]
	for _, s := range out {
		if len(s.Readings) > 0 {
			kept = append(kept, s)
		}
	}
	return kept, nil
}

// capacity guesses the readings of a 5-minute sensor in a period, up to a year.
func capacity(from, until record.Millis) int {
	return int(min(max(int64(until-from), 0), 366*dayMillis)/300_000) + 1
}

// Stats gives the statistics rows of a person's UTC days from first to last.
func (db *DB) Stats(ctx context.Context, person, first, last int64) ([]Stat, error) {
	var out []Stat
	err := rows(ctx, db, func(rs *sql.Rows) error {
		var s Stat
		var from, until int64
		if err := rs.Scan(&s.Day, &s.Source, &s.N, &s.VeryLow, &s.Low, &s.Target, &s.High, &s.VeryHi,
			&s.Sum, &s.SumSq, &s.Min, &s.Max, &from, &until, &s.Histogram); err != nil {
			return err
		}
		s.First, s.Last = record.Millis(from), record.Millis(until)
		out = append(out, s)
		return nil
	}, `SELECT day, source, n, very_low, low, target, high, very_high, sum, sum_sq, min, max, first_ms, last_ms, histogram
		FROM glucose_stat WHERE person = ? AND day BETWEEN ? AND ? ORDER BY day, source`, person, first, last)
	return out, err
}

// Span gives the instants of a person's first and last reading; ErrNone if
// there are no readings.
func (db *DB) Span(ctx context.Context, person int64) (first, last record.Millis, err error) {
	return span(ctx, db, person)
}

func span(ctx context.Context, r reader, person int64) (first, last record.Millis, err error) {
	var a, b sql.NullInt64
	err = row(ctx, r, `SELECT min(first_ms), max(last_ms) FROM glucose_stat WHERE person = ? AND n > 0`, []any{person}, &a, &b)
	if err == nil && !a.Valid {
		err = ErrNone
	}
	return record.Millis(a.Int64), record.Millis(b.Int64), err
}

// PageSpan gives the first and last UTC day for which a person has a page;
// ErrNone if there is none. Unlike Span it knows days of scans alone.
func (db *DB) PageSpan(ctx context.Context, person int64) (first, last int64, err error) {
	var a, b sql.NullInt64
	err = row(ctx, db, `SELECT min(day), max(day) FROM glucose_day WHERE person = ?`, []any{person}, &a, &b)
	if err == nil && !a.Valid {
		err = ErrNone
	}
	return a.Int64, b.Int64, err
}

// Latest gives the instant of a person's newest reading; ErrNone if there is
// none.
func (db *DB) Latest(ctx context.Context, person int64) (at record.Millis, err error) {
	return latest(ctx, db, person)
}

func latest(ctx context.Context, r reader, person int64) (at record.Millis, err error) {
	var ms int64
	err = row(ctx, r, `SELECT at_ms FROM glucose_latest WHERE person = ?`, []any{person}, &ms)
	return record.Millis(ms), err
}

// LastBefore gives the instant of a person's last reading in a page whose
// readings all lie before at; ErrNone if there is none.
func (db *DB) LastBefore(ctx context.Context, person int64, at record.Millis) (record.Millis, error) {
	var ms sql.NullInt64
	err := row(ctx, db, `SELECT max(last_ms) FROM glucose_stat WHERE person = ? AND n > 0 AND last_ms < ?`, []any{person, int64(at)}, &ms)
	if err == nil && !ms.Valid {
		err = ErrNone
	}
	return record.Millis(ms.Int64), err
}
