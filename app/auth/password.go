package auth

import (
	"context"
	"errors"
	"unicode/utf8"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/password"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Lists are the lists of published passwords in use.
func (a *Auth) Lists() password.Lists { return a.lists }

// about is what is known of whoever will use the password of acc, which may
// be an account that is not there yet.
func (a *Auth) about(ctx context.Context, acc store.Account) (password.About, error) {
	box, err := a.BoxName(ctx)
	if err != nil {
		return password.About{}, err
	}
	about := password.About{Name: acc.Name, Email: acc.Email, Box: box, Host: a.Host}
	if acc.ID == 0 {
		return about, nil
	}
	list, err := a.db.Factors(ctx, acc.ID)
	if err != nil {
		return about, err
	}
	about.Second = hasFactor(list)
	people, err := a.db.PersonsKnownTo(ctx, acc.ID)
	for _, p := range people {
		about.People = append(about.People, password.Person{Name: p.Name, Born: p.Born})
	}
	return about, err
}

// checkPassword says what is wrong with a new password of acc as a fault of
// kind Invalid, nil if nothing, and gives the lists that it was compared with.
// A list that cannot be read is reported and left out, so that nobody is kept
// from changing a password; the next sign-in compares with it.
func (a *Auth) checkPassword(ctx context.Context, acc store.Account, plain string) (lists string, err error) {
	about, err := a.about(ctx, acc)
	if err != nil {
		return "", err
	}
	return a.checkAbout(about, plain)
}

// chosen is a new password as it is kept, and the lists that it was compared
// with.
type chosen struct{ hash, lists string }

// choose checks and hashes a new password of an account, outside of any
// transaction: a hash takes long.
func (a *Auth) choose(ctx context.Context, acc store.Account, plain string) (chosen, error) {
	about, err := a.about(ctx, acc)
	if err != nil {
		return chosen{}, err
	}
	return a.chooseAbout(ctx, about, plain)
}

func (a *Auth) chooseAbout(ctx context.Context, about password.About, plain string) (n chosen, err error) {
	if n.lists, err = a.checkAbout(about, plain); err == nil {
		n.hash, err = a.hashPassword(ctx, plain)
	}
	return n, err
}

// chosenIn gives an account a password that was not chosen by whoever is signed
// in: at the console, by a link, by people they trust. Every session ends, what
// was tried is forgotten, and what the account agreed to as a partner ages
// anew, since somebody else may be in it.
func (a *Auth) chosenIn(tx *store.Tx, acc store.Account, n chosen) error {
	return errors.Join(tx.ResetPassword(acc.ID, n.hash, n.lists), tx.DoubtPartner(acc.ID), a.forgetAccount(tx, acc.Email))
}

// checkAbout is checkPassword for whoever about is about.
func (a *Auth) checkAbout(about password.About, plain string) (lists string, err error) {
	err = a.lists.Check(plain, about)
	if _, wrong := errors.AsType[*fault.Error](err); wrong {
		return "", err
	}
	if err == nil {
		lists, err = a.lists.Mark()
	}
	if err != nil {
		a.Report(err)
		return "", nil
	}
	return lists, nil
}

// LeastPassword is the least length of a new password of whoever is signed in.
func (a *Auth) LeastPassword(ctx context.Context, id Identity) (int, error) {
	has, err := a.HasFactor(ctx, id)
	return password.About{Second: has}.Least(), err
}

// compare finds out whether the password that somebody signs in with was
// published since it was last compared (S14): it asks only when there is
// another list. It gives the account as it is to be kept.
func (a *Auth) compare(acc store.Account, plain string) store.Account {
	lists, err := a.lists.Mark()
	if err == nil && lists == acc.Lists {
		return acc
	}
	found := false
	if err == nil {
		found, err = a.lists.Listed(plain)
	}
	if err != nil {
		a.Report(err)
		return acc
	}
	acc.Lists = lists
	if found && acc.Listed == 0 {
		acc.Listed = record.At(a.now())
	}
	return acc
}

// tooShort finds out whether the password that somebody signs in with was long
// enough beside a second factor alone, and there is none any more. It gives
// since when, 0 it is long enough.
func (a *Auth) tooShort(acc store.Account, list []store.Factor, plain string) record.Millis {
	least := password.About{Second: hasFactor(list)}.Least()
	switch {
	case utf8.RuneCountInString(password.Normal(plain)) >= least:
		return 0
	case acc.Short != 0:
		return acc.Short
	}
	return record.At(a.now())
}

// SuggestPassword makes a password for whoever is signed in: six words of a
// language, or random characters. It is kept nowhere.
func (a *Auth) SuggestPassword(ctx context.Context, id Identity, words bool, lang string) (string, error) {
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return "", err
	}
	about, err := a.about(ctx, acc)
	if err != nil {
		return "", err
	}
	good := func(p string) bool { return a.lists.Check(p, about) == nil }
	if words {
		return password.NewPhrase(lang, good), nil
	}
	return password.NewRandom(good), nil
}

