package store

import (
	"context"
	"database/sql"

	"glucokeep/app/record"
)

// Grant is who may do what with whose data. Whether it holds now is decided
// in package share alone.
type Grant struct {
	ID      int64
	Key     string
	Person  int64
	Account int64
	Role    string // "owner"
	Epoch   int64
	From    record.Millis
	Until   record.Millis // 0: no end
	Revoked record.Millis // 0: not
	Created record.Millis
}

func grants(ctx context.Context, r reader, where string, args ...any) ([]Grant, error) {
	var out []Grant
	err := rows(ctx, r, func(rs *sql.Rows) error {
		var g Grant
		err := rs.Scan(&g.ID, &g.Key, &g.Person, &g.Account, &g.Role, &g.Epoch, (*int64)(&g.From), (*int64)(&g.Until),
			(*int64)(&g.Revoked), (*int64)(&g.Created))
		out = append(out, g)
		return err
	}, `SELECT id, key, person, account, role, epoch, from_ms, coalesce(until_ms, 0), coalesce(revoked_ms, 0), created_ms
		FROM grant WHERE `+where, args...)
	return out, err
}

// GrantsOf lists an account's grants, ended ones too.
func (db *DB) GrantsOf(ctx context.Context, account int64) ([]Grant, error) {
	return grants(ctx, db, `account = ? ORDER BY id`, account)
}

// GrantsFor lists an account's grants for one person, ended ones too.
func (db *DB) GrantsFor(ctx context.Context, account, person int64) ([]Grant, error) {
	return grants(ctx, db, `account = ? AND person = ? ORDER BY id`, account, person)
}

// GrantsOn lists the grants on one person's data, ended ones too.
func (db *DB) GrantsOn(ctx context.Context, person int64) ([]Grant, error) {
	return grants(ctx, db, `person = ? ORDER BY id`, person)
}

// AddGrant inserts g and gives its row id.
func (tx *Tx) AddGrant(g Grant) (int64, error) {
	return tx.insert(`INSERT INTO grant (key, person, account, role, from_ms, until_ms, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		g.Key, g.Person, g.Account, g.Role, int64(g.From), null(int64(g.Until)), int64(g.Created))
}
