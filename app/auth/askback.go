package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/password"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Somebody who is locked out asks those whom they trust. The browser that asks
// shows a code and no more, whether there is such an account or not; a partner
// to whom its owner tells the code vouches (vouch.go). When two did and the
// box has run for a day since, that browser, and no other, sets a new
// password. Until then the owner can stop it with one click.

const (
	askLife  = 7 * 24 * time.Hour
	vouchFor = 24 * time.Hour // the owner's time to stop it, while the box runs
	askCodes = 8              // characters of the code: 40 bits
)

// askCode is what the browser with a token shows.
func askCode(token string) string {
	sum := sha256.Sum256([]byte("code of " + token))
	return grouped(base32.StdEncoding.EncodeToString(sum[:])[:askCodes], "-")
}

// askMark is what is kept of a code. 40 bits are too few for a plain hash.
func (a *Auth) askMark(requestKey, code string) string {
	return a.markOf("code of request " + requestKey + " " + plainRecovery(code))
}

func (a *Auth) markOf(what string) string {
	m := hmac.New(sha256.New, a.key)
	m.Write([]byte(what))
	return hex.EncodeToString(m.Sum(nil))
}

// Ask makes a request of whoever has an address, and gives the token of the
// browser that asks. What comes back is the same for everybody, and so is the
// time that it takes, whether there is such an account and whom it trusts.
func (a *Auth) Ask(ctx context.Context, from audit.From, email string) (token string, err error) {
	email = address(email)
	if err := a.claim(ctx, []bucket{{name: "ask " + who(email), free: 3, first: time.Minute}, {name: "ask net " + network(from.IP), free: 9, first: netWait},
		{name: "ask box", free: 200, first: firstWait}}); err != nil {
		return "", err
	}
	token, secret := newToken()
	if _, _, err := a.matches(ctx, token, "", true); err != nil { // it hides what else takes longer for some, and slows who asks for many
		return "", err
	}
	return token, a.db.Write(ctx, func(tx *store.Tx) error {
		acc, err := tx.AccountByEmail(email)
		if err != nil && !errors.Is(err, store.ErrNone) {
			return err
		}
		return a.beginAsk(tx, from, acc, token, secret)
	})
}

// beginAsk makes the request, where there is somebody to vouch. One for which
// somebody vouched stays: strangers could else keep the owner out by asking.
func (a *Auth) beginAsk(tx *store.Tx, from audit.From, acc store.Account, token, secret string) error {
	now := a.now()
	line := audit.Event{From: from, Action: audit.RecoveryRequested, Result: audit.Failed}
	if acc.ID != 0 {
		line.Object = "account:" + acc.Key
	}
	partners, err := a.couldVouch(tx, acc)
	if err != nil {
		return err
	}
	if len(partners) >= partnersNeeded {
		open, err := tx.OpenRecoveryRequest(acc.ID, record.At(now))
		if err != nil && !errors.Is(err, store.ErrNone) {
			return err
		}
		if open.Vouched == 0 {
			line.Result = audit.OK
			if err := a.requestIn(tx, from, acc, partners, token, secret); err != nil {
				return err
			}
		}
	}
	return a.ledger.Append(tx, now, line)
}

// couldVouch is who may vouch for a request that is made now.
func (a *Auth) couldVouch(tx *store.Tx, acc store.Account) (out []store.RecoveryPartner, err error) {
	if acc.ID == 0 || acc.Disabled != 0 {
		return nil, nil
	}
	list, err := tx.RecoveryPartners(acc.ID)
	for _, p := range list {
		if p.Agreed != 0 && !p.PartnerClosed && p.Aged >= agreedFor {
			out = append(out, p)
		}
	}
	return out, err
}

