// Package vault keeps the secrets that the box must be able to read again,
// such as the password of its mail server: sealed, each bound to its row, with
// a key that is not in the database.
package vault

import (
	"context"
	"errors"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/seal"
	"glucokeep/app/store"
)

// Vault reads and writes sealed secrets. It is safe for use by many goroutines.
type Vault struct {
	db     *store.DB
	ledger *audit.Ledger
	ring   *seal.Ring
}

// New makes the vault of db with the keys of ring.
func New(db *store.DB, ledger *audit.Ledger, ring *seal.Ring) *Vault {
	return &Vault{db: db, ledger: ledger, ring: ring}
}

func place(name string) seal.Place { return seal.Place{Table: "secret", Column: "sealed", Row: name} }

// Put keeps a secret under name, in the transaction of the act that leaves a
// line in the ledger. account is whose it is, 0 the box's.
func (v *Vault) Put(tx *store.Tx, name string, account int64, secret []byte) error {
	return tx.SetSecret(name, account, v.ring.Seal(place(name), secret))
}

// Drop forgets a secret.
func (v *Vault) Drop(tx *store.Tx, name string) error { return tx.DropSecret(name) }

// Get gives a secret, nil if there is none under name. One whose key is lost
// is a fault of kind Unavailable: somebody must enter it again.
func (v *Vault) Get(ctx context.Context, name string) ([]byte, error) {
	sealed, err := v.db.Secret(ctx, name)
	if errors.Is(err, store.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return v.Unseal(place(name), sealed)
}

// Seal seals text for a row of a table that the vault does not keep itself.
func (v *Vault) Seal(at seal.Place, secret []byte) string { return v.ring.Seal(at, secret) }

// Unseal gives back what Seal sealed.
func (v *Vault) Unseal(at seal.Place, sealed string) ([]byte, error) {
	secret, err := v.ring.Unseal(at, sealed)
	switch {
	case errors.Is(err, seal.ErrLost):
		return nil, fault.Wrap(err, fault.Unavailable, "seal.secret-lost")
	case err != nil:
		return nil, fault.Wrap(err, fault.Unavailable, "seal.secret-damaged")
	}
	return secret, nil
}

// Lost names the kept secrets that cannot be opened and must be entered again.
func (v *Vault) Lost(ctx context.Context) (names []string, err error) {
	all, err := v.db.Sealed(ctx)
	for _, s := range all {
		if s.Table != "secret" {
			continue
		}
		if _, err := v.ring.Unseal(placeOf(s), s.Text); err != nil {
			names = append(names, s.Row)
		}
	}
	return names, err
}

func placeOf(s store.Sealed) seal.Place {
	return seal.Place{Table: s.Table, Column: s.Column, Row: s.Row}
}

// Turn seals everything with the key of today, leaves a line in the ledger,
// and forgets the key of before. It goes on with a turn that was cut off at
// any point: until it is over, both keys are at hand.
func (v *Vault) Turn(ctx context.Context, now time.Time) error {
	turned, err := v.ledger.Turned(ctx)
	if err != nil {
		return err
	}
	err = v.db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.EndAllRecoveryRequests(now); err != nil { // the links by which they are stopped go by the key
			return err
		}
		all, err := tx.Sealed()
		if err != nil {
			return err
		}
		count, lost := 0, 0
		for _, s := range all {
			if v.ring.Current(s.Text) {
				continue
			}
			secret, err := v.ring.Unseal(placeOf(s), s.Text)
			if err != nil { // by neither key, so nothing is lost by going on
				lost++
				continue
			}
			if err := tx.Reseal(s, v.ring.Seal(placeOf(s), secret)); err != nil {
				return err
			}
			count++
		}
		if turned && count == 0 { // all of it was done, but for the last step
			return nil
		}
		return v.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Console: true}, Action: audit.KeyTurned,
			Detail: map[string]any{"sealed": count, "lost": lost}})
	})
	if err != nil {
		return err
	}
	return v.ring.Finish()
}
