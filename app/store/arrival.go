package store

import (
	"context"
	"database/sql"

	"glucokeep/app/record"
)

// Arrival is how a person's newest reading came here.
type Arrival struct {
	At       record.Millis // of the reading
	Received record.Millis // when it came
	Heard    record.Millis // when its source last brought anything for that day; Received or later
	Source   Source
	Live     bool // an uploader sent it; else it came with a file
}

// Arrival tells how a person's newest reading came here; ErrNone if there is
// none.
func (db *DB) Arrival(ctx context.Context, person int64) (a Arrival, err error) {
	var page sql.RawBytes
	found := false
	upload := int64(0)
	err = rows(ctx, db, func(rs *sql.Rows) error {
		var day int64
		s := &a.Source
		if err := rs.Scan((*int64)(&a.At), &day, &page, &s.ID, &s.Format, &s.Device, &s.Serial); err != nil {
			return err
		}
		es, err := decodePage(day, page)
		if err != nil {
			return err
		}
		for i := range es {
			e := &es[i]
			if e.At == a.At && !e.Deleted {
				a.Received, upload, found = e.Received, e.Upload, true
			}
			a.Heard = max(a.Heard, e.Received)
		}
		return nil
	}, `SELECT l.at_ms, d.day, d.page, s.id, s.format, s.device, s.serial FROM glucose_latest AS l
		JOIN glucose_day AS d ON d.person = l.person AND d.source = l.source
			AND d.day = (l.at_ms - ((l.at_ms % 86400000) + 86400000) % 86400000) / 86400000
		JOIN source AS s ON s.id = l.source WHERE l.person = ?`, person)
	if err != nil || !found {
		if err == nil {
			err = ErrNone
		}
		return a, err
	}
	kind := ""
	err = row(ctx, db, `SELECT kind FROM upload WHERE id = ?`, []any{upload}, &kind)
	a.Live = kind == "live"
	return a, err
}
