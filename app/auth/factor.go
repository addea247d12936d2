package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/name"
	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/vault"
)

// Second factors. Authenticator apps and passkeys are rows of one table, and
// everything that asks whether there is a second factor asks hasFactor or, if
// it must open something, works.

// MostFactors is how many authenticator apps an account may have: each one
// more makes a guess likelier to be right.
const MostFactors = 5

const (
	enrolWithin  = time.Hour // an enrolment that was left is over then
	mostSessions = 20
)

// UseVault has second factors be kept in v. It is called once, before the
// first request; without, nobody can have one.
func (a *Auth) UseVault(v *vault.Vault) { a.vault = v }

func totpName(acc store.Account, f store.Factor) string { return "totp " + acc.Key + " " + f.Key }

// Factor is a second factor of whoever is signed in.
type Factor struct {
	Key   string
	Kind  store.FactorKind
	Name  string
	Since time.Time
	Used  time.Time // zero: never since
}

// Apps lists the authenticator apps of whoever is signed in that count.
func (a *Auth) Apps(ctx context.Context, id Identity) (out []Factor, err error) {
	list, err := a.db.Factors(ctx, id.Account)
	for _, f := range list {
		if !f.Counts() || f.Kind != store.TOTPFactor {
			continue
		}
		one := Factor{Key: f.Key, Kind: f.Kind, Name: f.Name, Since: f.Confirmed.Time()}
		if f.Used != 0 {
			one.Used = f.Used.Time()
		}
		out = append(out, one)
	}
	return out, err
}

// hasFactor reports whether an account has a second factor that counts. A
// passkey that was switched off is owed all the same, or whoever has a copy of
// it could take the second factor away; recovery codes stand in for it.
func hasFactor(list []store.Factor) bool { return slices.ContainsFunc(list, store.Factor.Counts) }

// works reports whether an account has a second factor that opens something.
func works(list []store.Factor) bool { return slices.ContainsFunc(list, store.Factor.Works) }

// Ways says which second factors of an account work.
type Ways struct{ App, Passkey bool }

func waysOf(list []store.Factor) (w Ways) {
	for _, f := range list {
		w.App = w.App || f.Works() && f.Kind == store.TOTPFactor
		w.Passkey = w.Passkey || f.Works() && f.Kind == store.PasskeyFactor
	}
	return w
}

// Ways says which second factors of whoever is signed in work.
func (a *Auth) Ways(ctx context.Context, id Identity) (Ways, error) {
	list, err := a.db.Factors(ctx, id.Account)
	return waysOf(list), err
}

// countApps is how many apps of an account give codes.
func countApps(list []store.Factor) (n int) {
	for _, f := range list {
		if f.Confirmed != 0 && f.Kind == store.TOTPFactor {
			n++
		}
	}
	return n
}

// Demanded reports whether whoever is signed in must keep a second factor.
func (a *Auth) Demanded(ctx context.Context, id Identity) (bool, error) {
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return false, err
	}
	return a.demanded(ctx, acc)
}

// HasFactor reports whether whoever is signed in has a second factor.
func (a *Auth) HasFactor(ctx context.Context, id Identity) (bool, error) {
	list, err := a.db.Factors(ctx, id.Account)
	return hasFactor(list), err
}

// factorName is what somebody calls a factor, as it is kept.
func factorName(typed string) (string, error) {
	called := strings.TrimSpace(typed)
	switch {
	case called == "" || utf8.RuneCountInString(called) > maxFactorName:
		return "", fault.New(fault.Invalid, "factor.name-invalid", "max", maxFactorName)
	case !name.Plain(called):
		return "", fault.New(fault.Invalid, "factor.name-odd")
	}
	return called, nil
}

const maxFactorName = 60

