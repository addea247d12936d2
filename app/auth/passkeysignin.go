package auth

import (
	"context"
	"errors"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

const byPasskey = "passkey"

var (
	errPasskeyRefused = fault.New(fault.SignIn, "passkey.refused")
	errPasskeyOff     = fault.New(fault.SignIn, "passkey.off")
)

// passkeyBucket counts wrong answers of passkeys from a network. A right one
// never asks it: it slows only what fills the ledger.
func passkeyBucket(ip string) bucket {
	return bucket{name: "passkey " + network(ip), free: 20, first: firstWait}
}

// AskPasskey begins a sign-in with any passkey of this box. browser is a token
// that the browser alone knows.
func (a *Auth) AskPasskey(from audit.From, browser string) (c Challenge, err error) {
	if a.passkeys == nil {
		return c, errNoPasskeys
	}
	options, data, err := a.passkeys.BeginDiscoverableLogin()
	if err != nil {
		return c, err
	}
	c.Options = options.Response
	c.ID = a.asked.put(a.now(), ceremony{kind: signInCeremony, browser: secretOf(browser), data: *data, group: "net " + network(from.IP)})
	return c, nil
}

// PasskeyWay is how somebody comes to the door with a passkey.
type PasskeyWay struct {
	Asked   string // id of the challenge
	Answer  string // of the browser, as JSON
	Browser string // the token it was asked under
	Device  string // value of the known device's cookie, "" none
	Half    string // token of a half sign-in that it completes, "" none
	Use     Use
}

// EnterByPasskey signs in with a passkey. It shows both factors, so the
// sign-in is whole and strong.
func (a *Auth) EnterByPasskey(ctx context.Context, from audit.From, w PasskeyWay) (done Whole, err error) {
	if a.passkeys == nil {
		return done, errNoPasskeys
	}
	c, err := a.asked.take(a.now(), w.Asked, signInCeremony, secretOf(w.Browser), 0)
	if err != nil {
		return done, err
	}
	var found store.Passkey
	var broken error
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(w.Answer))
	if err == nil {
		_, _, err = a.passkeys.ValidatePasskeyLogin(func(id, handle []byte) (webauthn.User, error) {
			if found, broken = a.db.Passkey(ctx, handle, id); broken != nil {
				return nil, broken
			}
			if !a.usable(found) {
				return nil, errPasskeyRefused
			}
			return holder(found.Handle, "", "", []store.Passkey{found}), nil
		}, c.data, parsed)
	}
	if broken != nil && !errors.Is(broken, store.ErrNone) {
		return done, broken
	}
	if err != nil {
		return done, a.refusePasskey(ctx, from, found.Account)
	}
	acc, err := a.db.AccountByID(ctx, found.Account)
	if err != nil {
		return done, err
	}
	h, begun, err := a.halfOf(ctx, acc, w)
	if err != nil {
		return done, err
	}
	var owed []bucket
	if begun {
		if owed, err = a.owedBuckets(ctx, acc, from.IP, h); err != nil {
			return done, err
		}
	}
	origin, data := "", parsed.Response.AuthenticatorData
	ok := false
	err = a.db.Write(ctx, func(tx *store.Tx) (err error) {
		if ok, err = a.counted(tx, from, acc, found.ID, data.Counter, data.Flags); err != nil || !ok {
			return err
		}
		if begun {
			if _, err := tx.TakeCredential(store.HalfCredential, secretOf(w.Half), record.At(a.now())); err != nil {
				return err
			}
			if err := a.forgetTries(tx, owed); err != nil {
				return err
			}
		}
		if !a.knows(acc, w.Device) {
			if err := a.tell(tx, from, acc, mail.NewDevice); err != nil {
				return err
			}
		}
		origin, err = tx.Origin(from.IP, from.Device)
		return errors.Join(err, a.forgetStreak(tx, acc.Email))
	})
	if err != nil {
		return done, err
	}
	if !ok {
		return done, a.refusedPasskey(ctx, from, acc.ID, errPasskeyOff)
	}
	done.Admin = acc.Admin
	if h.Use != Shared {
		done.Device = a.deviceCookie(acc)
	}
	return done, a.finish(ctx, from, acc, origin, h, byPasskey, true)
}

