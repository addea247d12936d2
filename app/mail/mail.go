// Package mail writes to the people of the box: what happened to their account
// and links to prove an address, never a health value. Mails wait in the
// database, in the transaction of what they tell of, so that none is lost; a
// loop of package app sends them.
package mail

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/record"
	"glucokeep/app/seal"
	"glucokeep/app/store"
	"glucokeep/app/vault"
)

// Kind is what a mail says. The catalogue has its words under mail.subject.KIND,
// mail.text.KIND and mail.kind.KIND.
type Kind string

// The kinds.
const (
	Test            Kind = "test"             // the mail server works
	Confirm         Kind = "confirm"          // a link that proves an address
	AddressAsked    Kind = "address-asked"    // to the old address: somebody asked for another
	AddressChanged  Kind = "address-changed"  // to the old address: it was changed; a link that undoes it
	AddressTaken    Kind = "address-taken"    // to the new address: it is used from now on
	AddressUndone   Kind = "address-undone"   // to both: the change was undone
	NewDevice       Kind = "new-device"       // a sign-in from a device that was not known
	PasswordChanged Kind = "password-changed" // and all sessions were ended
	FactorAdded     Kind = "factor-added"
	FactorRemoved   Kind = "factor-removed"
	PasskeyOff      Kind = "passkey-off" // there may be two of it
	CodesMade       Kind = "codes-made"  // those of before are void
	CodeUsed        Kind = "code-used"   // a recovery code
	ResetLink       Kind = "reset-link"  // somebody at the console made a link of a reset
	AccountReset    Kind = "account-reset"
	ManyFailures    Kind = "many-failures"   // failed sign-ins, one mail a day
	PasswordKnown   Kind = "password-known"  // a right password met wrong codes, one mail a day
	SharedPassword  Kind = "shared-password" // an account is used at once from two strange places
	Welcome         Kind = "welcome"         // a link to the first password
	RenewalMade     Kind = "renewal-made"    // who manages the box made a link to a new password
	RenewalLink     Kind = "renewal-link"    // the same, with the link
	Renewed         Kind = "renewed"         // it was used
	AccountDisabled Kind = "account-disabled"
	AccountEnabled  Kind = "account-enabled"
	AdminGiven      Kind = "admin-given" // they manage the box now
	AdminTaken      Kind = "admin-taken"

	RecoveryReminder  Kind = "recovery-reminder"  // are the ways back in current
	PartnerNamed      Kind = "partner-named"      // to the owner: somebody was named who may let them in again
	PartnerAsked      Kind = "partner-asked"      // to whoever was named
	PartnerAgreed     Kind = "partner-agreed"     // to the owner
	PartnerEnded      Kind = "partner-ended"      // to whoever was named
	PartnerLost       Kind = "partner-lost"       // to the owner: one of those is none any more
	RecoveryRequested Kind = "recovery-requested" // to the owner, with a link that stops it
	RecoveryHelp      Kind = "recovery-help"      // to those who may vouch
	RecoveryVouched   Kind = "recovery-vouched"   // to the owner: two vouched; with a link that stops it
	RecoveryStopped   Kind = "recovery-stopped"   // to the owner
	AccountRecovered  Kind = "account-recovered"  // to the owner
)

// Kinds are all kinds.
func Kinds() []Kind {
	return []Kind{Test, Confirm, AddressAsked, AddressChanged, AddressTaken, AddressUndone, NewDevice, PasswordChanged, FactorAdded, FactorRemoved, PasskeyOff, CodesMade, CodeUsed, ResetLink,
		AccountReset, ManyFailures, PasswordKnown, SharedPassword, Welcome, RenewalMade, RenewalLink, Renewed, AccountDisabled, AccountEnabled, AdminGiven, AdminTaken,
		RecoveryReminder, PartnerNamed, PartnerAsked, PartnerAgreed, PartnerEnded, PartnerLost, RecoveryRequested, RecoveryHelp, RecoveryVouched, RecoveryStopped, AccountRecovered}
}

// patience is how long a mail is worth trying, where a Notice does not say.
const patience = 24 * time.Hour