// ChangePassword gives the account of id another password, for somebody who
// knows the one before, ends all its sessions and goes on in a new one under
// a new token. A wrong current password is a fault of kind SignIn and counts
// like a failed sign-in, in a bucket of its own: who changes a password is in
// already, so strangers cannot keep them from it.
func (a *Auth) ChangePassword(ctx context.Context, id Identity, from audit.From, current, plain string) error {
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return err
	}
	tries := ownBuckets(id)
	if err := a.claim(ctx, tries); err != nil {
		return err
	}
	ok := id.Forgot // they showed a recovery code in its place
	if !ok {
		if ok, _, err = a.matches(ctx, current, acc.Password, false); err != nil {
			return err
		}
	}
	by := audit.Actor{Account: acc.ID}
	line := audit.Event{Actor: by, From: from, Action: audit.PasswordOwn, Object: "account:" + acc.Key, Result: audit.Failed}
	if !ok {
		if err := a.writeAs(ctx, id, func(tx *store.Tx) error { return a.ledger.Append(tx, a.now(), line) }); err != nil {
			return err
		}
		return fault.New(fault.SignIn, "password.current-wrong")
	}
	if err := a.writeAs(ctx, id, func(tx *store.Tx) error { return a.forgetTries(tx, tries) }); err != nil {
		return err // the current one was right, whatever becomes of the new one
	}
	if !id.Forgot && password.Normal(current) == password.Normal(plain) {
		return fault.New(fault.Invalid, "password.same")
	}
	n, err := a.choose(ctx, acc, plain)
	if err != nil {
		return err
	}
	err = a.writeAs(ctx, id, func(tx *store.Tx) error {
		now, err := tx.AccountByEmail(acc.Email)
		if err != nil {
			return err
		}
		if now.Epoch != acc.Epoch || now.Disabled != 0 { // changed meanwhile elsewhere: this session is over
			return fault.New(fault.Conflict, "password.changed-meanwhile")
		}
		line.Result = audit.OK
		if err := a.tell(tx, from, acc, mail.PasswordChanged); err != nil {
			return err
		}
		return errors.Join(tx.ResetPassword(acc.ID, n.hash, n.lists), a.forgetAccount(tx, acc.Email), a.ledger.Append(tx, a.now(), line))
	})
	if err != nil {
		return err
	}
	return a.goOn(ctx, from, id, acc.Epoch+1, passwordChanged)
}

// listsFact is the mark of the lists that the box last noticed.
const listsFact = "password-lists"

// NoticeLists leaves a line in the ledger when the lists in use are others
// than before. Who brings a list does so beside a running box, which cannot
// be asked then; the box looks by itself.
func (a *Auth) NoticeLists(ctx context.Context) error {
	mark, err := a.lists.Mark()
	if err != nil {
		return err
	}
	facts, err := a.db.BoxFacts(ctx)
	if err != nil || facts[listsFact] == mark {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		if facts[listsFact] == "" { // a box that begins with the list in the program
			if n, err := a.lists.InUse(); err == nil && len(n) == 1 {
				return tx.SetBoxFact(listsFact, mark)
			}
		}
		return errors.Join(tx.SetBoxFact(listsFact, mark), a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Box: true},
			Action: audit.ListsUpdated, Detail: map[string]any{"lists": mark}}))
	})
}
