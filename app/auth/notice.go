package auth

import (
	"context"
	"errors"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/store"
)

// UseMail has accounts be written to by m, and tells m whom it may still write
// to. It is called once, before the first request.
func (a *Auth) UseMail(m *mail.Mails) {
	a.mail = m
	m.Check = a.reader
}

// reader is who a mail is for when it is sent. A closed account gets none but
// the one that says so.
func (a *Auth) reader(ctx context.Context, account int64) (mail.Reader, bool, error) {
	acc, err := a.db.AccountByID(ctx, account)
	if errors.Is(err, store.ErrNone) {
		return mail.Reader{}, false, nil
	}
	return mail.Reader{Name: acc.Name, Lang: acc.Lang, Phrase: acc.Phrase}, err == nil && acc.Disabled == 0, err
}

// tell writes to an account about what just happened to it, in the
// transaction of what did. Without a mail server nothing is written.
func (a *Auth) tell(tx *store.Tx, from audit.From, to store.Account, kind mail.Kind) error {
	return a.tellAt(tx, from, mail.Notice{Kind: kind, Account: to.ID, Address: to.Email})
}

// tellAt is tell with an address of its own, or a link.
func (a *Auth) tellAt(tx *store.Tx, from audit.From, n mail.Notice) error {
	_, err := a.enqueue(tx, from, n)
	return err
}

// enqueue is tellAt that says whether there is a mail now.
func (a *Auth) enqueue(tx *store.Tx, from audit.From, n mail.Notice) (mailed bool, err error) {
	if a.mail == nil {
		return false, nil
	}
	now := a.now()
	n.At, n.Lang, n.Device = now, from.Lang, from.Device
	ref, err := a.mail.Enqueue(tx, now, n)
	return ref != "", err
}

// Phrase is what stands in every mail to an account.
func (a *Auth) Phrase(ctx context.Context, id Identity) (string, error) {
	acc, err := a.db.AccountByID(ctx, id.Account)
	return acc.Phrase, err
}

// SetPhrase changes it.
func (a *Auth) SetPhrase(ctx context.Context, id Identity, from audit.From, typed string) error {
	phrase, err := mail.CheckPhrase(typed, id.Name, id.Email)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SetPhrase(id.Account, phrase); err != nil {
			return err
		}
		return a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: id.Account}, From: from, Action: audit.PhraseChanged})
	})
}

// FindMail tells whether a mail with a code was written to whoever is signed
// in. Somebody who guesses must wait.
func (a *Auth) FindMail(ctx context.Context, id Identity, typed string) (m store.Mail, found bool, err error) {
	ref, ok := mail.Ref(typed)
	if !ok {
		return m, false, fault.New(fault.Invalid, "mail.ref-invalid")
	}
	tries := []bucket{{name: "mail-check " + id.Key, free: 10, first: firstWait}}
	if err := a.claim(ctx, tries); err != nil {
		return m, false, err
	}
	m, found, err = a.mail.Find(ctx, id.Account, ref)
	if err != nil || !found {
		return m, false, err
	}
	return m, true, a.db.Write(ctx, func(tx *store.Tx) error { return forgetTries(tx, tries) })
}