// AddApp begins the enrolment of an authenticator app and gives its key. What
// was begun before and not finished is over.
func (a *Auth) AddApp(ctx context.Context, id Identity, called string) (key string, err error) {
	called, err = factorName(called)
	if err != nil {
		return "", err
	}
	if a.vault == nil {
		return "", errors.New("no vault to keep a second factor in")
	}
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return "", err
	}
	f := store.Factor{Key: store.NewKey(), Account: acc.ID, Kind: store.TOTPFactor, Name: called, Created: record.At(a.now())}
	return f.Key, a.writeAs(ctx, id, func(tx *store.Tx) error {
		list, err := tx.Factors(acc.ID)
		if err != nil {
			return err
		}
		count := 0
		for _, old := range list {
			if old.Kind != store.TOTPFactor {
				continue
			}
			if old.Counts() {
				count++
			} else if err := errors.Join(tx.DropFactor(old.ID), a.vault.Drop(tx, totpName(acc, old))); err != nil {
				return err
			}
		}
		if count >= MostFactors {
			return fault.New(fault.Conflict, "factor.too-many", "max", MostFactors)
		}
		_, err = tx.AddFactor(f)
		return errors.Join(err, a.vault.Put(tx, totpName(acc, f), acc.ID, newSecret()))
	})
}

// Enrolment is what an app needs to be told, until it is confirmed.
type Enrolment struct {
	Name    string
	Address string // for a QR code
	Key     string // to be typed
	Tested  bool   // it gave a right code; the recovery codes must be saved yet
}

var errNoEnrolment = fault.New(fault.NotFound, "factor.enrolment-gone")

// Unfinished is the enrolment of an app that was begun within the hour and not
// finished; its key is "" if there is none.
type Unfinished struct {
	Key, Name string
	Tested    bool // only the recovery codes must be saved yet
}

// Unfinished finds the enrolment that whoever is signed in left.
func (a *Auth) Unfinished(ctx context.Context, id Identity) (u Unfinished, err error) {
	list, err := a.db.Factors(ctx, id.Account)
	for _, f := range list {
		if f.Confirmed == 0 && f.Created > record.At(a.now().Add(-enrolWithin)) {
			u = Unfinished{Key: f.Key, Name: f.Name, Tested: f.Tested != 0}
		}
	}
	return u, err
}

// enrolling finds an enrolment of an account that is going on.
func (a *Auth) enrolling(ctx context.Context, account int64, key string) (acc store.Account, f store.Factor, secret []byte, err error) {
	if acc, err = a.db.AccountByID(ctx, account); err != nil {
		return acc, f, nil, err
	}
	list, err := a.db.Factors(ctx, account)
	if err != nil {
		return acc, f, nil, err
	}
	for _, f := range list {
		if f.Key == key && f.Kind == store.TOTPFactor && !f.Counts() && f.Created > record.At(a.now().Add(-enrolWithin)) {
			secret, err := a.vault.Get(ctx, totpName(acc, f))
			if err == nil && secret == nil {
				err = errNoEnrolment
			}
			return acc, f, secret, err
		}
	}
	return acc, f, nil, errNoEnrolment
}

// Enrolment tells what an app must be told.
func (a *Auth) Enrolment(ctx context.Context, id Identity, key string) (Enrolment, error) {
	acc, f, secret, err := a.enrolling(ctx, id.Account, key)
	if err != nil {
		return Enrolment{}, err
	}
	issuer := "Glucokeep"
	if a.Host != "" {
		issuer += " " + a.Host
	}
	return Enrolment{Name: f.Name, Address: totpAddress(issuer, acc.Email, secret), Key: manualKey(secret), Tested: f.Tested != 0}, nil
}

// TestApp takes the first code of an app. With a right one it is an app that
// works; it counts when the recovery codes are saved, at once if they are.
func (a *Auth) TestApp(ctx context.Context, id Identity, from audit.From, key, typed string) (counts bool, err error) {
	acc, f, secret, err := a.enrolling(ctx, id.Account, key)
	if err != nil {
		return false, err
	}
	tries := enrolBuckets(id)
	if err := a.claim(ctx, tries); err != nil {
		return false, err
	}
	step, ok := matchStep(secret, plainCode(typed), a.now())
	if !ok {
		return false, fault.New(fault.SignIn, "factor.code-wrong")
	}
	have, err := a.db.Recovery(ctx, acc.ID)
	if err != nil {
		return false, err
	}
	counts = have.Saved && have.Left > 0
	epoch := acc.Epoch
	err = a.writeAs(ctx, id, func(tx *store.Tx) error {
		now := a.now()
		taken, err := tx.TestStep(f.ID, step, record.At(now), record.At(now.Add(-enrolWithin)))
		if err != nil {
			return err
		}
		if !taken {
			return fault.New(fault.SignIn, "factor.code-used")
		}
		if err := a.forgetTries(tx, tries); err != nil {
			return err
		}
		if counts {
			return a.confirmIn(tx, from, acc)
		}
		return a.makeCodesIn(tx, from, acc)
	})
	if err != nil || !counts {
		return false, err
	}
	return true, a.goOn(ctx, from, id, epoch+1, factorAdded)
}

