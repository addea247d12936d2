package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// An address is proven by a link that was sent to it, or handed over by who
// manages the box. Another address takes the place of one's own when it is
// proven; for three days the one before can take it back, whatever else
// happened to the account meanwhile.
const (
	confirmLife = time.Hour          // some mail servers make a mail wait
	handedLife  = 24 * time.Hour     // of a link that is handed over
	askedLife   = 7 * 24 * time.Hour // how long a wish waits for its link on a box without mail
	undoLife    = 72 * time.Hour
)

// linkPath is where a link with a token leads.
func linkPath(token string) string { return "/links/" + token }

// newToken makes a token of 256 random bits, and what is kept of it.
func newToken() (token, secret string) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, secretOf(token)
}

// AddressState is how the address of an account stands.
type AddressState struct {
	Email     string
	Confirmed time.Time // zero: not proven
	Asked     string    // another that waits to be proven, "" none
	Waits     bool      // a link to prove an address was made and lives
}

// Address tells how the address of an account stands.
func (a *Auth) Address(ctx context.Context, id Identity) (s AddressState, err error) {
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return s, err
	}
	s.Email = acc.Email
	if acc.Confirmed != 0 {
		s.Confirmed = acc.Confirmed.Time()
	}
	links, err := a.db.AddressLinks(ctx, record.At(a.now()))
	for _, l := range links { // the newest first
		if l.Account == acc.ID && l.Kind == store.ConfirmLink {
			s.Waits = true
			if l.Address != acc.Email {
				s.Asked = l.Address
			}
			break
		}
	}
	return s, err
}

// AskAddress has an account use another address as soon as it is proven. Both
// addresses are written to. By it an account could be taken over: whoever asks
// has shown just now who they are (Identity.Fresh).
func (a *Auth) AskAddress(ctx context.Context, id Identity, from audit.From, email string) error {
	email, err := Email(email)
	if err != nil {
		return err
	}
	if email == id.Email {
		return fault.New(fault.Invalid, "address.same")
	}
	if err := a.claim(ctx, linksAsked(id)); err != nil {
		return err
	}
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		acc, err := tx.AccountByID(id.Account)
		if err != nil {
			return err
		}
		if err := a.tell(tx, from, acc, mail.AddressAsked); err != nil {
			return err
		}
		return a.askIn(tx, from, acc, email)
	})
}

// linksAsked counts every link that somebody has sent, so that nobody's
// mailbox is flooded in the box's name.
func linksAsked(id Identity) []bucket {
	return []bucket{{name: "links " + id.Key, free: 5, first: time.Second}}
}

// AskConfirm sends a link that proves the address that an account has.
func (a *Auth) AskConfirm(ctx context.Context, id Identity, from audit.From) error {
	if err := a.claim(ctx, linksAsked(id)); err != nil {
		return err
	}
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		acc, err := tx.AccountByID(id.Account)
		if err != nil {
			return err
		}
		if acc.Confirmed != 0 {
			return fault.New(fault.Conflict, "address.proven-already")
		}
		return a.askIn(tx, from, acc, acc.Email)
	})
}

// askIn makes the links of before void and sends a new one to email. Whether
// somebody else has it already shows only to whoever reads its mail.
func (a *Auth) askIn(tx *store.Tx, from audit.From, acc store.Account, email string) error {
	now := a.now()
	if err := tx.EndAddressLinks(acc.ID, store.ConfirmLink, 0, record.At(now)); err != nil {
		return err
	}
	token, secret := newToken()
	life := confirmLife
	mailed, err := a.enqueue(tx, from, mail.Notice{Kind: mail.Confirm, Account: acc.ID, Address: email, Link: linkPath(token), Until: now.Add(life)})
	if err != nil {
		return err
	}
	if !mailed {
		life = askedLife // nobody has this link; one is made when it is handed over
	}
	if err := tx.AddAddressLink(store.AddressLink{Secret: secret, Kind: store.ConfirmLink, Account: acc.ID, Address: email, Epoch: acc.Epoch,
		Created: record.At(now), Expires: record.At(now.Add(life))}); err != nil {
		return err
	}
	return a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Account: acc.ID}, From: from, Action: audit.AddressAsked,
		Object: "account:" + acc.Key, Detail: map[string]any{"other": email != acc.Email, "mailed": mailed}})
}

