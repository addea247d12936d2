// Package audit is the ledger: who saw or did what, when, from where. A line
// is written in the transaction of the act itself, is never changed, and is
// chained to the line before by a keyed hash, so that a line that somebody
// edits, removes or moves is found.
package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Action is what was done.
type Action string

// The actions.
const (
	SetUp           Action = "set-up"
	SignIn          Action = "sign-in"
	SignOut         Action = "sign-out"
	AccountAdded    Action = "account.added"
	PasswordReset   Action = "account.password"
	PasswordOwn     Action = "account.password-own"
	ListsUpdated    Action = "passwords.updated"
	PersonAdded     Action = "person.added"
	PersonChanged   Action = "person.changed"
	GrantAdded      Action = "grant.added"
	Preferences     Action = "account.preferences"
	ViewBegin       Action = "view.begin"
	ViewEnd         Action = "view.end"
	Exported        Action = "export"
	Imported        Action = "import"
	ImportUndone    Action = "import.undone"
	Refused         Action = "refused"
	BoxChanged      Action = "box.changed"
	BoxChecked      Action = "box.checked"
	BoxQueried      Action = "box.queried"
	MailChanged     Action = "mail.changed"
	MailTested      Action = "mail.tested"
	PhraseChanged   Action = "account.phrase"
	AddressAsked    Action = "address.asked"
	AddressProven   Action = "address.proven"
	AddressSet      Action = "address.changed"
	AddressUndone   Action = "address.undone"
	LinkMade        Action = "address.link"
	StepUp          Action = "step-up"
	SignInHalf      Action = "sign-in.half" // a second factor is owed
	DeviceKept      Action = "device.remembered"
	FactorAdded     Action = "factor.added"
	FactorRemoved   Action = "factor.removed"
	FactorRenamed   Action = "factor.renamed"
	PasskeyOff      Action = "passkey.off" // its counter went back: there may be two of it
	CodesMade       Action = "recovery.made"
	CodesSaved      Action = "recovery.saved"
	CodeUsed        Action = "recovery.used"
	SessionEnded    Action = "session.ended"
	OthersEnded     Action = "session.others-ended"
	NotMe           Action = "session.not-me"
	SharedPassword  Action = "account.shared-password" // it was used at once from two strange places
	SharedDismissed Action = "account.shared-dismissed"
	ResetLink       Action = "account.reset-link"
	AccountReset    Action = "account.reset"
	WelcomeLink     Action = "account.welcome-link"
	Welcomed        Action = "account.welcomed" // its first password was set
	RenewLink       Action = "account.renew-link"
	RenewStopped    Action = "account.renew-stopped"
	Renewed         Action = "account.renewed"
	Disabled        Action = "account.disabled"
	Enabled         Action = "account.enabled"
	AdminGiven      Action = "account.admin-given"
	AdminTaken      Action = "account.admin-taken"
	CheckUp         Action = "account.check-up"

	RecoveryReminded  Action = "recovery.reminded"
	RecoveryCurrent   Action = "recovery.current" // their owner says that the ways back in are
	PartnerNamed      Action = "recovery.partner-named"
	PartnerAgreed     Action = "recovery.partner-agreed"
	PartnerEnded      Action = "recovery.partner-ended"
	RecoveryRequested Action = "recovery.requested"
	RecoveryVouched   Action = "recovery.vouched"
	RecoveryStopped   Action = "recovery.stopped"
	AccountRecovered  Action = "account.recovered"

	KeyTurned     Action = "key.turned"
	KeyLost       Action = "key.lost"
	LedgerCut     Action = "ledger.cut" // lines before this one are missing
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
	Lang    string // that who asked likes to read, for mails about it; not in the ledger
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
	keys chain
	boot string

	reached atomic.Int64 // the last line that this process wrote

	mu    sync.Mutex
	looks map[look]*span
	over  []*span // taken out of looks, their ends not written yet
}

// New makes the ledger of db. key is that of new lines; older are those of
// lines from before, newest first.
func New(db *store.DB, key []byte, older ...[]byte) *Ledger {
	return &Ledger{db: db, keys: newChain(key, older), boot: store.NewKey(), looks: map[look]*span{}}
}

// Append writes e into the transaction of the act. Where the ledger does not
// end as the box left it, a line that says so comes before it.
func (l *Ledger) Append(tx *store.Tx, now time.Time, e Event) error {
	end, err := tx.LedgerEnd()
	if err != nil {
		return err
	}
	if cut := l.cutAt(end, e.Action); cut != nil {
		if err := l.appendCut(tx, now, cut); err != nil {
			return err
		}
	}
	return l.add(tx, now, e)
}

// add writes e as the next line, and how far the ledger reaches now.
func (l *Ledger) add(tx *store.Tx, now time.Time, e Event) error {
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
	end, err := tx.LedgerEnd()
	if err != nil {
		return err
	}
	r.Seq, r.Key = end.Seq+1, l.keys.now()
	r.Hash = hash(l.keys.of[r.Key], end.Hash, r)
	tx.AfterCommit(func() { l.reached.Store(max(r.Seq, l.reached.Load())) })
	return tx.AddLedger(r, l.keys.mark(r.Key, r.Seq, r.Hash))
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
func hash(key, before []byte, r store.LedgerRow) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(before)
	m.Write(columns(r))
	return m.Sum(nil)
}

// columns is what a hash covers of a line.
func columns(r store.LedgerRow) (out []byte) {
	number := func(v int64) { out = binary.BigEndian.AppendUint64(out, uint64(v)) }
	number(r.Seq)
	number(int64(r.At))
	for _, s := range []string{r.Boot, r.Actor, r.Behalf, r.Person, r.Action, r.Object, r.Result, r.Origin, r.Request, r.Detail} {
		number(int64(len(s)))
		out = append(out, s...)
	}
	return out
}
