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
// elsewhere cannot keep its owner out (security.md A-06).
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

// mayTry says TooMany with the seconds to wait while a bucket is waiting.
func (a *Auth) mayTry(ctx context.Context, buckets []bucket) error {
	now := record.At(a.now())
	var until record.Millis
	for _, b := range buckets {
		t, err := a.db.Throttle(ctx, b.name)
		if err != nil {
			return err
		}
		until = max(until, t.Until)
	}
	if until > now {
		return fault.New(fault.TooMany, "signin.wait", "seconds", int64(until-now)/1000+1)
	}
	return nil
}
