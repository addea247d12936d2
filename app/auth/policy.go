package auth

import (
	"context"

	"glucokeep/app/audit"
	"glucokeep/app/store"
)

// factorFact says who must have a second factor, as a fact of the box.
const factorFact = "second-factor"

// demanded reports whether an account must have a second factor: because the
// box demands it of everybody, or because of what the account may see, which
// Demands knows.
func (a *Auth) demanded(ctx context.Context, acc store.Account) (bool, error) {
	all, err := a.DemandsAll(ctx)
	if err != nil || all || a.Demands == nil {
		return all, err
	}
	return a.Demands(ctx, acc.ID)
}

// DemandsAll reports whether the box demands a second factor of everybody.
func (a *Auth) DemandsAll(ctx context.Context) (bool, error) {
	facts, err := a.db.BoxFacts(ctx)
	return facts[factorFact] == "all", err
}

// SetDemandsAll has the box demand a second factor of everybody, or not. Who
// has none can do nothing else at their next page.
func (a *Auth) SetDemandsAll(ctx context.Context, by audit.Actor, from audit.From, all bool) error {
	value := "free"
	if all {
		value = "all"
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SetBoxFact(factorFact, value); err != nil {
			return err
		}
		return a.ledger.Append(tx, a.now(), audit.Event{Actor: by, From: from, Action: audit.BoxChanged, Object: "box:second-factor", Detail: map[string]any{"demanded": all}})
	})
}

// mustEnrol reports whether somebody must add a second factor before anything
// else.
func (a *Auth) mustEnrol(ctx context.Context, acc store.Account) (bool, error) {
	demanded, err := a.demanded(ctx, acc)
	if err != nil || !demanded {
		return false, err
	}
	list, err := a.db.Factors(ctx, acc.ID)
	return !works(list), err
}
