package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"glucokeep/app/record"
)

// Heard is what a source has told so far.
type Heard struct {
	First, Last record.Millis // its first and last reading or record; 0 when all of it was undone
	Glucose     bool          // it gave sensor readings
	Kinds       []record.Kind // the kinds of sparse record that it gave, in the order of AllKinds
}

// AllKinds are the kinds of sparse record.
func AllKinds() []record.Kind {
	return []record.Kind{record.KindFingerstick, record.KindCalibration, record.KindKetone, record.KindDose, record.KindBasal,
		record.KindDailyTotal, record.KindCarbs, record.KindActivity, record.KindNote, record.KindAlarm, record.KindSetting, record.KindEvent}
}

// Heard tells by source what a person's sources gave. Times are those of the
// imports, so that no record is opened; kinds are looked up in the index.
func (db *DB) Heard(ctx context.Context, person int64) (map[int64]Heard, error) {
	out := map[int64]Heard{}
	err := rows(ctx, db, func(rs *sql.Rows) error {
		var id int64
		var h Heard
		err := rs.Scan(&id, (*int64)(&h.First), (*int64)(&h.Last), &h.Glucose)
		out[id] = h
		return err
	}, `SELECT s.id, coalesce(min(u.first_ms), 0), coalesce(max(u.last_ms), 0),
	           EXISTS (SELECT 1 FROM glucose_stat AS g WHERE g.person = s.person AND g.source = s.id AND g.n > 0)
	    FROM source AS s LEFT JOIN upload_source AS u ON u.source = s.id WHERE s.person = ? GROUP BY s.id`, person)
	if err != nil {
		return nil, err
	}
	err = rows(ctx, db, func(rs *sql.Rows) error {
		var id int64
		var k record.Kind
		err := rs.Scan(&id, &k)
		h := out[id]
		h.Kinds = append(h.Kinds, k)
		out[id] = h
		return err
	}, `WITH kinds (n, kind) AS (VALUES `+numberedKinds()+`)
	    SELECT s.id, k.kind FROM source AS s, kinds AS k WHERE s.person = ?
	    AND EXISTS (SELECT 1 FROM record AS r WHERE r.person = s.person AND r.source = s.id AND r.kind = k.kind) ORDER BY s.id, k.n`, person)
	return out, err
}

// numberedKinds is the kinds, numbered, as rows of SQL.
func numberedKinds() string {
	var rows []string
	for i, k := range AllKinds() {
		rows = append(rows, "("+strconv.Itoa(i)+", '"+string(k)+"')")
	}
	return strings.Join(rows, ", ")
}
