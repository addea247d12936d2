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

// Partners in recovery are other accounts of the box whom an owner trusts to
// let them in again: two of three together can (recoveryrequest.go). Each must
// agree, and either side may end it at once. An agreement counts when it is
// three days old, so that whoever has somebody's session cannot name their own
// accounts and come in by them before the owner has read the mail about it.

const (
	// MostPartners is how many an owner may have.
	MostPartners = 3
	agreedFor    = 72 * time.Hour
)

// PartnerState is how somebody stands whom an owner named.
type PartnerState string

// The states.
const (
	PartnerAskedFor PartnerState = "asked"  // they did not agree yet; or nobody has the address
	PartnerYoung    PartnerState = "young"  // agreed, but not long enough ago
	PartnerCounts   PartnerState = "counts" // could vouch
	PartnerClosed   PartnerState = "closed" // their account is closed
)

// Partner is somebody whom an owner named.
type Partner struct {
	Key   string
	Name  string // their address, as it was typed, until they agree
	State PartnerState
	Since time.Time     // they agreed, or were asked
	Wait  time.Duration // until they count
}

// Partners lists whom the owner of id named.
func (a *Auth) Partners(ctx context.Context, id Identity) (out []Partner, err error) {
	list, err := a.db.RecoveryPartners(ctx, id.Account)
	for _, p := range list {
		one := Partner{Key: p.Key, Name: p.Address, State: PartnerAskedFor, Since: p.Created.Time()}
		if p.Agreed != 0 {
			one.Name, one.State, one.Since = p.PartnerName, PartnerCounts, p.Agreed.Time()
			switch {
			case p.PartnerClosed:
				one.State = PartnerClosed
			case p.Aged < agreedFor:
				one.State, one.Wait = PartnerYoung, agreedFor-max(p.Aged, 0)
			}
		}
		out = append(out, one)
	}
	return out, err
}

// Trusting is somebody who trusts whoever is signed in, or asks them to agree.
type Trusting struct {
	Key    string
	Name   string
	Agreed bool
	Since  time.Time // they agreed, or were asked
	Asks   bool      // asks now to be let in again, and these may vouch
	Asked  time.Time
}

// TrustedBy lists who trusts whoever is signed in.
func (a *Auth) TrustedBy(ctx context.Context, id Identity) (out []Trusting, err error) {
	list, err := a.db.RecoveryPartnerOf(ctx, id.Account)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		t := Trusting{Key: p.Key, Name: p.AccountName, Agreed: p.Agreed != 0, Since: p.Created.Time()}
		if t.Agreed {
			t.Since = p.Agreed.Time()
			q, may, err := a.mayVouch(ctx, p)
			if err != nil {
				return nil, err
			}
			if may {
				t.Asks, t.Asked = true, q.Created.Time()
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// mayVouch finds the open request that a partner may vouch for.
func (a *Auth) mayVouch(ctx context.Context, p store.RecoveryPartner) (q store.RecoveryRequest, may bool, err error) {
	q, err = a.db.OpenRecoveryRequest(ctx, p.Account, record.At(a.now()))
	if errors.Is(err, store.ErrNone) {
		return q, false, nil
	}
	if err != nil {
		return q, false, err
	}
	may, err = a.db.MayVouch(ctx, q.ID, p.ID)
	return q, may, err
}

// NamePartner asks whoever has an address to agree to be a partner of id.
// Whether anybody has it does not show: that is not for everybody on the box.
func (a *Auth) NamePartner(ctx context.Context, id Identity, from audit.From, email string) error {
	email, err := Email(email)
	if err != nil {
		return err
	}
	if email == id.Email {
		return fault.New(fault.Invalid, "partner.yourself")
	}
	if err := a.claim(ctx, []bucket{{name: "partners " + id.Key, free: 6, first: time.Minute}}); err != nil {
		return err
	}
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		acc, err := tx.AccountByID(id.Account)
		if err != nil {
			return err
		}
		list, err := tx.RecoveryPartners(acc.ID)
		if err != nil {
			return err
		}
		other, err := tx.AccountByEmail(email)
		if err != nil && !errors.Is(err, store.ErrNone) {
			return err
		}
		if other.Disabled != 0 {
			other = store.Account{}
		}
		for _, p := range list {
			if p.Address == email || other.ID != 0 && p.Partner == other.ID && p.Agreed != 0 {
				return fault.New(fault.Conflict, "partner.already")
			}
			if other.ID != 0 && p.Partner == other.ID { // under an address that was theirs: to say so would tell whose it is
				other = store.Account{}
			}
		}
		if len(list) >= MostPartners {
			return fault.New(fault.Conflict, "partner.enough", "max", MostPartners)
		}
		return a.namePartnerIn(tx, from, acc, other, email)
	})
}

func (a *Auth) namePartnerIn(tx *store.Tx, from audit.From, acc, other store.Account, email string) error {
	now := a.now()
	if err := tx.AddRecoveryPartner(store.RecoveryPartner{Key: store.NewKey(), Account: acc.ID, Partner: other.ID, Address: email, Created: record.At(now)}); err != nil {
		return err
	}
	if other.ID != 0 {
		if err := a.tellAt(tx, from, mail.Notice{Kind: mail.PartnerAsked, Account: other.ID, Address: other.Email, Other: acc.Name}); err != nil {
			return err
		}
	}
	return errors.Join(a.tell(tx, from, acc, mail.PartnerNamed), a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Account: acc.ID}, From: from,
		Action: audit.PartnerNamed, Object: "account:" + acc.Key, Detail: map[string]any{"known": other.ID != 0}}))
}

