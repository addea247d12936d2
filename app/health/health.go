// Package health says whether the box is well: what it holds, in numbers
// alone, whether its disk has room, whether database and ledger are sound.
package health

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/ingest"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Health looks after one box. It is safe for use by many goroutines.
type Health struct {
	db     *store.DB
	ledger *audit.Ledger
	ingest *ingest.Ingest
	schema string
	busy   chan struct{} // holds a token while a check runs

	patience time.Duration // how long a check may take while somebody waits for its page
}

// New makes the health of a box whose database was made from schema.
func New(db *store.DB, ledger *audit.Ledger, in *ingest.Ingest, schema string) *Health {
	return &Health{db: db, ledger: ledger, ingest: in, schema: schema, busy: make(chan struct{}, 1), patience: 20 * time.Second}
}

// State is how a box is, found out at little cost.
type State struct {
	Counts   store.Counts
	Folder   string    // the data folder
	Files    int64     // bytes in it
	Database int64     // bytes of the database, its write-ahead log included
	Disk     int64     // bytes of the disk that holds it; 0 where the system does not tell
	Free     int64     // bytes of it that are free for us
	Ledger   int64     // lines
	Broken   int64     // first line of the ledger that was changed, of the newest ones; 0 if none was
	Cut      time.Time // when lines were last found cut off the ledger's end, zero never
	Checked  *Past     // how the last check of the page ended, nil if there was none
}

// Past is how a check ended.
type Past struct {
	At       record.Millis `json:"at_ms"`
	Findings int           `json:"findings"`
}

// The room that a disk should have left.
const (
	leastFree = 1 << 30
	leastPart = 0.10
)

// Short reports whether the disk has little room left.
func (s State) Short() bool {
	return s.Disk > 0 && (s.Free < leastFree || float64(s.Free) < leastPart*float64(s.Disk))
}

// tail is how many of the newest lines of the ledger a look verifies: a few
// milliseconds of work.
const tail = 500

// checkFact is the name of the fact of the box that keeps a Past.
const checkFact = "check"

// Counts counts what the box holds. It asks for no sessions.
func (h *Health) Counts(ctx context.Context) (store.Counts, error) { return h.db.Counts(ctx, 0, 0) }

// Look gives the state now. A session is live when its person acted within
// idle.
func (h *Health) Look(ctx context.Context, now time.Time, idle time.Duration) (s State, err error) {
	s.Folder = h.db.Dir()
	if s.Counts, err = h.db.Counts(ctx, record.At(now), record.At(now.Add(-idle))); err != nil {
		return s, err
	}
	if s.Database, s.Disk, s.Free, _, err = h.db.Size(); err != nil {
		return s, err
	}
	if s.Files, err = sizeOf(h.db.Dir()); err != nil {
		return s, err
	}
	facts, err := h.db.BoxFacts(ctx)
	if err != nil {
		return s, err
	}
	if kept := facts[checkFact]; kept != "" {
		if err := json.Unmarshal([]byte(kept), &s.Checked); err != nil {
			return s, err
		}
	}
	if s.Ledger, err = h.db.LastLedger(ctx); err != nil {
		return s, err
	}
	cuts, err := h.ledger.Cuts(ctx)
	if err != nil {
		return s, err
	}
	if len(cuts) > 0 {
		s.Cut = cuts[0].At
	}
	err = h.ledger.VerifyTail(ctx, tail)
	if broken, ok := errors.AsType[*audit.BrokenError](err); ok {
		s.Broken, err = broken.Seq, nil
	}
	if _, ok := errors.AsType[*audit.CutError](err); ok { // while the box runs; its next line will say so
		s.Cut, err = now, nil
	}
	return s, err
}

// sizeOf adds up the files below a folder. A file that goes away meanwhile
// counts nothing.
func sizeOf(dir string) (sum int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	return sum, err
}
