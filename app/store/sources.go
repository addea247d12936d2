package store

import (
	"context"
	"database/sql"

	"glucokeep/app/record"
)

// Source is one device as one kind of file or link saw it.
type Source struct {
	ID          int64
	Person      int64
	Format      string
	Device      string
	Serial      string
	IntervalMin uint8  // cadence of its glucose readings, 0 unknown
	Zone        string // zone its wall clock was read in, "" none yet, SeveralZones
}

// SeveralZones in Source.Zone says that its wall clock was read in more than
// one zone.
const SeveralZones = "*"

const sourceColumns = `id, person, format, device, serial, interval_min, zone`

func scanSource(rs *sql.Rows) (s Source, err error) {
	err = rs.Scan(&s.ID, &s.Person, &s.Format, &s.Device, &s.Serial, &s.IntervalMin, &s.Zone)
	return s, err
}

// Sources lists a person's sources.
func (db *DB) Sources(ctx context.Context, person int64) ([]Source, error) {
	var out []Source
	err := rows(ctx, db, func(rs *sql.Rows) error {
		s, err := scanSource(rs)
		out = append(out, s)
		return err
	}, `SELECT `+sourceColumns+` FROM source WHERE person = ? ORDER BY id`, person)
	return out, err
}

// Source finds or makes the row of src for a person.
func (tx *Tx) Source(person int64, src record.Source) (s Source, err error) {
	ctx := context.Background()
	const find = `SELECT ` + sourceColumns + ` FROM source WHERE person = ? AND format = ? AND device = ? AND serial = ?`
	get := func() error {
		return rows(ctx, tx, func(rs *sql.Rows) (err error) {
			s, err = scanSource(rs)
			return err
		}, find, person, src.Format, src.Device, src.Serial)
	}
	if err = get(); err != nil || s.ID != 0 {
		return s, err
	}
	if err = tx.exec(`INSERT INTO source (person, format, device, serial, interval_min) VALUES (?, ?, ?, ?, ?)`,
		person, src.Format, src.Device, src.Serial, int64(src.Interval.Minutes())); err != nil {
		return s, err
	}
	return s, get()
}

// SetSource keeps what was learned about a source: its zone and cadence.
func (tx *Tx) SetSource(s Source) error {
	return tx.exec(`UPDATE source SET zone = ?, interval_min = ? WHERE id = ?`, s.Zone, s.IntervalMin, s.ID)
}

// SerialElsewhere reports whether a device with this serial number already
// gives data to another person of the box.
func (tx *Tx) SerialElsewhere(person int64, src record.Source) (bool, error) {
	if src.Serial == "" {
		return false, nil
	}
	var elsewhere bool
	err := row(context.Background(), tx, `
		SELECT EXISTS (SELECT 1 FROM source WHERE format = ? AND serial = ? AND person <> ?)`,
		[]any{src.Format, src.Serial, person}, &elsewhere)
	return elsewhere, err
}
