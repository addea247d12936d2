// Package auth knows who somebody is: accounts, passwords, sessions. It knows
// nothing of whose data an account may see; that is package share.
package auth

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/scs/v2"
	"github.com/go-webauthn/webauthn/webauthn"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/name"
	"glucokeep/app/password"
	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/vault"
)

// Auth signs people in and out. It is safe for use by many goroutines.
type Auth struct {
	db      *store.DB
	ledger  *audit.Ledger
	key     []byte // of device cookies
	hashers hashers
	cost    sharedCost
	lists   password.Lists
	argon2  func(password, salt []byte, time, memory uint32, lanes uint8, length uint32) []byte
	now     func() time.Time
	name    boxName
	mail    *mail.Mails  // nil: nobody is written to
	vault   *vault.Vault // nil: nobody can have a second factor

	sessions *sessions
	passkeys *webauthn.WebAuthn // nil: the address of the box allows none
	asked    ceremonies
	alerts   store.Kept[int64, Alerts] // by account

	// Host is the name under which people reach the box, "" if it has none.
	Host string

	// Demands reports whether an account must have a second factor because of
	// what it may see; nil if nothing asks for one.
	Demands func(ctx context.Context, account int64) (bool, error)

	// Report is told of what went wrong beside a sign-in that went on.
	Report func(error)

	// Sessions loads and saves the session of a request.
	Sessions *scs.SessionManager
}

// New makes the sign-in side of db. key authenticates the cookie by which a
// device is known; secure says that the box is reached over TLS.
func New(db *store.DB, ledger *audit.Ledger, key []byte, secure bool) *Auth {
	a := &Auth{db: db, ledger: ledger, key: key, hashers: newHashers(), argon2: argon2.IDKey, now: time.Now, Report: func(error) {}}
	a.cost.set(strong())
	if db != nil {
		a.lists = password.InFolder(db.Dir())
	}
	a.sessions = &sessions{db: db, ledger: ledger, now: func() time.Time { return a.now() }, mustEnrol: a.mustEnrol}
	a.Sessions = newManager(a.sessions, secure)
	return a
}

// Identity is who a request comes from.
type Identity struct {
	Account    int64
	Key        string
	Name       string
	Email      string
	Admin      bool
	Lang       string // "" follows the browser
	Unit       string // "" follows the person
	Clock      string // "" follows the language
	Theme      string // "light", "dark", "bedside", "" follows the system
	Credential int64

	// MustChange says that the password was published, forgotten or is too short
	// to stand alone (Short): the session opens nothing but the page to change
	// it. Forgot says that it need not be known there.
	MustChange, Forgot, Short bool

	// MustEnrol says that a second factor is demanded and there is none: the
	// session opens nothing but the pages to add one.
	MustEnrol bool

	Use    Use       // of the browser
	Since  time.Time // when they signed in
	strong record.Millis
	until  time.Time
	origin string

	renewing    record.Millis // until when a link waits that would set a new password, 0: none
	nextCheckup record.Millis // when the yearly check-up is offered
	strange     string        // names a session that began at a place strange to the account
}

// NewAccount is what must be known to let somebody sign in.
type NewAccount struct {
	Email    string
	Name     string
	Password string
	Admin    bool
	Lang     string // of their first phrase, "" is English
}

// Check says what is wrong with n as a fault of kind Invalid, nil if nothing.
// The first return names the field.
func (a *Auth) Check(ctx context.Context, n NewAccount) (field string, err error) {
	field, _, err = a.check(ctx, n)
	return field, err
}

// CheckWho says what is wrong with the address or the name of n as a fault of
// kind Invalid, nil if nothing. The first return names the field.
func CheckWho(n NewAccount) (field string, err error) {
	if _, err := Email(n.Email); err != nil {
		return "email", err
	}
	called := name.Clean(n.Name)
	switch {
	case called == "":
		return "name", fault.New(fault.Invalid, "account.name-missing")
	case utf8.RuneCountInString(called) > 100 || strings.ContainsFunc(called, unicode.IsControl):
		return "name", fault.New(fault.Invalid, "account.name-long", "max", 100)
	}
	return "", nil
}

func (a *Auth) check(ctx context.Context, n NewAccount) (field, lists string, err error) {
	if field, err := CheckWho(n); err != nil {
		return field, "", err
	}
	if lists, err = a.checkPassword(ctx, store.Account{Name: n.Name, Email: n.Email}, n.Password); err != nil {
		return "password", "", err
	}
	return "", lists, nil
}

