package share

import (
	"context"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// AddOwner lets one more account hold a person's data. The caller has made
// sure that it may.
func (s *Share) AddOwner(ctx context.Context, now time.Time, v Viewer, person, account int64) error {
	at := record.At(now)
	return s.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.AddGrant(store.Grant{Key: store.NewKey(), Person: person, Account: account, Role: "owner", From: at, Created: at}); err != nil {
			return err
		}
		return s.ledger.Append(tx, now, audit.Event{Actor: v.Actor(), From: v.From, Person: person, Action: audit.GrantAdded,
			Detail: map[string]any{"role": "owner"}})
	})
}
