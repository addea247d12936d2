package auth

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

const (
	halfLife     = 10 * time.Minute
	deviceLife   = 30 * 24 * time.Hour
	mostDevices  = 20
	byPassword   = "password"
	byRecovery   = "recovery code"
	bySecond     = "authenticator app"
	onRemembered = "password on a remembered device"

	// Acts that end every session and go on in one under a new token, which is a
	// sign-in in the ledger.
	passwordChanged = "password change"
	factorAdded     = "second factor added"
	factorRemoved   = "second factor removed"
)

// half is a sign-in that owes a second factor. It lies in a credential of its
// own kind, which opens the page for the code and nothing else.
type half struct {
	Use   Use    `json:"use,omitempty"`
	Next  string `json:"next,omitempty"`
	First string `json:"first"` // how the first factor was shown
	Known bool   `json:"known,omitempty"`
	// Device names the device in buckets, if it is known.
	Device string `json:"device,omitempty"`
}

// finish begins the session of a sign-in that is whole.
func (a *Auth) finish(ctx context.Context, from audit.From, acc store.Account, origin string, h half, method string, strong bool) error {
	b := beginning{account: acc.ID, epoch: acc.Epoch, origin: origin, use: h.Use, forgot: h.First == byRecovery, event: signedIn(from, acc.ID, method)}
	if strong {
		b.strong = record.At(a.now())
	}
	var err error
	if b.strange, err = a.strangeness(ctx, from, acc, h.Known || method == onRemembered); err != nil {
		return err
	}
	return a.start(ctx, b)
}

// halfIn keeps a half sign-in and gives its token.
func (a *Auth) halfIn(tx *store.Tx, from audit.From, acc store.Account, h half) (token string, err error) {
	origin, err := tx.Origin(from.IP, from.Device)
	if err != nil {
		return "", err
	}
	state, err := json.Marshal(h)
	if err != nil {
		return "", err
	}
	token, secret := newToken()
	now := a.now()
	_, err = tx.PutCredential(store.Credential{Kind: store.HalfCredential, Secret: secret, Account: acc.ID, Epoch: acc.Epoch, State: state,
		Origin: origin, Created: record.At(now), Active: record.At(now), Expires: record.At(now.Add(halfLife))})
	return token, errors.Join(err, a.keepHalves(tx, acc, from.IP),
		a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Account: acc.ID}, From: from, Action: audit.SignInHalf, Detail: map[string]any{"method": h.First}}))
}

