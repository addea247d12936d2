// Package carelog is what people write themselves: who gave what when, and
// notes. An entry is a record of a source of its own that comes in by the one
// door; what was changed or removed stays as a revision. It asks before a
// second dose within a short time, and never computes or suggests one.
package carelog

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"glucokeep/app/fault"
	"glucokeep/app/ingest"
	"glucokeep/app/record"
	"glucokeep/app/share"
	"glucokeep/app/store"
	"glucokeep/app/unit"
)

// MaxText is how many characters an entry can say.
const MaxText = 10_000

// Entry is what somebody writes down. Which fields count hangs on Kind, one of
// store.LogKinds.
type Entry struct {
	Kind    record.Kind
	At      time.Time
	Units   unit.Units     // of a dose
	Insulin record.Insulin // of a dose: Rapid or Long
	Grams   unit.Grams     // of carbs
	Glucose unit.Glucose   // of a fingerstick
	Lasts   time.Duration  // of an activity; 0 is not said
	Text    string
}

// Clean is text as it is kept: valid, with line breaks as \n, without
// characters that steer a terminal or turn the direction of what follows.
func Clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, text))
}

// Check says what is wrong with e as a fault of kind Invalid, and the field
// that it belongs to; nil if nothing is.
func (e Entry) Check(now time.Time) (field string, err error) {
	wrong := func(field, key string, args ...any) (string, error) {
		return field, fault.New(fault.Invalid, key, args...)
	}
	switch {
	case utf8.RuneCountInString(e.Text) > MaxText:
		return wrong("text", "log.text-long", "count", utf8.RuneCountInString(e.Text), "max", MaxText)
	case e.At.After(now.Add(MaxAhead)):
		return wrong("date", "log.ahead")
	case e.At.Before(Earliest):
		return wrong("date", "log.before-all")
	}
	switch e.Kind {
	case record.KindDose:
		switch {
		case !(e.Units > 0) || !e.Units.PossibleDose():
			return wrong("units", "log.units-impossible")
		case e.Insulin != record.Rapid && e.Insulin != record.Long:
			return wrong("insulin", "log.choose-insulin")
		}
	case record.KindCarbs:
		if !(e.Grams > 0) || !e.Grams.Possible() {
			return wrong("grams", "log.grams-impossible")
		}
	case record.KindFingerstick:
		if !e.Glucose.Possible() {
			return wrong("glucose", "log.glucose-impossible")
		}
	case record.KindActivity:
		switch {
		case e.Lasts < 0 || e.Lasts > 24*time.Hour:
			return wrong("minutes", "log.minutes-impossible")
		case e.Lasts == 0 && e.Text == "":
			return wrong("minutes", "log.activity-empty")
		}
	case record.KindNote:
		if e.Text == "" {
			return wrong("text", "log.note-empty")
		}
	default:
		return wrong("kind", "log.choose-kind")
	}
	return "", nil
}

// MaxAhead is how far in the future an entry may lie: clocks differ a little,
// and what has not happened is not for the log.
const MaxAhead = 5 * time.Minute

// Old is the age from which the person is asked whether the date is right.
const Old = 366 * 24 * time.Hour

// Earliest is before all that the box takes in.
var Earliest = time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC)

// Record is e as the box keeps it.
func (e Entry) Record(key string) record.Record {
	c := record.Common{At: record.At(e.At), Key: key}
	beside := func() record.Common {
		if e.Text != "" {
			c.Extra = map[string]string{record.LogNote: e.Text}
		}
		return c
	}
	switch e.Kind {
	case record.KindDose:
		return &record.Dose{Common: beside(), Delivery: record.Injection, Insulin: e.Insulin, Units: e.Units}
	case record.KindCarbs:
		return &record.Carbs{Common: c, Grams: e.Grams, Food: e.Text}
	case record.KindFingerstick:
		return &record.Fingerstick{Common: beside(), Value: e.Glucose}
	case record.KindActivity:
		return &record.Activity{Common: c, Name: e.Text, Duration: e.Lasts}
	}
	return &record.Note{Common: c, Text: e.Text}
}

