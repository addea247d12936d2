package mail

import (
	"context"
	"encoding/json"
	"net"
	"strings"
	"time"
	"unicode"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/store"
)

// Encryption is how the connection to the mail server is kept private.
type Encryption string

// The ways. None is for a server on this machine alone.
const (
	StartTLS Encryption = "starttls" // begins in the open and must change over, port 587
	TLS      Encryption = "tls"      // from the first byte, port 465
	None     Encryption = "none"
)

// Settings is the mail server that takes the box's mails.
type Settings struct {
	Host   string     `json:"host"`
	Port   int        `json:"port"`
	TLS    Encryption `json:"tls"`
	Name   string     `json:"name,omitempty"` // to sign in with, "" without
	Sender string     `json:"sender"`         // address that the mails come from
}

const (
	settingsFact = "mail"
	secretName   = "mail"
)

// Check says what is wrong with s as faults of kind Invalid under host, port,
// tls, name and sender. It is empty when nothing is.
func (s Settings) Check() map[string]error {
	wrong := map[string]error{}
	if !hostName(s.Host) {
		wrong["host"] = fault.New(fault.Invalid, "mail.host-invalid")
	}
	if s.Port < 1 || s.Port > 65535 {
		wrong["port"] = fault.New(fault.Invalid, "mail.port-invalid")
	}
	switch s.TLS {
	case StartTLS, TLS:
	case None:
		if !s.local() {
			wrong["tls"] = fault.New(fault.Invalid, "mail.tls-needed")
		}
	default:
		wrong["tls"] = fault.New(fault.Invalid, "web.choose")
	}
	if len(s.Name) > 254 || strings.ContainsFunc(s.Name, unicode.IsControl) {
		wrong["name"] = fault.New(fault.Invalid, "mail.name-invalid")
	}
	if _, err := Address(s.Sender); err != nil {
		wrong["sender"] = fault.New(fault.Invalid, "account.email-invalid")
	}
	return wrong
}

// hostName reports whether s is a name or address of a machine and no more.
func hostName(s string) bool {
	if net.ParseIP(s) != nil {
		return true
	}
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "-") != label || strings.ContainsFunc(label, func(r rune) bool {
			return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_')
		}) {
			return false
		}
	}
	return true
}

// local reports whether the server is on this machine, where nobody listens.
func (s Settings) local() bool {
	if s.Host == "localhost" {
		return true
	}
	ip := net.ParseIP(s.Host)
	return ip != nil && ip.IsLoopback()
}

// Settings gives the mail server; ok is false when none is set.
func (m *Mails) Settings(ctx context.Context) (s Settings, ok bool, err error) {
	facts, err := m.db.BoxFacts(ctx)
	if err != nil || facts[settingsFact] == "" {
		return s, false, err
	}
	err = json.Unmarshal([]byte(facts[settingsFact]), &s)
	return s, err == nil, err
}

// Password says whether a password is kept; broken is true when it must be
// entered again.
func (m *Mails) Password(ctx context.Context) (kept, broken bool, err error) {
	secret, err := m.vault.Get(ctx, secretName)
	if fault.KindOf(err) == fault.Unavailable {
		return true, true, nil
	}
	return secret != nil, false, err
}

// SetServer changes the mail server. A nil password keeps the one of before as
// long as it goes to the same server under the same name: whoever can change
// the settings must not have it sent elsewhere. An empty one forgets it.
func (m *Mails) SetServer(ctx context.Context, now time.Time, by audit.Actor, from audit.From, s Settings, password []byte) error {
	for _, err := range s.Check() {
		return err
	}
	old, known, err := m.Settings(ctx)
	if err != nil {
		return err
	}
	if password == nil && (!known || old.Host != s.Host || old.Port != s.Port || old.Name != s.Name || old.TLS != s.TLS) {
		password = []byte{}
	}
	fact, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return m.db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SetBoxFact(settingsFact, string(fact)); err != nil {
			return err
		}
		if err := m.keep(tx, password); err != nil {
			return err
		}
		return m.ledger.Append(tx, now, audit.Event{Actor: by, From: from, Action: audit.MailChanged})
	})
}

func (m *Mails) keep(tx *store.Tx, password []byte) error {
	switch {
	case password == nil:
		return nil
	case len(password) == 0:
		return m.vault.Drop(tx, secretName)
	}
	return m.vault.Put(tx, secretName, 0, password)
}

// ForgetServer goes on without a mail server. What still waits is given up
// when its time is over, if none is set until then.
func (m *Mails) ForgetServer(ctx context.Context, now time.Time, by audit.Actor, from audit.From) error {
	return m.db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SetBoxFact(settingsFact, ""); err != nil {
			return err
		}
		if err := m.vault.Drop(tx, secretName); err != nil {
			return err
		}
		return m.ledger.Append(tx, now, audit.Event{Actor: by, From: from, Action: audit.MailChanged, Object: "none"})
	})
}
