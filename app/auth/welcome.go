package auth

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/name"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// welcomeLife is how long somebody may take to set their first password. Until
// then the account opens nothing and was granted nothing.
const welcomeLife = 7 * 24 * time.Hour

// Handed is a link that whoever manages the box made for somebody.
type Handed struct {
	Path   string // to be handed over; "" when it went by mail
	From   time.Time
	Until  time.Time // zero: there is none
	Mailed bool
}

// handed is what the credential of such a link keeps.
type handed struct {
	From   record.Millis `json:"from_ms"` // it does nothing before
	Mailed bool          `json:"mailed,omitempty"`
}

func handedOf(state []byte) (h handed, err error) { return h, json.Unmarshal(state, &h) }

// handing is a link to be made.
type handing struct {
	kind  store.CredentialKind
	path  string // before the token
	wait  time.Duration
	life  time.Duration // after the wait
	mail  mail.Kind     // that carries it
	other mail.Kind     // that tells of it where it is handed over; "" none
}

// handLinkIn makes a link for an account; those of before open nothing any
// more. It goes by mail if byMail is set and the box has a server.
func (a *Auth) handLinkIn(tx *store.Tx, from audit.From, acc store.Account, h handing, byMail bool) (out Handed, err error) {
	now := a.now()
	token, secret := newToken()
	out = Handed{Path: h.path + token, From: now.Add(h.wait), Until: now.Add(h.wait + h.life)}
	n := mail.Notice{Kind: h.mail, Account: acc.ID, Address: acc.Email, Link: out.Path, Until: out.Until}
	if !byMail {
		n.Kind, n.Link = h.other, ""
	}
	if n.Kind != "" {
		mailed, err := a.enqueue(tx, from, n)
		if err != nil {
			return out, err
		}
		out.Mailed = mailed && byMail
	}
	state, err := json.Marshal(handed{From: record.At(out.From), Mailed: out.Mailed})
	if err != nil {
		return out, err
	}
	put, err := tx.PutCredential(store.Credential{Kind: h.kind, Secret: secret, Account: acc.ID, Epoch: acc.Epoch, State: state,
		Created: record.At(now), Active: record.At(now), Expires: record.At(out.Until)})
	if err == nil && !put {
		err = errResetGone
	}
	if out.Mailed {
		out.Path = ""
	}
	return out, errors.Join(err, tx.KeepCredentials(acc.ID, h.kind, 1, record.At(now)))
}

// findHanded finds a link of a kind with whose it is, without spending it.
func (a *Auth) findHanded(ctx context.Context, kind store.CredentialKind, token string) (acc store.Account, h handed, err error) {
	c, err := a.db.Credential(ctx, kind, secretOf(token), record.At(a.now()))
	if errors.Is(err, store.ErrNone) {
		return acc, h, errResetGone
	}
	if err != nil {
		return acc, h, err
	}
	if h, err = handedOf(c.State); err != nil {
		return acc, h, err
	}
	acc, err = a.db.AccountByID(ctx, c.Account)
	return acc, h, err
}

var welcome = handing{kind: store.WelcomeCredential, path: "/welcome/", life: welcomeLife, mail: mail.Welcome}

// CreateAccount makes an account without a password, and the link by which its
// owner sets one. It is granted nothing.
func (a *Auth) CreateAccount(ctx context.Context, id Identity, from audit.From, n NewAccount, byMail bool) (key string, link Handed, err error) {
	if _, err := CheckWho(n); err != nil {
		return "", link, err
	}
	email, err := Email(n.Email)
	if err != nil {
		return "", link, err
	}
	acc := store.Account{Key: store.NewKey(), Email: email, Name: name.Clean(n.Name), Created: record.At(a.now()), Epoch: 1, Known: 1}
	err = a.writeAs(ctx, id, func(tx *store.Tx) error {
		by, err := tx.AccountByID(id.Account)
		if err != nil {
			return err
		}
		if !by.Admin || by.Disabled != 0 {
			return fault.New(fault.NotFound, "web.no-such-page")
		}
		if acc.ID, err = a.addIn(tx, audit.Actor{Account: id.Account}, from, acc, n.Lang); err != nil {
			return err
		}
		link, err = a.welcomeIn(tx, id, from, acc, byMail)
		return err
	})
	return acc.Key, link, err
}

// WelcomeAgain makes another link for somebody who has set no password yet.
func (a *Auth) WelcomeAgain(ctx context.Context, id Identity, from audit.From, key string, byMail bool) (link Handed, err error) {
	err = a.writeAs(ctx, id, func(tx *store.Tx) error {
		acc, err := a.managingIn(tx, id, key)
		switch {
		case err != nil:
			return err
		case acc.Disabled != 0:
			return fault.New(fault.Conflict, "reset.disabled")
		case acc.Password != "":
			return fault.New(fault.Conflict, "accounts.welcomed")
		}
		link, err = a.welcomeIn(tx, id, from, acc, byMail)
		return err
	})
	return link, err
}

func (a *Auth) welcomeIn(tx *store.Tx, id Identity, from audit.From, acc store.Account, byMail bool) (Handed, error) {
	link, err := a.handLinkIn(tx, from, acc, welcome, byMail)
	return link, errors.Join(err, a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: id.Account}, From: from,
		Action: audit.WelcomeLink, Object: "account:" + acc.Key, Detail: map[string]any{"mailed": link.Mailed}}))
}

// FindWelcome finds for whom a link is, without spending it.
func (a *Auth) FindWelcome(ctx context.Context, token string) (called, email string, err error) {
	acc, _, err := a.findHanded(ctx, store.WelcomeCredential, token)
	return acc.Name, acc.Email, err
}

// UseWelcome sets the first password of an account by a link, once. A link
// that went by mail proves the address. It lets nobody in.
func (a *Auth) UseWelcome(ctx context.Context, from audit.From, token, plain string) error {
	acc, h, err := a.findHanded(ctx, store.WelcomeCredential, token)
	if err != nil {
		return err
	}
	n, err := a.choose(ctx, acc, plain)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		now := a.now()
		taken, err := tx.TakeCredential(store.WelcomeCredential, secretOf(token), record.At(now))
		if err != nil || !taken {
			return errors.Join(err, errResetGone)
		}
		if h.Mailed {
			if err := tx.SetAddress(acc.ID, acc.Email, record.At(now)); err != nil {
				return err
			}
		}
		return errors.Join(a.chosenIn(tx, acc, n),
			a.ledger.Append(tx, now, audit.Event{From: from, Action: audit.Welcomed, Object: "account:" + acc.Key}))
	})
}
