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
	if err != nil {
		return mail.Reader{}, false, err
	}
	phrase, err := a.phraseOf(ctx, acc.Key)
	return mail.Reader{Name: acc.Name, Lang: acc.Lang, Phrase: phrase}, err == nil && acc.Disabled == 0, err
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

// tellDaily is tell that writes once a day at most: whoever tries without end
// must not fill a mailbox.
func (a *Auth) tellDaily(tx *store.Tx, from audit.From, to store.Account, kind mail.Kind) error {
	mailed, err := tx.Mailed(to.ID, string(kind), record.At(a.now().Add(-24*time.Hour)))
	if err != nil || mailed {
		return err
	}
	return a.tell(tx, from, to, kind)
}

const (
	burst = 10 // failed sign-ins of an account in a row are told
	slips = 3  // wrong codes from where the account is at home, which may be its owner's
)

// tellWrongCodes tells whose account it is that somebody knew the password and
// not the code, after it was counted in tries. Of strangers the first one
// counts: who mistypes a code on a new device can tell that it was them.
func (a *Auth) tellWrongCodes(tx *store.Tx, from audit.From, acc store.Account, l lane, tries []bucket) error {
	last := tries[len(tries)-1]
	t, err := tx.Throttle(last.name)
	if err != nil {
		return err
	}
	wrong, _ := last.level(t, a.now())
	if wrong = wrong / last.costs(); last.most == 0 {
		wrong = t.Failures
	}
	if l.kind != strangerLane && wrong < slips {
		return nil
	}
	return a.tellDaily(tx, from, acc, mail.PasswordKnown)
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
	return m, true, a.db.Write(ctx, func(tx *store.Tx) error { return a.forgetTries(tx, tries) })
}
