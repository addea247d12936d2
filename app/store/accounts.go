package store

import (
	"context"
	"database/sql"

	"glucokeep/app/record"
)

// Account is somebody who signs in.
type Account struct {
	ID        int64
	Key       string
	Email     string
	Name      string
	Password  string        // argon2id in PHC form, "" none
	Lists     string        // of published passwords that it was compared with
	Listed    record.Millis // when it was found on one, 0: not
	Short     record.Millis // when it was found too short to stand without a second factor, 0: not
	Admin     bool
	Epoch     int64         // of its credentials
	Known     int64         // of the devices and networks it is known by
	Lang      string        // "" follows the browser
	Unit      string        // "" follows the person
	Clock     string        // "12", "24", "" follows the language
	Theme     string        // "light", "dark", "bedside", "" follows the system
	Confirmed record.Millis // when they proved Email, 0: not yet
	Created   record.Millis
	Disabled  record.Millis // 0: not
}

func accounts(ctx context.Context, r reader, where string, args ...any) ([]Account, error) {
	var out []Account
	err := rows(ctx, r, func(rs *sql.Rows) error {
		var a Account
		err := rs.Scan(&a.ID, &a.Key, &a.Email, &a.Name, &a.Password, &a.Lists, (*int64)(&a.Listed), (*int64)(&a.Short), &a.Admin, &a.Epoch, &a.Known, &a.Lang, &a.Unit, &a.Clock, &a.Theme,
			(*int64)(&a.Confirmed), (*int64)(&a.Created), (*int64)(&a.Disabled))
		out = append(out, a)
		return err
	}, `SELECT id, key, email, name, coalesce(password, ''), password_lists, coalesce(password_listed_ms, 0), coalesce(password_short_ms, 0), admin, epoch, known_epoch, lang, unit, clock, theme,
		coalesce(confirmed_ms, 0), created_ms, coalesce(disabled_ms, 0)
		FROM account WHERE `+where, args...)
	return out, err
}

// Accounts lists all accounts by name.
func (db *DB) Accounts(ctx context.Context) ([]Account, error) {
	return accounts(ctx, db, `true ORDER BY name, id`)
}

// AccountByEmail finds an account; ErrNone if nobody has that address.
func (db *DB) AccountByEmail(ctx context.Context, email string) (Account, error) {
	return one(accounts(ctx, db, `email = ?`, email))
}

// AccountByEmail finds an account; ErrNone if nobody has that address.
func (tx *Tx) AccountByEmail(email string) (Account, error) {
	return one(accounts(context.Background(), tx, `email = ?`, email))
}

// AccountByKey finds an account; ErrNone if there is none.
func (db *DB) AccountByKey(ctx context.Context, key string) (Account, error) {
	return one(accounts(ctx, db, `key = ?`, key))
}

// AccountByID finds an account; ErrNone if it is gone.
func (db *DB) AccountByID(ctx context.Context, id int64) (Account, error) {
	return one(accounts(ctx, db, `id = ?`, id))
}

// AccountByID finds an account; ErrNone if it is gone.
func (tx *Tx) AccountByID(id int64) (Account, error) {
	return one(accounts(context.Background(), tx, `id = ?`, id))
}

// CountAccounts says how many accounts there are.
func (tx *Tx) CountAccounts() (n int, err error) {
	err = row(context.Background(), tx, `SELECT count(*) FROM account`, nil, &n)
	return n, err
}

// CountAccounts says how many accounts there are.
func (db *DB) CountAccounts(ctx context.Context) (n int, err error) {
	err = row(ctx, db, `SELECT count(*) FROM account`, nil, &n)
	return n, err
}

// AddAccount inserts a and gives its row id.
func (tx *Tx) AddAccount(a Account) (int64, error) {
	return tx.insert(`INSERT INTO account (key, email, name, password, password_lists, admin, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		a.Key, a.Email, a.Name, nullText(a.Password), a.Lists, truth(a.Admin), int64(a.Created))
}

// SetPassword replaces an account's password hash without ending anything: for
// the same password hashed with newer parameters.
func (tx *Tx) SetPassword(account int64, hash string) error {
	return tx.exec(`UPDATE account SET password = ? WHERE id = ?`, hash, account)
}

// ResetPassword gives an account another password, which was compared with
// lists, and ends every credential of the account.
func (tx *Tx) ResetPassword(account int64, hash, lists string) error {
	return tx.exec(`UPDATE account SET password = ?, password_lists = ?, password_listed_ms = NULL, password_short_ms = NULL, epoch = epoch + 1 WHERE id = ?`, hash, lists, account)
}

// SetPasswordLists keeps with which lists an account's password was compared
// and, unless listed is 0, that it stands on one.
func (tx *Tx) SetPasswordLists(account int64, lists string, listed record.Millis) error {
	return tx.exec(`UPDATE account SET password_lists = ?, password_listed_ms = coalesce(password_listed_ms, ?) WHERE id = ?`, lists, null(int64(listed)), account)
}

// SetPasswordShort keeps since when an account's password is too short to
// stand alone, 0 it is not.
func (tx *Tx) SetPasswordShort(account int64, since record.Millis) error {
	return tx.exec(`UPDATE account SET password_short_ms = ? WHERE id = ?`, null(int64(since)), account)
}

// SetPreferences keeps how an account likes to read.
func (tx *Tx) SetPreferences(account int64, lang, unit, clock, theme string) error {
	return tx.exec(`UPDATE account SET lang = ?, unit = ?, clock = ?, theme = ? WHERE id = ?`, lang, unit, clock, theme, account)
}