// Notice is one mail to be sent.
type Notice struct {
	Kind    Kind
	Account int64
	Address string    // where to
	Lang    string    // to write in if the account has chosen none, "" is English
	Link    string    // path on the box, "" none
	Device  string    // browser and system in words, "" none
	Other   string    // name of the other account that it is about, "" none
	At      time.Time // of what it tells
	Until   time.Time // it says nothing of use after; zero is a day
}

// words is what a mail says besides its kind. It is sealed while it waits.
type words struct {
	Lang   string        `json:"lang,omitempty"`
	Link   string        `json:"link,omitempty"`
	Device string        `json:"device,omitempty"`
	Other  string        `json:"other,omitempty"`
	At     record.Millis `json:"at_ms"`
}

// Reader is who a mail is for, as they are when it is sent.
type Reader struct{ Name, Lang, Phrase string } // of Phrase "" is one that was lost

// Mails is the outbox of one box. It is safe for use by many goroutines.
type Mails struct {
	db     *store.DB
	ledger *audit.Ledger
	vault  *vault.Vault
	post   postman

	// Base is the address of the box that all links begin with. It is set
	// before the first mail is sent.
	Base string
	// Check finds who a mail is for when it is sent; ok is false when it must
	// not go to them any more (security.md Z-11). That an account was closed is
	// told all the same.
	Check func(ctx context.Context, account int64) (r Reader, ok bool, err error)
}

// New makes the outbox of db.
func New(db *store.DB, ledger *audit.Ledger, v *vault.Vault) *Mails {
	return &Mails{db: db, ledger: ledger, vault: v, post: smtp{}}
}

func place(ref string) seal.Place { return seal.Place{Table: "mail", Column: "words", Row: ref} }

// Enqueue puts a mail into the outbox, in the transaction of what it tells of.
// On a box without a mail server there is none: ref is "".
func (m *Mails) Enqueue(tx *store.Tx, now time.Time, n Notice) (ref string, err error) {
	_, err = tx.BoxFact(settingsFact)
	if errors.Is(err, store.ErrNone) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return m.put(tx, now, now, n)
}

func (m *Mails) put(tx *store.Tx, now, next time.Time, n Notice) (ref string, err error) {
	if n.Until.IsZero() {
		n.Until = now.Add(patience)
	}
	text, err := json.Marshal(words{Lang: n.Lang, Link: n.Link, Device: n.Device, Other: n.Other, At: record.At(n.At)})
	if err != nil {
		return "", err
	}
	ref = newRef()
	return ref, tx.AddMail(store.Mail{Ref: ref, Kind: string(n.Kind), Account: n.Account, Address: n.Address, Words: m.vault.Seal(place(ref), text),
		Next: record.At(next), Until: record.At(n.Until), Created: record.At(now)})
}

// newRef makes a reference code: 60 random bits, easily read out.
func newRef() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return grouped(base32.StdEncoding.EncodeToString(b[:])[:refLength])
}

const refLength = 12

func grouped(code string) string { return code[:4] + "-" + code[4:8] + "-" + code[8:] }

// Ref reads a reference code as people copy it; ok is false for what is none.
func Ref(typed string) (ref string, ok bool) {
	if len(typed) > 200 {
		return "", false
	}
	code := strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z' || '2' <= r && r <= '7':
			return r
		case r == '0':
			return 'O'
		case r == '1':
			return 'I'
		case r == '8':
			return 'B'
		case r == '-' || r == ' ' || r == '\t' || r == '\u00a0' || r == '\u2010' || r == '\u2011' || r == '\u2013':
			return -1
		}
		return '?'
	}, strings.ToUpper(strings.TrimSpace(typed)))
	if len(code) != refLength || strings.Contains(code, "?") {
		return "", false
	}
	return grouped(code), true
}

// Find tells whether a mail with this code was written to an account.
func (m *Mails) Find(ctx context.Context, account int64, ref string) (found store.Mail, ok bool, err error) {
	found, err = m.db.MailByRef(ctx, account, ref)
	if errors.Is(err, store.ErrNone) {
		return found, false, nil
	}
	return found, err == nil, err
}
