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

// SetUp makes the first account, which manages the box, and whatever else
// belongs to it, in one transaction; of many at once, one wins. It starts a
// session like SignIn.
func (a *Auth) SetUp(ctx context.Context, from audit.From, code string, n NewAccount,
	also func(tx *store.Tx, account int64) error) (newDevice string, err error) {
	if _, err := n.Check(); err != nil {
		return "", err
	}
	// Whoever comes too late must not cost a hash each time.
	if needs, err := a.NeedsSetup(ctx); err != nil || !needs {
		return "", errors.Join(err, fault.New(fault.Conflict, "setup.done"))
	}
	tries := []bucket{{"setup", 10}}
	if err := a.claim(ctx, tries); err != nil {
		return "", err
	}
	n.Admin = true
	account, err := a.prepare(ctx, n)
	if err != nil {
		return "", err
	}
	origin := ""
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		if k, err := tx.CountAccounts(); err != nil || k > 0 {
			return errors.Join(err, fault.New(fault.Conflict, "setup.done"))
		}
		if err := a.spendSetupCode(tx, code); err != nil {
			return err
		}
		if err := forgetTries(tx, tries); err != nil {
			return err
		}
		var err error
		if account.ID, err = a.addIn(tx, audit.Actor{}, from, account); err != nil {
			return err
		}
		if err := a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: account.ID}, From: from, Action: audit.SetUp}); err != nil {
			return err
		}
		if origin, err = tx.Origin(from.IP, from.Device); err != nil {
			return err
		}
		return also(tx, account.ID)
	})
	if fault.KindOf(err) == fault.Forbidden {
		if e := a.refuse(ctx, from, store.Account{}); fault.KindOf(e) == fault.Internal {
			return "", e
		}
	}
	if err != nil {
		return "", err
	}
	if err := a.begin(ctx, from, account.ID, 1, origin); err != nil {
		return "", err
	}
	return a.deviceCookie(account.Key), nil
}

func (a *Auth) spendSetupCode(tx *store.Tx, code string) error {
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
	return tx.SetBoxFact(setupFact, "")
}
