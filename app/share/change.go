package share

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/name"
	"glucokeep/app/store"
)

// Change is what to change about a person. What is empty or nil stays as it
// is.
type Change struct {
	Name   string
	Zone   string // IANA
	Unit   string // "mg/dL" or "mmol/L"
	Ranges string // "standard", "older", "pregnancy", "pregnancy-other" or "own"
	Own    *store.OwnLimits
	Night  *Night
	Born   *string // date of birth as 2006-01-02, "" takes it away
	Record *string // number of a clinic's record, "" takes it away

	// Seen is the Mark of the person that whoever changes them saw, "" if
	// they saw none: a command line that names what it changes.
	Seen string
}

// Mark stands for exactly these settings of p, so that a form can say what was
// known when it was drawn. It gives none of them away.
func Mark(p store.Person) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", []any{p.Key, p.Name, p.Zone, p.Unit, p.Ranges, fmt.Sprint(p.Own, p.NightFrom, p.NightUntil), p.Born, p.Record}))
	return hex.EncodeToString(sum[:16])
}

// Night is from one hour of the person's clock up to another.
type Night struct{ From, Until int }

// ranges are what Person.Ranges can be.
var ranges = []string{"standard", "older", "pregnancy", "pregnancy-other", store.OwnRanges}

// on gives p with the change, and the names of what it changes.
func (c Change) on(p store.Person) (changed store.Person, names []string) {
	changed, names = p, []string{}
	set := func(name string, to *string, from string) {
		if *to != from {
			*to, names = from, append(names, name)
		}
	}
	for _, f := range []struct {
		name, from string
		to         *string
	}{{"name", name.Clean(c.Name), &changed.Name}, {"zone", c.Zone, &changed.Zone}, {"unit", c.Unit, &changed.Unit}, {"ranges", c.Ranges, &changed.Ranges}} {
		if f.from != "" {
			set(f.name, f.to, f.from)
		}
	}
	if c.Own != nil && *c.Own != changed.Own {
		changed.Own, names = *c.Own, append(names, "limits")
	}
	if c.Night != nil && *c.Night != (Night{changed.NightFrom, changed.NightUntil}) {
		changed.NightFrom, changed.NightUntil, names = c.Night.From, c.Night.Until, append(names, "night")
	}
	if c.Born != nil {
		set("born", &changed.Born, strings.TrimSpace(*c.Born))
	}
	if c.Record != nil {
		set("record", &changed.Record, name.Clean(*c.Record))
	}
	return changed, names
}

// Check says what is wrong with p as it would be after c, as faults of kind
// Invalid under the names of what they concern: name, zone, unit, ranges, the
// four limits, night, born, record. It is empty when nothing is.
func (c Change) Check(p store.Person, now time.Time) map[string]error {
	p, _ = c.on(p)
	wrong := map[string]error{}
	for _, one := range []NewPerson{{Name: p.Name, Zone: "UTC", Unit: "mg/dL"}, {Name: "x", Zone: p.Zone, Unit: "mg/dL"}, {Name: "x", Zone: "UTC", Unit: p.Unit}} {
		if err := one.Check(); err != nil {
			wrong[FieldOf(err)] = err
		}
	}
	if !slices.Contains(ranges, p.Ranges) {
		wrong["ranges"] = fault.New(fault.Invalid, "ranges.unknown")
	}
	if p.Ranges == store.OwnRanges || c.Own != nil {
		if field, err := checkLimits(p.Own); err != nil {
			wrong[field] = err
		}
	}
	if !hour(p.NightFrom) || !hour(p.NightUntil) || p.NightFrom == p.NightUntil {
		wrong["night"] = fault.New(fault.Invalid, "settings.night-wrong")
	}
	if born, err := time.Parse(time.DateOnly, p.Born); p.Born != "" && (err != nil || born.Year() < 1900 || born.After(now)) {
		wrong["born"] = fault.New(fault.Invalid, "settings.born-wrong")
	}
	if utf8.RuneCountInString(p.Record) > 60 || strings.ContainsFunc(p.Record, unicode.IsControl) {
		wrong["record"] = fault.New(fault.Invalid, "settings.record-long", "max", 60)
	}
	return wrong
}

func hour(h int) bool { return h >= 0 && h <= 23 }

// LimitFields are the names of the four limits, from very low to very high.
var LimitFields = [4]string{"very-low", "low", "high", "very-high"}

// checkLimits finds the first own limit that cannot be.
func checkLimits(o store.OwnLimits) (field string, err error) {
	if o == (store.OwnLimits{}) {
		return "ranges", fault.New(fault.Invalid, "ranges.own-missing")
	}
	switch border, order, ok := o.Wrong(); {
	case ok:
		return "", nil
	case order:
		return LimitFields[border], fault.New(fault.Invalid, "ranges.order")
	default:
		return LimitFields[border], fault.New(fault.Invalid, "ranges.bounds."+LimitFields[border])
	}
}

// order is that of the fields on the page.
var order = []string{"name", "zone", "unit", "ranges", "very-low", "low", "high", "very-high", "night", "born", "record"}

// SetPerson changes how a person is called, how their days and values are
// shown and what they are judged by. The ledger names what changed and no
// value. When somebody changed p after c.Seen, nothing is overwritten: the
// fault is of kind Conflict, and the person is what is kept now.
func (s *Share) SetPerson(ctx context.Context, now time.Time, scope Scope, c Change) (store.Person, error) {
	if scope.Action() != Manage {
		return scope.Person(), fault.New(fault.NotFound, "person.unknown")
	}
	v := scope.Viewer()
	kept := scope.Person()
	err := s.db.Write(ctx, func(tx *store.Tx) (err error) {
		if kept, err = tx.Person(scope.Person().ID); err != nil { // as it is in this transaction
			return err
		}
		wrong := c.Check(kept, now)
		for _, field := range order {
			if err := wrong[field]; err != nil {
				return err
			}
		}
		changed, names := c.on(kept)
		if len(names) > 0 && c.Seen != "" && c.Seen != Mark(kept) {
			return fault.New(fault.Conflict, "settings.meanwhile")
		}
		if err := tx.SetPerson(changed); err != nil {
			return err
		}
		return s.ledger.Append(tx, now, audit.Event{Actor: v.Actor(), From: v.From, Person: changed.ID, Action: audit.PersonChanged,
			Detail: map[string]any{"changed": names}})
	})
	if err == nil {
		kept, _ = c.on(kept)
	}
	return kept, err
}

// Changes names what c would change about p, as Check names it.
func (c Change) Changes(p store.Person) []string {
	_, names := c.on(p)
	return names
}
