package store

import (
	"context"
	"database/sql"

	"glucokeep/app/record"
)

// LinkKind is what a link about an address does.
type LinkKind string

// The kinds of link.
const (
	ConfirmLink LinkKind = "confirm" // proves an address, and takes it
	UndoLink    LinkKind = "undo"    // takes the address of before again
)

// AddressLink is one link that was made.
type AddressLink struct {
	ID        int64
	Secret    string // hash of the token
	Kind      LinkKind
	Account   int64
	Address   string
	Epoch     int64         // the account's when it was made
	Confirmed record.Millis // of an undo: when Address was proven, 0 never
	Created   record.Millis
	Expires   record.Millis
}

func addressLinks(ctx context.Context, r reader, where string, args ...any) ([]AddressLink, error) {
	var out []AddressLink
	err := rows(ctx, r, func(rs *sql.Rows) error {
		var l AddressLink
		err := rs.Scan(&l.ID, &l.Secret, &l.Kind, &l.Account, &l.Address, &l.Epoch, (*int64)(&l.Confirmed), (*int64)(&l.Created), (*int64)(&l.Expires))
		out = append(out, l)
		return err
	}, `SELECT id, secret, kind, account, address, epoch, coalesce(confirmed_ms, 0), created_ms, expires_ms FROM address_link WHERE `+where, args...)
	return out, err
}

// liveLink wants the instant of now. A link that proves an address dies with
// the sessions of its account; one that undoes a change outlasts whatever
// somebody did who took the account over.
const liveLink = `ended_ms IS NULL AND expires_ms > ? AND EXISTS (SELECT 1 FROM account AS a
	WHERE a.id = address_link.account AND a.disabled_ms IS NULL AND (address_link.kind = 'undo' OR a.epoch = address_link.epoch))`

// AddressLink finds a live link by the hash of its token; ErrNone if there is
// none.
func (db *DB) AddressLink(ctx context.Context, secret string, now record.Millis) (AddressLink, error) {
	return one(addressLinks(ctx, db, `secret = ? AND `+liveLink, secret, int64(now)))
}

// UseAddressLink ends a live link and gives it; of many at once one gets it,
// the others ErrNone.
func (tx *Tx) UseAddressLink(secret string, now record.Millis) (AddressLink, error) {
	l, err := one(addressLinks(context.Background(), tx, `secret = ? AND `+liveLink, secret, int64(now)))
	if err != nil {
		return l, err
	}
	return l, tx.exec(`UPDATE address_link SET ended_ms = ? WHERE id = ?`, int64(now), l.ID)
}

// AddressLinks are the live links of all accounts, the newest first.
func (db *DB) AddressLinks(ctx context.Context, now record.Millis) ([]AddressLink, error) {
	return addressLinks(ctx, db, liveLink+` ORDER BY id DESC`, int64(now))
}

// AddAddressLink makes a link.
func (tx *Tx) AddAddressLink(l AddressLink) error {
	return tx.exec(`INSERT INTO address_link (secret, kind, account, address, epoch, confirmed_ms, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		l.Secret, string(l.Kind), l.Account, l.Address, l.Epoch, null(int64(l.Confirmed)), int64(l.Created), int64(l.Expires))
}

// EndAddressLinks makes the links of a kind void that an account got after the
// link with the id after, 0 all of them.
func (tx *Tx) EndAddressLinks(account int64, kind LinkKind, after int64, now record.Millis) error {
	return tx.exec(`UPDATE address_link SET ended_ms = ? WHERE account = ? AND ended_ms IS NULL AND kind = ? AND id > ?`,
		int64(now), account, string(kind), after)
}

// SweepAddressLinks forgets links that were over before.
func (tx *Tx) SweepAddressLinks(before record.Millis) error {
	return tx.exec(`DELETE FROM address_link WHERE expires_ms < ?`, int64(before))
}

// SetAddress gives an account an address and says when it was proven, 0 not
// yet.
func (tx *Tx) SetAddress(account int64, address string, confirmed record.Millis) error {
	return tx.exec(`UPDATE account SET email = ?, confirmed_ms = ? WHERE id = ?`, address, null(int64(confirmed)), account)
}

// EndSessions ends every credential of an account.
func (tx *Tx) EndSessions(account int64) error {
	return tx.exec(`UPDATE account SET epoch = epoch + 1 WHERE id = ?`, account)
}
