package auth

import (
	"context"
	"errors"
	"net"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// MostPasskeys is how many passkeys an account may have.
const MostPasskeys = 10

// rpFact is the host that passkeys of the box are for, as a fact of the box.
const rpFact = "passkey-host"

// UsePasskeys has passkeys work under the address of the box, and under no
// other: neither name nor origin ever come from a request. Where the address
// has no name that passkeys can be for, there are none. It is called once,
// before the first request.
//
// A passkey works under the host that it was made for alone. When that changed
// and there are passkeys, the box is not served, unless accept says that they
// may be lost: they are switched off then.
func (a *Auth) UsePasskeys(ctx context.Context, base *url.URL, accept bool) error {
	host := base.Hostname()
	w, err := webauthn.New(&webauthn.Config{RPID: host, RPDisplayName: "Glucokeep", RPOrigins: []string{base.Scheme + "://" + base.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired},
		Timeouts: webauthn.TimeoutsConfig{Login: webauthn.TimeoutConfig{Enforce: true, Timeout: ceremonyLife, TimeoutUVD: ceremonyLife},
			Registration: webauthn.TimeoutConfig{Enforce: true, Timeout: ceremonyLife, TimeoutUVD: ceremonyLife}}})
	if err == nil && net.ParseIP(host) == nil {
		a.passkeys = w
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		before, err := tx.BoxFact(rpFact)
		if err != nil && !errors.Is(err, store.ErrNone) || before == host {
			return err
		}
		stranded, err := tx.PasskeysElsewhere(host)
		if err != nil {
			return err
		}
		if stranded > 0 {
			if !accept {
				return fault.New(fault.Conflict, "passkey.host-changed", "count", stranded, "before", before, "host", host)
			}
			now := a.now()
			if err := errors.Join(tx.DisablePasskeysElsewhere(host, record.At(now)), a.ledger.Append(tx, now, audit.Event{Actor: audit.Actor{Console: true},
				Action: audit.BoxChanged, Object: "box:passkeys", Detail: map[string]any{"stranded": stranded}})); err != nil {
				return err
			}
		}
		return tx.SetBoxFact(rpFact, host)
	})
}

// HasPasskeys reports whether passkeys are possible under the address of the
// box.
func (a *Auth) HasPasskeys() bool { return a.passkeys != nil }

var errNoPasskeys = fault.New(fault.NotFound, "passkey.impossible")

// Challenge is a question to a browser: Options, as JSON, is what its
// interface for passkeys takes.
type Challenge struct {
	ID      string
	Options any
}

// keyHolder is an account as the library wants it.
type keyHolder struct {
	handle     []byte
	email      string
	name       string
	passkeys   []store.Passkey
	credential []webauthn.Credential
}

func holder(handle []byte, email, name string, list []store.Passkey) keyHolder {
	h := keyHolder{handle: handle, email: email, name: name, passkeys: list}
	for _, p := range list {
		c := webauthn.Credential{ID: p.Credential, PublicKey: p.Public, AttestationFormat: "none", Flags: webauthn.NewCredentialFlags(protocol.AuthenticatorFlags(p.Flags)),
			Authenticator: webauthn.Authenticator{SignCount: p.Count}}
		for _, t := range p.Transports {
			c.Transport = append(c.Transport, protocol.AuthenticatorTransport(t))
		}
		h.credential = append(h.credential, c)
	}
	return h
}

// WebAuthnID is what passkeys know the account by.
func (h keyHolder) WebAuthnID() []byte { return h.handle }

// WebAuthnName is shown by authenticators.
func (h keyHolder) WebAuthnName() string { return h.email }

// WebAuthnDisplayName is shown by authenticators.
func (h keyHolder) WebAuthnDisplayName() string { return h.name }

// WebAuthnCredentials are the passkeys of the account.
func (h keyHolder) WebAuthnCredentials() []webauthn.Credential { return h.credential }

// usable reports whether a passkey opens something under the address of the box.
func (a *Auth) usable(p store.Passkey) bool {
	return p.Works() && a.passkeys != nil && p.RP == a.passkeys.Config.RPID
}

// Passkey is a passkey of whoever is signed in.
type Passkey struct {
	Factor
	Synced   bool   // its device says that it is kept on others too
	May      bool   // be synced, by what it is
	Count    uint32 // signatures, as it says; synced ones mostly say 0
	Off      bool   // switched off: perhaps copied, or made for another address
	Host     string // it was made for
	HostGone bool   // and that is not the box's any more
}

// Passkeys lists the passkeys of whoever is signed in that count.
func (a *Auth) Passkeys(ctx context.Context, id Identity) (out []Passkey, err error) {
	list, err := a.db.Passkeys(ctx, id.Account)
	for _, p := range list {
		if !p.Counts() {
			continue
		}
		flags := protocol.AuthenticatorFlags(p.Flags)
		one := Passkey{Factor: Factor{Key: p.Key, Kind: p.Kind, Name: p.Name, Since: p.Confirmed.Time()}, Count: p.Count, Off: p.Disabled != 0,
			Synced: flags.HasBackupState(), May: flags.HasBackupEligible(), Host: p.RP, HostGone: a.passkeys == nil || p.RP != a.passkeys.Config.RPID}
		if p.Used != 0 {
			one.Used = p.Used.Time()
		}
		out = append(out, one)
	}
	return out, err
}

// RenameFactor gives a second factor of whoever is signed in another name.
func (a *Auth) RenameFactor(ctx context.Context, id Identity, from audit.From, key, typed string) error {
	name, err := factorName(typed)
	if err != nil {
		return err
	}
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		renamed, err := tx.RenameFactor(id.Account, key, name)
		if err == nil && !renamed {
			err = fault.New(fault.NotFound, "factor.gone")
		}
		if err != nil {
			return err
		}
		return a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: id.Account}, From: from, Action: audit.FactorRenamed, Object: "account:" + id.Key})
	})
}

// counted keeps what a passkey said in an answer that was right otherwise.
// When its counter stands still or goes back and it cannot be synced, there
// may be two of it: neither opens anything from then on (WebAuthn 3, 6.1.1).
// It reads the counter again: two answers at once are one after the other here.
func (a *Auth) counted(tx *store.Tx, from audit.From, acc store.Account, factor int64, count uint32, flags protocol.AuthenticatorFlags) (ok bool, err error) {
	p, err := tx.PasskeyByID(factor)
	if errors.Is(err, store.ErrNone) || err == nil && !a.usable(p) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	now := record.At(a.now())
	if (count != 0 || p.Count != 0) && count <= p.Count && !flags.HasBackupEligible() {
		return false, errors.Join(tx.DisableFactor(factor, now), a.tell(tx, from, acc, mail.PasskeyOff),
			a.ledger.Append(tx, a.now(), audit.Event{Actor: audit.Actor{Account: acc.ID}, From: from, Action: audit.PasskeyOff, Object: "account:" + acc.Key}))
	}
	return true, tx.UsePasskey(factor, count, byte(flags), now)
}
