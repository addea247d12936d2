// Package share decides who may do what with whose data. Can is the only
// place that says yes; a Scope is the proof that it did, and package read
// gives data to nobody who has none.
package share

import (
	"context"
	"errors"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Action is what a viewer wants to do with a person's data.
type Action string

// The actions.
const (
	View   Action = "view"   // see pages with live values, history and reports
	Export Action = "export" // take a file away
	Import Action = "import" // bring data in, see past imports, take them back
	Write  Action = "write"  // write notes and care log
	Manage Action = "manage" // change how the person is called and shown
)

// Viewer is whoever asks: an account that signed in, or the console of the
// box. The zero Viewer is nobody.
type Viewer struct {
	Account int64
	Console bool
	From    audit.From
}

// Actor is the viewer as the ledger knows them.
func (v Viewer) Actor() audit.Actor { return audit.Actor{Account: v.Account, Console: v.Console} }

// Scope is a permission that was given: to one viewer, for one action, on one
// person's data, in a range of time. Only this package makes one.
type Scope struct {
	viewer Viewer
	action Action
	person store.Person
	grant  int64
	from   record.Millis // earliest instant that may be seen
}

// Viewer is who may.
func (s Scope) Viewer() Viewer { return s.viewer }

// Action is what they may do.
func (s Scope) Action() Action { return s.action }

// Person is whose data it is. A Scope that nobody gave has the zero Person.
func (s Scope) Person() store.Person { return s.person }

// Grant is the row of the grant that gave it, 0 for the console.
func (s Scope) Grant() int64 { return s.grant }

// From is the earliest instant that may be seen.
func (s Scope) From() record.Millis { return s.from }

// Whole reports whether all there is may be seen, whenever it was.
func (s Scope) Whole() bool { return s.from == beginning }

// Share knows the grants of a box.
type Share struct {
	db     *store.DB
	ledger *audit.Ledger

	// Rows alone: what they allow is decided anew each time.
	persons store.Kept[struct{}, []store.Person]
	viewed  store.Kept[int64, viewed] // by account
}

// viewed is whose data is kept, and what an account was ever granted of it.
type viewed struct {
	persons []store.Person
	grants  []store.Grant
}

// New makes the sharing of db.
func New(db *store.DB, ledger *audit.Ledger) *Share { return &Share{db: db, ledger: ledger} }

// Can is the decision: whether a grant allows an action at an instant. The
// clock is the server's, and the end of a grant is looked at here on every
// request, never by a job that cleans up.
func Can(g store.Grant, a Action, now time.Time) bool {
	at := record.At(now)
	if g.Revoked != 0 || at < g.From || (g.Until != 0 && at >= g.Until) {
		return false
	}
	switch g.Role {
	case "owner":
		return a == View || a == Export || a == Import || a == Write || a == Manage
	}
	return false
}

// beginning is before all that a box can hold.
const beginning = record.Millis(-1 << 60)

// Scope asks for an action on the data of the person with this key. Whoever
// may not gets the same NotFound as for a person who does not exist, and both
// leave a line in the ledger.
func (s *Share) Scope(ctx context.Context, v Viewer, a Action, key string, now time.Time) (Scope, error) {
	p, err := s.db.PersonByKey(ctx, key)
	if err != nil && !errors.Is(err, store.ErrNone) {
		return Scope{}, err
	}
	scope := Scope{viewer: v, action: a, person: p, from: beginning}
	if v.Console && p.ID != 0 {
		return scope, nil
	}
	grants, err := s.db.GrantsFor(ctx, v.Account, p.ID)
	if err != nil {
		return Scope{}, err
	}
	for _, g := range grants {
		if Can(g, a, now) {
			scope.grant = g.ID
			return scope, nil
		}
	}
	err = s.db.Write(ctx, func(tx *store.Tx) error {
		return s.ledger.Append(tx, now, audit.Event{Actor: v.Actor(), From: v.From, Person: p.ID,
			Action: audit.Refused, Object: "action:" + string(a), Result: audit.Denied})
	})
	if err != nil {
		return Scope{}, err
	}
	return Scope{}, fault.New(fault.NotFound, "person.unknown")
}

// Persons lists those whose data a viewer may see now, by name. The rows are
// read anew after every commit, whoever made it; Can decides each time.
func (s *Share) Persons(ctx context.Context, v Viewer, now time.Time) ([]Scope, error) {
	rows, err := s.viewed.Get(ctx, s.db, v.Account, func() (rows viewed, err error) {
		// All accounts share the persons, who are many where accounts are.
		rows.persons, err = s.persons.Get(ctx, s.db, struct{}{}, func() ([]store.Person, error) { return s.db.Persons(ctx) })
		if err != nil {
			return rows, err
		}
		rows.grants, err = s.db.GrantsOf(ctx, v.Account)
		return rows, err
	})
	if err != nil {
		return nil, err
	}
	seen := make(map[int64]int64, len(rows.grants)) // person → grant
	for _, g := range rows.grants {
		if Can(g, View, now) {
			seen[g.Person] = g.ID
		}
	}
	out := make([]Scope, 0, len(rows.persons))
	for _, p := range rows.persons {
		if grant, ok := seen[p.ID]; ok || v.Console {
			out = append(out, Scope{viewer: v, action: View, person: p, grant: grant, from: beginning})
		}
	}
	return out, nil
}