// EntryOf reads a record of one of store.LogKinds back.
func EntryOf(r record.Record) Entry {
	e := Entry{Kind: r.Kind(), At: r.Base().At.Time(), Text: r.Base().Extra[record.LogNote]}
	switch r := r.(type) {
	case *record.Dose:
		e.Units, e.Insulin = r.Units, r.Insulin
	case *record.Carbs:
		e.Grams, e.Text = r.Grams, r.Food
	case *record.Fingerstick:
		e.Glucose = r.Value
	case *record.Activity:
		e.Lasts, e.Text = r.Duration, r.Name
	case *record.Note:
		e.Text = r.Text
	}
	return e
}

// Writer is whoever writes, with the right to.
type Writer struct {
	Scope   share.Scope // for share.Write
	Account string      // key
	Name    string
}

func (w Writer) hand() (ingest.Hand, error) {
	if w.Scope.Action() != share.Write || w.Scope.Person().ID == 0 {
		return ingest.Hand{}, fault.New(fault.NotFound, "person.unknown")
	}
	v := w.Scope.Viewer()
	h := ingest.Hand{Person: w.Scope.Person().ID, Actor: v.Actor(), From: v.From, Account: w.Account, Name: w.Name, Zone: time.UTC}
	if zone, err := time.LoadLocation(w.Scope.Person().Zone); err == nil {
		h.Zone = zone
	}
	return h, nil
}

// Add writes e down under key, which the form had from the beginning, so that
// a form that is sent twice is one entry. again is the Token of the entries
// that the person has seen and says are others; see Another.
//
// Adding what is there already, word for word, gives nil and changes nothing;
// a key that stands for something else gives a *UsedError.
func Add(ctx context.Context, in *ingest.Ingest, now time.Time, w Writer, key string, e Entry, again string) error {
	h, err := w.hand()
	if err != nil {
		return err
	}
	if _, err := e.Check(now); err != nil {
		return err
	}
	err = in.WriteByHand(ctx, now, h, e.Record(key), func(tx *store.Tx) error {
		there, err := tx.LogEntry(h.Person, key)
		switch {
		case err == nil && EntryOf(there.Record).says(e):
			return errSaved
		case err == nil:
			return &UsedError{There: there}
		case !errors.Is(err, store.ErrNone):
			return err
		}
		if history, err := tx.LogHistory(h.Person, key); err != nil || len(history) > 0 {
			return errors.Join(err, removedSince(history))
		}
		return guard(tx, h, now, e, again)
	})
	if errors.Is(err, errSaved) {
		return nil
	}
	return err
}

// errSaved says that the very same form was sent before.
var errSaved = errors.New("saved before")

func removedSince(history []store.LogRevision) error {
	if len(history) == 0 {
		return nil
	}
	return fault.New(fault.Conflict, "log.removed-since")
}

// UsedError says that a form was saved before, with something else in it.
type UsedError struct{ There store.LogRow }

// Error says so without the values.
func (*UsedError) Error() string { return "form was saved before" }

// says reports whether two entries hold the same but for their instant: a form
// without a time means the moment at which it is sent.
func (e Entry) says(f Entry) bool {
	e.At, f.At = time.Time{}, time.Time{}
	return e == f
}

// Change puts e in the place of the entry of a key. seen is when the entry had
// last changed when the person looked.
func Change(ctx context.Context, in *ingest.Ingest, now time.Time, w Writer, key string, e Entry, seen record.Millis) error {
	h, err := w.hand()
	if err != nil {
		return err
	}
	if _, err := e.Check(now); err != nil {
		return err
	}
	return in.ChangeByHand(ctx, now, h, e.Record(key), seen)
}

// Remove takes an entry off the log; Restore puts it back.
func Remove(ctx context.Context, in *ingest.Ingest, now time.Time, w Writer, key string) error {
	h, err := w.hand()
	if err != nil {
		return err
	}
	return in.RemoveByHand(ctx, now, h, key)
}

// Restore puts an entry back that was removed.
func Restore(ctx context.Context, in *ingest.Ingest, now time.Time, w Writer, key string) error {
	h, err := w.hand()
	if err != nil {
		return err
	}
	return in.RestoreByHand(ctx, now, h, key)
}
