package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"glucokeep/app/password"
)

// hashing is the cost of a password hash.
type hashing struct {
	memory uint32 // KiB
	time   uint32 // passes
	lanes  uint8
}

// strong is the least cost: argon2id with 19 MiB, two passes, one lane (OWASP
// Password Storage Cheat Sheet).
func strong() hashing { return hashing{memory: 19 * 1024, time: 2, lanes: 1} }

// work is what h costs, in KiB written.
func (h hashing) work() uint64 { return uint64(h.memory) * uint64(h.time) }

// weaker reports whether h falls short of b in anything.
func (h hashing) weaker(b hashing) bool { return h.memory < b.memory || h.time < b.time }

func (h hashing) String() string { return fmt.Sprintf("m=%d,t=%d,p=%d", h.memory, h.time, h.lanes) }

// parseHashing reads what String wrote. What would take the box down is no
// cost of ours.
func parseHashing(s string) (h hashing, ok bool) {
	_, err := fmt.Sscanf(s, "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.lanes)
	return h, err == nil && h.time >= 1 && h.lanes >= 1 && h.memory <= 1<<21
}

const (
	saltBytes = 16
	hashBytes = 32
)

// hashers lets two hashes run at once, so that a flood of sign-ins cannot
// take the memory of a small box. Strangers have one of the two turns: who is
// known waits for one of them at most, and a core stays for the pages.
type hashers struct{ all, strangers chan struct{} }

func newHashers() hashers {
	return hashers{all: make(chan struct{}, 2), strangers: make(chan struct{}, 1)}
}

// enter waits for a turn; leave gives it back.
func (h hashers) enter(ctx context.Context, stranger bool) (leave func(), err error) {
	wait := func(turns chan struct{}) error {
		select {
		case turns <- struct{}{}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if stranger {
		if err := wait(h.strangers); err != nil {
			return nil, err
		}
	}
	if err := wait(h.all); err != nil {
		if stranger {
			<-h.strangers
		}
		return nil, err
	}
	return func() {
		<-h.all
		if stranger {
			<-h.strangers
		}
	}, nil
}

// hashPassword gives the PHC form of argon2id.
func (a *Auth) hashPassword(ctx context.Context, plain string) (string, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	cost := a.cost.get()
	sum, err := a.derive(ctx, plain, salt, cost, false)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$%s$%s$%s", argon2.Version, cost, b64.EncodeToString(salt), b64.EncodeToString(sum)), nil
}

func (a *Auth) derive(ctx context.Context, plain string, salt []byte, h hashing, stranger bool) ([]byte, error) {
	leave, err := a.hashers.enter(ctx, stranger)
	if err != nil {
		return nil, err
	}
	defer leave()
	return a.argon2([]byte(password.Normal(plain)), salt, h.time, h.memory, h.lanes, hashBytes), nil
}

// matches compares a password with a PHC hash. With no hash it works as long
// and says no, so that time does not tell whether an account exists; for the
// same reason a wrong one for a weaker hash is made to cost what the others
// cost. stale says that the hash is weaker than today's would be.
func (a *Auth) matches(ctx context.Context, plain, phc string, stranger bool) (ok, stale bool, err error) {
	cost := a.cost.get()
	salt, want, h := make([]byte, saltBytes), make([]byte, hashBytes), cost
	known := false
	if phc != "" {
		if salt, want, h, err = parsePHC(phc); err != nil {
			return false, false, err
		}
		known = true
	}
	if len(plain) > password.MostBytes {
		plain = ""
	}
	got, err := a.derive(ctx, plain, salt, h, stranger)
	if err != nil {
		return false, false, err
	}
	ok = known && subtle.ConstantTimeCompare(got, want) == 1
	if !ok && h.work() < cost.work() {
		if passes := (cost.work() - h.work()) / uint64(cost.memory); passes > 0 {
			_, err = a.derive(ctx, plain, salt, hashing{memory: cost.memory, time: uint32(passes), lanes: cost.lanes}, stranger)
		}
	}
	return ok, h.weaker(cost), err
}

func parsePHC(phc string) (salt, sum []byte, h hashing, err error) {
	parts := strings.Split(phc, "$")
	var version int
	bad := fmt.Errorf("damaged password hash")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return nil, nil, h, bad
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return nil, nil, h, bad
	}
	h, ok := parseHashing(parts[3])
	if !ok {
		return nil, nil, h, bad
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return nil, nil, h, bad
	}
	if sum, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(sum) != hashBytes {
		return nil, nil, h, bad
	}
	return salt, sum, h, nil
}
