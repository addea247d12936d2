package read

import (
	"context"

	"glucokeep/app/store"
)

// Heard is what a source has told so far.
type Heard = store.Heard

// Heard gives by source what the person's devices told. Of a source that was
// last heard before what the viewer may see, nothing is given.
func (r *Reader) Heard(ctx context.Context) (map[int64]Heard, error) {
	all, err := r.db.Heard(ctx, r.scope.Person().ID)
	if err != nil {
		return nil, err
	}
	for id, h := range all {
		if h.Last < r.scope.From() || h.Last == 0 {
			delete(all, id)
			continue
		}
		h.First = max(h.First, r.scope.From())
		all[id] = h
	}
	return all, nil
}

// SeveralZones in Source.Zone says that a device's clock was read in more than
// one zone.
const SeveralZones = store.SeveralZones
