package auth

import (
	"context"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Ways back into an account: what its owner has for the day on which
// something is lost, and what that is good for.

// WaysBack is what an account could be got into with, as it is known.
type WaysBack struct {
	Address  AddressState
	GaveUp   time.Time // when a mail to the address last did not arrive, and none since; zero: they do, or none was sent
	Codes    Codes
	Apps     int  // authenticator apps that count
	Passkeys int  // other second factors that count: each stands for the password too
	Owes     bool // a passkey that was switched off counts as a second factor and opens nothing
	Password bool
	Partners []Partner
	Counting int // partners who could let the account in again now
}

// WaysBack tells it of whoever is signed in.
func (a *Auth) WaysBack(ctx context.Context, id Identity) (w WaysBack, err error) {
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return w, err
	}
	w.Password = acc.Password != ""
	if w.Address, err = a.Address(ctx, id); err != nil {
		return w, err
	}
	if w.Codes, err = a.Codes(ctx, id); err != nil {
		return w, err
	}
	list, err := a.db.Factors(ctx, acc.ID)
	if err != nil {
		return w, err
	}
	for _, f := range list {
		switch {
		case !f.Works():
			w.Owes = w.Owes || f.Counts()
		case f.Kind == store.TOTPFactor:
			w.Apps++
		default:
			w.Passkeys++
		}
	}
	if w.GaveUp, err = a.gaveUp(ctx, acc); err != nil {
		return w, err
	}
	w.Partners, err = a.Partners(ctx, id)
	for _, p := range w.Partners {
		if p.State == PartnerCounts {
			w.Counting++
		}
	}
	return w, err
}

// gaveUp is when a mail to the address of an account was last given up, if
// none arrived since and its owner did not say since that all is current.
func (a *Auth) gaveUp(ctx context.Context, acc store.Account) (at time.Time, err error) {
	m, err := a.db.MailStanding(ctx, acc.ID, acc.Email)
	if err != nil || m.GaveUp <= m.Sent {
		return at, err
	}
	c, err := a.db.RecoveryCheck(ctx, acc.ID)
	if err != nil || m.GaveUp <= c.Answered {
		return at, err
	}
	return m.GaveUp.Time(), nil
}

// Loss is what somebody may lose.
type Loss string

// The losses.
const (
	LostPhone    Loss = "phone" // with every second factor
	LostPassword Loss = "password"
	LostBoth     Loss = "both"
	LostAddress  Loss = "address" // the mailbox
)

// Back is how somebody gets in again, or what they would need for that.
type Back string

// The ways, and what is missing for one.
const (
	ByPassword     Back = "password"      // the password alone: nothing else is asked for
	ByCode         Back = "code"          // password and recovery code
	ByCodeAndApp   Back = "code-app"      // recovery code and app
	ByPasskey      Back = "passkey"       // a factor that stands for both
	ByPartners     Back = "partners"      // two of those whom they trust
	ByNoMailNeeded Back = "no-mail"       // nothing is let in by mail
	NeedCodes      Back = "need-codes"    // recovery codes
	NeedFactor     Back = "need-factor"   // a second factor, with which recovery codes come
	NeedPartners   Back = "need-partners" // people whom they trust
)

// Again is whether somebody gets in again after a loss.
type Again struct {
	Loss Loss
	In   bool // they would, by Back; else that is what they need
	Back Back
}

// partnersNeeded is how many of those whom an account trusts must vouch.
const partnersNeeded = 2

// Again tells it of every loss. It claims no way that depends on what the box
// cannot know, such as whether two apps lie on one phone.
func (w WaysBack) Again() []Again {
	factor := w.Apps+w.Passkeys > 0 || w.Owes
	codes := factor && w.Codes.Saved && w.Codes.Left > 0
	partners := w.Counting >= partnersNeeded
	pick := func(loss Loss, need Back, ways ...Back) Again {
		for _, way := range ways {
			if way != "" {
				return Again{Loss: loss, In: true, Back: way}
			}
		}
		return Again{Loss: loss, Back: need}
	}
	when := func(is bool, way Back) Back {
		if is {
			return way
		}
		return ""
	}
	needCodes := NeedFactor
	if factor {
		needCodes = NeedCodes
	}
	return []Again{
		pick(LostPhone, NeedCodes, when(!factor && w.Password, ByPassword), when(codes && w.Password, ByCode), when(partners, ByPartners)),
		pick(LostPassword, needCodes, when(w.Passkeys > 0, ByPasskey), when(codes && w.Apps > 0, ByCodeAndApp), when(partners, ByPartners)),
		pick(LostBoth, NeedPartners, when(partners, ByPartners)),
		pick(LostAddress, "", ByNoMailNeeded),
	}
}

// remindEvery is how often somebody is asked whether their ways back in are
// current.
const remindEvery = 180 * 24 * time.Hour

// ReminderDue tells since when whoever is signed in owes the answer that all
// is current; zero: nothing is asked.
func (a *Auth) ReminderDue(ctx context.Context, id Identity) (since time.Time, err error) {
	c, err := a.db.RecoveryCheck(ctx, id.Account)
	if err != nil || c.Reminded <= c.Answered {
		return since, err
	}
	return c.Reminded.Time(), nil
}

// before is the instant that lies d before now, as it is kept.
func (a *Auth) before(d time.Duration) record.Millis { return record.At(a.now().Add(-d)) }
