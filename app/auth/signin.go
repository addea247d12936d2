package auth

import (
	"context"
	"errors"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Way is how somebody comes to the door: with their password, or with a
// recovery code in its place.
type Way struct {
	Email, Password string
	Recovery        string
	Device          string // value of the known device's cookie, "" none
	Remembered      string // value of the remembered browser's cookie, "" none
	Use             Use
	Next            string // where they want to go, a page of the box
}

// Entered is what became of a Way that was right.
type Entered struct {
	Device string // new value of the known device's cookie, "" none
	Half   string // token of a half sign-in: a second factor is owed
	Admin  bool   // they manage the box
}

// Enter checks a password and starts a session in the session data of ctx, or
// a half sign-in where the account has a second factor and the browser is not
// remembered. Every failure is the same fault, whatever was wrong.
func (a *Auth) Enter(ctx context.Context, from audit.From, w Way) (in Entered, err error) {
	email := address(w.Email)
	account, err := a.db.AccountByEmail(ctx, email)
	if err != nil && !errors.Is(err, store.ErrNone) {
		return in, err
	}
	buckets, known, err := a.buckets(ctx, account, email, from.IP, w)
	if err != nil {
		return in, err
	}
	if err := a.claim(ctx, buckets); err != nil {
		return in, err
	}
	if w.Recovery != "" {
		return a.enterByRecovery(ctx, from, account, w, known, buckets)
	}
	hash := account.Password
	if account.Disabled != 0 {
		hash = ""
	}
	ok, stale, err := a.matches(ctx, w.Password, hash, !known)
	if err != nil {
		return in, err
	}
	if !ok {
		return in, a.refuse(ctx, from, account, "signin.refused", buckets)
	}
	return a.enterByPassword(ctx, from, account, w, known, stale, buckets)
}

// enterByPassword goes on when the password was right.
func (a *Auth) enterByPassword(ctx context.Context, from audit.From, account store.Account, w Way, known, stale bool, buckets []bucket) (in Entered, err error) {
	hash := ""
	if stale {
		if hash, err = a.hashPassword(ctx, w.Password); err != nil {
			return in, err
		}
	}
	list, err := a.db.Factors(ctx, account.ID)
	if err != nil {
		return in, err
	}
	compared := a.compare(account, w.Password)
	compared.Short = a.tooShort(account, list, w.Password)
	kept, err := a.remembered(ctx, account, w.Remembered)
	if err != nil {
		return in, err
	}
	h := half{Use: w.Use, Next: w.Next, First: byPassword, Known: known, Device: deviceName(w.Device, known)}
	in.Admin = account.Admin
	owes := hasFactor(list) && !kept
	if owes {
		if err := a.claimHalf(ctx, account, from.IP, h, buckets); err != nil {
			return in, err
		}
	}
	origin := ""
	err = a.db.Write(ctx, func(tx *store.Tx) (err error) {
		if err := a.forgetTries(tx, buckets); err != nil {
			return err
		}
		if compared != account {
			if err := errors.Join(tx.SetPasswordLists(account.ID, compared.Lists, compared.Listed), tx.SetPasswordShort(account.ID, compared.Short)); err != nil {
				return err
			}
		}
		if stale {
			if err := tx.SetPassword(account.ID, hash); err != nil {
				return err
			}
		}
		if owes {
			in.Half, err = a.halfIn(tx, from, account, h)
			return err
		}
		if err := a.forgetStreak(tx, account.Email); err != nil {
			return err
		}
		if !a.knows(account, w.Device) {
			if err := a.tell(tx, from, account, mail.NewDevice); err != nil {
				return err
			}
		}
		origin, err = tx.Origin(from.IP, from.Device)
		return err
	})
	if err != nil || owes {
		return in, err
	}
	method := byPassword
	if kept && hasFactor(list) {
		method = onRemembered
	}
	if w.Use != Shared {
		in.Device = a.deviceCookie(account)
	}
	return in, a.finish(ctx, from, account, origin, h, method, !hasFactor(list))
}

// enterByRecovery lets a recovery code stand in for the password. The second
// factor is owed all the same, also where the browser is remembered: the code
// replaces one of the two.
func (a *Auth) enterByRecovery(ctx context.Context, from audit.From, account store.Account, w Way, known bool, buckets []bucket) (in Entered, err error) {
	if _, _, err := a.matches(ctx, w.Recovery, "", !known); err != nil { // it takes as long as a password does
		return in, err
	}
	list, err := a.db.Factors(ctx, account.ID)
	if err != nil {
		return in, err
	}
	take, err := a.takingRecovery(ctx, account, from, w.Recovery, "password")
	if err != nil {
		return in, err
	}
	taken := false
	if hasFactor(list) && account.Disabled == 0 {
		err = a.db.Write(ctx, func(tx *store.Tx) error {
			if taken, err = take(tx); err != nil || !taken {
				return err
			}
			if err := a.forgetTries(tx, buckets); err != nil {
				return err
			}
			in.Half, err = a.halfIn(tx, from, account, half{Use: w.Use, Next: w.Next, First: byRecovery, Known: known, Device: deviceName(w.Device, known)})
			return err
		})
	}
	if err == nil && !taken {
		err = a.refuse(ctx, from, account, "signin.recovery-refused", buckets)
	}
	return in, err
}

// refuse notes a failure, which claim has counted in buckets, and gives the one
// fault of all failures. Many in a row are told to whose account it is, once a
// day.
func (a *Auth) refuse(ctx context.Context, from audit.From, account store.Account, key string, buckets []bucket) error {
	line := audit.Event{Actor: audit.Actor{Account: account.ID}, From: from, Action: audit.SignIn, Result: audit.Failed}
	if key == "signin.recovery-refused" {
		line.Detail = map[string]any{"first": byRecovery}
	}
	err := a.db.Write(ctx, func(tx *store.Tx) error {
		t, err := tx.Throttle(buckets[0].name)
		if err == nil && account.ID != 0 && t.Failures >= burst {
			err = a.tellDaily(tx, from, account, mail.ManyFailures)
		}
		return errors.Join(err, a.ledger.Append(tx, a.now(), line))
	})
	if err != nil {
		return err
	}
	return fault.New(fault.SignIn, key)
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
	if idle > c.who.Use.Idle() {
		return id, false, a.Sessions.Destroy(ctx)
	}
	if acts && idle > touchEvery {
		if err := a.db.Write(ctx, func(tx *store.Tx) error { return tx.TouchCredential(c.ID, record.At(now)) }); err != nil {
			return id, false, err
		}
		if err := a.noticeSharing(ctx, c.who); err != nil {
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
		return errors.Join(tx.SweepCredentials(record.At(now)), tx.SweepAddressLinks(record.At(now)), tx.SweepEnrolments(record.At(now.Add(-enrolWithin))),
			tx.SweepRecovery(record.At(now)), a.sweepTries(tx, now))
	})
}
