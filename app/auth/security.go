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

// Session is a browser of whoever is signed in: one that is signed in, or one
// that is remembered and owes no second factor.
type Session struct {
	Key    string // names it in a form; it opens nothing
	IP     string
	Device string // browser and system in words
	Since  time.Time
	Active time.Time
	Use    Use
	Here   bool // this one

	strange string // its name, if it began at a place strange to the account
}

// SignedIn lists the browsers in which the account of id is signed in, this
// one first. One that was idle for too long is not: it ends when it comes back.
func (a *Auth) SignedIn(ctx context.Context, id Identity) (out []Session, err error) {
	list, err := a.db.Credentials(ctx, id.Account, store.SessionCredential, record.At(a.now()))
	for _, c := range list {
		how, err := a.sessions.codec.read(c.State)
		if err != nil || a.now().Sub(c.Active.Time()) > how.Use.Idle() {
			continue
		}
		s := Session{Key: nameOf(c), IP: c.IP, Device: c.Device, Since: c.Created.Time(), Active: c.Active.Time(), Use: how.Use, Here: c.ID == id.Credential, strange: how.Strange}
		if how.Since != 0 {
			s.Since = how.Since.Time()
		}
		if s.Here {
			out = append([]Session{s}, out...)
		} else {
			out = append(out, s)
		}
	}
	return out, err
}

// Remembered lists the browsers that owe no second factor.
func (a *Auth) Remembered(ctx context.Context, id Identity) (out []Session, err error) {
	list, err := a.db.Credentials(ctx, id.Account, store.DeviceCredential, record.At(a.now()))
	for _, c := range list {
		out = append(out, Session{Key: nameOf(c), IP: c.IP, Device: c.Device, Since: c.Created.Time(), Active: c.Active.Time()})
	}
	return out, err
}

// nameOf names a credential in a page of its owner. The hash of its token does
// not leave the box, and neither does its row.
func nameOf(c store.Held) string { return secretOf("name of " + c.Secret)[:32] }

// find finds a browser of the account of id by its name.
func (a *Auth) find(ctx context.Context, id Identity, key string) (row int64, err error) {
	for _, kind := range []store.CredentialKind{store.SessionCredential, store.DeviceCredential} {
		list, err := a.db.Credentials(ctx, id.Account, kind, record.At(a.now()))
		if err != nil {
			return 0, err
		}
		for _, c := range list {
			if nameOf(c) == key {
				return c.ID, nil
			}
		}
	}
	return 0, nil
}

// EndSession ends one browser of the account of id.
func (a *Auth) EndSession(ctx context.Context, id Identity, from audit.From, key string) error {
	row, err := a.find(ctx, id, key)
	if err != nil {
		return err
	}
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		ended, err := tx.EndOwnCredential(id.Account, row, record.At(a.now()))
		if err == nil && !ended {
			err = fault.New(fault.NotFound, "security.session-gone")
		}
		return errors.Join(err, a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: id.Account}, From: from, Action: audit.SessionEnded,
			Object: "account:" + id.Key}))
	})
}

// NotMe notes that the owner of the account of id does not know a browser, or
// a sign-in if key is "", and ends that browser at once. No device and no network
// is known any more.
func (a *Auth) NotMe(ctx context.Context, id Identity, from audit.From, key string) error {
	row, err := a.find(ctx, id, key)
	if err != nil {
		return err
	}
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		ended := false
		if row != 0 && row != id.Credential {
			if ended, err = tx.EndOwnCredential(id.Account, row, record.At(a.now())); err != nil {
				return err
			}
		}
		return errors.Join(tx.ForgetDevices(id.Account), tx.EndRecoveryRequests(id.Account, "stopped", record.At(a.now())), a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: id.Account}, From: from,
			Action: audit.NotMe, Object: "account:" + id.Key, Detail: map[string]any{"ended": ended}}))
	})
}

// EndOthers ends everything that the account of id is signed in with or
// remembered by, but this session.
func (a *Auth) EndOthers(ctx context.Context, id Identity, from audit.From) error {
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		n, err := tx.EndOtherCredentials(id.Account, id.Credential, record.At(a.now()))
		return errors.Join(err, tx.ForgetDevices(id.Account), tx.EndRecoveryRequests(id.Account, "stopped", record.At(a.now())), a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: id.Account}, From: from, Action: audit.OthersEnded,
			Object: "account:" + id.Key, Detail: map[string]any{"count": n}}))
	})
}

// Ready is what an account has of what it needs before it lets others in.
type Ready struct {
	Factor  bool // a second factor counts and works
	Codes   bool // recovery codes are saved, and at least one is left
	Address bool // the address is proven
}

// All reports whether nothing is missing.
func (r Ready) All() bool { return r.Factor && r.Codes && r.Address }

// Readiness tells how ready an account is.
func (a *Auth) Readiness(ctx context.Context, account int64) (r Ready, err error) {
	acc, err := a.db.AccountByID(ctx, account)
	if err != nil {
		return r, err
	}
	list, err := a.db.Factors(ctx, account)
	if err != nil {
		return r, err
	}
	codes, err := a.db.Recovery(ctx, account)
	return Ready{Factor: works(list), Codes: codes.Saved && codes.Left > 0, Address: acc.Confirmed != 0}, err
}
