package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"net/netip"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/mail"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

const (
	togetherFor    = 5 * time.Minute // acts no further apart are of the same minutes
	shareWarnEvery = 24 * time.Hour  // no warning comes sooner after the last
)

// AtHome reports whether an address is of the network that the box stands in,
// as far as a box can tell without asking anybody. One that cannot be read is
// counted as at home: nothing is suspected of it.
func AtHome(ip string) bool {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return true
	}
	a = a.Unmap()
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast()
}

// strangeness names a session that begins at a place that is strange to its
// account: the browser was not known, it is not at home, and nobody signed in
// to the account from that network before. It is "" everywhere else. The first
// browser of an account is its owner's.
func (a *Auth) strangeness(ctx context.Context, from audit.From, acc store.Account, known bool) (string, error) {
	if known || AtHome(from.IP) {
		return "", nil
	}
	before, err := a.db.SignInPlaces(ctx, acc.ID, record.At(a.now().Add(-attemptsFor)))
	if err != nil || len(before) == 0 {
		return "", err
	}
	for _, ip := range before {
		if network(ip) == network(from.IP) {
			return "", nil
		}
	}
	return rand.Text()[:16], nil
}

// noticeSharing looks, when somebody does something in a session that began at
// a strange place, whether another such session is used at the same time from
// another network: then its password may be known to several. It warns the
// account, at most once a day.
func (a *Auth) noticeSharing(ctx context.Context, id Identity) error {
	if id.strange == "" {
		return nil
	}
	now := a.now()
	last, err := a.db.SharedPassword(ctx, id.Account)
	if err != nil || last.Raised != 0 && now.Sub(last.Raised.Time()) < shareWarnEvery {
		return err
	}
	in, err := a.SignedIn(ctx, id)
	if err != nil {
		return err
	}
	for i, other := range in {
		if i > 0 && in[0].Here && atOnce(in[0], other) { // this one comes first
			return a.warnOfSharing(ctx, id, in[0], other)
		}
	}
	return nil
}

// atOnce reports whether two sessions that began at strange places are used at
// once from different networks: each did something after the other began, and
// their last acts are minutes apart. A browser that signs in anew on its way
// from one network to the next never does anything in its old session again.
func atOnce(s, other Session) bool {
	return s.strange != "" && other.strange != "" && s.strange != other.strange && network(s.IP) != network(other.IP) &&
		s.Active.After(other.Since) && other.Active.After(s.Since) && s.Active.Sub(other.Active).Abs() <= togetherFor
}

func (a *Auth) warnOfSharing(ctx context.Context, id Identity, s, other Session) error {
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		now := a.now()
		raised, err := tx.RaiseSharedPassword(store.SharedPassword{Account: acc.ID, First: other.strange, Second: s.strange, Raised: record.At(now)},
			record.At(now.Add(-shareWarnEvery)))
		if err != nil || !raised {
			return err
		}
		return errors.Join(a.tell(tx, audit.From{Device: other.Device + " · " + s.Device}, acc, mail.SharedPassword),
			a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Box: true}, Action: audit.SharedPassword, Object: "account:" + acc.Key}))
	})
}

// Sharing is a warning that a password may be known to several: two browsers
// that were used at once from places strange to the account.
type Sharing struct {
	At            time.Time
	First, Second Session
}

// Sharing gives the warning of the account of id; open is false when there is
// none, when it was dismissed, and when one of the two is signed in no more.
func (a *Auth) Sharing(ctx context.Context, id Identity) (w Sharing, open bool, err error) {
	last, err := a.db.SharedPassword(ctx, id.Account)
	if err != nil || last.Raised == 0 || last.Dismissed != 0 {
		return w, false, err
	}
	in, err := a.SignedIn(ctx, id)
	w.At = last.Raised.Time()
	found := 0
	for _, s := range in {
		switch s.strange {
		case last.First:
			w.First, found = s, found|1
		case last.Second:
			w.Second, found = s, found|2
		}
	}
	return w, found == 3, err
}

// DismissSharing has the warning of the account of id go away.
func (a *Auth) DismissSharing(ctx context.Context, id Identity, from audit.From) error {
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		dismissed, err := tx.DismissSharedPassword(id.Account, record.At(a.now()))
		if err != nil || !dismissed { // twice is once
			return err
		}
		return a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: id.Account}, From: from, Action: audit.SharedDismissed,
			Object: "account:" + id.Key})
	})
}
