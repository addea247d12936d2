package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

const (
	codesInSet = 10
	codeBytes  = 10 // 80 bits
)

func recoveryName(acc store.Account) string { return "recovery " + acc.Key }
func waitingName(acc store.Account) string  { return "codes " + acc.Key }

func newRecoveryCode() string {
	var b [codeBytes]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return base32.StdEncoding.EncodeToString(b[:])
}

// plainRecovery is a recovery code without what people type into it. The
// digits that base32 lacks are the letters that they look like.
func plainRecovery(typed string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '0':
			return 'O'
		case '1':
			return 'I'
		case '8':
			return 'B'
		}
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToUpper(r)
		}
		return -1
	}, typed)
}

// recoveryHash is what is kept of a code. 80 bits are too few for a plain
// hash, so it is keyed: the database alone gives nobody anything to guess at.
func recoveryHash(key []byte, acc store.Account, code string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(acc.Key + " " + code))
	return hex.EncodeToString(m.Sum(nil))
}

// makeCodesIn makes a new set of recovery codes; those of before open nothing
// any more. Their text waits, sealed, until their owner says that it is saved.
func (a *Auth) makeCodesIn(tx *store.Tx, from audit.From, acc store.Account) error {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	codes, hashes := make([]string, codesInSet), make([]string, codesInSet)
	for i := range codes {
		codes[i] = newRecoveryCode()
		hashes[i] = recoveryHash(key, acc, codes[i])
	}
	now := a.now()
	return errors.Join(tx.SetRecoveryCodes(acc.ID, hashes, record.At(now)), a.vault.Put(tx, recoveryName(acc), acc.ID, key),
		a.vault.Put(tx, waitingName(acc), acc.ID, []byte(strings.Join(codes, "\n"))),
		a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Account: acc.ID}, From: from, Action: audit.CodesMade, Object: "account:" + acc.Key}))
}

func (a *Auth) dropCodesIn(tx *store.Tx, acc store.Account) error {
	return errors.Join(tx.SetRecoveryCodes(acc.ID, nil, 0), a.vault.Drop(tx, recoveryName(acc)), a.vault.Drop(tx, waitingName(acc)))
}

// Codes is how the recovery codes of somebody stand.
type Codes struct {
	Left  int
	Made  time.Time // zero: there are none
	Saved bool
	Shown bool // not saved, and to be seen for a while yet
	// Waiting are the codes in groups, while their owner has not said that they
	// are saved. Nobody sees them after.
	Waiting []string
}

// Codes tells how the recovery codes of whoever is signed in stand.
func (a *Auth) Codes(ctx context.Context, id Identity) (c Codes, err error) {
	r, err := a.db.Recovery(ctx, id.Account)
	if err != nil || r.Made == 0 {
		return c, err
	}
	return Codes{Left: r.Left, Made: r.Made.Time(), Saved: r.Saved, Shown: !r.Saved && a.now().Sub(r.Made.Time()) <= enrolWithin}, nil
}

// WaitingCodes is Codes with the codes themselves, for the page that shows them.
func (a *Auth) WaitingCodes(ctx context.Context, id Identity) (c Codes, err error) {
	if c, err = a.Codes(ctx, id); err != nil || !c.Shown {
		return c, err
	}
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return c, err
	}
	text, err := a.vault.Get(ctx, waitingName(acc))
	if err != nil || text == nil {
		return c, err
	}
	for code := range strings.Lines(string(text)) {
		c.Waiting = append(c.Waiting, grouped(strings.TrimSpace(code), "-"))
	}
	return c, nil
}

// NewCodes replaces the recovery codes of somebody who has a second factor.
func (a *Auth) NewCodes(ctx context.Context, id Identity, from audit.From) error {
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return err
	}
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		list, err := tx.Factors(acc.ID)
		if err != nil {
			return err
		}
		if !hasFactor(list) && !a.waits(list) {
			return fault.New(fault.Conflict, "recovery.no-factor")
		}
		return errors.Join(a.makeCodesIn(tx, from, acc), a.tell(tx, from, acc, mail.CodesMade))
	})
}

// waits reports whether an app gave a right code and only the recovery codes
// must be saved yet.
func (a *Auth) waits(list []store.Factor) bool {
	for _, f := range list {
		if f.Confirmed == 0 && f.Tested != 0 && f.Created > record.At(a.now().Add(-enrolWithin)) {
			return true
		}
	}
	return false
}

// SaveCodes notes that the recovery codes are kept safe; they are shown no
// more. An app that waited for that counts from now on, and added says so.
func (a *Auth) SaveCodes(ctx context.Context, id Identity, from audit.From) (added bool, err error) {
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil {
		return false, err
	}
	err = a.writeAs(ctx, id, func(tx *store.Tx) error {
		now := a.now()
		list, err := tx.Factors(acc.ID)
		if err != nil {
			return err
		}
		if added = a.waits(list); added {
			if err := a.confirmIn(tx, from, acc); err != nil {
				return err
			}
		}
		return errors.Join(tx.SaveRecoveryCodes(acc.ID, record.At(now)), a.vault.Drop(tx, waitingName(acc)),
			a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Account: acc.ID}, From: from, Action: audit.CodesSaved, Object: "account:" + acc.Key}))
	})
	if err != nil || !added {
		return false, err
	}
	return true, a.goOn(ctx, from, id, acc.Epoch+1, factorAdded)
}

// takingRecovery is taking for a recovery code. The take leaves a line in the
// ledger and tells the owner.
func (a *Auth) takingRecovery(ctx context.Context, acc store.Account, from audit.From, typed, instead string) (take func(*store.Tx) (bool, error), err error) {
	refused := func(*store.Tx) (bool, error) { return false, nil }
	if acc.ID == 0 || a.vault == nil {
		return refused, nil
	}
	key, err := a.vault.Get(ctx, recoveryName(acc))
	if err != nil || key == nil {
		return refused, err
	}
	hash := recoveryHash(key, acc, plainRecovery(typed))
	return func(tx *store.Tx) (bool, error) {
		now := a.now()
		taken, err := tx.TakeRecoveryCode(acc.ID, hash, record.At(now))
		if err != nil || !taken {
			return false, err
		}
		return true, errors.Join(a.tell(tx, from, acc, mail.CodeUsed), a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Account: acc.ID},
			From: from, Action: audit.CodeUsed, Object: "account:" + acc.Key, Detail: map[string]any{"instead": instead}}))
	}, nil
}
