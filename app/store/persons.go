package store

import (
	"context"
	"database/sql"

	"glucokeep/app/record"
)

// Person is somebody whose data is kept.
type Person struct {
	ID      int64
	Key     string
	Name    string
	Zone    string // IANA
	Unit    string // "mg/dL" or "mmol/L"
	Ranges  string // "standard", "older", "pregnancy"
	Created record.Millis
}

func persons(ctx context.Context, r reader, where string, args ...any) ([]Person, error) {
	var out []Person
	err := rows(ctx, r, func(rs *sql.Rows) error {
		var p Person
		err := rs.Scan(&p.ID, &p.Key, &p.Name, &p.Zone, &p.Unit, &p.Ranges, (*int64)(&p.Created))
		out = append(out, p)
		return err
	}, `SELECT id, key, name, zone, unit, ranges, created_ms FROM person WHERE `+where, args...)
	return out, err
}

// Persons lists everybody whose data is kept, by name.
func (db *DB) Persons(ctx context.Context) ([]Person, error) {
	return persons(ctx, db, `true ORDER BY name, id`)
}

// PersonByKey finds a person; ErrNone if there is none of that key.
func (db *DB) PersonByKey(ctx context.Context, key string) (Person, error) {
	return one(persons(ctx, db, `key = ?`, key))
}

// SetPerson keeps a person's changed name, zone, unit and ranges.
func (tx *Tx) SetPerson(p Person) error {
	return tx.exec(`UPDATE person SET name = ?, zone = ?, unit = ?, ranges = ? WHERE id = ?`, p.Name, p.Zone, p.Unit, p.Ranges, p.ID)
}

// AddPerson inserts p and gives its row id.
func (tx *Tx) AddPerson(p Person) (int64, error) {
	return tx.insert(`INSERT INTO person (key, name, zone, unit, ranges, created_ms) VALUES (?, ?, ?, ?, ?, ?)`,
		p.Key, p.Name, p.Zone, p.Unit, p.Ranges, int64(p.Created))
}
