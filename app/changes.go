package app

import (
	"context"
	"time"
)

// changesEvery is how soon an open stream notices that a right or a session
// ended, whoever ended it.
const changesEvery = 500 * time.Millisecond

// watchChanges gives a step that has all open streams look at their rights
// anew after anything was committed. What a source brings they hear of at
// once, from the door.
func (b *Box) watchChanges() func(context.Context, time.Time) error {
	last := int64(-1)
	return func(ctx context.Context, _ time.Time) error {
		version, err := b.db.Version(ctx)
		if err != nil || version == last {
			return err
		}
		last = version
		b.ingest.Live().Wake()
		return nil
	}
}
