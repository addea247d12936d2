package auth

import (
	"context"
	"encoding/base32"
	"strings"
	"sync/atomic"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// SetClockForTest replaces the clock. It must be called before any other use.
func (a *Auth) SetClockForTest(now func() time.Time) { a.now = now }

// Hashes counts what goes through the password hash.
type Hashes struct {
	count, work, running, peak atomic.Int64
	// During, if set, is called within each hash.
	During func(password []byte)
}

// Count is how many hashes were made since the last call.
func (h *Hashes) Count() int { return int(h.count.Swap(0)) }

// Work is how many KiB the hashes wrote since the last call.
func (h *Hashes) Work() int64 { return h.work.Swap(0) }

// Peak is how many hashes ran at once at most.
func (h *Hashes) Peak() int { return int(h.peak.Load()) }

// CheapForTest makes hashes cheap and counts them.
func (a *Auth) CheapForTest() *Hashes {
	h := &Hashes{}
	a.SetCostForTest(64, 1)
	inner := a.argon2
	a.argon2 = func(password, salt []byte, time, memory uint32, lanes uint8, length uint32) []byte {
		n := h.running.Add(1)
		defer h.running.Add(-1)
		for {
			peak := h.peak.Load()
			if n <= peak || h.peak.CompareAndSwap(peak, n) {
				break
			}
		}
		h.count.Add(1)
		h.work.Add(int64(memory) * int64(time))
		if h.During != nil {
			h.During(password)
		}
		return inner(password, salt, time, memory, lanes, length)
	}
	return h
}

// SetCostForTest sets the cost of hashes from now on.
func (a *Auth) SetCostForTest(memory, time uint32) {
	a.cost.set(hashing{memory: memory, time: time, lanes: 1})
}

// FailForTest counts n failed sign-ins of strangers in the buckets of an
// address and a network, without hashing anything.
func (a *Auth) FailForTest(ctx context.Context, email, ip string, n int) error {
	buckets, _, err := a.buckets(ctx, store.Account{}, address(email), ip, Way{})
	if err != nil {
		return err
	}
	for _, b := range buckets {
		if err := a.db.Write(ctx, func(tx *store.Tx) error {
			at := a.now()
			return tx.SetThrottle(b.name, store.Throttle{Failures: n, Last: record.At(at), Until: record.At(at.Add(b.delay(n)))})
		}); err != nil {
			return err
		}
	}
	return nil
}

// StrongForTest is the cost that the product asks for.
func StrongForTest() (memoryKiB, passes uint32, lanes uint8) {
	s := strong()
	return s.memory, s.time, s.lanes
}

// LimitsForTest are the limits of a session.
func LimitsForTest() (idle, absolute time.Duration) { return IdleLimit, absoluteLimit }

// NetworkForTest is the part of an address that is counted together.
func NetworkForTest(ip string) string { return network(ip) }

// ParsePHCForTest reads a password hash.
func ParsePHCForTest(phc string) error {
	_, _, _, err := parsePHC(phc)
	return err
}

// KnowsForTest checks the cookie of a device.
func (a *Auth) KnowsForTest(accountKey, cookie string) bool {
	return a.knows(store.Account{Key: accountKey}, cookie)
}

// CostForTest is the cost of new hashes.
func (a *Auth) CostForTest() (memoryKiB, passes uint32) {
	c := a.cost.get()
	return c.memory, c.time
}

// MachineForTest makes every pass of a hash take so long, and no longer.
func (a *Auth) MachineForTest(pass time.Duration) {
	a.argon2 = func(_, _ []byte, passes, _ uint32, _ uint8, length uint32) []byte {
		time.Sleep(time.Duration(passes) * pass)
		return make([]byte, length)
	}
}

// SignIn comes to the door with a password and no more.
func (a *Auth) SignIn(ctx context.Context, from audit.From, email, plain, device string) (newDevice string, err error) {
	in, err := a.Enter(ctx, from, Way{Email: email, Password: plain, Device: device})
	return in.Device, err
}

// CodeForTest is the code that an app with a key shows at an instant.
func CodeForTest(key string, at time.Time) string { return codeOf(secretOfKey(key), stepOf(at)) }

func secretOfKey(key string) []byte {
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(key, " ", ""))
	if err != nil {
		panic(err)
	}
	return secret
}

// GuessForTest claims one guess of a code in a lane.
func (a *Auth) GuessForTest(ctx context.Context, email, kind, name string, apps int) error {
	l := lane{name: name, kind: kind}
	if kind != ownLane {
		l.holder = store.NewKey()[:16]
	}
	return a.claim(ctx, codeBuckets(email, l, apps))
}

// AskedForTest is how many challenges wait for an answer.
func (a *Auth) AskedForTest() int { return len(a.asked.open) }
