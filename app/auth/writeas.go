package auth

import (
	"context"

	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

var errEnded = fault.New(fault.Forbidden, "web.session-ended")

// writeAs is DB.Write for an act of whoever is signed in. It asks once more, in
// the transaction itself, whether they still are: between the look at their
// session and the act a request can lie for as long as its body takes to come,
// and what ended the session meanwhile must end the act too. An identity
// without a credential is of no session.
func (a *Auth) writeAs(ctx context.Context, id Identity, do func(*store.Tx) error) error {
	return a.db.Write(ctx, func(tx *store.Tx) error {
		if id.Credential != 0 {
			lives, err := tx.CredentialLives(id.Credential, record.At(a.now()))
			if err != nil {
				return err
			}
			if !lives {
				return errEnded
			}
		}
		return do(tx)
	})
}
