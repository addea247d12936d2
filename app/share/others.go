package share

import (
	"context"
	"time"
)

// Other is an account that may see data which somebody else decides about too.
type Other struct {
	Account int64
	Name    string
	Of      []string // the persons, by name
}

// Others lists who else may see now whom the viewer decides about, by name: so
// that the viewer can ask themselves whether they still should. An account
// that is closed sees nothing.
func (s *Share) Others(ctx context.Context, v Viewer, now time.Time) ([]Other, error) {
	scopes, err := s.Persons(ctx, v, now)
	if err != nil {
		return nil, err
	}
	accounts, err := s.db.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	of := map[int64][]string{}
	for _, scope := range scopes {
		decides, err := s.May(ctx, scope, Manage, now)
		if err != nil {
			return nil, err
		}
		if !decides {
			continue
		}
		grants, err := s.db.GrantsOn(ctx, scope.person.ID)
		if err != nil {
			return nil, err
		}
		seen := map[int64]bool{v.Account: true}
		for _, g := range grants {
			if !seen[g.Account] && Can(g, View, now) {
				seen[g.Account] = true
				of[g.Account] = append(of[g.Account], scope.person.Name)
			}
		}
	}
	var out []Other
	for _, acc := range accounts {
		if len(of[acc.ID]) > 0 && acc.Disabled == 0 {
			out = append(out, Other{Account: acc.ID, Name: acc.Name, Of: of[acc.ID]})
		}
	}
	return out, nil
}
