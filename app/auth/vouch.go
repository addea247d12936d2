package auth

import (
	"context"
	"crypto/hmac"
	"errors"
	"strconv"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Vouching tells whom somebody may vouch for, for its page; a fault of kind
// NotFound says that there is nobody.
func (a *Auth) Vouching(ctx context.Context, id Identity, key string) (name string, err error) {
	p, _, err := a.findVouch(ctx, id, key)
	return p.AccountName, err
}

var errNothingToVouch = fault.New(fault.NotFound, "vouch.gone")

func (a *Auth) findVouch(ctx context.Context, id Identity, key string) (p store.RecoveryPartner, q store.RecoveryRequest, err error) {
	list, err := a.db.RecoveryPartnerOf(ctx, id.Account)
	if err != nil {
		return p, q, err
	}
	for _, p := range list {
		if p.Key != key {
			continue
		}
		q, may, err := a.mayVouch(ctx, p)
		if err == nil && !may {
			err = errNothingToVouch
		}
		return p, q, err
	}
	return p, q, errNothingToVouch
}

// Vouch is the word of a partner that who asks is who they say: they heard the
// code from them. A wrong code counts, and is a line in the ledger.
func (a *Auth) Vouch(ctx context.Context, id Identity, from audit.From, key, code string) error {
	p, q, err := a.findVouch(ctx, id, key)
	if err != nil {
		return err
	}
	tries := []bucket{{name: "vouch " + id.Key, free: codeTries, first: codeWait}}
	if err := a.claim(ctx, tries); err != nil {
		return err
	}
	right := hmac.Equal([]byte(a.askMark(q.Key, code)), []byte(q.Code))
	err = a.writeAs(ctx, id, func(tx *store.Tx) error {
		owner, err := tx.AccountByID(p.Account)
		if err != nil {
			return err
		}
		line := audit.Event{Actor: audit.Actor{Account: id.Account}, From: from, Action: audit.RecoveryVouched, Object: "account:" + owner.Key, Result: audit.Failed}
		if right {
			if err := a.vouchIn(tx, from, owner, p, q); err != nil {
				return err
			}
			line.Result = audit.OK
			if err := a.forgetTries(tx, tries); err != nil {
				return err
			}
		}
		return a.ledger.Append(tx, a.now(), line)
	})
	if err == nil && !right {
		err = fault.New(fault.SignIn, "vouch.wrong")
	}
	return err
}

func (a *Auth) vouchIn(tx *store.Tx, from audit.From, owner store.Account, p store.RecoveryPartner, q store.RecoveryRequest) error {
	now := record.At(a.now())
	open, err := tx.OpenRecoveryRequest(owner.ID, now)
	if errors.Is(err, store.ErrNone) || err == nil && open.ID != q.ID { // stopped or replaced meanwhile
		return errNothingToVouch
	}
	if err != nil {
		return err
	}
	still, err := tx.RecoveryPartner(p.Key)
	if errors.Is(err, store.ErrNone) || err == nil && still.ID != p.ID {
		return errNothingToVouch
	}
	if err != nil {
		return err
	}
	done, err := tx.Vouch(q.ID, p.ID, now)
	if err != nil || !done {
		return errors.Join(err, errNothingToVouch)
	}
	if open.Vouched+1 == partnersNeeded {
		return a.tellStop(tx, from, owner, mail.RecoveryVouched)
	}
	return nil
}

// tellStop writes to the owner of an account about a request, with a link that
// stops it.
func (a *Auth) tellStop(tx *store.Tx, from audit.From, acc store.Account, kind mail.Kind) error {
	return a.tellAt(tx, from, mail.Notice{Kind: kind, Account: acc.ID, Address: acc.Email, Link: "/stop/" + a.stopToken(acc), Until: a.now().Add(askLife)})
}

func epochName(acc store.Account) string { return strconv.FormatInt(acc.Epoch, 10) }

var errStopGone = fault.New(fault.NotFound, "stop.gone")

// FindStop tells whether the link of a mail stops anything. It changes nothing.
func (a *Auth) FindStop(ctx context.Context, token string) error {
	_, err := a.findStop(ctx, token)
	return err
}

func (a *Auth) findStop(ctx context.Context, token string) (acc store.Account, err error) {
	key, ok := cutStop(token)
	if !ok {
		return acc, errStopGone
	}
	acc, err = a.db.AccountByKey(ctx, key)
	if errors.Is(err, store.ErrNone) || err == nil && !hmac.Equal([]byte(token), []byte(a.stopToken(acc))) {
		return acc, errStopGone
	}
	if err != nil {
		return acc, err
	}
	_, err = a.db.OpenRecoveryRequest(ctx, acc.ID, record.At(a.now()))
	if errors.Is(err, store.ErrNone) {
		return acc, errStopGone
	}
	return acc, err
}

// StopByLink stops the open request of the account that a link of a mail is
// for.
func (a *Auth) StopByLink(ctx context.Context, from audit.From, token string) error {
	acc, err := a.findStop(ctx, token)
	if err != nil {
		return err
	}
	return a.stop(ctx, from, audit.Actor{}, acc.ID)
}

// Stop stops the open request of whoever is signed in.
func (a *Auth) Stop(ctx context.Context, id Identity, from audit.From) error {
	return a.stop(ctx, from, audit.Actor{Account: id.Account}, id.Account)
}

func (a *Auth) stop(ctx context.Context, from audit.From, by audit.Actor, account int64) error {
	return a.db.Write(ctx, func(tx *store.Tx) error {
		now := a.now()
		if _, err := tx.OpenRecoveryRequest(account, record.At(now)); err != nil {
			if errors.Is(err, store.ErrNone) {
				return errStopGone
			}
			return err
		}
		acc, err := tx.AccountByID(account)
		if err != nil {
			return err
		}
		return errors.Join(tx.EndRecoveryRequests(account, "stopped", record.At(now)), a.tell(tx, from, acc, mail.RecoveryStopped),
			a.ledger.Append(tx, now, audit.Event{Actor: by, From: from, Action: audit.RecoveryStopped, Object: "account:" + acc.Key}))
	})
}

// Alerts is what every page says to whoever is signed in, until it is over.
type Alerts struct {
	Asked  time.Time // somebody asks to be let in as them; zero: nobody
	Two    bool      // two vouched already
	Help   int       // how many whom they may vouch for ask to be let in again
	GaveUp time.Time // when a mail to them did not arrive; zero: they do
}

// Alerts tells it. Every page asks, so what nothing was committed since is
// not looked up again.
func (a *Auth) Alerts(ctx context.Context, id Identity) (Alerts, error) {
	return a.alerts.Get(ctx, a.db, id.Account, func() (Alerts, error) { return a.findAlerts(ctx, id) })
}

func (a *Auth) findAlerts(ctx context.Context, id Identity) (out Alerts, err error) {
	q, err := a.db.OpenRecoveryRequest(ctx, id.Account, record.At(a.now()))
	if err == nil {
		out.Asked, out.Two = q.Created.Time(), q.Vouched >= partnersNeeded
	} else if !errors.Is(err, store.ErrNone) {
		return out, err
	}
	if out.Help, err = a.db.CountVouchable(ctx, id.Account, record.At(a.now())); err != nil {
		return out, err
	}
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return out, err
	}
	out.GaveUp, err = a.gaveUp(ctx, acc)
	return out, err
}
