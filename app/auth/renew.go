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

// A renewal is the reset that who manages the box can begin on its page. It
// must help somebody who forgot their password and be of no use to a manager
// who wants to look into somebody's data, so it is less than a reset at the
// console: second factors and recovery codes stay, and where there is none the
// link works only after a day, in which the owner, who is told at once, can
// stop it from any browser where they are signed in.
const (
	renewLife = time.Hour      // of a link that works at once
	renewWait = 24 * time.Hour // without a second factor
	renewOpen = 24 * time.Hour // how long a link works after its wait
)

// MakeRenewal makes the link of a renewal. Nothing changes until it is used.
func (a *Auth) MakeRenewal(ctx context.Context, id Identity, from audit.From, key string, byMail bool) (link Handed, err error) {
	err = a.writeAs(ctx, id, func(tx *store.Tx) error {
		acc, err := a.managingIn(tx, id, key)
		switch {
		case err != nil:
			return err
		case acc.Disabled != 0:
			return fault.New(fault.Conflict, "reset.disabled")
		case acc.Password == "":
			return fault.New(fault.Conflict, "accounts.not-welcomed")
		}
		list, err := tx.Factors(acc.ID)
		if err != nil {
			return err
		}
		h := handing{kind: store.RenewCredential, path: "/reset/", life: renewLife, mail: mail.RenewalLink, other: mail.RenewalMade}
		if !hasFactor(list) {
			h.wait, h.life = renewWait, renewOpen
		}
		link, err = a.handLinkIn(tx, from, acc, h, byMail)
		return errors.Join(err, a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: id.Account}, From: from,
			Action: audit.RenewLink, Object: "account:" + acc.Key, Detail: map[string]any{"waits": h.wait > 0, "mailed": link.Mailed}}))
	})
	return link, err
}

// renewingUntil is the end of the renewal of an account that can still be
// stopped, 0 if there is none.
func renewingUntil(ctx context.Context, db *store.DB, account int64, now record.Millis) (record.Millis, error) {
	list, err := db.Credentials(ctx, account, store.RenewCredential, now)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0].Expires, nil
}

// Renewing reports whether a link waits by which somebody could set a new
// password of this account.
func (id Identity) Renewing(now time.Time) bool { return id.renewing > record.At(now) }

// StopRenewal has the link open nothing any more, for the owner.
func (a *Auth) StopRenewal(ctx context.Context, id Identity, from audit.From) error {
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		now := a.now()
		n, err := tx.EndCredentials(id.Account, store.RenewCredential, record.At(now))
		if err != nil || n == 0 {
			return errors.Join(err, errResetGone)
		}
		return a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Account: id.Account}, From: from, Action: audit.RenewStopped, Object: "account:" + id.Key})
	})
}

// useRenewal sets a new password by a link from the page, once, and ends every
// session. Second factors stay, and are asked for at the next sign-in.
func (a *Auth) useRenewal(ctx context.Context, from audit.From, token, plain string) error {
	acc, h, err := a.findHanded(ctx, store.RenewCredential, token)
	if err != nil {
		return err
	}
	if record.At(a.now()) < h.From {
		return fault.New(fault.Conflict, "renew.waits")
	}
	n, err := a.choose(ctx, acc, plain)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		now := a.now()
		taken, err := tx.TakeCredential(store.RenewCredential, secretOf(token), record.At(now))
		if err != nil || !taken {
			return errors.Join(err, errResetGone)
		}
		return errors.Join(a.chosenIn(tx, acc, n), a.tell(tx, from, acc, mail.Renewed),
			a.ledger.Append(tx, now, audit.Event{From: from, Action: audit.Renewed, Object: "account:" + acc.Key}))
	})
}
