package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Stored is a sparse record with what the store knows about it.
type Stored struct {
	record.Record
	ID       int64
	Source   int64
	Upload   int64
	Received record.Millis
	Modified record.Millis
}

// kindTable is how one kind of record lies in its table: its own columns,
// what is written to them, and a fresh record with the places to read them to.
type kindTable struct {
	columns string
	values  func(record.Record) []any
	fresh   func() (record.Record, []any)
}

// kindTables is the one description of the tables in schema.sql that hold
// sparse records.
var kindTables = map[record.Kind]kindTable{
	record.KindFingerstick: kind("milli, unit, flags, meter", func(r *record.Fingerstick) []any {
		return []any{&r.Value.Milli, concentration{&r.Value.Unit}, &r.Flags, &r.Meter}
	}),
	record.KindCalibration: kind("milli, unit, rejected", func(r *record.Calibration) []any {
		return []any{&r.Value.Milli, concentration{&r.Value.Unit}, &r.Rejected}
	}),
	record.KindKetone: kind("mmol_l", func(r *record.Ketone) []any { return []any{&r.MmolL} }),
	record.KindDose: kind("delivery, insulin, units, programmed, extended, lasts_ms, automated, recommended, carbs_g, unspecified",
		func(r *record.Dose) []any {
			return []any{&r.Delivery, &r.Insulin, &r.Units, &r.Programmed, &r.ExtendedUnits, duration{&r.Duration},
				&r.Automated, optional[unit.Units]{&r.Recommended}, &r.Carbs, &r.Unspecified}
		}),
	record.KindBasal: kind("basal, rate_u_h, percent, lasts_ms", func(r *record.Basal) []any {
		return []any{&r.Basal, &r.Rate, optional[float64]{&r.Percent}, duration{&r.Duration}}
	}),
	record.KindDailyTotal: kind("total, basal, bolus, automated", func(r *record.DailyTotal) []any {
		return []any{&r.Total, &r.Basal, &r.Bolus, &r.Automated}
	}),
	record.KindCarbs: kind("carbs_g, exchanges, food, unspecified", func(r *record.Carbs) []any {
		return []any{&r.Grams, &r.Exchanges, &r.Food, &r.Unspecified}
	}),
	record.KindActivity: kind("name, intensity, lasts_ms", func(r *record.Activity) []any {
		return []any{&r.Name, &r.Intensity, duration{&r.Duration}}
	}),
	record.KindNote:  kind("text", func(r *record.Note) []any { return []any{&r.Text} }),
	record.KindAlarm: kind("name, cleared", func(r *record.Alarm) []any { return []any{&r.Name, &r.Cleared} }),
	record.KindSetting: kind("name, value, unit", func(r *record.Setting) []any {
		return []any{&r.Name, &r.Value, &r.Unit}
	}),
	record.KindEvent: kind("event, detail, amount, lasts_ms", func(r *record.Event) []any {
		return []any{&r.Event, &r.Detail, &r.Amount, duration{&r.Duration}}
	}),
}

// kind describes a table by its columns and the record's fields for them, in
// the same order; the pointers serve for reading, their values for writing.
func kind[T any, P interface {
	*T
	record.Record
}](columns string, fields func(P) []any) kindTable {
	return kindTable{
		columns: columns,
		values: func(r record.Record) []any {
			places := fields(r.(P))
			for i, p := range places {
				places[i] = written(p)
			}
			return places
		},
		fresh: func() (record.Record, []any) {
			r := P(new(T))
			return r, fields(r)
		},
	}
}

// tableOf gives the description of r's kind.
func tableOf(k record.Kind) (kindTable, error) {
	t, ok := kindTables[k]
	if !ok {
		return t, fmt.Errorf("no table for records of kind %q", k)
	}
	return t, nil
}