// Email gives the plain address, or a fault of kind Invalid.
func Email(s string) (string, error) {
	plain, err := mail.Address(strings.TrimSpace(s))
	return address(plain), err
}

// address is the form of an address that is kept and looked for: nobody
// remembers how they once capitalised theirs, and SQLite folds ASCII only.
func address(s string) string { return strings.ToLower(norm.NFC.String(strings.TrimSpace(s))) }

// AddAccount lets somebody sign in from now on.
func (a *Auth) AddAccount(ctx context.Context, by audit.Actor, from audit.From, n NewAccount) (id int64, err error) {
	account, err := a.prepare(ctx, n)
	if err != nil {
		return 0, err
	}
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		id, err = a.addIn(tx, by, from, account, n.Lang)
		return err
	})
	return id, err
}

// prepare checks and hashes outside of any transaction: a hash takes long.
func (a *Auth) prepare(ctx context.Context, n NewAccount) (account store.Account, err error) {
	_, lists, err := a.check(ctx, n)
	if err != nil {
		return account, err
	}
	email, err := Email(n.Email)
	if err != nil {
		return account, err
	}
	hash, err := a.hashPassword(ctx, n.Password)
	if err != nil {
		return account, err
	}
	return store.Account{Key: store.NewKey(), Email: email, Name: name.Clean(n.Name), Password: hash, Lists: lists,
		Admin: n.Admin, Created: record.At(a.now())}, nil
}

// addIn adds an account, whose first phrase is in lang.
func (a *Auth) addIn(tx *store.Tx, by audit.Actor, from audit.From, account store.Account, lang string) (id int64, err error) {
	_, err = tx.AccountByEmail(account.Email)
	if err == nil {
		return 0, fault.New(fault.Conflict, "account.email-taken")
	}
	if !errors.Is(err, store.ErrNone) {
		return 0, err
	}
	n, err := tx.CountAccounts()
	if err != nil {
		return 0, err
	}
	account.Admin = account.Admin || n == 0 // somebody must manage the box
	if id, err = tx.AddAccount(account); err != nil {
		return 0, err
	}
	account.ID = id
	if err := a.firstPhraseIn(tx, account, lang); err != nil {
		return 0, err
	}
	return id, a.ledger.Append(tx, a.now(), audit.Event{Actor: by, From: from, Action: audit.AccountAdded,
		Object: "account:" + account.Key, Detail: map[string]any{"admin": account.Admin}})
}

// ResetPassword gives an account another password, for somebody at the
// console, ends all its sessions and forgets its failed sign-ins.
func (a *Auth) ResetPassword(ctx context.Context, by audit.Actor, from audit.From, email, plain string) error {
	acc, err := a.db.AccountByEmail(ctx, address(email))
	if errors.Is(err, store.ErrNone) {
		return fault.New(fault.NotFound, "account.unknown")
	}
	if err != nil {
		return err
	}
	n, err := a.choose(ctx, acc, plain)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		if err := a.chosenIn(tx, acc, n); err != nil {
			return err
		}
		if err := a.tell(tx, from, acc, mail.PasswordChanged); err != nil {
			return err
		}
		return a.ledger.Append(tx, a.now(), audit.Event{Actor: by, From: from, Action: audit.PasswordReset, Object: "account:" + acc.Key})
	})
}

// AccountByEmail finds an account for somebody at the console.
func (a *Auth) AccountByEmail(ctx context.Context, email string) (int64, error) {
	acc, err := a.db.AccountByEmail(ctx, address(email))
	if errors.Is(err, store.ErrNone) {
		return 0, fault.New(fault.NotFound, "account.unknown")
	}
	return acc.ID, err
}

// Preferences is how an account likes to read and look, each "" for the
// default.
type Preferences struct {
	Lang  string
	Unit  string // of glucose
	Clock string // "12" or "24"
	Theme string // "light", "dark" or "bedside"
}

// SetPreferences keeps how an account likes to read and look.
func (a *Auth) SetPreferences(ctx context.Context, id Identity, from audit.From, p Preferences) error {
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		if err := tx.SetPreferences(id.Account, p.Lang, p.Unit, p.Clock, p.Theme); err != nil {
			return err
		}
		return a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: id.Account}, From: from, Action: audit.Preferences})
	})
}
