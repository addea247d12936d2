package store

import (
	"context"
	"database/sql"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
)

// OwnLimits are the borders of ranges that somebody chose for a person.
type OwnLimits = metrics.OwnLimits

// OwnRanges is Person.Ranges when the limits are the person's own.
const OwnRanges = metrics.OwnID

// Person is somebody whose data is kept.
type Person struct {
	ID         int64
	Key        string
	Name       string
	Zone       string    // IANA
	Unit       string    // "mg/dL" or "mmol/L"
	Ranges     string    // "standard", "older", "pregnancy", "pregnancy-other", or OwnRanges
	Own        OwnLimits // counts when Ranges is OwnRanges; zero if none were ever set
	NightFrom  int       // hour of the person's clock at which the night begins
	NightUntil int       // … and ends
	Born       string    // date of birth, 2006-01-02, or "": for reports alone
	Record     string    // number of a clinic's record, or "": for reports alone
	Created    record.Millis
}

func persons(ctx context.Context, r reader, where string, args ...any) ([]Person, error) {
	var out []Person
	err := rows(ctx, r, func(rs *sql.Rows) error {
		var p Person
		g, l := &p.Own.MgDL, &p.Own.MmolL
		err := rs.Scan(&p.ID, &p.Key, &p.Name, &p.Zone, &p.Unit, &p.Ranges, &p.NightFrom, &p.NightUntil, &p.Born, &p.Record,
			(*int64)(&p.Created), &g[0], &g[1], &g[2], &g[3], &l[0], &l[1], &l[2], &l[3])
		out = append(out, p)
		return err
	}, `SELECT id, key, name, zone, unit, ranges, night_from, night_until, born, record_no, created_ms,
		coalesce(very_low_mgdl, 0), coalesce(low_mgdl, 0), coalesce(high_mgdl, 0), coalesce(very_high_mgdl, 0),
		coalesce(very_low_mmol, 0), coalesce(low_mmol, 0), coalesce(high_mmol, 0), coalesce(very_high_mmol, 0)
		FROM person LEFT JOIN own_range ON own_range.person = person.id WHERE `+where, args...)
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

// Person finds a person by row id, as they are in this transaction.
func (tx *Tx) Person(id int64) (Person, error) {
	return one(persons(context.Background(), tx, `id = ?`, id))
}

// PersonsKnownTo lists everybody whose data an account was let see, and not
// shut out from, whatever the hour; who may see it now is for package share.
func (db *DB) PersonsKnownTo(ctx context.Context, account int64) ([]Person, error) {
	return persons(ctx, db, `id IN (SELECT person FROM grant WHERE account = ? AND revoked_ms IS NULL) ORDER BY name, id`, account)
}

// SetPerson keeps what can be changed about a person: all but key and time of
// making. Own limits stay when p has none.
func (tx *Tx) SetPerson(p Person) error {
	err := tx.exec(`UPDATE person SET name = ?, zone = ?, unit = ?, ranges = ?, night_from = ?, night_until = ?, born = ?, record_no = ? WHERE id = ?`,
		p.Name, p.Zone, p.Unit, p.Ranges, p.NightFrom, p.NightUntil, p.Born, p.Record, p.ID)
	if err != nil || p.Own == (OwnLimits{}) {
		return err
	}
	g, l := p.Own.MgDL, p.Own.MmolL
	return tx.exec(`INSERT OR REPLACE INTO own_range (person, very_low_mgdl, low_mgdl, high_mgdl, very_high_mgdl,
		very_low_mmol, low_mmol, high_mmol, very_high_mmol) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		p.ID, g[0], g[1], g[2], g[3], l[0], l[1], l[2], l[3])
}

// AddPerson inserts p with the ranges and the night that everybody begins
// with, and gives its row id.
func (tx *Tx) AddPerson(p Person) (int64, error) {
	return tx.insert(`INSERT INTO person (key, name, zone, unit, ranges, created_ms) VALUES (?, ?, ?, ?, ?, ?)`,
		p.Key, p.Name, p.Zone, p.Unit, p.Ranges, int64(p.Created))
}
