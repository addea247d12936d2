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

// bucket counts the failures of one kind of sign-in. Nothing is ever locked:
// each failure past the free ones doubles the wait, up to longest.
type bucket struct {
	name string
	free int
}

const (
	longest = 15 * time.Minute
	forget  = 24 * time.Hour // a bucket that rested so long begins anew
)

func (b bucket) delay(failures int) time.Duration {
	over := failures - b.free
	if over <= 0 {
		return 0
	}
	return min(time.Second<<min(over-1, 20), longest)
}

// buckets are those that a sign-in counts in. A device that is known to the
// account has one of its own and stands in no other, so that failures
// elsewhere cannot keep its owner out.
func (a *Auth) buckets(account store.Account, email, ip, device string) []bucket {
	// An address that has no account is counted like one that has.
	sum := sha256.Sum256([]byte(email))
	who := hex.EncodeToString(sum[:8])
	if device != "" && account.ID != 0 && a.knows(account.Key, device) {
		d := sha256.Sum256([]byte(device))
		return []bucket{{"device " + who + " " + hex.EncodeToString(d[:8]), 5}}
	}
	return []bucket{{"account " + who, 5}, {"net " + network(ip), 20}, {"box", 200}}
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
			if now.Sub(t.Last.Time()) > forget {
				t.Failures = 0
			}
			t.Failures++
			t.Last = record.At(now)
			t.Until = 0 // not now: somebody whose clock was read a moment earlier must not wait for nothing
			if wait := b.delay(t.Failures); wait > 0 {
				t.Until = record.At(now.Add(wait))
			}
			if err := tx.SetThrottle(b.name, t); err != nil {
				return err
			}
		}
		return nil
	})
}

func mayTry(now time.Time, buckets []bucket, get func(name string) (store.Throttle, error)) error {
	var until record.Millis
	for _, b := range buckets {
		t, err := get(b.name)
		if err != nil {
			return err
		}
		until = max(until, t.Until)
	}
	if at := record.At(now); until > at {
		return fault.New(fault.TooMany, "signin.wait", "seconds", int64(until-at)/1000+1)
	}
	return nil
}

// forgetTries, after a success, empties the first bucket, which is that of the
// account or device, and takes back the one try that claim counted in the
// others: they are everybody's, and somebody with an account of their own must
// not clear them.
func forgetTries(tx *store.Tx, buckets []bucket) error {
	for i, b := range buckets {
		var t store.Throttle
		if i > 0 {
			var err error
			if t, err = tx.Throttle(b.name); err != nil {
				return err
			}
			t.Failures--
			if b.delay(t.Failures) == 0 {
				t.Until = 0
			}
		}
		if err := tx.SetThrottle(b.name, t); err != nil {
			return err
		}
	}
	return nil
}