// remembered reports whether a browser owes acc no second factor, and notes
// that it was used.
func (a *Auth) remembered(ctx context.Context, acc store.Account, token string) (bool, error) {
	if token == "" {
		return false, nil
	}
	now := record.At(a.now())
	c, err := a.db.Credential(ctx, store.DeviceCredential, secretOf(token), now)
	if errors.Is(err, store.ErrNone) || err == nil && c.Account != acc.ID {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, a.db.Write(ctx, func(tx *store.Tx) error { return tx.TouchCredential(c.ID, now) })
}

// Half is a sign-in that owes a second factor, for its page.
type Half struct {
	Shared   bool // nothing may be remembered here
	Recovery bool // a recovery code may stand in: none was spent yet
	Account  int64
	Ways     Ways
	Use      Use
	Next     string
}

var errHalfGone = fault.New(fault.NotFound, "signin.half-gone")

func (a *Auth) findHalf(ctx context.Context, token string) (c store.Credential, h half, err error) {
	if token == "" {
		return c, h, errHalfGone
	}
	c, err = a.db.Credential(ctx, store.HalfCredential, secretOf(token), record.At(a.now()))
	if errors.Is(err, store.ErrNone) {
		return c, h, errHalfGone
	}
	if err == nil {
		err = json.Unmarshal(c.State, &h)
	}
	return c, h, err
}

// FindHalf tells what a half sign-in still needs; a fault of kind NotFound
// says that it is over.
func (a *Auth) FindHalf(ctx context.Context, token string) (Half, error) {
	c, h, err := a.findHalf(ctx, token)
	if err != nil {
		return Half{}, err
	}
	list, err := a.db.Factors(ctx, c.Account)
	return Half{Shared: h.Use == Shared, Recovery: h.First == byPassword, Account: c.Account, Ways: waysOf(list), Use: h.Use, Next: h.Next}, err
}

// Second is what somebody shows as a second factor: one of the two.
type Second struct {
	Code     string // of an authenticator app
	Recovery string
}

// Whole is a sign-in that was completed.
type Whole struct {
	Device     string // new value of the known device's cookie, "" none
	Remembered string // new value of the remembered browser's cookie, "" none
	Next       string
	Recovery   bool // a recovery code was spent
	Admin      bool // they manage the box
}

// Complete ends a half sign-in with a second factor, and begins the session.
func (a *Auth) Complete(ctx context.Context, from audit.From, token string, s Second, remember bool) (done Whole, err error) {
	c, h, err := a.findHalf(ctx, token)
	if err != nil {
		return done, err
	}
	acc, err := a.db.AccountByID(ctx, c.Account)
	if err != nil {
		return done, err
	}
	if s.Recovery != "" && h.First != byPassword { // one code a sign-in: it replaces one factor, never both
		return done, fault.New(fault.Forbidden, "signin.recovery-spent")
	}
	l, err := a.codeLane(ctx, acc, h, token, from.IP)
	if err != nil {
		return done, err
	}
	take, tries, method, err := a.second(ctx, acc, from, s, l)
	if err != nil {
		return done, err
	}
	for i := range tries {
		if h.First != byPassword && tries[i].spent != "" { // a second recovery code is none either
			tries[i].spent = "signin.code-spent-forgot"
		}
	}
	owed, err := a.owedBuckets(ctx, acc, from.IP, h)
	if err != nil {
		return done, err
	}
	if err := a.claim(ctx, tries); err != nil {
		return done, err
	}
	taken := false
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		if taken, err = take(tx); err != nil || !taken {
			return errors.Join(err, a.refuseSecond(tx, from, acc, method, l, tries))
		}
		now := record.At(a.now())
		live, err := tx.TakeCredential(store.HalfCredential, c.Secret, now)
		if err != nil || !live {
			return errors.Join(err, errHalfGone)
		}
		if remember && h.Use != Shared {
			if done.Remembered, err = a.rememberIn(tx, from, acc, c.Origin); err != nil {
				return err
			}
		}
		if !h.Known {
			if err := a.tell(tx, from, acc, mail.NewDevice); err != nil {
				return err
			}
		}
		return errors.Join(a.forgetTries(tx, tries), a.forgetTries(tx, owed), a.forgetStreak(tx, acc.Email))
	})
	if err != nil {
		return Whole{}, err
	}
	if !taken {
		return Whole{}, wrongSecond(s)
	}
	if h.Use != Shared {
		done.Device = a.deviceCookie(acc)
	}
	done.Admin, done.Next, done.Recovery = acc.Admin, h.Next, s.Recovery != "" || h.First == byRecovery
	return done, a.finish(ctx, from, acc, c.Origin, h, h.First+" and "+method, true)
}

// second says what takes a second factor, which buckets count a wrong one in a
// lane, and what it is called.
func (a *Auth) second(ctx context.Context, acc store.Account, from audit.From, s Second, l lane) (take func(*store.Tx) (bool, error), tries []bucket, method string, err error) {
	if s.Recovery != "" {
		take, err = a.takingRecovery(ctx, acc, from, s.Recovery, "second factor")
		return take, recoveryBuckets(acc.Email, l, from.IP), byRecovery, err
	}
	list, err := a.db.Factors(ctx, acc.ID)
	if err != nil {
		return nil, nil, "", err
	}
	take, err = a.taking(ctx, acc, s.Code)
	return take, codeBuckets(acc.Email, l, countApps(list)), bySecond, err
}

func wrongSecond(s Second) error {
	if s.Recovery != "" {
		return fault.New(fault.SignIn, "signin.recovery-wrong")
	}
	return fault.New(fault.SignIn, "factor.code-wrong")
}

// refuseSecond notes a wrong code, which claim has counted in tries. Somebody
// knew the password: whose account it is hears of it once a day, of strangers
// at once, and elsewhere when it can hardly be a slip.
func (a *Auth) refuseSecond(tx *store.Tx, from audit.From, acc store.Account, method string, l lane, tries []bucket) error {
	return errors.Join(a.tellWrongCodes(tx, from, acc, l, tries),
		a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: acc.ID}, From: from, Action: audit.SignIn, Result: audit.Failed,
			Detail: map[string]any{"method": method}}))
}

// rememberIn has a browser owe no second factor for a while.
func (a *Auth) rememberIn(tx *store.Tx, from audit.From, acc store.Account, origin string) (token string, err error) {
	token, secret := newToken()
	now := a.now()
	_, err = tx.PutCredential(store.Credential{Kind: store.DeviceCredential, Secret: secret, Account: acc.ID, Epoch: acc.Epoch,
		Origin: origin, Created: record.At(now), Active: record.At(now), Expires: record.At(now.Add(deviceLife))})
	return token, errors.Join(err, tx.KeepCredentials(acc.ID, store.DeviceCredential, mostDevices, record.At(now)),
		a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Account: acc.ID}, From: from, Action: audit.DeviceKept, Object: "account:" + acc.Key}))
}
