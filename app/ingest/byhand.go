package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Hand is whoever writes into a person's care log.
type Hand struct {
	Person  int64
	Actor   audit.Actor
	From    audit.From
	Account string // key of the account; it is the serial of what they write
	Name    string
	Zone    *time.Location // of the person's days
}

// imp is the upload that all that h writes on one UTC day belongs to.
func (h Hand) imp(act audit.Action) Import {
	return Import{Person: h.Person, Actor: h.Actor, From: h.From, Zone: h.Zone, Format: record.LogFormat, Label: h.Name,
		Live: fmt.Sprintf("%s %d %s", record.LogFormat, h.Person, h.Account), Act: act}
}

// WriteByHand keeps r, whose Key must be set and new. before can refuse it.
func (in *Ingest) WriteByHand(ctx context.Context, now time.Time, h Hand, r record.Record, before func(*store.Tx) error) error {
	imp := h.imp(audit.LogAdded)
	imp.Before = before
	imp.entry = r.Base().Key
	batch := func(yield func(record.Batch, error) bool) {
		yield(record.Batch{Source: record.Source{Format: record.LogFormat, Serial: h.Account}, Clock: record.Instant, Sparse: []record.Record{r}}, nil)
	}
	_, err := in.accept(ctx, now, imp, batch, func(rep Report) error {
		switch {
		case len(rep.Rejects) > 0:
			return fault.New(fault.Invalid, rep.Rejects[0].Key)
		case rep.New != 1:
			return fault.New(fault.Conflict, "log.used")
		}
		return nil
	})
	return err
}

// ChangeByHand puts r in the place of what was written under its key and keeps
// that as a revision. seen is when the entry had been changed last when the
// person looked at it; another value means that somebody was faster. before,
// which is given what stands there, can refuse it.
func (in *Ingest) ChangeByHand(ctx context.Context, now time.Time, h Hand, r record.Record, seen record.Millis,
	before func(*store.Tx, record.Record) error) error {
	return in.db.Write(ctx, func(tx *store.Tx) error {
		old, err := byHand(tx, h, r.Base().Key)
		if err != nil {
			return err
		}
		if old.Modified != seen {
			return fault.New(fault.Conflict, "log.meanwhile")
		}
		if old.Kind() != r.Kind() {
			return fault.New(fault.Invalid, "log.other-kind")
		}
		a := accepting{received: record.At(now)}
		reason := a.impossible(r.Base().At)
		if reason == "" {
			reason = implausible(r)
		}
		if reason != "" {
			return fault.New(fault.Invalid, reason)
		}
		if store.Same(old.Record, r) {
			return nil
		}
		if err := before(tx, old.Record); err != nil {
			return err
		}
		return in.act(tx, now, h, audit.LogChanged, old.Source, r, func(upload int64, at record.Millis) error {
			s := store.Stored{Record: r, Source: old.Source, Upload: upload, Received: old.Received, Modified: max(at, old.Modified+1)}
			return tx.ReplaceRecord(h.Person, h.Actor.Account, old.Stored, s)
		})
	})
}

// RemoveByHand takes an entry off the care log and keeps it as a revision. One
// that is off already stays so: a button pressed twice is no mistake.
func (in *Ingest) RemoveByHand(ctx context.Context, now time.Time, h Hand, key string) error {
	return in.db.Write(ctx, func(tx *store.Tx) error {
		old, err := byHand(tx, h, key)
		if err != nil {
			if history, e := tx.LogHistory(h.Person, key); e == nil && len(history) > 0 && history[0].Act == store.Removed {
				return nil
			}
			return err
		}
		return in.act(tx, now, h, audit.LogRemoved, old.Source, old.Record, func(upload int64, at record.Millis) error {
			return tx.RemoveRecord(h.Person, h.Actor.Account, upload, old.Stored, at)
		})
	})
}

// RestoreByHand puts back an entry that was removed, as it last stood. One
// that is there stays. before, which is given what comes back, can refuse it.
func (in *Ingest) RestoreByHand(ctx context.Context, now time.Time, h Hand, key string, before func(*store.Tx, record.Record) error) error {
	return in.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := byHand(tx, h, key); fault.KindOf(err) != fault.NotFound {
			return err
		}
		history, err := tx.LogHistory(h.Person, key)
		if err != nil {
			return err
		}
		if len(history) == 0 || history[0].Act != store.Removed {
			return fault.New(fault.NotFound, "log.unknown")
		}
		last := history[0]
		if err := before(tx, last.Was); err != nil {
			return err
		}
		return in.act(tx, now, h, audit.LogRestored, last.Source, last.Was, func(upload int64, at record.Millis) error {
			modified := max(at, last.Changed+1)
			_, there, err := tx.AddRecord(h.Person, store.Stored{Record: last.Was, Source: last.Source, Upload: upload, Received: last.Received, Modified: modified})
			if err != nil {
				return err
			}
			if there != nil {
				return fmt.Errorf("an entry stands under two kinds")
			}
			return tx.AddRevision(store.Revision{Person: h.Person, Kind: last.Kind, Source: last.Source, Record: key, Act: store.Restored,
				Original: "null", Received: last.Received, Upload: upload, Account: h.Actor.Account, Changed: modified})
		})
	})
}

// act does one act on an entry within the upload of h's day, with its line of
// the ledger.
func (in *Ingest) act(tx *store.Tx, now time.Time, h Hand, action audit.Action, source int64, r record.Record,
	do func(upload int64, at record.Millis) error) error {
	tx.AfterCommit(func() { in.hub.Publish(h.Person) })
	imp := h.imp(action)
	imp.entry = r.Base().Key
	upload, _, err := in.upload(tx, now, imp)
	if err != nil {
		return err
	}
	if err := do(upload.ID, record.At(now)); err != nil {
		return err
	}
	if err := tx.SpanUpload(upload.ID, source, r.Base().At, r.Base().At); err != nil {
		return err
	}
	return in.ledger.Append(tx, now, imp.event(action, upload.Key, nil))
}

// byHand finds an entry that was written here. What a file or a device brought
// is theirs to say.
func byHand(tx *store.Tx, h Hand, key string) (store.LogRow, error) {
	e, err := tx.LogEntry(h.Person, key)
	switch {
	case errors.Is(err, store.ErrNone):
		return e, fault.New(fault.NotFound, "log.unknown")
	case err == nil && !e.ByHand:
		return e, fault.New(fault.Conflict, "log.not-by-hand")
	}
	return e, err
}

// settledByHand reports whether people of this box have the last word on a
// record of the care log that a file tells of: it stands here as somebody
// wrote or changed it, or somebody removed it. An older export takes neither
// back.
func (a *accepting) settledByHand(s *source, r record.Record) (bool, error) {
	gone, err := a.tx.LogRemoved(a.imp.Person, s.ID, r.Kind(), r.Base().Key)
	if err != nil || gone {
		return gone, err
	}
	there, err := a.tx.LogEntry(a.imp.Person, r.Base().Key)
	if errors.Is(err, store.ErrNone) {
		return false, nil
	}
	return there.ByHand, err
}
