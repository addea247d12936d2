package auth

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Once a year an account's owner is offered to look over five things, which
// takes three minutes and stands in for passwords that must be changed for no
// reason (S75).

// CheckItem is one of the five.
type CheckItem string

// The items.
const (
	BrowsersItem CheckItem = "browsers" // every browser that is signed in is known
	AddressItem  CheckItem = "address"  // the address is the right one
	FactorItem   CheckItem = "factor"   // password and second factor work
	CodesItem    CheckItem = "codes"    // the recovery codes are where they were put
	AccessItem   CheckItem = "access"   // whoever sees the data should
)

// CheckItems are all, in their order.
func CheckItems() []CheckItem {
	return []CheckItem{BrowsersItem, AddressItem, FactorItem, CodesItem, AccessItem}
}

// CheckAnswer is what the owner says to an item.
type CheckAnswer string

// The answers.
const (
	AllRight CheckAnswer = "right"
	LeftOpen CheckAnswer = "open" // not now
	AskAgain CheckAnswer = "again"
)

const (
	checkupWithin = 30 * 24 * time.Hour // a run that was left is over then
	checkupYears  = 1
)

// Checkup is how the yearly check-up of an account stands.
type Checkup struct {
	Begun   time.Time // of the run that goes on; zero: none does
	Answers map[CheckItem]CheckAnswer
	Done    time.Time // of the last run; zero: there was none
	Said    map[CheckItem]CheckAnswer
	Next    time.Time // when it is offered
}

// Checkup tells how the check-up of whoever is signed in stands.
func (a *Auth) Checkup(ctx context.Context, id Identity) (c Checkup, err error) {
	run, err := a.db.CheckupGoingOn(ctx, id.Account, record.At(a.now().Add(-checkupWithin)))
	if err == nil {
		c.Begun = run.Begun.Time()
		c.Answers, err = answersOf(run)
	}
	if err != nil && !errors.Is(err, store.ErrNone) {
		return c, err
	}
	last, err := a.db.LastCheckup(ctx, id.Account)
	if err == nil {
		c.Done = last.Done.Time()
		c.Said, err = answersOf(last)
	}
	c.Next = id.nextCheckup.Time()
	return c, none(err)
}

func answersOf(c store.Checkup) (out map[CheckItem]CheckAnswer, err error) {
	return out, json.Unmarshal([]byte(c.Items), &out)
}

// nextCheckup is when the next check-up of an account is offered: a year after
// the last, at first a year after the account was made.
func nextCheckup(ctx context.Context, db *store.DB, acc store.Account) (record.Millis, error) {
	since := acc.Created
	last, err := db.LastCheckup(ctx, acc.ID)
	if err == nil {
		since = last.Done
	}
	return record.At(since.Time().AddDate(checkupYears, 0, 0)), none(err)
}

// CheckupDue reports whether it is time for the check-up.
func (id Identity) CheckupDue(now time.Time) bool {
	return id.nextCheckup != 0 && id.nextCheckup <= record.At(now)
}

// OfferCheckup reports whether to offer the check-up now: when it is due, and
// once a session.
func (a *Auth) OfferCheckup(ctx context.Context, id Identity) bool {
	if !id.CheckupDue(a.now()) || a.Sessions.GetBool(ctx, keyOffered) {
		return false
	}
	a.Sessions.Put(ctx, keyOffered, true)
	return true
}

// CanBeRight reports whether an item may be called all right, as far as the
// box can tell.
func (a *Auth) CanBeRight(ctx context.Context, id Identity, item CheckItem) (bool, error) {
	r, err := a.Readiness(ctx, id.Account)
	switch item {
	case AddressItem:
		return r.Address, err
	case FactorItem:
		return r.Factor, err
	case CodesItem:
		return r.Codes, err
	}
	return true, err
}

// BeginCheckup begins another run.
func (a *Auth) BeginCheckup(ctx context.Context, id Identity) error {
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		_, err := a.checkupIn(tx, id)
		return err
	})
}

// checkupIn is the run that goes on, a new one if none does.
func (a *Auth) checkupIn(tx *store.Tx, id Identity) (store.Checkup, error) {
	since := record.At(a.now().Add(-checkupWithin))
	run, err := tx.CheckupGoingOn(id.Account, since)
	if !errors.Is(err, store.ErrNone) {
		return run, err
	}
	if err := tx.PutCheckup(store.Checkup{Account: id.Account, Items: "{}", Begun: record.At(a.now())}); err != nil {
		return run, err
	}
	return tx.CheckupGoingOn(id.Account, since)
}

// AnswerCheckup keeps what the owner says to an item. With the last of the
// five the run is at its end.
func (a *Auth) AnswerCheckup(ctx context.Context, id Identity, from audit.From, item CheckItem, answer CheckAnswer) (finished bool, err error) {
	if answer == AllRight {
		can, err := a.CanBeRight(ctx, id, item)
		if err != nil {
			return false, err
		}
		if !can {
			return false, fault.New(fault.Conflict, "checkup.not-right")
		}
	}
	err = a.writeAs(ctx, id, func(tx *store.Tx) error {
		run, err := a.checkupIn(tx, id)
		if err != nil {
			return err
		}
		said, err := answersOf(run)
		if err != nil {
			return err
		}
		if answer == AskAgain {
			delete(said, item)
		} else {
			said[item] = answer
		}
		text, err := json.Marshal(said)
		if err != nil {
			return err
		}
		run.Items = string(text)
		right := 0
		for _, x := range said {
			if x == AllRight {
				right++
			}
		}
		if finished = len(said) == len(CheckItems()); !finished {
			return tx.PutCheckup(run)
		}
		now := a.now()
		run.Done = record.At(now)
		return errors.Join(tx.PutCheckup(run), a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Account: id.Account}, From: from,
			Action: audit.CheckUp, Object: "account:" + id.Key, Detail: map[string]any{"right": right, "open": len(said) - right}}))
	})
	return finished && err == nil, err
}
