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

// Undone is what the undo of an import does to the readings and records of
// its person. What the import brought and another one brings too counts in
// neither.
type Undone struct {
	Gone    int // readings and records that are no longer there
	Changed int // that say again what another import says of them
}

// Undo takes back an import as a whole. What other imports that are still in
// place had given as well stays: their originals are read again for it.
func (in *Ingest) Undo(ctx context.Context, now time.Time, who Import, key string) error {
	return in.db.Write(ctx, func(tx *store.Tx) error {
		u, err := in.standing(ctx, tx, who.Person, key)
		if err != nil {
			return err
		}
		tx.AfterCommit(func() { in.hub.Publish(u.Person) })
		if err := in.takeBack(ctx, tx, u, record.At(now)); err != nil {
			return err
		}
		return in.ledger.Append(tx, now, who.event(audit.ImportUndone, u.Key, nil))
	})
}

// PreviewUndo does all that Undo does and keeps nothing: what it says is
// counted before and after, not guessed from the report of the import, whose
// records others may hold as well, or may have been handed to it since.
func (in *Ingest) PreviewUndo(ctx context.Context, now time.Time, person int64, key string) (done Undone, err error) {
	err = in.db.Write(ctx, func(tx *store.Tx) error {
		u, err := in.standing(ctx, tx, person, key)
		if err != nil {
			return err
		}
		t := tally{tx: tx, upload: u}
		if err := t.before(); err != nil {
			return err
		}
		if err := in.takeBack(ctx, tx, u, record.At(now)); err != nil {
			return err
		}
		if done, err = t.after(); err != nil {
			return err
		}
		return errNotKept
	})
	if errors.Is(err, errNotKept) {
		err = nil
	}
	return done, err
}

// standing finds an import of a person that is not undone.
func (in *Ingest) standing(ctx context.Context, tx *store.Tx, person int64, key string) (store.Upload, error) {
	u, err := in.db.UploadByKey(ctx, person, key)
	if errors.Is(err, store.ErrNone) {
		return u, fault.New(fault.NotFound, "import.unknown")
	}
	if err != nil {
		return u, err
	}
	if u, err = tx.Upload(u.ID); err != nil { // as it is in this transaction
		return u, err
	}
	if u.Undone != 0 {
		return u, fault.New(fault.Conflict, "import.undone-before")
	}
	return u, nil
}

func (in *Ingest) takeBack(ctx context.Context, tx *store.Tx, u store.Upload, now record.Millis) error {
	others, err := tx.Overlapping(u.ID)
	if err != nil {
		return err
	}
	if err := removeReadings(tx, u); err != nil {
		return err
	}
	if _, err := tx.RemoveRecords(u.ID); err != nil {
		return err
	}
	if err := tx.UndoUpload(u.ID, now); err != nil {
		return err
	}
	for i := len(others) - 1; i >= 0; i-- { // the newest has the last word, so it goes first
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := in.replay(ctx, tx, others[i]); err != nil {
			return fmt.Errorf("read upload %d again: %w", others[i].ID, err)
		}
	}
	return tx.FindLatest(u.Person)
}

// replay lets an upload give again what is missing now, and nothing else.
func (in *Ingest) replay(ctx context.Context, tx *store.Tx, u store.Upload) (err error) {
	if u.Live != "" || u.Bytes == 0 { // has no original, as in a demo; its readings were never anybody else's
		return nil
	}
	original, err := openOriginal(tx.Original(u.ID))
	if err != nil {
		return err
	}
	defer original.Close()
	batches, done, err := in.reread(ctx, u.Format, u.Options, original)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	zone, err := time.LoadLocation(u.Zone)
	if err != nil {
		return err
	}
	a := newAccepting(tx, Import{Person: u.Person, Actor: audit.Actor{Account: u.Account}, Zone: zone}, u, u.Created)
	a.onlyMissing = true
	for b, err := range batches {
		if err != nil {
			return err
		}
		if err := a.batch(b); err != nil {
			return err
		}
	}
	return a.finish()
}

// removeReadings takes the readings that an upload gave out of their pages.
func removeReadings(tx *store.Tx, u store.Upload) error {
	spans, err := tx.Spans(u.ID)
	if err != nil {
		return err
	}
	for _, s := range spans {
		days, err := tx.PagesOf(u.Person, s.Source, store.Day(s.First), store.Day(s.Last))
		if err != nil {
			return err
		}
		for _, day := range days {
			es, err := tx.Page(u.Person, s.Source, day)
			if err != nil {
				return err
			}
			kept := make([]store.Entry, 0, len(es))
			for _, e := range es {
				if e.Upload != u.ID {
					kept = append(kept, e)
				}
			}
			if len(kept) == len(es) {
				continue
			}
			if err := tx.SetPage(u.Person, s.Source, day, kept); err != nil {
				return err
			}
		}
	}
	return nil
}
