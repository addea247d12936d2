package auth

import (
	"context"
	"errors"
	"sync"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/store"
)

const costFact = "hash-cost"

// How long a hash should take on the box at hand: long enough that guessing
// is dear, short enough that nobody waits.
const (
	leastHash  = 100 * time.Millisecond
	aimHash    = 200 * time.Millisecond
	mostPasses = 200 // a clock that stands still must not ask for more
)

// sharedCost is the cost of new hashes.
type sharedCost struct {
	sync.Mutex
	hashing
}

func (c *sharedCost) get() hashing {
	c.Lock()
	defer c.Unlock()
	return c.hashing
}

func (c *sharedCost) set(h hashing) {
	c.Lock()
	defer c.Unlock()
	c.hashing = h
}

// Cost is what a password hash costs from now on.
type Cost struct {
	MemoryMiB, Passes int
	Took              time.Duration // as measured; 0 if it was not measured now
}

// LoadCost takes the cost that the box was calibrated to, if it ever was.
func (a *Auth) LoadCost(ctx context.Context) (known bool, err error) {
	facts, err := a.db.BoxFacts(ctx)
	if err != nil {
		return false, err
	}
	h, ok := parseHashing(facts[costFact])
	if !ok || h.weaker(strong()) {
		return false, nil
	}
	a.cost.set(h)
	return true, nil
}

// Calibrate measures how fast this machine hashes and keeps a cost that makes
// a sign-in take about a fifth of a second, never less than the least one. It
// takes less than a second, on a slow box a few. More passes instead of more
// memory: a small box has time rather than memory.
func (a *Auth) Calibrate(ctx context.Context, by audit.Actor) (Cost, error) {
	h := strong()
	took, err := a.measure(ctx, h)
	if err != nil {
		return Cost{}, err
	}
	if took < leastHash {
		pass := took / time.Duration(h.time)
		h.time = min(max(h.time, uint32(aimHash/max(pass, time.Millisecond))), mostPasses)
		if took, err = a.measure(ctx, h); err != nil {
			return Cost{}, err
		}
	}
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		tx.AfterCommit(func() { a.cost.set(h) })
		return errors.Join(tx.SetBoxFact(costFact, h.String()), a.ledger.Append(tx, a.now(), audit.Event{Actor: by, Action: audit.BoxChanged,
			Detail: map[string]any{"hash": h.String()}}))
	})
	return Cost{MemoryMiB: int(h.memory / 1024), Passes: int(h.time), Took: took}, err
}

// measure gives the shortest of three hashes: what else runs only makes one
// longer.
func (a *Auth) measure(ctx context.Context, h hashing) (shortest time.Duration, err error) {
	for i := range 3 {
		began := time.Now()
		if _, err := a.derive(ctx, "how long does this take", make([]byte, saltBytes), h, false); err != nil {
			return 0, err
		}
		if took := time.Since(began); i == 0 || took < shortest {
			shortest = took
		}
	}
	return shortest, nil
}