var errPartnerGone = fault.New(fault.NotFound, "partner.gone")

// Agree is the word of whoever was named that they will help.
func (a *Auth) Agree(ctx context.Context, id Identity, from audit.From, key string) error {
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		p, err := a.partnerIn(tx, id, key)
		if err != nil {
			return err
		}
		if p.Partner != id.Account {
			return errPartnerGone
		}
		now := a.now()
		agreed, err := tx.AgreeRecoveryPartner(p.ID, record.At(now))
		if err != nil || !agreed {
			return err // they did before
		}
		owner, err := tx.AccountByID(p.Account)
		if err != nil {
			return err
		}
		return errors.Join(a.tellAt(tx, from, mail.Notice{Kind: mail.PartnerAgreed, Account: owner.ID, Address: owner.Email, Other: id.Name}),
			a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Account: id.Account}, From: from, Action: audit.PartnerAgreed, Object: "account:" + owner.Key}))
	})
}

// partnerIn finds what lives between id and another account. What is not
// theirs is not there.
func (a *Auth) partnerIn(tx *store.Tx, id Identity, key string) (p store.RecoveryPartner, err error) {
	p, err = tx.RecoveryPartner(key)
	if errors.Is(err, store.ErrNone) || err == nil && p.Account != id.Account && p.Partner != id.Account {
		return p, errPartnerGone
	}
	return p, err
}

// EndPartner ends what is between whoever is signed in and another account,
// as owner or as partner. Both are written to.
func (a *Auth) EndPartner(ctx context.Context, id Identity, from audit.From, key string, asOwner bool) error {
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		p, err := a.partnerIn(tx, id, key)
		if err != nil {
			return err
		}
		if (p.Account == id.Account) != asOwner {
			return errPartnerGone
		}
		now := a.now()
		ended, err := tx.EndRecoveryPartner(p.ID, record.At(now))
		if err != nil || !ended {
			return err
		}
		owner, err := tx.AccountByID(p.Account)
		if err != nil {
			return err
		}
		if p.Partner != 0 {
			other, err := tx.AccountByID(p.Partner)
			if err != nil {
				return err
			}
			if err := a.tellAt(tx, from, mail.Notice{Kind: mail.PartnerEnded, Account: other.ID, Address: other.Email, Other: owner.Name}); err != nil {
				return err
			}
		}
		return errors.Join(a.tell(tx, from, owner, mail.PartnerLost),
			a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Account: id.Account}, From: from, Action: audit.PartnerEnded, Object: "account:" + owner.Key}))
	})
}
