package store

import (
	"context"
	"database/sql"

	"glucokeep/app/record"
)

// FactorKind is one of the kinds of second factor in schema.sql.
type FactorKind string

// The kinds.
const (
	TOTPFactor    FactorKind = "totp"    // an authenticator app
	PasskeyFactor FactorKind = "passkey" // shows both factors at once
)

// Factor is a second factor of an account.
type Factor struct {
	ID        int64
	Key       string
	Account   int64
	Kind      FactorKind
	Name      string
	LastStep  int64 // the newest step whose code was taken
	Created   record.Millis
	Tested    record.Millis // 0: no right code yet
	Confirmed record.Millis // 0: it does not count
	Used      record.Millis // 0: never since
	Disabled  record.Millis // 0: not
}

// Counts reports whether f is a second factor of its account.
func (f Factor) Counts() bool { return f.Confirmed != 0 }

// Works reports whether f counts and opens something.
func (f Factor) Works() bool { return f.Counts() && f.Disabled == 0 }

func factors(ctx context.Context, r reader, account int64) (out []Factor, err error) {
	err = rows(ctx, r, func(rs *sql.Rows) error {
		var f Factor
		err := rs.Scan(&f.ID, &f.Key, &f.Account, &f.Kind, &f.Name, &f.LastStep,
			(*int64)(&f.Created), (*int64)(&f.Tested), (*int64)(&f.Confirmed), (*int64)(&f.Used), (*int64)(&f.Disabled))
		out = append(out, f)
		return err
	}, `SELECT id, key, account, kind, name, last_step, created_ms, coalesce(tested_ms, 0), coalesce(confirmed_ms, 0), coalesce(used_ms, 0), coalesce(disabled_ms, 0)
		FROM factor WHERE account = ? ORDER BY id`, account)
	return out, err
}

// Factors lists the second factors of an account, also those that do not
// count yet, the oldest first.
func (db *DB) Factors(ctx context.Context, account int64) ([]Factor, error) {
	return factors(ctx, db, account)
}

// Factors lists the second factors of an account, as DB.Factors.
func (tx *Tx) Factors(account int64) ([]Factor, error) {
	return factors(context.Background(), tx, account)
}

// AddFactor inserts a factor that does not count yet, and gives its row.
func (tx *Tx) AddFactor(f Factor) (int64, error) {
	return tx.insert(`INSERT INTO factor (key, account, kind, name, created_ms, tested_ms) VALUES (?, ?, ?, ?, ?, ?)`,
		f.Key, f.Account, string(f.Kind), f.Name, int64(f.Created), null(int64(f.Tested)))
}

// TakeStep takes the code of a step from a factor that counts. taken is false
// when a code of that step or of a later one was taken before: of many who
// come with the same code, one gets it.
func (tx *Tx) TakeStep(factor, step int64, now record.Millis) (taken bool, err error) {
	n, err := tx.changed(`UPDATE factor SET last_step = ?1, used_ms = ?3 WHERE id = ?2 AND last_step < ?1 AND confirmed_ms IS NOT NULL`,
		step, factor, int64(now))
	return n == 1, err
}

// TestStep is TakeStep for the first code of a factor that does not count yet
// and was made after since.
func (tx *Tx) TestStep(factor, step int64, now, since record.Millis) (taken bool, err error) {
	n, err := tx.changed(`UPDATE factor SET last_step = ?1, tested_ms = ?3
		WHERE id = ?2 AND last_step < ?1 AND confirmed_ms IS NULL AND created_ms > ?4`, step, factor, int64(now), int64(since))
	return n == 1, err
}

// ConfirmFactors has those factors of an account count that gave a right code
// and were made after since, and says how many.
func (tx *Tx) ConfirmFactors(account int64, now, since record.Millis) (int64, error) {
	return tx.changed(`UPDATE factor SET confirmed_ms = ?2 WHERE account = ?1 AND confirmed_ms IS NULL AND tested_ms IS NOT NULL AND created_ms > ?3`,
		account, int64(now), int64(since))
}

// DropFactor forgets a factor.
func (tx *Tx) DropFactor(id int64) error { return tx.exec(`DELETE FROM factor WHERE id = ?`, id) }

// RenameFactor gives a factor of an account another name. renamed is false
// when the account has none with that key that counts.
func (tx *Tx) RenameFactor(account int64, key, name string) (renamed bool, err error) {
	n, err := tx.changed(`UPDATE factor SET name = ? WHERE account = ? AND key = ? AND confirmed_ms IS NOT NULL`, name, account, key)
	return n == 1, err
}
