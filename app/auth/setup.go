package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// setupLife is how long a set-up code counts.
const setupLife = time.Hour

const setupFact = "setup-code"

// setupCode is what is kept of a set-up code.
type setupCode struct {
	Hash  string        `json:"hash"`
	Until record.Millis `json:"until_ms"`
}

// NeedsSetup reports whether the box has no account yet.
func (a *Auth) NeedsSetup(ctx context.Context) (bool, error) {
	n, err := a.db.CountAccounts(ctx)
	return n == 0, err
}

// NewSetupCode makes the one-time code by which the first account is made. It
// is shown on the console and nowhere else, and voids the one before.
func (a *Auth) NewSetupCode(ctx context.Context) (string, error) {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	text := base32.StdEncoding.EncodeToString(b[:])
	code := text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
	fact, err := json.Marshal(setupCode{Hash: setupHash(code), Until: record.At(a.now().Add(setupLife))})
	if err != nil {
		return "", err
	}
	return code, a.db.Write(ctx, func(tx *store.Tx) error { return tx.SetBoxFact(setupFact, string(fact)) })
}

// setupHash forgives what people change when they copy a code by hand.
func setupHash(code string) string {
	plain := strings.NewReplacer("-", "", " ", "", "0", "O", "1", "I", "8", "B").Replace(strings.ToUpper(code))
	sum := sha256.Sum256([]byte(plain))
	return hex.EncodeToString(sum[:])
}

// SetUp makes the first account, which manages the box, in one transaction; of
// many at once, one wins. It starts a session like SignIn, and leaves the
// set-up at the step of the first person.
func (a *Auth) SetUp(ctx context.Context, from audit.From, code string, n NewAccount) (newDevice string, err error) {
	if err := a.TrySetupCode(ctx, from, code); err != nil {
		return "", err
	}
	n.Admin = true
	account, err := a.prepare(ctx, n)
	if err != nil {
		return "", err
	}
	origin := ""
	err = a.withSetupCode(ctx, from, code, func(tx *store.Tx) (err error) {
		if account.ID, err = a.addIn(tx, audit.Actor{}, from, account, n.Lang); err != nil {
			return err
		}
		if err := a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: account.ID}, From: from, Action: audit.SetUp}); err != nil {
			return err
		}
		if origin, err = tx.Origin(from.IP, from.Device); err != nil {
			return err
		}
		return errors.Join(tx.SetBoxFact(setupFact, ""), tx.SetBoxFact(stepFact, string(PersonStep)))
	})
	if err != nil {
		return "", err
	}
	if err := a.begin(ctx, from, account.ID, 1, origin, "set-up"); err != nil {
		return "", err
	}
	account.Epoch, account.Known = 1, 1 // as the database begins them
	return a.deviceCookie(account), nil
}

// TrySetupCode says whether a set-up code is right, before anything else is
// said about what somebody without it typed. A wrong one counts.
func (a *Auth) TrySetupCode(ctx context.Context, from audit.From, code string) error {
	if err := a.claimSetup(ctx); err != nil {
		return err
	}
	return a.withSetupCode(ctx, from, code, func(*store.Tx) error { return nil })
}

// setupTries counts tries of the set-up code, whoever makes them.
var setupTries = []bucket{{name: "setup", free: 10, first: firstWait}}

// claimSetup refuses a try when the box has an account, before it can cost a
// hash, or when too many tries went wrong.
func (a *Auth) claimSetup(ctx context.Context) error {
	if needs, err := a.NeedsSetup(ctx); err != nil || !needs {
		return errors.Join(err, fault.New(fault.Conflict, "setup.done"))
	}
	return a.claim(ctx, setupTries)
}

// withSetupCode runs fn in one transaction if the box has no account yet and
// the code is the one that it printed. A wrong code leaves its line.
func (a *Auth) withSetupCode(ctx context.Context, from audit.From, code string, fn func(*store.Tx) error) error {
	err := a.db.Write(ctx, func(tx *store.Tx) error {
		if k, err := tx.CountAccounts(); err != nil || k > 0 {
			return errors.Join(err, fault.New(fault.Conflict, "setup.done"))
		}
		if err := a.checkSetupCode(tx, code); err != nil {
			return err
		}
		if err := a.forgetTries(tx, setupTries); err != nil {
			return err
		}
		return fn(tx)
	})
	if fault.KindOf(err) == fault.Forbidden {
		if e := a.refuse(ctx, from, store.Account{}, "signin.refused", setupTries); fault.KindOf(e) == fault.Internal {
			return e
		}
	}
	return err
}

func (a *Auth) checkSetupCode(tx *store.Tx, code string) error {
	fact, err := tx.BoxFact(setupFact)
	if err != nil && !errors.Is(err, store.ErrNone) {
		return err
	}
	var kept setupCode
	if err == nil {
		if err := json.Unmarshal([]byte(fact), &kept); err != nil {
			return err
		}
	}
	if subtle.ConstantTimeCompare([]byte(setupHash(code)), []byte(kept.Hash)) != 1 {
		return fault.New(fault.Forbidden, "setup.code-wrong")
	}
	if record.At(a.now()) > kept.Until {
		return fault.New(fault.Forbidden, "setup.code-old")
	}
	return nil
}
