package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/name"
	"glucokeep/app/store"
)

// The names of facts in the table of the box.
const (
	nameFact = "name"
	zoneFact = "zone"
	unitFact = "unit"
	stepFact = "setup-step"
)

// Box is what a household calls its box, and what a new person on it begins
// with. Each is "" until somebody said it.
type Box struct {
	Name string
	Zone string // IANA
	Unit string // "mg/dL" or "mmol/L"
}

// Check says what is wrong with b as faults of kind Invalid under name, zone
// and unit. It is empty when nothing is.
func (b Box) Check() map[string]error {
	wrong := map[string]error{}
	switch called := name.Clean(b.Name); {
	case called == "":
		wrong["name"] = fault.New(fault.Invalid, "box.name-missing")
	case utf8.RuneCountInString(called) > 60 || strings.ContainsFunc(called, unicode.IsControl):
		wrong["name"] = fault.New(fault.Invalid, "box.name-long", "max", 60)
	}
	if _, err := time.LoadLocation(b.Zone); err != nil || b.Zone == "" || b.Zone == "Local" {
		wrong["zone"] = fault.New(fault.Invalid, "person.zone-unknown")
	}
	if b.Unit != "mg/dL" && b.Unit != "mmol/L" {
		wrong["unit"] = fault.New(fault.Invalid, "person.unit-unknown")
	}
	return wrong
}

// Mark stands for exactly this name, zone and unit, so that a form can say what
// was known when it was drawn; "" for a box that nobody named. It gives none of
// them away.
func (b Box) Mark() string {
	if b.Name == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(b.Name + "\x00" + b.Zone + "\x00" + b.Unit))
	return hex.EncodeToString(sum[:16])
}

// Step is a step of the set-up after the first account. "" is none: it was
// gone through, or the box was set up at the console.
type Step string

// The steps.
const (
	PersonStep Step = "person"
	DataStep   Step = "data"
)

// Box gives what is known of the box, and at which step its set-up stands.
func (a *Auth) Box(ctx context.Context) (Box, Step, error) {
	facts, err := a.db.BoxFacts(ctx)
	return Box{Name: facts[nameFact], Zone: facts[zoneFact], Unit: facts[unitFact]}, Step(facts[stepFact]), err
}

// BoxName is what the household calls the box. It stands at the foot of every
// page, so it is kept in memory until it changes.
func (a *Auth) BoxName(ctx context.Context) (string, error) {
	a.name.Lock()
	defer a.name.Unlock()
	if !a.name.known {
		box, _, err := a.Box(ctx)
		if err != nil {
			return "", err
		}
		a.name.text, a.name.known = box.Name, true
	}
	return a.name.text, nil
}

// boxName is the name as it was last read.
type boxName struct {
	sync.Mutex
	text  string
	known bool
}

func (n *boxName) forget() {
	n.Lock()
	defer n.Unlock()
	n.known = false
}

// ErrMeanwhile says that somebody else who knows the set-up code named the box
// after the form was drawn that would name it otherwise.
var ErrMeanwhile = errors.New("the box was named meanwhile")

// BeginSetUp names a box that has no account yet, for somebody who knows the
// set-up code. The code stays good for SetUp. seen is the Mark of the box that
// they saw: when it is called otherwise by now, nothing is overwritten, and the
// error is ErrMeanwhile.
func (a *Auth) BeginSetUp(ctx context.Context, from audit.From, code string, b Box, seen string) error {
	b.Name = strings.TrimSpace(b.Name)
	if err := first(b.Check()); err != nil {
		return err
	}
	if err := a.claimSetup(ctx); err != nil {
		return err
	}
	return a.withSetupCode(ctx, from, code, func(tx *store.Tx) error {
		now, err := boxIn(tx)
		if err != nil {
			return err
		}
		if m := now.Mark(); m != "" && m != seen && m != b.Mark() {
			return ErrMeanwhile
		}
		return a.nameIn(tx, audit.Actor{}, from, b)
	})
}

func boxIn(tx *store.Tx) (b Box, err error) {
	for name, place := range map[string]*string{nameFact: &b.Name, zoneFact: &b.Zone, unitFact: &b.Unit} {
		if *place, err = tx.BoxFact(name); err != nil && !errors.Is(err, store.ErrNone) {
			return b, err
		}
	}
	return b, nil
}

// NameBox changes what the box is called and what a new person begins with.
// seen is the Mark of the box that they saw: when it is another by now, nothing
// is overwritten, and the error is ErrMeanwhile.
func (a *Auth) NameBox(ctx context.Context, id Identity, from audit.From, b Box, seen string) error {
	if err := first(b.Check()); err != nil {
		return err
	}
	return a.writeAs(ctx, id, func(tx *store.Tx) error {
		now, err := boxIn(tx)
		if err != nil {
			return err
		}
		if m := now.Mark(); m != seen && m != b.Mark() {
			return ErrMeanwhile
		}
		return a.nameIn(tx, audit.Actor{Account: id.Account}, from, b)
	})
}

func (a *Auth) nameIn(tx *store.Tx, by audit.Actor, from audit.From, b Box) error {
	tx.AfterCommit(a.name.forget)
	return errors.Join(tx.SetBoxFact(nameFact, name.Clean(b.Name)), tx.SetBoxFact(zoneFact, b.Zone), tx.SetBoxFact(unitFact, b.Unit),
		a.ledger.Append(tx, a.now(), audit.Event{Actor: by, From: from, Action: audit.BoxChanged}))
}

// GoTo leaves the set-up at a step. It changes nothing else, so it leaves no
// line in the ledger.
func (a *Auth) GoTo(ctx context.Context, step Step) error {
	return a.db.Write(ctx, func(tx *store.Tx) error { return tx.SetBoxFact(stepFact, string(step)) })
}

func first(wrong map[string]error) error {
	for _, field := range []string{"name", "zone", "unit"} {
		if wrong[field] != nil {
			return wrong[field]
		}
	}
	return nil
}
