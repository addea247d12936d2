package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Values lists a person's records of one kind in [from, until) by time, with
// nothing of what records share but At: for reports of many days. The index by
// time holds all that is needed of the records themselves, and their table,
// in which a closed loop's thousands lie between, is not touched.
func (db *DB) Values(ctx context.Context, person int64, k record.Kind, from, until record.Millis) ([]record.Record, error) {
	t, err := tableOf(k)
	if err != nil {
		return nil, err
	}
	var out []record.Record
	own := "k." + strings.ReplaceAll(t.columns, ", ", ", k.")
	err = rows(ctx, db, func(rs *sql.Rows) error {
		rec, places := t.fresh()
		out = append(out, rec)
		return rs.Scan(append([]any{(*int64)(&rec.Base().At)}, places...)...)
	}, `SELECT r.at_ms, `+own+` FROM record AS r INDEXED BY record_by_time JOIN `+string(k)+` AS k ON k.record = r.id
		WHERE r.person = ? AND r.kind = ? AND r.at_ms >= ? AND r.at_ms < ? ORDER BY r.at_ms, r.id`,
		person, string(k), int64(from), int64(until))
	return out, err
}

// Told is Values with who told each record and when: of what records share At,
// Source, Received and Modified.
func (db *DB) Told(ctx context.Context, person int64, k record.Kind, from, until record.Millis) ([]Stored, error) {
	t, err := tableOf(k)
	if err != nil {
		return nil, err
	}
	var out []Stored
	own := "k." + strings.ReplaceAll(t.columns, ", ", ", k.")
	err = rows(ctx, db, func(rs *sql.Rows) error {
		rec, places := t.fresh()
		s := Stored{Record: rec}
		shared := []any{(*int64)(&rec.Base().At), &s.Source, (*int64)(&s.Received), (*int64)(&s.Modified)}
		err := rs.Scan(append(shared, places...)...)
		out = append(out, s)
		return err
	}, `SELECT r.at_ms, r.source, r.received_ms, r.modified_ms, `+own+` FROM record AS r INDEXED BY record_by_time JOIN `+string(k)+` AS k ON k.record = r.id
		WHERE r.person = ? AND r.kind = ? AND r.at_ms >= ? AND r.at_ms < ? ORDER BY r.at_ms, r.id`,
		person, string(k), int64(from), int64(until))
	return out, err
}

// Tellers counts the sources that gave records of a kind.
func (db *DB) Tellers(ctx context.Context, person int64, k record.Kind) (n int, err error) {
	err = row(ctx, db, `SELECT count(*) FROM source AS s WHERE s.person = ?1
		AND EXISTS (SELECT 1 FROM record AS r WHERE r.person = ?1 AND r.source = s.id AND r.kind = ?2)`, []any{person, string(k)}, &n)
	return n, err
}

// Doses is Values for doses, of which a closed loop gives hundreds a month:
// a column of text costs as much as all numbers of a row together.
func (db *DB) Doses(ctx context.Context, person int64, from, until record.Millis) ([]*record.Dose, error) {
	var out []*record.Dose
	var chunk []record.Dose
	var at, packed int64
	var units, programmed, extended, carbs float64
	var recommended sql.NullFloat64
	places := []any{&at, &packed, &units, &programmed, &extended, &carbs, &recommended}
	err := rows(ctx, db, func(rs *sql.Rows) error {
		if err := rs.Scan(places...); err != nil {
			return err
		}
		d := record.Dose{Common: record.Common{At: record.Millis(at)}, Delivery: deliveries[packed&3], Insulin: insulins[packed>>2&3],
			Automated: packed&16 != 0, Unspecified: packed&32 != 0, Duration: time.Duration(packed>>6) * time.Millisecond,
			Units: unit.Units(units), Programmed: unit.Units(programmed), ExtendedUnits: unit.Units(extended), Carbs: unit.Grams(carbs)}
		if recommended.Valid {
			u := unit.Units(recommended.Float64)
			d.Recommended = &u
		}
		if len(chunk) == cap(chunk) {
			chunk = make([]record.Dose, 0, 256)
		}
		chunk = append(chunk, d)
		out = append(out, &chunk[len(chunk)-1])
		return nil
	}, `SELECT r.at_ms, CASE k.delivery WHEN 'normal' THEN 0 WHEN 'extended' THEN 1 WHEN 'dual' THEN 2 ELSE 3 END
			+ CASE k.insulin WHEN '' THEN 0 WHEN 'rapid' THEN 4 ELSE 8 END + 16 * k.automated + 32 * k.unspecified + 64 * k.lasts_ms,
			k.units, k.programmed, k.extended, k.carbs_g, k.recommended
		FROM record AS r INDEXED BY record_by_time JOIN dose AS k ON k.record = r.id
		WHERE r.person = ? AND r.kind = 'dose' AND r.at_ms >= ? AND r.at_ms < ? ORDER BY r.at_ms, r.id`,
		person, int64(from), int64(until))
	return out, err
}

// deliveries and insulins are by their number in the query above.
var (
	deliveries = [4]record.Delivery{record.Normal, record.Extended, record.Dual, record.Injection}
	insulins   = [3]record.Insulin{"", record.Rapid, record.Long}
)

// ToldSetting is a setting with the source that told it.
type ToldSetting = metrics.ToldSetting

// Settings lists all that a person's devices told of their settings before an
// instant, by time, with what the sources said besides: of what records share,
// At and Extra. Uploaders tell everything again each time.
func (db *DB) Settings(ctx context.Context, person int64, from, before record.Millis) ([]ToldSetting, error) {
	var out []ToldSetting
	err := rows(ctx, db, func(rs *sql.Rows) error {
		t := ToldSetting{Setting: &record.Setting{}}
		var extra sql.NullString
		if err := rs.Scan(&t.Source, (*int64)(&t.At), &extra, &t.Name, &t.Value, &t.Unit); err != nil {
			return err
		}
		if extra.Valid {
			if err := json.Unmarshal([]byte(extra.String), &t.Extra); err != nil {
				return errors.New("damaged extra of a record")
			}
		}
		out = append(out, t)
		return nil
	}, `SELECT r.source, r.at_ms, r.extra, k.name, k.value, k.unit FROM record AS r JOIN setting AS k ON k.record = r.id
		WHERE r.person = ? AND r.kind = 'setting' AND r.at_ms >= ? AND r.at_ms < ? ORDER BY r.at_ms, r.id`,
		person, int64(from), int64(before))
	return out, err
}
