package auth

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Outcome is how a sign-in ended.
type Outcome string

// The outcomes.
const (
	CameIn        Outcome = "in"
	WrongPassword Outcome = "password"
	WrongRecovery Outcome = "recovery" // in place of the password
	WrongCode     Outcome = "code"     // the password was right
	WrongPasskey  Outcome = "passkey"
	NoCode        Outcome = "no-code" // the password was right, and no code came
	NotConfirmed  Outcome = "confirm" // of somebody who is signed in: a wrong password or code, to show once more who they are
)

// Attempt is a sign-in, or one or many tries.
type Attempt struct {
	At      time.Time // of the last
	First   time.Time // of the first; At if there is one
	Count   int
	Outcome Outcome
	Way     string // of CameIn: how, as wayOf has it; "" unknown
	IP      string // "" of several
	Device  string // "" of several or unknown
	Spread  bool   // they came from several networks
	Mixed   bool   // and kinds of device
}

const (
	attemptsFor  = 90 * 24 * time.Hour
	foldWithin   = time.Hour // failures of one network that are no further apart are one row
	mostFailures = 200       // rows; more of them become one a day, and their counts stay
)

// wayOf names how somebody came in, by the method in the ledger.
func wayOf(method string) string {
	return map[string]string{
		byPassword:                      "password",
		byPassword + " and " + bySecond: "app", byPassword + " and " + byRecovery: "recovery-second", byRecovery + " and " + bySecond: "recovery-first",
		onRemembered: "remembered", byPasskey: "passkey", "set-up": "setup", passwordChanged: "changed", factorAdded: "factor-added", factorRemoved: "factor-removed",
	}[method]
}

// Attempts lists who signed in as the account of id in the last 90 days, or
// tried to, the newest first. Sign-ins are never left out. Failures are folded,
// so that nobody can push them out by more of them.
func (a *Auth) Attempts(ctx context.Context, id Identity) ([]Attempt, error) {
	now := a.now()
	f := attempts{now: now, whole: map[string]record.Millis{}, open: map[string]int{}}
	err := a.db.SignIns(ctx, id.Account, record.At(now.Add(-attemptsFor)), f.add)
	return f.byDay(), err
}

// attempts reads the lines of the ledger, the newest first.
type attempts struct {
	now   time.Time
	whole map[string]record.Millis // origin → the sign-in or failed code that came next from there
	open  map[string]int           // network and outcome → row that failures are folded into
	rows  []Attempt
}

func (f *attempts) add(l store.SignInLine) error {
	var how struct{ Method, First string }
	if l.Detail != "{}" {
		if err := json.Unmarshal([]byte(l.Detail), &how); err != nil {
			return err
		}
	}
	t := Attempt{At: l.At.Time(), First: l.At.Time(), Count: 1, Outcome: CameIn, IP: l.IP, Device: l.Device}
	switch failed := l.Result != string(audit.OK); {
	case l.Action == string(audit.StepUp) || l.Action == string(audit.PasswordOwn):
		t.Outcome = NotConfirmed
	case l.Action == string(audit.SignInHalf):
		next, ok := f.whole[l.Origin]
		if ok && next-l.At < record.Millis(halfLife.Milliseconds()) || f.now.Sub(t.At) < halfLife {
			return nil // its end has a line of its own, or is still to come
		}
		t.Outcome = NoCode
	case failed && how.First == byRecovery:
		t.Outcome = WrongRecovery
	case failed && how.Method == byPasskey:
		t.Outcome = WrongPasskey
	case failed && how.Method != "":
		t.Outcome = WrongCode
	case failed:
		t.Outcome = WrongPassword
	}
	if l.Action == string(audit.SignIn) && (t.Outcome == CameIn || t.Outcome == WrongCode) {
		f.whole[l.Origin] = l.At
	}
	if t.Outcome == CameIn {
		t.Way = wayOf(how.Method)
		f.rows = append(f.rows, t)
		return nil
	}
	f.fold(t)
	return nil
}

// fold puts a failure into the row of those that came soon after it from the
// same network, or makes one.
func (f *attempts) fold(t Attempt) {
	key := string(t.Outcome) + " " + network(t.IP)
	if i, ok := f.open[key]; ok && f.rows[i].First.Sub(t.At) <= foldWithin {
		f.rows[i].join(t)
		return
	}
	f.open[key] = len(f.rows)
	f.rows = append(f.rows, t)
}

// join adds a row of earlier failures of the same outcome.
func (t *Attempt) join(earlier Attempt) {
	t.Count += earlier.Count
	t.First = earlier.First
	if earlier.Device != t.Device {
		t.Device, t.Mixed = "", true
	}
	t.Mixed = t.Mixed || earlier.Mixed
	if earlier.Spread || network(earlier.IP) != network(t.IP) {
		t.IP, t.Spread = "", true
	}
}

// byDay gives the rows. Where failures are still too many, for they came from
// many networks, those that are not among the newest become one row a day and
// outcome.
func (f *attempts) byDay() []Attempt {
	failures := 0
	days := map[string]int{}
	out := f.rows[:0]
	for _, t := range f.rows {
		if t.Outcome == CameIn {
			out = append(out, t)
			continue
		}
		failures++
		if failures <= mostFailures {
			out = append(out, t)
			continue
		}
		key := string(t.Outcome) + t.At.UTC().Format(time.DateOnly)
		if i, ok := days[key]; ok {
			out[i].join(t)
			continue
		}
		days[key] = len(out)
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(x, y Attempt) int { return y.At.Compare(x.At) })
	return out
}