// AddRecord keeps r, whose Key must be set. If the source's record of that
// key is there already, nothing changes and old is what is there.
func (tx *Tx) AddRecord(person int64, s Stored) (id int64, old *Stored, err error) {
	t, err := tableOf(s.Kind())
	if err != nil {
		return 0, nil, err
	}
	c := s.Base()
	extra, err := extraText(c.Extra)
	if err != nil {
		return 0, nil, err
	}
	id, err = tx.insert(`
		INSERT INTO record (person, kind, source, key, at_ms, offset_min, quality, upload, received_ms, modified_ms, extra)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person, source, kind, key) DO NOTHING`,
		person, string(s.Kind()), s.Source, c.Key, int64(c.At), c.Offset, c.Quality, s.Upload,
		int64(s.Received), int64(s.Modified), extra)
	if err != nil {
		return 0, nil, err
	}
	if n, err := tx.lastChanges(); err != nil || n == 0 {
		if err != nil {
			return 0, nil, err
		}
		old, err := tx.RecordByKey(person, s.Source, s.Kind(), c.Key)
		return 0, &old, err
	}
	return id, nil, tx.writeKind(t, s.Kind(), id, s.Record)
}

func (tx *Tx) lastChanges() (n int64, err error) {
	err = row(context.Background(), tx, `SELECT changes()`, nil, &n)
	return n, err
}

func (tx *Tx) writeKind(t kindTable, k record.Kind, id int64, r record.Record) error {
	values := t.values(r)
	return tx.exec(`INSERT OR REPLACE INTO `+string(k)+` (record, `+t.columns+`) VALUES (?`+
		strings.Repeat(`, ?`, len(values))+`)`, append([]any{id}, values...)...)
}

// ReplaceRecord puts s in the place of old and keeps old as a revision.
func (tx *Tx) ReplaceRecord(person, account int64, old, s Stored) error {
	t, err := tableOf(s.Kind())
	if err != nil {
		return err
	}
	c := s.Base()
	extra, err := extraText(c.Extra)
	if err != nil {
		return err
	}
	original, err := json.Marshal(old.Record)
	if err != nil {
		return err
	}
	err = tx.AddRevision(Revision{Person: person, Kind: string(old.Kind()), Source: old.Source, Record: old.Base().Key, Act: Changed,
		Original: string(original), Received: old.Received, Upload: s.Upload, Account: account, Changed: s.Modified})
	if err != nil {
		return err
	}
	err = tx.exec(`UPDATE record SET at_ms = ?, offset_min = ?, quality = ?, upload = ?, modified_ms = ?, extra = ? WHERE id = ?`,
		int64(c.At), c.Offset, c.Quality, s.Upload, int64(s.Modified), extra, old.ID)
	if err != nil {
		return err
	}
	return tx.writeKind(t, s.Kind(), old.ID, s.Record)
}

// Same reports whether two records of one kind say the same: clock, values
// and what the source said besides.
func Same(a, b record.Record) bool {
	if a.Base().At != b.Base().At || !SameValues(a, b) {
		return false
	}
	ea, _ := extraText(a.Base().Extra)
	eb, _ := extraText(b.Base().Extra)
	return ea == eb
}

// Twin reports whether another upload gave the source's record r already under
// another key: same kind, same instant, same values.
func (tx *Tx) Twin(person, source, upload int64, r record.Record) (bool, error) {
	list, err := records(context.Background(), tx, r.Kind(), `r.person = ? AND r.kind = ? AND r.at_ms = ? AND r.source = ? AND r.upload <> ? AND r.key <> ?`,
		person, string(r.Kind()), int64(r.Base().At), source, upload, r.Base().Key)
	for _, s := range list {
		if SameValues(s.Record, r) {
			return true, err
		}
	}
	return false, err
}

// SameValues reports whether two records of one kind hold the same values,
// whenever they were.
func SameValues(a, b record.Record) bool {
	t, err := tableOf(a.Kind())
	if err != nil || a.Kind() != b.Kind() {
		return false
	}
	return slices.Equal(t.values(a), t.values(b))
}

// RemoveRecords takes away the records that an upload gave, and their
// revisions that no other upload made.
func (tx *Tx) RemoveRecords(upload int64) (int64, error) {
	return tx.changed(`DELETE FROM record WHERE upload = ?`, upload)
}

