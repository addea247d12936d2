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

// A reset lets somebody in again who lost their password, their second factor
// or both. Who has the console of the box can make its link, but neither sees
// nor sets a password; the ledger keeps that it was done, and the owner's
// security page says so for good.

const resetLife = time.Hour

var errResetGone = fault.New(fault.NotFound, "reset.gone")

// MakeReset makes the link of a reset, for somebody at the console, and gives
// its path. Those of before open nothing any more. Nothing else changes until
// it is used.
func (a *Auth) MakeReset(ctx context.Context, by audit.Actor, email string) (path string, err error) {
	acc, err := a.db.AccountByEmail(ctx, address(email))
	if errors.Is(err, store.ErrNone) {
		return "", fault.New(fault.NotFound, "account.unknown")
	}
	if err != nil {
		return "", err
	}
	if acc.Disabled != 0 {
		return "", fault.New(fault.Conflict, "reset.disabled")
	}
	token, secret := newToken()
	return "/reset/" + token, a.db.Write(ctx, func(tx *store.Tx) error {
		now := a.now()
		put, err := tx.PutCredential(store.Credential{Kind: store.ResetCredential, Secret: secret, Account: acc.ID, Epoch: acc.Epoch,
			Created: record.At(now), Active: record.At(now), Expires: record.At(now.Add(resetLife))})
		if err == nil && !put {
			err = errResetGone
		}
		return errors.Join(err, tx.KeepCredentials(acc.ID, store.ResetCredential, 1, record.At(now)), a.tell(tx, audit.From{}, acc, mail.ResetLink),
			a.ledger.Append(tx, now, audit.Event{Actor: by, Action: audit.ResetLink, Object: "account:" + acc.Key}))
	})
}

// ResetLink is a link by which a new password is set.
type ResetLink struct {
	Email string
	Keeps bool      // second factors stay: it was made on the page of the box
	From  time.Time // when it begins to work
}

// FindReset finds whose reset a link is, without spending it.
func (a *Auth) FindReset(ctx context.Context, token string) (ResetLink, error) {
	acc, err := a.findReset(ctx, token)
	if fault.KindOf(err) != fault.NotFound {
		return ResetLink{Email: acc.Email}, err
	}
	acc, h, err := a.findHanded(ctx, store.RenewCredential, token)
	return ResetLink{Email: acc.Email, Keeps: true, From: h.From.Time()}, err
}

func (a *Auth) findReset(ctx context.Context, token string) (acc store.Account, err error) {
	c, err := a.db.Credential(ctx, store.ResetCredential, secretOf(token), record.At(a.now()))
	if errors.Is(err, store.ErrNone) {
		return acc, errResetGone
	}
	if err != nil {
		return acc, err
	}
	return a.db.AccountByID(ctx, c.Account)
}

// UseReset sets a new password by a link, once, takes away the second factors
// and recovery codes unless the link Keeps them, and ends every session. It
// lets nobody in.
func (a *Auth) UseReset(ctx context.Context, from audit.From, token, plain string) error {
	acc, err := a.findReset(ctx, token)
	if fault.KindOf(err) == fault.NotFound {
		return a.useRenewal(ctx, from, token, plain)
	}
	if err != nil {
		return err
	}
	n, err := a.anewPassword(ctx, acc, plain)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		taken, err := tx.TakeCredential(store.ResetCredential, secretOf(token), record.At(a.now()))
		if err != nil || !taken {
			return errors.Join(err, errResetGone)
		}
		return a.anewIn(tx, from, acc, n, audit.AccountReset, mail.AccountReset)
	})
}

// anewPassword checks and hashes it outside of any transaction: a hash takes
// long.
func (a *Auth) anewPassword(ctx context.Context, acc store.Account, plain string) (n chosen, err error) {
	about, err := a.about(ctx, acc)
	if err != nil {
		return n, err
	}
	about.Second = false // none is left afterwards
	return a.chooseAbout(ctx, about, plain)
}

// anewIn has an account begin anew: with another password, without second
// factors, codes, sessions and failures.
func (a *Auth) anewIn(tx *store.Tx, from audit.From, acc store.Account, n chosen, as audit.Action, kind mail.Kind) error {
	dropped, err := a.dropFactorsIn(tx, acc)
	if err != nil {
		return err
	}
	return errors.Join(a.chosenIn(tx, acc, n), a.tell(tx, from, acc, kind),
		a.ledger.Append(tx, a.now(), audit.Event{From: from, Action: as, Object: "account:" + acc.Key, Detail: map[string]any{"factors": dropped}}))
}

func (a *Auth) dropFactorsIn(tx *store.Tx, acc store.Account) (dropped int, err error) {
	list, err := tx.Factors(acc.ID)
	if err != nil {
		return 0, err
	}
	for _, f := range list {
		if f.Confirmed != 0 {
			dropped++
		}
		if err := errors.Join(tx.DropFactor(f.ID), a.vault.Drop(tx, totpName(acc, f))); err != nil {
			return dropped, err
		}
	}
	return dropped, a.dropCodesIn(tx, acc)
}
