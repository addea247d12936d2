package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"glucokeep/app/fault"
)

// MinPassword is the length of a password that is the only factor, in
// characters (NIST SP 800-63B-4 §3.1.1).
const MinPassword = 15

const (
	maxPassword      = 256
	maxPasswordBytes = 1024 // refused before hashing
)

// hashing is the cost of a password hash.
type hashing struct {
	memory uint32 // KiB
	time   uint32
	lanes  uint8
}

// strong is the cost of today: argon2id with 19 MiB, two passes, one lane
// (OWASP Password Storage Cheat Sheet).
func strong() hashing { return hashing{memory: 19 * 1024, time: 2, lanes: 1} }

const (
	saltBytes = 16
	hashBytes = 32
)

// hashers lets two hashes run at once, so that a flood of sign-ins cannot
// take the memory of a small box.
type hashers chan struct{}

func newHashers() hashers { return make(hashers, 2) }

func (h hashers) enter(ctx context.Context) error {
	select {
	case h <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h hashers) leave() { <-h }

// normal is the form of a password that is counted and hashed: the same
// characters typed on two systems are one password.
func normal(password string) string { return norm.NFKC.String(password) }

// CheckPassword says what is wrong with a new password as a fault of kind
// Invalid, nil if nothing. personal are words that must not be most of it:
// names and addresses of the account. There are no rules about classes of
// characters.
func CheckPassword(password string, personal ...string) error {
	if len(password) > maxPasswordBytes {
		return fault.New(fault.Invalid, "password.long", "max", maxPassword)
	}
	p := normal(password)
	n := utf8.RuneCountInString(p)
	switch {
	case n < MinPassword:
		return fault.New(fault.Invalid, "password.short", "min", MinPassword)
	case n > maxPassword:
		return fault.New(fault.Invalid, "password.long", "max", maxPassword)
	}
	rest := strings.ToLower(p)
	for _, word := range append(personal, "glucokeep", "glucose", "diabetes", "password") {
		word = strings.ToLower(normal(word))
		parts := strings.FieldsFunc(word, func(r rune) bool { return r == ' ' || r == '@' || r == '.' })
		for _, part := range append([]string{word}, parts...) { // the whole first: its parts may be too short to count
			if utf8.RuneCountInString(part) >= 4 {
				rest = strings.ReplaceAll(rest, part, "")
			}
		}
	}
	if utf8.RuneCountInString(rest) < n/2 {
		return fault.New(fault.Invalid, "password.personal")
	}
	distinct := map[rune]bool{}
	for _, r := range p {
		distinct[r] = true
	}
	if len(distinct) < 6 {
		return fault.New(fault.Invalid, "password.repeats")
	}
	return nil
}

// hashPassword gives the PHC form of argon2id.
func (a *Auth) hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	sum, err := a.derive(ctx, password, salt, a.cost)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, a.cost.memory, a.cost.time, a.cost.lanes,
		b64.EncodeToString(salt), b64.EncodeToString(sum)), nil
}

func (a *Auth) derive(ctx context.Context, password string, salt []byte, h hashing) ([]byte, error) {
	if err := a.hashers.enter(ctx); err != nil {
		return nil, err
	}
	defer a.hashers.leave()
	return a.argon2([]byte(normal(password)), salt, h.time, h.memory, h.lanes, hashBytes), nil
}

// matches compares a password with a PHC hash. With no hash it works as long
// and says no, so that time does not tell whether an account exists. stale
// says that the hash was made with weaker parameters than today's.
func (a *Auth) matches(ctx context.Context, password, phc string) (ok, stale bool, err error) {
	salt, want, h := make([]byte, saltBytes), make([]byte, hashBytes), a.cost
	known := false
	if phc != "" {
		if salt, want, h, err = parsePHC(phc); err != nil {
			return false, false, err
		}
		known = true
	}
	if len(password) > maxPasswordBytes {
		password = ""
	}
	got, err := a.derive(ctx, password, salt, h)
	if err != nil {
		return false, false, err
	}
	same := subtle.ConstantTimeCompare(got, want) == 1
	return known && same, h != a.cost, nil
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
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.lanes); err != nil || h.time < 1 || h.lanes < 1 || h.memory > 1<<21 {
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