// RecordsOf lists all sparse records that stand there as an upload gave them.
func (tx *Tx) RecordsOf(upload int64) (out []Stored, err error) {
	for k := range kindTables {
		list, err := records(context.Background(), tx, k, `r.upload = ? AND r.kind = ?`, upload, string(k))
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// CountRecords counts a person's sparse records.
func (tx *Tx) CountRecords(person int64) (n int, err error) {
	err = row(context.Background(), tx, `SELECT count(*) FROM record WHERE person = ?`, []any{person}, &n)
	return n, err
}

// RecordByKey finds the record that a source calls key; ErrNone without.
func (tx *Tx) RecordByKey(person, source int64, k record.Kind, key string) (Stored, error) {
	return one(records(context.Background(), tx, k, `r.person = ? AND r.source = ? AND r.kind = ? AND r.key = ?`,
		person, source, string(k), key))
}

// ErrMany says that there are more records than can be given at once.
var ErrMany = errors.New("more records than can be read at once")

// Records lists a person's records of one kind in [from, until) by time; ErrMany
// if there are more than limit.
func (db *DB) Records(ctx context.Context, person int64, k record.Kind, from, until record.Millis, limit int) ([]Stored, error) {
	list, err := records(ctx, db, k, `r.person = ? AND r.kind = ? AND r.at_ms >= ? AND r.at_ms < ? ORDER BY r.at_ms, r.id LIMIT ?`,
		person, string(k), int64(from), int64(until), limit+1)
	if len(list) > limit {
		return nil, ErrMany
	}
	return list, err
}

func records(ctx context.Context, r reader, k record.Kind, where string, args ...any) ([]Stored, error) {
	t, err := tableOf(k)
	if err != nil {
		return nil, err
	}
	var out []Stored
	own := "k." + strings.ReplaceAll(t.columns, ", ", ", k.")
	err = rows(ctx, r, func(rs *sql.Rows) error {
		rec, places := t.fresh()
		s := Stored{Record: rec}
		c := rec.Base()
		var extra sql.NullString
		shared := []any{&s.ID, &s.Source, &c.Key, (*int64)(&c.At), &c.Offset, &c.Quality, &s.Upload,
			(*int64)(&s.Received), (*int64)(&s.Modified), &extra}
		if err := rs.Scan(append(shared, places...)...); err != nil {
			return err
		}
		if extra.Valid {
			if err := json.Unmarshal([]byte(extra.String), &c.Extra); err != nil {
				return errors.New("damaged extra of a record")
			}
		}
		out = append(out, s)
		return nil
	}, `SELECT r.id, r.source, r.key, r.at_ms, r.offset_min, r.quality, r.upload, r.received_ms, r.modified_ms, r.extra, `+own+`
		FROM record AS r JOIN `+string(k)+` AS k ON k.record = r.id WHERE `+where, args...)
	return out, err
}

// allKinds is the kinds of record as rows.
var allKinds = func() string {
	var list []string
	for k := range kindTables {
		list = append(list, "('"+string(k)+"')")
	}
	slices.Sort(list)
	return "VALUES " + strings.Join(list, ", ")
}()

// RecordSpan gives the instants of a person's first and last sparse record;
// ErrNone if there are none.
func (db *DB) RecordSpan(ctx context.Context, person int64) (first, last record.Millis, err error) {
	var a, b sql.NullInt64
	// One look into the index for each kind: over all kinds at once SQLite
	// would walk through everything that the person ever had.
	err = row(ctx, db, `SELECT min(first), max(last) FROM (SELECT
			(SELECT min(at_ms) FROM record WHERE person = ?1 AND kind = k.column1) AS first,
			(SELECT max(at_ms) FROM record WHERE person = ?1 AND kind = k.column1) AS last
		FROM (`+allKinds+`) AS k)`, []any{person}, &a, &b)
	if err == nil && !a.Valid {
		err = ErrNone
	}
	return record.Millis(a.Int64), record.Millis(b.Int64), err
}

// Newest gives the instant of a person's newest record of a kind among those
// that people wrote into the care log, or among all others; ErrNone without.
func (db *DB) Newest(ctx context.Context, person int64, k record.Kind, byHand bool) (record.Millis, error) {
	var ms int64
	err := row(ctx, db, `SELECT r.at_ms FROM record AS r WHERE r.person = ?1 AND r.kind = ?2
		AND ?3 = (r.source IN (SELECT s.id FROM source AS s WHERE s.person = ?1 AND s.format = '`+record.LogFormat+`'))
		ORDER BY r.at_ms DESC LIMIT 1`, []any{person, string(k), byHand}, &ms)
	return record.Millis(ms), err
}

func extraText(m map[string]string) (any, error) {
	if len(m) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(m) // keys come sorted, so equal maps give equal text
	return string(b), err
}
