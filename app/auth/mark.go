package auth

import (
	"context"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/record"
)

// MarkKind is what a mark tells of.
type MarkKind string

// The kinds of mark.
const (
	ResetMade     MarkKind = "made"     // somebody at the console made a link of a reset
	ResetUsed     MarkKind = "used"     // the link was used
	PasswordGiven MarkKind = "password" // somebody at the console gave the account a password
	LinesCut      MarkKind = "cut"      // lines were cut off the ledger, and with them maybe a mark
)

var markKinds = map[audit.Action]MarkKind{audit.ResetLink: ResetMade, audit.AccountReset: ResetUsed, audit.PasswordReset: PasswordGiven, audit.LedgerCut: LinesCut}

// Mark is something that was done around what an account is opened with. It
// stands in the ledger, so nobody can take it away unseen.
type Mark struct {
	At   time.Time
	Kind MarkKind
}

const marksFor = 365 * 24 * time.Hour

// Marks lists all marks of a year for the owner of the account of id, the
// newest first.
func (a *Auth) Marks(ctx context.Context, id Identity) (out []Mark, err error) {
	list, err := a.db.Marks(ctx, id.Key, record.At(a.now().Add(-marksFor)))
	for _, l := range list {
		out = append(out, Mark{At: l.At.Time(), Kind: markKinds[audit.Action(l.Action)]})
	}
	return out, err
}