// Link is what a link about an address does, for whoever opens it.
type Link struct {
	Undo    bool // it takes the address of before again; else it proves one
	Address string
	Changes bool // the address becomes another one
}

var errLinkGone = fault.New(fault.NotFound, "address.link-gone")

// FindLink tells what a link would do. It changes nothing: programs that look
// through mails open every link.
func (a *Auth) FindLink(ctx context.Context, token string) (Link, error) {
	l, err := a.db.AddressLink(ctx, secretOf(token), record.At(a.now()))
	if errors.Is(err, store.ErrNone) {
		return Link{}, errLinkGone
	}
	if err != nil {
		return Link{}, err
	}
	acc, err := a.db.AccountByID(ctx, l.Account)
	return Link{Undo: l.Kind == store.UndoLink, Address: l.Address, Changes: acc.Email != l.Address}, err
}

// UseLink does what a link is for, once.
func (a *Auth) UseLink(ctx context.Context, from audit.From, token string) (used Link, err error) {
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		now := record.At(a.now())
		l, err := tx.UseAddressLink(secretOf(token), now)
		if errors.Is(err, store.ErrNone) {
			return errLinkGone
		}
		if err != nil {
			return err
		}
		acc, err := tx.AccountByID(l.Account)
		if err != nil {
			return err
		}
		used = Link{Undo: l.Kind == store.UndoLink, Address: l.Address, Changes: acc.Email != l.Address}
		if used.Changes {
			if _, err := tx.AccountByEmail(l.Address); !errors.Is(err, store.ErrNone) {
				return errors.Join(err, fault.New(fault.Conflict, "address.taken"))
			}
		}
		if l.Kind == store.UndoLink {
			return a.undoIn(tx, from, acc, l)
		}
		return a.proveIn(tx, from, acc, l)
	})
	return used, err
}

// proveIn notes that an address is proven, and takes it if it is another one.
func (a *Auth) proveIn(tx *store.Tx, from audit.From, acc store.Account, l store.AddressLink) error {
	now := a.now()
	if err := tx.EndAddressLinks(acc.ID, store.ConfirmLink, 0, record.At(now)); err != nil {
		return err
	}
	if err := tx.SetAddress(acc.ID, l.Address, record.At(now)); err != nil {
		return err
	}
	e := audit.Event{From: from, Action: audit.AddressProven, Object: "account:" + acc.Key}
	if acc.Email == l.Address {
		return a.ledger.Append(tx, now, e)
	}
	token, secret := newToken()
	until := now.Add(undoLife)
	if err := tx.AddAddressLink(store.AddressLink{Secret: secret, Kind: store.UndoLink, Account: acc.ID, Address: acc.Email, Epoch: acc.Epoch,
		Confirmed: acc.Confirmed, Created: record.At(now), Expires: record.At(until)}); err != nil {
		return err
	}
	if err := a.tellAt(tx, from, mail.Notice{Kind: mail.AddressChanged, Account: acc.ID, Address: acc.Email, Link: linkPath(token), Until: until}); err != nil {
		return err
	}
	if err := a.tellAt(tx, from, mail.Notice{Kind: mail.AddressTaken, Account: acc.ID, Address: l.Address}); err != nil {
		return err
	}
	e.Action = audit.AddressSet
	return a.ledger.Append(tx, now, e)
}

// undoIn takes the address of before again and ends every session. Links of
// changes after it are void: they are in the hands of whoever made them. Those
// of changes before it stay, so that an older address has the last word.
func (a *Auth) undoIn(tx *store.Tx, from audit.From, acc store.Account, l store.AddressLink) error {
	now := a.now()
	for _, err := range []error{
		tx.EndAddressLinks(acc.ID, store.ConfirmLink, 0, record.At(now)),
		tx.EndAddressLinks(acc.ID, store.UndoLink, l.ID, record.At(now)),
		tx.SetAddress(acc.ID, l.Address, l.Confirmed),
		tx.EndSessions(acc.ID),
	} {
		if err != nil {
			return err
		}
	}
	for _, to := range []string{l.Address, acc.Email} {
		if err := a.tellAt(tx, from, mail.Notice{Kind: mail.AddressUndone, Account: acc.ID, Address: to}); err != nil {
			return err
		}
	}
	return a.ledger.Append(tx, now, audit.Event{From: from, Action: audit.AddressUndone, Object: "account:" + acc.Key})
}
