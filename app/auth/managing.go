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

// Who manages the box makes accounts, closes them and opens them again, says
// who else manages it, and makes links for whoever cannot get in. They never
// learn or set a password, get no right to anybody's data by it, and nothing
// that they do to an account goes unnoticed by its owner: it is marked on the
// security page for good, and told by mail.

// Managed is an account as whoever manages the box sees it: facts about it, and
// nothing that it is opened with.
type Managed struct {
	Key, Name, Email string
	Proven           bool // Email is
	Admin            bool
	Welcomed         bool // its owner has set a password
	Factor           bool // there is a second factor
	Self             bool // of whoever asks
	Created          time.Time
	SignedIn         time.Time // last; zero: never
	Disabled         time.Time // zero: not
}

func (a *Auth) managed(ctx context.Context, id Identity, acc store.Account, last map[int64]record.Millis) (Managed, error) {
	list, err := a.db.Factors(ctx, acc.ID)
	m := Managed{Key: acc.Key, Name: acc.Name, Email: acc.Email, Proven: acc.Confirmed != 0, Admin: acc.Admin, Welcomed: acc.Password != "",
		Factor: hasFactor(list), Self: acc.ID == id.Account, Created: acc.Created.Time()}
	if at := last[acc.ID]; at != 0 {
		m.SignedIn = at.Time()
	}
	if acc.Disabled != 0 {
		m.Disabled = acc.Disabled.Time()
	}
	return m, err
}

// AllManaged lists all accounts.
func (a *Auth) AllManaged(ctx context.Context, id Identity) (out []Managed, err error) {
	accounts, err := a.db.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	last, err := a.db.LastSignIns(ctx)
	if err != nil {
		return nil, err
	}
	for _, acc := range accounts {
		m, err := a.managed(ctx, id, acc, last)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

var errNoAccount = fault.New(fault.NotFound, "accounts.gone")

// Managed gives one account, and the link that was made for it and lives: its
// end is zero when there is none.
func (a *Auth) Managed(ctx context.Context, id Identity, key string) (m Managed, link Handed, err error) {
	acc, err := a.db.AccountByKey(ctx, key)
	if errors.Is(err, store.ErrNone) {
		return m, link, errNoAccount
	}
	if err != nil {
		return m, link, err
	}
	last, err := a.db.LastSignIns(ctx)
	if err != nil {
		return m, link, err
	}
	if m, err = a.managed(ctx, id, acc, last); err != nil || acc.Disabled != 0 {
		return m, link, err
	}
	kind := store.RenewCredential
	if acc.Password == "" {
		kind = store.WelcomeCredential
	}
	list, err := a.db.Credentials(ctx, acc.ID, kind, record.At(a.now()))
	if err != nil || len(list) == 0 {
		return m, link, err
	}
	how, err := handedOf(list[0].State)
	return m, Handed{From: how.From.Time(), Until: list[0].Expires.Time(), Mailed: how.Mailed}, err
}

// managingIn finds the account that id wants to change, and makes sure, in the
// transaction of the change, that id still manages the box: of two who close
// each other's account at once, one stays. Nobody changes their own.
func (a *Auth) managingIn(tx *store.Tx, id Identity, key string) (acc store.Account, err error) {
	by, err := tx.AccountByID(id.Account)
	if err != nil {
		return acc, err
	}
	if !by.Admin || by.Disabled != 0 {
		return acc, fault.New(fault.NotFound, "web.no-such-page")
	}
	acc, err = tx.AccountByKey(key)
	switch {
	case errors.Is(err, store.ErrNone):
		return acc, errNoAccount
	case err == nil && acc.ID == by.ID:
		return acc, fault.New(fault.Conflict, "accounts.self")
	}
	return acc, err
}

// keepOne refuses what would leave nobody to manage the box.
func keepOne(tx *store.Tx, acc store.Account) error {
	if !acc.Admin {
		return nil
	}
	n, err := tx.OtherAdmins(acc.ID)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "accounts.last-admin")
	}
	return err
}

// managing does something to an account, with its line in the ledger and its
// mail to the owner. do may say that nothing is to be done.
func (a *Auth) managing(ctx context.Context, id Identity, from audit.From, key string, action audit.Action, told mail.Kind, do func(*store.Tx, store.Account) (done bool, err error)) error {
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		acc, err := a.managingIn(tx, id, key)
		if err != nil {
			return err
		}
		done, err := do(tx, acc)
		if err != nil || !done {
			return err
		}
		return errors.Join(a.tell(tx, from, acc, told), a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: id.Account},
			From: from, Action: action, Object: "account:" + acc.Key}))
	})
}

// Disable closes an account: every session, remembered browser and link of it
// ends, and nobody signs in. What it was granted stays, and does nothing.
func (a *Auth) Disable(ctx context.Context, id Identity, from audit.From, key string) error {
	return a.managing(ctx, id, from, key, audit.Disabled, mail.AccountDisabled, func(tx *store.Tx, acc store.Account) (bool, error) {
		if acc.Disabled != 0 {
			return false, nil
		}
		if err := keepOne(tx, acc); err != nil {
			return false, err
		}
		return true, tx.SetDisabled(acc.ID, record.At(a.now()))
	})
}

// Enable opens a closed account again. What ended stays ended.
func (a *Auth) Enable(ctx context.Context, id Identity, from audit.From, key string) error {
	return a.managing(ctx, id, from, key, audit.Enabled, mail.AccountEnabled, func(tx *store.Tx, acc store.Account) (bool, error) {
		if acc.Disabled == 0 {
			return false, nil
		}
		return true, tx.SetDisabled(acc.ID, 0)
	})
}

// SetAdmin has an account manage the box, or no longer. It signs in anew.
func (a *Auth) SetAdmin(ctx context.Context, id Identity, from audit.From, key string, admin bool) error {
	action, told := audit.AdminTaken, mail.AdminTaken
	if admin {
		action, told = audit.AdminGiven, mail.AdminGiven
	}
	return a.managing(ctx, id, from, key, action, told, func(tx *store.Tx, acc store.Account) (bool, error) {
		switch {
		case acc.Admin == admin:
			return false, nil
		case admin && acc.Disabled != 0:
			return false, fault.New(fault.Conflict, "reset.disabled")
		case admin && acc.Password == "": // whoever has the link would manage the box
			return false, fault.New(fault.Conflict, "accounts.not-welcomed")
		case !admin:
			if err := keepOne(tx, acc); err != nil {
				return false, err
			}
		}
		return true, tx.SetAdmin(acc.ID, admin)
	})
}