func (a *Auth) requestIn(tx *store.Tx, from audit.From, acc store.Account, partners []store.RecoveryPartner, token, secret string) error {
	now := a.now()
	last, err := tx.LastRecoveryRequest(acc.ID)
	if err != nil {
		return err
	}
	q := store.RecoveryRequest{Key: store.NewKey(), Secret: secret, Account: acc.ID, Epoch: acc.Epoch, Created: record.At(now), Expires: record.At(now.Add(askLife))}
	q.Code = a.askMark(q.Key, askCode(token))
	ids := make([]int64, len(partners))
	for i, p := range partners {
		ids[i] = p.ID
	}
	if err := tx.AddRecoveryRequest(q, ids); err != nil {
		return err
	}
	if last > a.before(vouchFor) { // they were written to already, and nobody's mailbox is flooded in the box's name
		return nil
	}
	for _, p := range partners {
		to, err := tx.AccountByID(p.Partner)
		if err != nil {
			return err
		}
		if err := a.tellAt(tx, from, mail.Notice{Kind: mail.RecoveryHelp, Account: to.ID, Address: to.Email, Other: acc.Name}); err != nil {
			return err
		}
	}
	return a.tellStop(tx, from, acc, mail.RecoveryRequested)
}

// Asked is how a request stands, for the browser that made it.
type Asked struct {
	Code    string
	Vouched bool          // two vouched
	Wait    time.Duration // until a new password may be set; 0: now
	Over    bool          // somebody vouched, and it ended all the same
	Email   string        // whose it is, when Wait is over
}

// FindAsked tells how the request of a browser stands. Of one that nobody
// vouched for it says the same as of one that there never was.
func (a *Auth) FindAsked(ctx context.Context, token string) (s Asked, err error) {
	s.Code = askCode(token)
	q, err := a.db.RecoveryRequestBySecret(ctx, secretOf(token), record.At(a.now()))
	if errors.Is(err, store.ErrNone) {
		return s, nil
	}
	if err != nil || q.Vouched == 0 {
		return s, err
	}
	if !q.Live {
		s.Over = true
		return s, nil
	}
	if q.Vouched < partnersNeeded {
		return s, nil
	}
	s.Vouched, s.Wait = true, max(vouchFor-max(q.Aged, 0), 0)
	if s.Wait == 0 {
		acc, err := a.db.AccountByID(ctx, q.Account)
		s.Email = acc.Email
		return s, err
	}
	return s, nil
}

var errNotVouched = fault.New(fault.Conflict, "askback.not-yet")

// UseAsked sets a new password for the browser whose request two vouched for,
// once, takes away the second factors and recovery codes, and ends every
// session. It lets nobody in.
func (a *Auth) UseAsked(ctx context.Context, from audit.From, token, plain string) error {
	s, err := a.FindAsked(ctx, token)
	if err != nil {
		return err
	}
	if !s.Vouched || s.Wait > 0 {
		return errNotVouched
	}
	acc, err := a.db.AccountByEmail(ctx, s.Email)
	if err != nil {
		return err
	}
	n, err := a.anewPassword(ctx, acc, plain)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		taken, err := tx.TakeRecoveryRequest(secretOf(token), vouchFor, record.At(a.now()))
		if err != nil || !taken {
			return errors.Join(err, errNotVouched)
		}
		return a.anewIn(tx, from, acc, n, audit.AccountRecovered, mail.AccountRecovered)
	})
}

// AgeRecovery lets time pass for what must wait: agreements, and vouches. It
// is called at a rhythm with the time that went by since, of a clock that
// nobody can set.
func (a *Auth) AgeRecovery(ctx context.Context, by time.Duration) error {
	now := record.At(a.now())
	ageing, err := a.db.Ageing(ctx, agreedFor, vouchFor, now)
	if err != nil || !ageing {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error { return tx.AgeRecovery(by, agreedFor, vouchFor, now) })
}

// LeastAsked is the least length of the password that UseAsked takes.
const LeastAsked = password.Least

// stopToken is what stops every request that an account has open in its epoch.
func (a *Auth) stopToken(acc store.Account) string {
	return acc.Key + a.markOf("stop requests of " + acc.Key + " in " + epochName(acc))[:32]
}

// cutStop takes the account's key out of a token.
func cutStop(token string) (key string, ok bool) {
	if len(token) != 64 || strings.Trim(token, "0123456789abcdef") != "" {
		return "", false
	}
	return token[:32], true
}
