// Package audit is the ledger: who saw or did what, when, from where. A line
// is written in the transaction of the act itself, is never changed, and is
// chained to the line before by a keyed hash, so that a line that somebody
// edits, removes or moves is found.
package audit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"sync"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Action is what was done.
type Action string

// The actions.
const (
	SetUp         Action = "set-up"
	SignIn        Action = "sign-in"
	SignOut       Action = "sign-out"
	AccountAdded  Action = "account.added"
	PasswordReset Action = "account.password"
	PasswordOwn   Action = "account.password-own"
	ListsUpdated  Action = "passwords.updated"
	PersonAdded   Action = "person.added"
	PersonChanged Action = "person.changed"
	GrantAdded    Action = "grant.added"
	Preferences   Action = "account.preferences"
	ViewBegin     Action = "view.begin"
	ViewEnd       Action = "view.end"
	Exported      Action = "export"
	Imported      Action = "import"
	ImportUndone  Action = "import.undone"
	Refused       Action = "refused"
	BoxChanged    Action = "box.changed"
	BoxChecked    Action = "box.checked"
	BoxQueried    Action = "box.queried"
	LiveReceiving Action = "live.begin"
	LogAdded      Action = "log.added"
	LogChanged    Action = "log.changed"
	LogRemoved    Action = "log.removed"
	LogRestored   Action = "log.restored"
)

// Result is how it ended.
type Result string

// The results.
const (
	OK     Result = "ok"
	Denied Result = "refused"
	Failed Result = "failed"
)

// Actor is who did it: an account, the console, the box itself, or somebody
// who did not sign in (the zero value).
type Actor struct {
	Account int64
	Console bool
	Box     bool
}

// From is where it came from. The zero value is the console.
type From struct {
	IP      string
	Device  string // browser and system in words
	Request string // id of the request in the operational log
}

// Event is one act.
type Event struct {
	Actor  Actor
	From   From
	Person int64 // whose data, 0 nobody's
	Action Action
	Object string         // what: "page:profile", "upload:KEY"
	Result Result         // "" is OK
	Detail map[string]any // never a name, address, token or health value
}

// Ledger writes and verifies the ledger. It is safe for use by many goroutines.
type Ledger struct {
	db   *store.DB
	key  []byte
	boot string

	mu    sync.Mutex
	looks map[look]*span
	over  []*span // taken out of looks, their ends not written yet
}

// New makes the ledger of db with the key of the chain.
func New(db *store.DB, key []byte) *Ledger {
	return &Ledger{db: db, key: key, boot: store.NewKey(), looks: map[look]*span{}}
}

// Append writes e into the transaction of the act.
func (l *Ledger) Append(tx *store.Tx, now time.Time, e Event) error {
	r := store.LedgerRow{At: record.At(now), Boot: l.boot, Action: string(e.Action), Object: e.Object,
		Result: string(e.Result), Request: e.From.Request, Detail: "{}"}
	if r.Result == "" {
		r.Result = string(OK)
	}
	if len(e.Detail) > 0 {
		detail, err := json.Marshal(e.Detail)
		if err != nil {
			return fmt.Errorf("ledger detail: %w", err)
		}
		r.Detail = string(detail)
	}
	var err error
	if r.Actor, err = tx.Subject(kindOf(e.Actor), e.Actor.Account, 0); err != nil {
		return err
	}
	if e.Person != 0 {
		if r.Person, err = tx.Subject(store.SubjectPerson, 0, e.Person); err != nil {
			return err
		}
	}
	if e.From.IP != "" || e.From.Device != "" {
		if r.Origin, err = tx.Origin(e.From.IP, e.From.Device); err != nil {
			return err
		}
	}
	seq, head, err := tx.LedgerHead()
	if err != nil {
		return err
	}
	r.Seq = seq + 1
	r.Hash = l.hash(head, r)
	return tx.AddLedger(r)
}

func kindOf(a Actor) store.SubjectKind {
	switch {
	case a.Account != 0:
		return store.SubjectAccount
	case a.Console:
		return store.SubjectConsole
	case a.Box:
		return store.SubjectBox
	}
	return store.SubjectUnknown
}

// hash chains r to the hash before it: HMAC-SHA-256 over the hash before and
// every column, each text with its length so that none can run into the next.
func (l *Ledger) hash(before []byte, r store.LedgerRow) []byte {
	m := hmac.New(sha256.New, l.key)
	var n [8]byte
	number := func(v int64) {
		binary.BigEndian.PutUint64(n[:], uint64(v))
		m.Write(n[:])
	}
	m.Write(before)
	number(r.Seq)
	number(int64(r.At))
	for _, s := range []string{r.Boot, r.Actor, r.Behalf, r.Person, r.Action, r.Object, r.Result, r.Origin, r.Request, r.Detail} {
		number(int64(len(s)))
		m.Write([]byte(s))
	}
	return m.Sum(nil)
}

// BrokenError says that the ledger was tampered with, first at line Seq.
type BrokenError struct{ Seq int64 }

// Error names the line.
func (e *BrokenError) Error() string { return fmt.Sprintf("ledger is broken at line %d", e.Seq) }

// Verify walks the whole chain and gives the number of lines. A *BrokenError
// names the first that was edited, removed, put in or moved. Lines cut off at
// the end leave no trace in the chain itself.
func (l *Ledger) Verify(ctx context.Context) (lines int64, err error) {
	var head []byte
	// From the very first row: one below the first number was put in too.
	err = l.db.Ledger(ctx, math.MinInt64, func(r store.LedgerRow) error {
		if r.Seq != lines+1 || !hmac.Equal(r.Hash, l.hash(head, r)) {
			return &BrokenError{Seq: lines + 1}
		}
		lines, head = r.Seq, r.Hash
		return nil
	})
	return lines, err
}

// VerifyTail walks the last lines of the chain, for a quick look at a start: a
// *BrokenError says that they were changed, or that the key is another one.
func (l *Ledger) VerifyTail(ctx context.Context, lines int64) error {
	last, err := l.db.LastLedger(ctx)
	if err != nil || last == 0 {
		return err
	}
	first := max(last-lines, 0)
	var head []byte
	known := first == 0 // the hash before the first line is known only at the very beginning
	next := first + 1
	return l.db.Ledger(ctx, first, func(r store.LedgerRow) error {
		if r.Seq != next || (known && !hmac.Equal(r.Hash, l.hash(head, r))) {
			return &BrokenError{Seq: next}
		}
		known, head, next = true, r.Hash, next+1
		return nil
	})
}
