// Package ingest is the one door by which data comes in: files, devices,
// phones and clouds all hand it batches of records. It repairs the clock,
// refuses the impossible, finds what is known already, keeps where each
// record came from, and stores all of it or nothing.
package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/live"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Batches is a source of records: a file being read, for one. It may be
// walked more than once and gives fresh batches each time, since the clocks
// in them are repaired in place. An error ends it and undoes all.
type Batches = iter.Seq2[record.Batch, error]

// Reread reads the original of an earlier upload again, with the answers that
// the person gave then. done releases what it holds.
type Reread func(ctx context.Context, format, options string, original io.Reader) (batches Batches, done func() error, err error)

// Ingest is the door. It is safe for use by many goroutines.
type Ingest struct {
	db     *store.DB
	ledger *audit.Ledger
	reread Reread
	hub    *live.Hub
}

// New makes the door to db. reread is used when an import is undone.
func New(db *store.DB, ledger *audit.Ledger, reread Reread) *Ingest {
	return &Ingest{db: db, ledger: ledger, reread: reread, hub: live.New()}
}

// Live is where the door tells of every person whose data changed, once the
// change is durable. All data comes in by the door, so who listens there
// misses nothing.
func (in *Ingest) Live() *live.Hub { return in.hub }

// Import is what is known about an import besides its records.
type Import struct {
	Person  int64
	Actor   audit.Actor
	From    audit.From
	Zone    *time.Location // for wall clocks without a zone of their own
	Format  string         // ID of the format
	Label   string         // the file's name as the person knows it
	Options any            // the person's answers, kept as JSON to read the original again

	// Original is the file itself, kept compressed so that nothing is lost
	// and the import can be read again; nil for live readings. It is read
	// beside the batches, on a goroutine that ends before Accept does.
	Original io.Reader
	// Live names an uploader; its readings of one UTC day are one upload and
	// one line of the ledger, begun with the first. "" for a file.
	Live string

	// Act, for what a person writes by hand, is the line of the ledger that
	// each such act has to itself. What is written by hand twice is two
	// records, however alike.
	Act audit.Action
	// Before is run in the transaction before anything else and can refuse
	// the import by an error.
	Before func(*store.Tx) error

	entry string // key of what is written by hand, for the ledger
}

// errNotKept undoes a preview.
var errNotKept = errors.New("preview is not kept")

// Preview does all that Accept does and keeps nothing: its report is what
// Accept would say, not an estimate.
func (in *Ingest) Preview(ctx context.Context, now time.Time, imp Import, batches Batches) (Report, error) {
	report, err := in.accept(ctx, now, imp, batches, func(Report) error { return errNotKept })
	if errors.Is(err, errNotKept) {
		err = nil
	}
	return report, err
}

// Accept stores what batches gives, in one transaction. confirm sees the
// report before anything is kept, and its error undoes all; nil keeps.
func (in *Ingest) Accept(ctx context.Context, now time.Time, imp Import, batches Batches, confirm func(Report) error) (Report, error) {
	return in.accept(ctx, now, imp, batches, confirm)
}

func (in *Ingest) accept(ctx context.Context, now time.Time, imp Import, batches Batches, confirm func(Report) error) (report Report, err error) {
	if imp.Zone == nil {
		imp.Zone = time.UTC
	}
	err = in.db.Write(ctx, func(tx *store.Tx) error {
		tx.AfterCommit(func() { in.hub.Publish(imp.Person) })
		if imp.Before != nil {
			if err := imp.Before(tx); err != nil {
				return err
			}
		}
		upload, begun, err := in.upload(tx, now, imp)
		if err != nil {
			return err
		}
		original, err := pack(imp.Original, upload.ID)
		if err != nil {
			return err
		}
		defer original.end()
		a := newAccepting(tx, imp, upload, record.At(now))
		for b, err := range batches {
			if err != nil {
				return err
			}
			if err := ctx.Err(); err != nil { // the person went away; nothing is half done
				return err
			}
			if err := a.batch(b); err != nil {
				return err
			}
			if err := original.store(tx); err != nil {
				return err
			}
		}
		if err := a.finish(); err != nil {
			return err
		}
		report = a.report
		report.Upload = upload.Key
		if confirm != nil {
			if err := confirm(report); err != nil {
				return err
			}
		}
		if imp.Act != "" {
			return in.ledger.Append(tx, now, imp.event(imp.Act, upload.Key, nil))
		}
		if imp.Live != "" {
			if begun {
				return in.ledger.Append(tx, now, imp.event(audit.LiveReceiving, upload.Key, nil))
			}
			return nil
		}
		kept, err := json.Marshal(report)
		if err != nil {
			return err
		}
		size, sum, err := original.finish(tx)
		if err != nil {
			return err
		}
		if err := tx.SetUpload(upload.ID, size, sum, string(kept)); err != nil {
			return err
		}
		return in.ledger.Append(tx, now, imp.event(audit.Imported, upload.Key, map[string]any{
			"format": imp.Format, "new": report.New, "known": report.Known, "replaced": report.Replaced, "rejected": report.Rejected}))
	})
	return report, err
}

func (imp Import) event(action audit.Action, key string, detail map[string]any) audit.Event {
	object := "upload:" + key
	if imp.Act != "" {
		object = "log:" + imp.entry
	}
	return audit.Event{Actor: imp.Actor, From: imp.From, Person: imp.Person, Action: action, Object: object, Detail: detail}
}

// upload makes the row of the import, or finds that of the uploader's day.
func (in *Ingest) upload(tx *store.Tx, now time.Time, imp Import) (u store.Upload, begun bool, err error) {
	options := []byte("{}")
	if imp.Options != nil {
		if options, err = json.Marshal(imp.Options); err != nil {
			return u, false, fmt.Errorf("keep answers: %w", err)
		}
	}
	u = store.Upload{Key: store.NewKey(), Person: imp.Person, Account: imp.Actor.Account, Format: imp.Format,
		Label: clip(imp.Label, 200), Zone: imp.Zone.String(), Options: string(options), Report: "{}", Created: record.At(now)}
	if imp.Live != "" {
		u.Live = fmt.Sprintf("%s %d", imp.Live, store.Day(record.At(now)))
		known, err := tx.LiveUpload(u.Live)
		if !errors.Is(err, store.ErrNone) {
			return known, false, err
		}
	}
	u.ID, err = tx.AddUpload(u)
	return u, true, err
}

func clip(s string, runes int) string {
	for i := range s {
		if runes == 0 {
			return s[:i]
		}
		runes--
	}
	return s
}
