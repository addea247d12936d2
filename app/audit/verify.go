package audit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"

	"glucokeep/app/fault"
	"glucokeep/app/store"
)

// chain is the keys of the ledger, the oldest first, by the name that each
// line has of its own.
type chain struct {
	names []string
	rank  map[string]int
	of    map[string][]byte
}

func newChain(key []byte, older [][]byte) chain {
	c := chain{rank: map[string]int{}, of: map[string][]byte{}}
	for i := len(older) - 1; i >= -1; i-- {
		k := key
		if i >= 0 {
			k = older[i]
		}
		name := nameOf(k)
		c.rank[name], c.of[name] = len(c.names), k
		c.names = append(c.names, name)
	}
	return c
}

// nameOf names a key and tells nothing of it.
func nameOf(key []byte) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("name of this key"))
	return hex.EncodeToString(m.Sum(nil)[:4])
}

// now names the key of new lines.
func (c chain) now() string { return c.names[len(c.names)-1] }

// BrokenError says that the ledger was tampered with, first at line Seq.
type BrokenError struct{ Seq int64 }

// Error names the line.
func (e *BrokenError) Error() string { return fmt.Sprintf("ledger is broken at line %d", e.Seq) }

// digest is a running hash.
type digest interface {
	io.Writer
	Sum([]byte) []byte
}

// walk follows the chain from line to line. Keys follow one another and never
// come back. Lines of a key that was lost can stand at the very beginning
// alone, and only if the first line after them, which Adopt wrote, says what
// they were.
type walk struct {
	keys  chain
	tail  bool   // it began somewhere within
	head  []byte // hash of the line before
	known bool   // head is known
	rank  int    // of the key of the line before, -1 while it is a lost one
	lost  digest
	lines int64 // of lost keys
}

func (l *Ledger) walk(tail bool) *walk {
	return &walk{keys: l.keys, tail: tail, known: !tail, rank: -1, lost: sha256.New()}
}

// sound reports whether r may come next.
func (w *walk) sound(r store.LedgerRow) bool {
	rank, known := w.keys.rank[r.Key]
	if !known {
		w.lines++
		w.note(r)
		w.head, w.known = r.Hash, true
		return w.rank < 0
	}
	if rank < w.rank || w.known && !hmac.Equal(r.Hash, hash(w.keys.of[r.Key], w.head, r)) {
		return false
	}
	if w.rank < 0 && w.lines > 0 && !w.tail && !w.adopted(r) {
		return false
	}
	w.head, w.known, w.rank = r.Hash, true, rank
	return true
}

// note takes a line that no key verifies into the digest of such lines.
func (w *walk) note(r store.LedgerRow) {
	_, _ = w.lost.Write(columns(r))
	_, _ = w.lost.Write([]byte(r.Key))
	_, _ = w.lost.Write(r.Hash)
}

// adoption is the detail of the line that Adopt writes.
type adoption struct {
	Lines  int64  `json:"lines"`
	Digest string `json:"digest"` // SHA-256 of them
}

// adopted reports whether r takes over the lines before it as they are.
func (w *walk) adopted(r store.LedgerRow) bool {
	var a adoption
	return r.Action == string(KeyLost) && json.Unmarshal([]byte(r.Detail), &a) == nil &&
		a == adoption{w.lines, hex.EncodeToString(w.lost.Sum(nil))}
}

// over reports whether the chain may end here: its last line is of the key of
// today, since a key that was given up could write another end.
func (w *walk) over() bool { return w.rank == len(w.keys.names)-1 }

// Verify walks the whole chain and gives the number of lines. A *BrokenError
// names the first that was edited, removed, put in or moved; where the keys
// are those of another box, the first of all. Lines cut off at the end are
// told by a *CutError, until a line in the chain itself says so (Cuts).
func (l *Ledger) Verify(ctx context.Context) (lines int64, err error) {
	w := l.walk(false)
	// From the very first row: one below the first number was put in too.
	end, err := l.db.LedgerToEnd(ctx, math.MinInt64, func(r store.LedgerRow) error {
		if r.Seq != lines+1 || !w.sound(r) {
			if w.rank < 0 && w.lines > 0 {
				return &BrokenError{Seq: 1}
			}
			return &BrokenError{Seq: lines + 1}
		}
		lines = r.Seq
		return nil
	})
	if err == nil && lines > 0 && !w.over() {
		if w.rank < 0 {
			return 0, &BrokenError{Seq: 1}
		}
		return lines, &BrokenError{Seq: lines}
	}
	if err == nil {
		err = l.keys.ends(end)
	}
	return lines, err
}

// VerifyTail walks the last lines of the chain, for a quick look at a start: a
// *BrokenError says that they were changed, or that the key is another one, a
// *CutError that there were more.
func (l *Ledger) VerifyTail(ctx context.Context, lines int64) error {
	last, err := l.db.LastLedger(ctx)
	if err != nil {
		return err
	}
	first := max(last-lines, 0)
	w := l.walk(first > 0) // the hash before the first line is known only at the very beginning
	next := first + 1
	end, err := l.db.LedgerToEnd(ctx, first, func(r store.LedgerRow) error {
		if r.Seq != next || !w.sound(r) {
			return &BrokenError{Seq: next}
		}
		next++
		return nil
	})
	if err == nil && next > first+1 && !w.over() {
		return &BrokenError{Seq: first + 1}
	}
	if err == nil {
		err = l.keys.ends(end)
	}
	return err
}

// Knows reports whether the last line is of a key that is at hand: lines added
// under another box's key could not be verified by either.
func (l *Ledger) Knows(ctx context.Context) (bool, error) {
	name, err := l.db.LastLedgerKey(ctx)
	_, known := l.keys.of[name]
	return known || name == "" && err == nil, err
}

// Turned reports whether lines are written with the key of today already.
func (l *Ledger) Turned(ctx context.Context) (bool, error) {
	name, err := l.db.LastLedgerKey(ctx)
	return name == l.keys.now(), err
}

// Adopt goes on with a ledger whose key is lost. What was done to its lines
// before cannot be found any more; what is done to them from now on can, since
// the line that it writes holds their digest.
func (l *Ledger) Adopt(ctx context.Context, now time.Time) (lines int64, err error) {
	if known, err := l.Knows(ctx); err != nil || known {
		return 0, join(err, fault.New(fault.Conflict, "seal.nothing-lost"))
	}
	w := l.walk(false)
	if err := l.db.Ledger(ctx, math.MinInt64, func(r store.LedgerRow) error {
		w.lines++
		w.note(r)
		return nil
	}); err != nil {
		return 0, err
	}
	a := adoption{w.lines, hex.EncodeToString(w.lost.Sum(nil))}
	return a.Lines, l.db.Write(ctx, func(tx *store.Tx) error {
		return l.Append(tx, now, Event{Actor: Actor{Console: true}, Action: KeyLost, Detail: map[string]any{"lines": a.Lines, "digest": a.Digest}})
	})
}

func join(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
