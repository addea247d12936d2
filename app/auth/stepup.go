package auth

import (
	"context"
	"errors"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// StrongFor is how long after somebody showed their password and second
// factor they may do what could take the account over (decisions.md).
const StrongFor = 10 * time.Minute

// Fresh reports whether whoever is signed in showed just now all that the
// account asks for: at sign-in or since.
func (id Identity) Fresh(now time.Time) bool {
	age := now.Sub(id.strong.Time())
	return id.strong != 0 && -time.Minute < age && age < StrongFor
}

// Now is the clock that sessions go by.
func (a *Auth) Now() time.Time { return a.now() }

// StepUp asks somebody who is signed in once more who they are: their password
// and, if the account has one, a second factor. The session goes on under a
// new token. Every failure is the same fault, of kind SignIn.
func (a *Auth) StepUp(ctx context.Context, id Identity, from audit.From, plain string, s Second) error {
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return err
	}
	list, err := a.db.Factors(ctx, acc.ID)
	if err != nil {
		return err
	}
	if err := a.showPassword(ctx, acc, from, plain, ownBuckets(id)); err != nil {
		return err
	}
	var tries []bucket
	method, l := byPassword, sessionLane(id)
	take := func(*store.Tx) (bool, error) { return true, nil }
	if hasFactor(list) {
		if take, tries, method, err = a.second(ctx, acc, from, s, l); err != nil {
			return err
		}
		method = byPassword + " and " + method
		if err := a.claim(ctx, tries); err != nil {
			return err
		}
	}
	line := audit.Event{Actor: audit.Actor{Account: acc.ID}, From: from, Action: audit.StepUp, Detail: map[string]any{"method": method}}
	ok := false
	err = a.writeAs(ctx, id, func(tx *store.Tx) error {
		if ok, err = take(tx); err != nil {
			return err
		}
		if !ok {
			line.Result = audit.Failed
			return errors.Join(a.tellWrongCodes(tx, from, acc, l, tries), a.ledger.Append(tx, a.now(), line))
		}
		return a.forgetTries(tx, tries)
	})
	if err == nil && !ok {
		err = fault.New(fault.SignIn, "stepup.wrong")
	}
	if err != nil {
		return err
	}
	return a.start(ctx, beginning{account: acc.ID, epoch: acc.Epoch, origin: id.origin, use: id.Use, strong: record.At(a.now()), forgot: id.Forgot, strange: id.strange,
		since: record.At(id.Since), until: id.until, event: line})
}

// showPassword checks the password of somebody who is signed in. A wrong one
// counts in tries and leaves its line; no code is looked at then, so that who
// does not know the password cannot use up its tries.
func (a *Auth) showPassword(ctx context.Context, acc store.Account, from audit.From, plain string, tries []bucket) error {
	if err := a.claim(ctx, tries); err != nil {
		return err
	}
	ok, _, err := a.matches(ctx, plain, acc.Password, false)
	if err != nil {
		return err
	}
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		if ok {
			return a.forgetTries(tx, tries)
		}
		return a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: acc.ID}, From: from, Action: audit.StepUp, Result: audit.Failed,
			Detail: map[string]any{"method": byPassword}})
	})
	if err == nil && !ok {
		err = fault.New(fault.SignIn, "stepup.wrong")
	}
	return err
}

// Stay notes that somebody wants to stay signed in.
func (a *Auth) Stay(ctx context.Context, id Identity) error {
	return a.db.Write(ctx, func(tx *store.Tx) error { return tx.TouchCredential(id.Credential, record.At(a.now())) })
}

// Left is how long the session of ctx lives if nobody does anything; 0 when it
// is over. It keeps nothing awake.
func (a *Auth) Left(ctx context.Context) (time.Duration, error) {
	token := a.Sessions.Token(ctx)
	if token == "" {
		return 0, nil
	}
	s, err := a.sessions.find(ctx, token)
	if errors.Is(err, store.ErrNone) {
		return 0, nil
	}
	now := a.now()
	left := min(s.who.Use.Idle()-now.Sub(s.Active.Time()), s.Expires.Time().Sub(now))
	return max(left, 0), err
}
