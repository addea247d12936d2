package auth

import (
	"context"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/record"
)

// Mark is something that others than its owner did around what an account is
// opened with: at the console (audit.ResetLink, AccountReset, PasswordReset),
// by managing the box (RenewLink and what comes of it, disabled, enabled, made
// to manage or not any more), or lines cut off the ledger (LedgerCut), and
// with them maybe a mark. It stands in the ledger, so nobody can take it away
// unseen.
type Mark struct {
	At     time.Time
	Action audit.Action
}

const marksFor = 365 * 24 * time.Hour

// Marks lists all marks of a year for the owner of the account of id, the
// newest first.
func (a *Auth) Marks(ctx context.Context, id Identity) (out []Mark, err error) {
	list, err := a.db.Marks(ctx, id.Key, record.At(a.now().Add(-marksFor)))
	for _, l := range list {
		out = append(out, Mark{At: l.At.Time(), Action: audit.Action(l.Action)})
	}
	return out, err
}
