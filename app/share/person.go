package share

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/name"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// NewPerson is what must be known to keep somebody's data.
type NewPerson struct {
	Key   string // made with the form that asks, so that one sent twice is one person; "" makes one
	Name  string
	Zone  string // IANA
	Unit  string // "mg/dL" or "mmol/L"
	Owner int64  // account that holds the data
}

// Check says what is wrong with p as a fault of kind Invalid, nil if nothing.
func (p NewPerson) Check() error {
	called := name.Clean(p.Name)
	switch {
	case called == "":
		return fault.New(fault.Invalid, "person.name-missing")
	case utf8.RuneCountInString(called) > 100 || strings.ContainsFunc(called, unicode.IsControl):
		return fault.New(fault.Invalid, "person.name-long", "max", 100)
	case p.Unit != "mg/dL" && p.Unit != "mmol/L":
		return fault.New(fault.Invalid, "person.unit-unknown")
	}
	if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "" || p.Zone == "Local" {
		return fault.New(fault.Invalid, "person.zone-unknown")
	}
	return nil
}

// FieldOf is what about a person a fault of NewPerson.Check concerns.
func FieldOf(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		switch f.Key {
		case "person.zone-unknown":
			return "zone"
		case "person.unit-unknown":
			return "unit"
		}
	}
	return "name"
}

// AddPerson starts to keep somebody's data, held by p.Owner.
func (s *Share) AddPerson(ctx context.Context, now time.Time, v Viewer, p NewPerson) (store.Person, error) {
	if err := p.Check(); err != nil {
		return store.Person{}, err
	}
	var made store.Person
	err := s.db.Write(ctx, func(tx *store.Tx) (err error) {
		made, err = s.AddPersonIn(tx, now, v, p)
		return err
	})
	return made, err
}

// AddPersonIn is AddPerson inside a larger act; p must have been checked.
func (s *Share) AddPersonIn(tx *store.Tx, now time.Time, v Viewer, p NewPerson) (made store.Person, err error) {
	at := record.At(now)
	if p.Key == "" {
		p.Key = store.NewKey()
	}
	made = store.Person{Key: p.Key, Name: name.Clean(p.Name), Zone: p.Zone, Unit: p.Unit, Ranges: "standard",
		NightFrom: 22, NightUntil: 6, Created: at}
	if made.ID, err = tx.AddPerson(made); err != nil {
		return made, err
	}
	if _, err = tx.AddGrant(store.Grant{Key: store.NewKey(), Person: made.ID, Account: p.Owner, Role: "owner", From: at, Created: at}); err != nil {
		return made, err
	}
	err = errors.Join(
		s.ledger.Append(tx, now, audit.Event{Actor: v.Actor(), From: v.From, Person: made.ID, Action: audit.PersonAdded}),
		s.ledger.Append(tx, now, audit.Event{Actor: v.Actor(), From: v.From, Person: made.ID, Action: audit.GrantAdded,
			Detail: map[string]any{"role": "owner"}}))
	return made, err
}

// ByName finds the person that somebody at the console means: by key, or by a
// name that only one has.
func (s *Share) ByName(ctx context.Context, v Viewer, name string, now time.Time) (string, error) {
	scopes, err := s.Persons(ctx, v, now)
	if err != nil {
		return "", err
	}
	var found []string
	for _, sc := range scopes {
		p := sc.Person()
		if p.Key == name {
			return p.Key, nil
		}
		if strings.EqualFold(p.Name, strings.TrimSpace(name)) {
			found = append(found, p.Key)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fault.New(fault.NotFound, "person.no-such-name")
	}
	return "", fault.New(fault.Conflict, "person.several-of-name", "count", len(found))
}
