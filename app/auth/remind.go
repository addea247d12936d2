package auth

import (
	"context"
	"errors"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/mail"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Remind asks those who were not asked for half a year whether their ways back
// in are current: by mail, if the box has a mail server, and on their security
// page until they answer. It is called at a rhythm; what was done is kept, so
// that nobody is asked twice.
func (a *Auth) Remind(ctx context.Context, _ time.Time) error {
	due, err := a.db.DueReminders(ctx, a.before(remindEvery))
	if err != nil {
		return err
	}
	for _, account := range due {
		if err := a.remind(ctx, account); err != nil {
			return err
		}
	}
	return nil
}

func (a *Auth) remind(ctx context.Context, account int64) error {
	return a.db.Write(ctx, func(tx *store.Tx) error {
		now := a.now()
		acc, err := tx.AccountByID(account)
		if err != nil {
			return none(err) // gone meanwhile
		}
		taken, err := tx.TakeReminder(account, record.At(now), a.before(remindEvery))
		if err != nil || !taken {
			return err
		}
		return errors.Join(a.tell(tx, audit.From{}, acc, mail.RecoveryReminder),
			a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Box: true}, Action: audit.RecoveryReminded, Object: "account:" + acc.Key}))
	})
}

// AllCurrent notes that whoever is signed in looked at their ways back in and
// says that they are current.
func (a *Auth) AllCurrent(ctx context.Context, id Identity, from audit.From) error {
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		now := a.now()
		return errors.Join(tx.AnswerReminder(id.Account, record.At(now)),
			a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Account: id.Account}, From: from, Action: audit.RecoveryCurrent, Object: "account:" + id.Key}))
	})
}