// confirmIn has the factors of an account count that were tested, and ends
// every session: they began without.
func (a *Auth) confirmIn(tx *store.Tx, from audit.From, acc store.Account) error {
	now := a.now()
	list, err := tx.Factors(acc.ID)
	if err != nil {
		return err
	}
	var kinds []string
	for _, f := range list {
		if !f.Counts() && f.Tested != 0 {
			kinds = append(kinds, string(f.Kind))
		}
	}
	n, err := tx.ConfirmFactors(acc.ID, record.At(now), record.At(now.Add(-enrolWithin)))
	if err != nil || n == 0 {
		return errors.Join(err, errNoEnrolment)
	}
	return errors.Join(tx.EndSessions(acc.ID), a.tell(tx, from, acc, mail.FactorAdded),
		a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Account: acc.ID}, From: from, Action: audit.FactorAdded,
			Object: "account:" + acc.Key, Detail: map[string]any{"kind": strings.Join(kinds, " ")}}))
}

// RemoveFactor forgets a second factor and ends all other sessions. The last
// one that works stays while the box demands one; without demand, what was
// switched off goes with it.
func (a *Auth) RemoveFactor(ctx context.Context, id Identity, from audit.From, key string) error {
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return err
	}
	demanded, err := a.demanded(ctx, acc)
	if err != nil {
		return err
	}
	err = a.writeAs(ctx, id, func(tx *store.Tx) error {
		list, err := tx.Factors(acc.ID)
		if err != nil {
			return err
		}
		var gone store.Factor
		left := 0
		for _, f := range list {
			switch {
			case f.Key == key && f.Counts():
				gone = f
			case f.Works():
				left++
			}
		}
		switch {
		case gone.ID == 0:
			return fault.New(fault.NotFound, "factor.gone")
		case left == 0 && demanded:
			return fault.New(fault.Conflict, "factor.demanded")
		case left == 0: // the codes stand in for a factor that is no more
			if _, err := a.dropFactorsIn(tx, acc); err != nil {
				return err
			}
		}
		return errors.Join(tx.DropFactor(gone.ID), a.vault.Drop(tx, totpName(acc, gone)), tx.EndSessions(acc.ID), a.tell(tx, from, acc, mail.FactorRemoved),
			a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: acc.ID}, From: from, Action: audit.FactorRemoved,
				Object: "account:" + acc.Key, Detail: map[string]any{"kind": string(gone.Kind), "left": left}}))
	})
	if err != nil {
		return err
	}
	return a.goOn(ctx, from, id, acc.Epoch+1, factorRemoved)
}

// Stays reports whether a second factor of whoever is signed in is the last
// that works, and one is demanded.
func (a *Auth) Stays(ctx context.Context, id Identity, key string) (bool, error) {
	demanded, err := a.Demanded(ctx, id)
	if err != nil || !demanded {
		return false, err
	}
	list, err := a.db.Factors(ctx, id.Account)
	return !slices.ContainsFunc(list, func(f store.Factor) bool { return f.Works() && f.Key != key }), err
}

// taking finds which code of which app somebody typed. It takes nothing yet:
// the take it gives does, within the transaction of what the code is for.
func (a *Auth) taking(ctx context.Context, acc store.Account, typed string) (take func(*store.Tx) (bool, error), err error) {
	refused := func(*store.Tx) (bool, error) { return false, nil }
	list, err := a.db.Factors(ctx, acc.ID)
	if err != nil {
		return refused, err
	}
	take, typed = refused, plainCode(typed)
	for _, f := range list {
		if !f.Works() || f.Kind != store.TOTPFactor {
			continue
		}
		secret, err := a.vault.Get(ctx, totpName(acc, f))
		if err != nil {
			return refused, err
		}
		if step, ok := matchStep(secret, typed, a.now()); ok && secret != nil {
			take = func(tx *store.Tx) (bool, error) { return tx.TakeStep(f.ID, step, record.At(a.now())) }
		}
	}
	return take, nil
}
