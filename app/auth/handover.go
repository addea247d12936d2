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

// Handover is a link that who manages the box can hand over in person: on a
// box without a mail server, or when a mail does not arrive.
type Handover struct {
	Account string // key
	Name    string
	Undo    bool // it takes the address of before again; else it proves one
	Changes bool // it would make another address theirs
}

// Handovers lists whose links can be handed over.
func (a *Auth) Handovers(ctx context.Context) (out []Handover, err error) {
	accounts, err := a.db.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	links, err := a.db.AddressLinks(ctx, record.At(a.now()))
	if err != nil {
		return nil, err
	}
	for _, acc := range accounts {
		if acc.Disabled != 0 {
			continue
		}
		for _, kind := range []store.LinkKind{store.ConfirmLink, store.UndoLink} {
			if l, ok := wanted(acc, links, kind); ok {
				out = append(out, Handover{Account: acc.Key, Name: acc.Name, Undo: kind == store.UndoLink, Changes: kind == store.ConfirmLink && l.Address != acc.Email})
			}
		}
	}
	return out, nil
}

// wanted is what a link of a kind would be for an account: like the newest one
// that lives, of an undo the oldest, which has the last word; without any, one
// that proves an address that is not.
func wanted(acc store.Account, links []store.AddressLink, kind store.LinkKind) (l store.AddressLink, ok bool) {
	for _, have := range links { // the newest first
		if have.Account == acc.ID && have.Kind == kind && (!ok || kind == store.UndoLink) {
			l, ok = have, true
		}
	}
	if !ok && kind == store.ConfirmLink && acc.Confirmed == 0 {
		return store.AddressLink{Kind: kind, Account: acc.ID, Address: acc.Email, Epoch: acc.Epoch}, true
	}
	return l, ok
}

// HandOver makes a link to hand over, beside those that were sent, and gives
// its path. It is shown once.
func (a *Auth) HandOver(ctx context.Context, by Identity, from audit.From, account string, undo bool) (path string, h Handover, err error) {
	kind := store.ConfirmLink
	if undo {
		kind = store.UndoLink
	}
	accounts, err := a.db.Accounts(ctx)
	if err != nil {
		return "", h, err
	}
	now := a.now()
	links, err := a.db.AddressLinks(ctx, record.At(now))
	if err != nil {
		return "", h, err
	}
	for _, acc := range accounts {
		if acc.Key != account || acc.Disabled != 0 {
			continue
		}
		l, ok := wanted(acc, links, kind)
		if !ok {
			break
		}
		path, err = a.handIn(ctx, by, from, acc, l, now)
		return path, Handover{Account: acc.Key, Name: acc.Name, Undo: kind == store.UndoLink, Changes: kind == store.ConfirmLink && l.Address != acc.Email}, err
	}
	return "", h, fault.New(fault.NotFound, "address.nothing-to-hand")
}

func (a *Auth) handIn(ctx context.Context, by Identity, from audit.From, acc store.Account, l store.AddressLink, now time.Time) (string, error) {
	token, secret := newToken()
	l.Secret, l.Created = secret, record.At(now)
	if l.Kind == store.ConfirmLink {
		l.Epoch, l.Expires = acc.Epoch, record.At(now.Add(handedLife))
	}
	return linkPath(token), a.db.Write(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.AddAddressLink(l), a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Account: by.Account}, From: from,
			Action: audit.LinkMade, Object: "account:" + acc.Key, Detail: map[string]any{"kind": string(l.Kind)}}))
	})
}

// Names are the names of all accounts, for who manages the box.
func (a *Auth) Names(ctx context.Context) (map[int64]string, error) {
	accounts, err := a.db.Accounts(ctx)
	names := map[int64]string{}
	for _, acc := range accounts {
		names[acc.ID] = acc.Name
	}
	return names, err
}
