package share

import (
	"context"
	"time"
)

// May reports whether the viewer of a scope could also do a, for pages that
// show a form only to those who may send it. It leaves no line in the ledger,
// since nobody asked for anything; sending the form asks anew.
func (s *Share) May(ctx context.Context, scope Scope, a Action, now time.Time) (bool, error) {
	if scope.person.ID == 0 {
		return false, nil
	}
	if scope.viewer.Console {
		return true, nil
	}
	grants, err := s.db.GrantsFor(ctx, scope.viewer.Account, scope.person.ID)
	for _, g := range grants {
		if Can(g, a, now) {
			return true, err
		}
	}
	return false, err
}
