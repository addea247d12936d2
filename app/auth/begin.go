package auth

import (
	"context"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/record"
)

// beginning is a session that begins, or goes on under another token.
type beginning struct {
	account, epoch int64
	origin         string
	use            Use
	strong         record.Millis // when its person last showed all that they are asked for, 0: not yet
	forgot         bool          // they came without their password and must set another
	since          record.Millis // of the session that goes on; 0 is now
	until          time.Time     // its end; zero is a whole life from now
	strange        string        // its name, if it begins at a place strange to the account
	event          audit.Event
}

// start begins a session under a new token, so that one that was planted
// before is worth nothing.
func (a *Auth) start(ctx context.Context, b beginning) error {
	if err := a.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	now := a.now()
	if b.since == 0 {
		b.since = record.At(now)
	}
	if b.until.IsZero() {
		b.until = now.Add(b.use.life())
	}
	acc, err := a.db.AccountByID(ctx, b.account)
	if err != nil {
		return err
	}
	put := func(key string, v any, is bool) {
		if is {
			a.Sessions.Put(ctx, key, v)
		} else {
			a.Sessions.Remove(ctx, key)
		}
	}
	a.Sessions.Put(ctx, keyAccount, b.account)
	a.Sessions.Put(ctx, keyEpoch, b.epoch)
	a.Sessions.Put(ctx, keyOrigin, b.origin)
	put(keySince, b.since, true)
	put(keyStrong, b.strong, b.strong != 0)
	put(keyUse, b.use, b.use != Ordinary)
	put(keyForgot, true, b.forgot)
	put(keyStrange, b.strange, b.strange != "")
	put(keyRemember, true, b.use == Own)
	a.Sessions.SetDeadline(ctx, b.until)
	ctx = withEvent(ctx, b.event)
	if b.use != Shared && network(b.event.From.IP) != "" {
		ctx = context.WithValue(ctx, networkKey{}, a.networkMAC(acc, b.event.From.IP))
	}
	_, _, err = a.Sessions.Commit(ctx)
	return err
}

// begin starts a session of somebody who just showed who they are.
func (a *Auth) begin(ctx context.Context, from audit.From, account, epoch int64, origin, method string) error {
	return a.start(ctx, beginning{account: account, epoch: epoch, origin: origin, strong: record.At(a.now()), event: signedIn(from, account, method)})
}

func signedIn(from audit.From, account int64, method string) audit.Event {
	return audit.Event{Actor: audit.Actor{Account: account}, From: from, Action: audit.SignIn, Detail: map[string]any{"method": method}}
}

// goOn continues the session of id under a new token, after an act that ended
// all sessions of the account.
func (a *Auth) goOn(ctx context.Context, from audit.From, id Identity, epoch int64, method string) error {
	return a.start(ctx, beginning{account: id.Account, epoch: epoch, origin: id.origin, use: id.Use, strong: id.strong, strange: id.strange,
		since: record.At(id.Since), until: id.until, event: signedIn(from, id.Account, method)})
}
