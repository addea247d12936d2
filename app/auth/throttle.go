package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"

	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// bucket counts the failures of one kind of try. Each failure past the free
// ones doubles the wait, from first up to longest; without first nobody waits.
// After most failures in a row, if it is not 0, nothing is taken here any more.
// With refill it is a ceiling: most tries at once, and one more after each
// refill, whatever came between.
type bucket struct {
	name   string
	free   int
	first  time.Duration
	most   int
	refill time.Duration
	cost   int    // what a try counts towards most, 0 is 1
	shared bool   // a success takes back all that the first bucket counted, for others count here too
	spent  string // catalogue key for whoever comes when most is reached
}

const (
	firstWait = 2 * time.Second // of accounts and devices: ten failures are 32 s
	netWait   = 32 * time.Second
	inARow    = 100 // NIST SP 800-63B-4: at most so many consecutive failures of an account

	longest = 15 * time.Minute
	forget  = 24 * time.Hour // a bucket that rested so long begins anew
)

func (b bucket) delay(failures int) time.Duration {
	over := failures - b.free
	if over <= 0 || b.first == 0 {
		return 0
	}
	return min(b.first<<min(over-1, 20), longest)
}

func (b bucket) costs() int { return max(b.cost, 1) }

// level is how much of most is used up. A ceiling sinks by one with each
// refill; since is the instant from which the next one counts.
func (b bucket) level(t store.Throttle, now time.Time) (n int, since record.Millis) {
	if b.refill == 0 {
		return t.Streak, record.At(now)
	}
	sunk := max(int(now.Sub(t.Last.Time())/b.refill), 0)
	if sunk >= t.Streak {
		return 0, record.At(now)
	}
	return t.Streak - sunk, t.Last + record.Millis(sunk)*record.Millis(b.refill.Milliseconds())
}

// full reports whether b takes nothing more.
func (b bucket) full(t store.Throttle, now time.Time) bool {
	n, _ := b.level(t, now)
	return b.most > 0 && n+b.costs() > b.most
}

// who names an address in the name of a bucket. One that has no account is
// counted like one that has.
func who(email string) string {
	sum := sha256.Sum256([]byte(email))
	return hex.EncodeToString(sum[:8])
}

// network is the part of an address that one attacker easily has all of.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	bits := 32
	if a = a.Unmap(); a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p.String()
}

// claim counts a try as a failure before anybody knows how it ends, so that
// of many tries at once no more are taken than one after the other; a success
// forgets the count. While a bucket is waiting it says TooMany with the
// seconds to wait, and counts nothing.
func (a *Auth) claim(ctx context.Context, buckets []bucket) error {
	if err := mayTry(a.now(), buckets, func(name string) (store.Throttle, error) { return a.db.Throttle(ctx, name) }); err != nil {
		return err // a flood does not get as far as the writer
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		now := a.now()
		if err := mayTry(now, buckets, tx.Throttle); err != nil {
			return err
		}
		for _, b := range buckets {
			t, err := tx.Throttle(b.name)
			if err != nil {
				return err
			}
			if err := tx.SetThrottle(b.name, b.counted(t, now)); err != nil {
				return err
			}
		}
		return nil
	})
}

// waitFor says how long to wait: programs in seconds, people as people say it,
// and never less than it is.
func waitFor(seconds int64) error {
	if seconds < 60 {
		return fault.New(fault.TooMany, "signin.wait-seconds", "count", seconds, "seconds", seconds)
	}
	return fault.New(fault.TooMany, "signin.wait", "count", (seconds+59)/60, "seconds", seconds)
}

// counted is t after one more failure.
func (b bucket) counted(t store.Throttle, now time.Time) store.Throttle {
	if now.Sub(t.Last.Time()) > forget {
		t.Failures = 0
	}
	n, since := b.level(t, now)
	if b.most > 0 {
		t.Streak = n + b.costs()
	}
	t.Last = since
	t.Until = 0 // not now: somebody whose clock was read a moment earlier must not wait for nothing
	if b.first > 0 {
		t.Failures++
		if wait := b.delay(t.Failures); wait > 0 {
			t.Until = record.At(now.Add(wait))
		}
	}
	return t
}

func mayTry(now time.Time, buckets []bucket, get func(name string) (store.Throttle, error)) error {
	var until record.Millis
	spent := ""
	for _, b := range buckets {
		t, err := get(b.name)
		if err != nil {
			return err
		}
		until = max(until, t.Until)
		if spent == "" && b.full(t, now) {
			spent = b.spent
		}
	}
	if spent != "" {
		return fault.New(fault.TooMany, spent, "count", inARow)
	}
	if at := record.At(now); until > at {
		return waitFor(int64(until-at)/1000 + 1)
	}
	return nil
}

// forgetTries, after a success, empties the first bucket, which is that of
// whoever tries, and takes back the one try that claim counted in the others:
// they are everybody's, and somebody with an account of their own must not
// clear them. In those that are shared within an account it takes back all that
// the first had counted.
func (a *Auth) forgetTries(tx *store.Tx, buckets []bucket) error {
	now := a.now()
	tries := 1
	for i, b := range buckets {
		t, err := tx.Throttle(b.name)
		if err != nil {
			return err
		}
		switch {
		case i == 0:
			tries = max(t.Streak/b.costs(), 1)
			t = store.Throttle{}
		case b.shared:
			t = b.without(t, now, tries)
		default:
			t = b.without(t, now, 1)
		}
		if err := tx.SetThrottle(b.name, t); err != nil {
			return err
		}
	}
	return nil
}

// without is t as if a number of tries had not been.
func (b bucket) without(t store.Throttle, now time.Time, tries int) store.Throttle {
	if b.first > 0 {
		t.Failures = max(t.Failures-tries, 0)
		if b.delay(t.Failures) == 0 {
			t.Until = 0
		}
	}
	if b.most > 0 {
		n, since := b.level(t, now)
		t.Streak = max(n-tries*b.costs(), 0)
		if b.refill > 0 {
			t.Last = since
		}
	}
	return t
}
