package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

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

// Basals is Values for basal rates, of which a closed loop writes one every
// five minutes: what can be saved on a row is saved.
func (db *DB) Basals(ctx context.Context, person int64, from, until record.Millis) ([]*record.Basal, error) {
	var out []*record.Basal
	var chunk []record.Basal // one allocation for many, and none that is copied when it grows
	var at, lastsAndKind int64
	var rate float64
	var percent sql.NullFloat64
	places := []any{&at, &rate, &lastsAndKind, &percent}
	err := rows(ctx, db, func(rs *sql.Rows) error {
		if err := rs.Scan(places...); err != nil {
			return err
		}
		b := record.Basal{Common: record.Common{At: record.Millis(at)}, Basal: basalKinds[lastsAndKind%4], Rate: unit.UnitsPerHour(rate),
			Duration: time.Duration(lastsAndKind/4) * time.Millisecond}
		if percent.Valid {
			p := percent.Float64
			b.Percent = &p
		}
		if len(chunk) == cap(chunk) {
			chunk = make([]record.Basal, 0, 1024)
		}
		chunk = append(chunk, b)
		out = append(out, &chunk[len(chunk)-1])
		return nil
	}, `SELECT r.at_ms, k.rate_u_h,
			4 * k.lasts_ms + CASE k.basal WHEN 'automated' THEN 0 WHEN 'scheduled' THEN 1 WHEN 'temp' THEN 2 ELSE 3 END, k.percent
		FROM record AS r INDEXED BY record_by_time JOIN basal AS k ON k.record = r.id
		WHERE r.person = ? AND r.kind = 'basal' AND r.at_ms >= ? AND r.at_ms < ? ORDER BY r.at_ms, r.id`,
		person, int64(from), int64(until))
	return out, err
}

// basalKinds are the kinds by their number in the query above: a column of
// text costs as much as all others together.
var basalKinds = [4]record.BasalKind{record.AutomatedBasal, record.ScheduledBasal, record.TempBasal, record.Suspended}
