package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// SignIn checks a password and starts a session in the session data of ctx.
// device is the value of the device's cookie, "" if it has none; the new
// value comes back. Every failure is the same fault, whatever was wrong.
func (a *Auth) SignIn(ctx context.Context, from audit.From, email, plain, device string) (newDevice string, err error) {
	email = address(email)
	account, err := a.db.AccountByEmail(ctx, email)
	if err != nil && !errors.Is(err, store.ErrNone) {
		return "", err
	}
	buckets, known, err := a.buckets(ctx, account, email, from.IP, device)
	if err != nil {
		return "", err
	}
	if err := a.claim(ctx, buckets); err != nil {
		return "", err
	}
	hash := account.Password
	if account.Disabled != 0 {
		hash = ""
	}
	ok, stale, err := a.matches(ctx, plain, hash, !known)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", a.refuse(ctx, from, account)
	}
	if stale {
		if hash, err = a.hashPassword(ctx, plain); err != nil {
			return "", err
		}
	}
	compared := a.compare(account, plain)
	origin := ""
	err = a.db.Write(ctx, func(tx *store.Tx) (err error) {
		if err := errors.Join(forgetTries(tx, buckets), a.forgetStreak(tx, email)); err != nil {
			return err
		}
		if compared != account {
			if err := tx.SetPasswordLists(account.ID, compared.Lists, compared.Listed); err != nil {
				return err
			}
		}
		if stale {
			if err := tx.SetPassword(account.ID, hash); err != nil {
				return err
			}
		}
		if !a.knows(account.Key, device) {
			if err := a.tell(tx, from, account, mail.NewDevice); err != nil {
				return err
			}
		}
		origin, err = tx.Origin(from.IP, from.Device)
		return err
	})
	if err != nil {
		return "", err
	}
	if err := a.begin(ctx, from, account.ID, account.Epoch, origin, "password"); err != nil {
		return "", err
	}
	return a.deviceCookie(account.Key), nil
}

// begin starts a session under a new token, so that one that was planted
// before is worth nothing.
func (a *Auth) begin(ctx context.Context, from audit.From, account, epoch int64, origin, method string) error {
	if err := a.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	a.Sessions.Put(ctx, keyAccount, account)
	a.Sessions.Put(ctx, keyEpoch, epoch)
	a.Sessions.Put(ctx, keyOrigin, origin)
	_, _, err := a.Sessions.Commit(withEvent(ctx, audit.Event{Actor: audit.Actor{Account: account}, From: from, Action: audit.SignIn,
		Detail: map[string]any{"method": method}}))
	return err
}

// refuse notes a failure, which claim has counted, and gives the one fault of
// all failures.
func (a *Auth) refuse(ctx context.Context, from audit.From, account store.Account) error {
	err := a.db.Write(ctx, func(tx *store.Tx) error {
		return a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: account.ID}, From: from, Action: audit.SignIn, Result: audit.Failed})
	})
	if err != nil {
		return err
	}
	return fault.New(fault.SignIn, "signin.refused")
}

// SignOut ends the session of ctx.
func (a *Auth) SignOut(ctx context.Context, from audit.From, id Identity) error {
	return a.Sessions.Destroy(withEvent(ctx, audit.Event{Actor: audit.Actor{Account: id.Account}, From: from, Action: audit.SignOut}))
}

// Identify tells who the request of ctx comes from. acts says that a person
// did something, which keeps the session awake; polls and streams pass false.
// ok is false when nobody is signed in, also when the session was idle for
// too long, which ends it.
func (a *Auth) Identify(ctx context.Context, acts bool) (id Identity, ok bool, err error) {
	token := a.Sessions.Token(ctx)
	if token == "" {
		return id, false, nil
	}
	now := a.now()
	c, err := a.sessions.find(ctx, token)
	if errors.Is(err, store.ErrNone) {
		return id, false, nil
	}
	if err != nil {
		return id, false, err
	}
	idle := now.Sub(c.Active.Time())
	if idle > IdleLimit {
		return id, false, a.Sessions.Destroy(ctx)
	}
	if acts && idle > touchEvery {
		if err := a.db.Write(ctx, func(tx *store.Tx) error { return tx.TouchCredential(c.ID, record.At(now)) }); err != nil {
			return id, false, err
		}
	}
	return c.who, true, nil
}

// Ended tells whose session a token was that is over by itself or by an act: 0
// for one that is unknown, was forgotten, or whose account has ended. It lets
// nobody in.
func (a *Auth) Ended(ctx context.Context, token string) (account int64, err error) {
	account, err = a.db.CredentialEnded(ctx, store.SessionCredential, secretOf(token))
	return account, none(err)
}

// Sweep forgets credentials and links that are past their end.
func (a *Auth) Sweep(ctx context.Context, now time.Time) error {
	return a.db.Write(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.SweepCredentials(record.At(now)), tx.SweepAddressLinks(record.At(now)))
	})
}

// deviceCookie is the value by which a device that signed in is known again,
// so that failures elsewhere cannot keep its owner out.
func (a *Auth) deviceCookie(accountKey string) string {
	var nonce [16]byte
	_, _ = rand.Read(nonce[:]) // never fails: crypto/rand ends the program instead
	n := hex.EncodeToString(nonce[:])
	return n + "." + a.deviceMAC(accountKey, n)
}

func (a *Auth) deviceMAC(accountKey, nonce string) string {
	m := hmac.New(sha256.New, a.key)
	m.Write([]byte(accountKey + "." + nonce))
	return hex.EncodeToString(m.Sum(nil))
}

func (a *Auth) knows(accountKey, cookie string) bool {
	nonce, mac, ok := strings.Cut(cookie, ".")
	return ok && len(nonce) == 32 && hmac.Equal([]byte(mac), []byte(a.deviceMAC(accountKey, nonce)))
}
