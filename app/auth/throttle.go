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

// bucket counts the failures of one kind of sign-in. Each failure past the
// free ones doubles the wait, from first up to longest. After most failures in
// a row, if it is not 0, the password alone opens nothing here any more: it
// takes a device that is known, or a new password at the console.
type bucket struct {
	name  string
	free  int
	first time.Duration
	most  int
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
	if over <= 0 {
		return 0
	}
	return min(b.first<<min(over-1, 20), longest)
}

// buckets are those that a sign-in counts in. A device that is known to the
// account has one of its own and stands in no other, so that failures
// elsewhere cannot keep its owner out.
// A device that failed too often in a row is known no more.
func (a *Auth) buckets(ctx context.Context, account store.Account, email, ip, device string) (_ []bucket, known bool, err error) {
	if device != "" && account.ID != 0 && a.knows(account.Key, device) {
		b := deviceBucket(email, device)
		t, err := a.db.Throttle(ctx, b.name)
		if err != nil {
			return nil, false, err
		}
		if t.Streak < inARow {
			return []bucket{b}, true, nil
		}
	}
	return []bucket{accountBucket(email), {name: "net " + network(ip), free: 9, first: netWait}, {name: "box", free: 200, first: firstWait}}, false, nil
}

// who names an address in the name of a bucket. One that has no account is
// counted like one that has.
func who(email string) string {
	sum := sha256.Sum256([]byte(email))
	return hex.EncodeToString(sum[:8])
}

func accountBucket(email string) bucket {
	return bucket{name: "account " + who(email), free: 5, first: firstWait, most: inARow}
}

func deviceBucket(email, device string) bucket {
	return bucket{name: "device " + who(email) + " " + who(device), free: 5, first: firstWait, most: inARow}
}

// ownBuckets count wrong current passwords of somebody who is signed in.
func (a *Auth) ownBuckets(email string) []bucket {
	return []bucket{{name: "own " + who(email), free: 5, first: firstWait, most: inARow}}
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
			if b.most > 0 {
				t.Streak++
			}
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
	spent := false
	for _, b := range buckets {
		t, err := get(b.name)
		if err != nil {
			return err
		}
		until = max(until, t.Until)
		spent = spent || b.most > 0 && t.Streak >= b.most
	}
	if spent {
		return fault.New(fault.TooMany, "signin.spent", "count", inARow)
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

// forgetStreak, after somebody showed that they are who they say, begins the
// count of failures in a row anew. What strangers have to wait stays.
func (a *Auth) forgetStreak(tx *store.Tx, email string) error {
	for _, b := range append(a.ownBuckets(email), accountBucket(email)) {
		t, err := tx.Throttle(b.name)
		if err != nil || t.Streak == 0 {
			if err != nil {
				return err
			}
			continue
		}
		t.Streak = 0
		if err := tx.SetThrottle(b.name, t); err != nil {
			return err
		}
	}
	return nil
}

// forgetAccount forgets all failures of an account, after its password was
// set at the console.
func (a *Auth) forgetAccount(tx *store.Tx, email string) error {
	for _, b := range append(a.ownBuckets(email), accountBucket(email)) {
		if err := tx.SetThrottle(b.name, store.Throttle{}); err != nil {
			return err
		}
	}
	return nil
}
