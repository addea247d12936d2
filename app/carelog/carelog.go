// Package carelog is what people write themselves: who gave what when, and
// notes. An entry is a record of a source of its own that comes in by the one
// door; what was changed or removed stays as a revision. It asks before a
// second dose within a short time, and never computes or suggests one.
package carelog

import (
	"context"
	"errors"
	"time"

	"glucokeep/app/fault"
	"glucokeep/app/ingest"
	"glucokeep/app/record"
	"glucokeep/app/share"
	"glucokeep/app/store"
)

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
		return guard(tx, h, now, key, e, again)
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

// Change puts e in the place of the entry of a key. seen is when the entry had
// last changed when the person looked. A dose that is moved, becomes another
// sort or more is asked about as one that is added, with again as there.
func Change(ctx context.Context, in *ingest.Ingest, now time.Time, w Writer, key string, e Entry, seen record.Millis, again string) error {
	h, err := w.hand()
	if err != nil {
		return err
	}
	if _, err := e.Check(now); err != nil {
		return err
	}
	return in.ChangeByHand(ctx, now, h, e.Record(key), seen, func(tx *store.Tx, old record.Record) error {
		was := EntryOf(old)
		if e.Kind != record.KindDose || old.Base().At == record.At(e.At) && was.Insulin == e.Insulin && e.Units <= was.Units {
			return nil
		}
		return guard(tx, h, now, key, e, again)
	})
}

// Remove takes an entry off the log; Restore puts it back.
func Remove(ctx context.Context, in *ingest.Ingest, now time.Time, w Writer, key string) error {
	h, err := w.hand()
	if err != nil {
		return err
	}
	return in.RemoveByHand(ctx, now, h, key)
}

// Restore puts an entry back that was removed. A dose is asked about as one
// that is added, with again as there: another may have been written down in
// its place.
func Restore(ctx context.Context, in *ingest.Ingest, now time.Time, w Writer, key string, again string) error {
	h, err := w.hand()
	if err != nil {
		return err
	}
	return in.RestoreByHand(ctx, now, h, key, func(tx *store.Tx, was record.Record) error {
		if was.Kind() != record.KindDose {
			return nil
		}
		return guard(tx, h, now, key, EntryOf(was), again)
	})
}
