package carelog

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"glucokeep/app/ingest"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Another says that there are entries that may be the very one that is being
// written down: a dose that another person or the pump gave a little earlier,
// or what the same person wrote a moment ago. Whoever writes must say that
// theirs is another.
type Another struct {
	Kind  record.Kind
	There []store.LogRow // by time
	Token string         // stands for exactly these entries; see Add
}

// Error says so without the values.
func (*Another) Error() string { return "may be written down already" }

// apart is how far two doses of one sort of insulin must lie apart for nobody
// to ask: the bolus of one meal is given by two people within the hour, the
// long insulin of one evening within the evening. The figures are our own.
func apart(i record.Insulin) time.Duration {
	if i == record.Long {
		return 8 * time.Hour
	}
	return time.Hour
}

// reach is how far back a dose counts that was written down, or changed, only
// just now.
func reach(i record.Insulin) time.Duration { return max(4*time.Hour, apart(i)) }

// mayBeOne reports whether the dose d could be the one that somebody writes
// down now as e. Insulin whose sort nobody said counts as rapid.
func mayBeOne(d store.LogRow, e Entry, now time.Time) bool {
	dose, ok := d.Record.(*record.Dose)
	if !ok || dose.Automated || (dose.Insulin == record.Long) != (e.Insulin == record.Long) {
		return false
	}
	between := dose.At.Time().Sub(e.At).Abs()
	if between <= apart(e.Insulin) {
		return true
	}
	// Somebody wrote down just now what was given a while ago, and another is
	// about to give; whoever copies a diary meal by meal is not asked.
	fresh := func(at time.Time) bool { return now.Sub(at) <= apart(e.Insulin) }
	written := fresh(d.Received.Time()) || fresh(d.Modified.Time()) // a change keeps when it was first written
	return d.ByHand && written && fresh(e.At) && between <= reach(e.Insulin)
}

// once is how long a writer who says the very same again is asked: whoever goes
// back in the browser finds what they typed in a form that is new.
const once = 10 * time.Minute

// wroteJustNow reports whether d is what the same person wrote a moment ago.
func wroteJustNow(d store.LogRow, e Entry, account string, now time.Time) bool {
	return d.ByHand && d.From.Serial == account && now.Sub(d.Received.Time()) <= once && d.Base().At.Time().Sub(e.At).Abs() <= once &&
		EntryOf(d.Record).says(e)
}

// guard refuses the entry of a key that may be written down already under
// another, unless again stands for all the entries that it may be. It runs in the transaction of the entry,
// so that of two people who write at once one is asked.
func guard(tx *store.Tx, h ingest.Hand, now time.Time, key string, e Entry, again string) error {
	far := once
	if e.Kind == record.KindDose {
		far = reach(e.Insulin)
	}
	near, err := tx.LogNear(h.Person, e.Kind, record.At(e.At.Add(-far)), record.At(e.At.Add(far)))
	if err != nil {
		return err
	}
	a := &Another{Kind: e.Kind}
	sum := sha256.New()
	for _, d := range near {
		if d.ByHand && d.Base().Key == key {
			continue // what is changed is not its own double
		}
		if mayBeOne(d, e, now) || wroteJustNow(d, e, h.Account, now) {
			a.There = append(a.There, d)
			fmt.Fprintf(sum, "%d %d\n", d.ID, d.Modified)
		}
	}
	a.Token = hex.EncodeToString(sum.Sum(nil)[:16])
	if len(a.There) == 0 || again == a.Token {
		return nil
	}
	return a
}