// halfOf is the half sign-in of the same account that a passkey completes
// (begun), or one that begins with it. Whoever came by a recovery code forgot
// their password all the same.
func (a *Auth) halfOf(ctx context.Context, acc store.Account, w PasskeyWay) (h half, begun bool, err error) {
	h = half{Use: w.Use, First: byPasskey, Known: a.knows(acc, w.Device)}
	if w.Half == "" {
		return h, false, nil
	}
	c, was, err := a.findHalf(ctx, w.Half)
	if errors.Is(err, errHalfGone) || err == nil && c.Account != acc.ID {
		return h, false, nil
	}
	if err != nil {
		return h, false, err
	}
	if was.First == byRecovery {
		h.First = byRecovery
	}
	h.Device = was.Device
	return h, true, nil
}

// refusePasskey gives the one fault of all wrong answers. Many of them from
// one network must wait, and then leave no line any more.
func (a *Auth) refusePasskey(ctx context.Context, from audit.From, account int64) error {
	if err := a.claim(ctx, []bucket{passkeyBucket(from.IP)}); err != nil {
		return err
	}
	return a.refusedPasskey(ctx, from, account, errPasskeyRefused)
}

// refusedPasskey leaves a line and gives why, or what went wrong meanwhile.
func (a *Auth) refusedPasskey(ctx context.Context, from audit.From, account int64, why error) error {
	err := a.db.Write(ctx, func(tx *store.Tx) error {
		return a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: account}, From: from, Action: audit.SignIn, Result: audit.Failed,
			Detail: map[string]any{"method": byPasskey}})
	})
	if err != nil {
		return err
	}
	return why
}

// AskStepUp asks whoever is signed in for one of their own passkeys.
func (a *Auth) AskStepUp(ctx context.Context, id Identity) (c Challenge, err error) {
	h, err := a.working(ctx, id)
	if err != nil {
		return c, err
	}
	options, data, err := a.passkeys.BeginLogin(h)
	if err != nil {
		return c, err
	}
	c.Options = options.Response
	c.ID = a.asked.put(a.now(), ceremony{kind: stepUpCeremony, browser: id.session(), account: id.Account, data: *data, group: id.Key})
	return c, nil
}

// working is whoever is signed in, with the passkeys that open something.
func (a *Auth) working(ctx context.Context, id Identity) (h keyHolder, err error) {
	if a.passkeys == nil {
		return h, errNoPasskeys
	}
	if h, err = a.holderOf(ctx, id); err != nil {
		return h, err
	}
	var list []store.Passkey
	for _, p := range h.passkeys {
		if a.usable(p) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return h, fault.New(fault.Conflict, "passkey.none")
	}
	return holder(h.handle, h.email, h.name, list), nil
}

// StepUpByPasskey is StepUp with a passkey, which shows both factors.
func (a *Auth) StepUpByPasskey(ctx context.Context, id Identity, from audit.From, asked, answer string) error {
	c, err := a.asked.take(a.now(), asked, stepUpCeremony, id.session(), id.Account)
	if err != nil {
		return err
	}
	h, err := a.working(ctx, id)
	if err != nil {
		return err
	}
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return err
	}
	line := audit.Event{Actor: audit.Actor{Account: acc.ID}, From: from, Action: audit.StepUp, Detail: map[string]any{"method": byPasskey}}
	refused := errPasskeyRefused
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err == nil {
		_, err = a.passkeys.ValidateLogin(h, c.data, parsed)
	}
	ok := err == nil
	err = a.writeAs(ctx, id, func(tx *store.Tx) (err error) {
		if ok {
			data := parsed.Response.AuthenticatorData
			if ok, err = a.counted(tx, from, acc, h.find(parsed.RawID), data.Counter, data.Flags); err != nil || ok {
				return err
			}
			refused = errPasskeyOff
		}
		line.Result = audit.Failed
		return a.ledger.Append(tx, a.now(), line)
	})
	if err != nil {
		return err
	}
	if !ok {
		return refused
	}
	return a.start(ctx, beginning{account: acc.ID, epoch: acc.Epoch, origin: id.origin, use: id.Use, strong: record.At(a.now()), forgot: id.Forgot, strange: id.strange,
		since: record.At(id.Since), until: id.until, event: line})
}

// find is the factor of a passkey by its own id.
func (h keyHolder) find(credential []byte) int64 {
	for _, p := range h.passkeys {
		if string(p.Credential) == string(credential) {
			return p.ID
		}
	}
	return 0
}
