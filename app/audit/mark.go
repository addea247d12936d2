package audit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"glucokeep/app/store"
)

// A chain cannot show that its last lines are missing. So the box keeps beside
// it, in the transaction of each line, how far the chain reaches: number and
// hash of the last line, under a keyed hash. Whoever cuts lines off without
// the key cannot write the mark that would fit. A whole older file, or the
// older mark together with the lines of then, fits by itself: that only
// something outside the box can show.
//
// A line with its mark takes 26 µs (BenchmarkAppend), its durable commit
// milliseconds.

// CutError says that the ledger does not end where the box left it: lines
// after Seq are missing up to Until, or the mark itself is (Until is 0).
type CutError struct{ Seq, Until int64 }

// Error says between which lines.
func (e *CutError) Error() string {
	return fmt.Sprintf("ledger ends at line %d and the box wrote until %d", e.Seq, e.Until)
}

// mark says that the chain reaches to line seq, whose hash is given.
func (c chain) mark(key string, seq int64, last []byte) string {
	return fmt.Sprintf("%d %s %x %x", seq, key, last, c.proof(key, seq, last))
}

func (c chain) proof(key string, seq int64, last []byte) []byte {
	purpose := hmac.New(sha256.New, c.of[key])
	purpose.Write([]byte("end of the ledger"))
	m := hmac.New(sha256.New, purpose.Sum(nil))
	m.Write(binary.BigEndian.AppendUint64(nil, uint64(seq)))
	m.Write(last)
	return m.Sum(nil)
}

// readMark gives what a mark says; ok is false for one that the box did not
// write.
func (c chain) readMark(mark string) (seq int64, key string, last []byte, ok bool) {
	parts := strings.Split(mark, " ")
	if len(parts) != 4 {
		return 0, "", nil, false
	}
	seq, err := strconv.ParseInt(parts[0], 10, 64)
	last, e := hex.DecodeString(parts[2])
	proof, e2 := hex.DecodeString(parts[3])
	if _, known := c.of[parts[1]]; !known || err != nil || e != nil || e2 != nil || !hmac.Equal(proof, c.proof(parts[1], seq, last)) {
		return 0, "", nil, false
	}
	return seq, parts[1], last, true
}

// ends compares where the chain ends with the mark. A chain whose last line is
// of an unknown key has no mark that could be read; that key is missed
// elsewhere.
func (c chain) ends(e store.LedgerEnd) error {
	if e.Seq == 0 && e.Mark == "" {
		return nil // a box that begins
	}
	seq, key, last, ok := c.readMark(e.Mark)
	switch {
	case !ok:
		return &CutError{Seq: e.Seq}
	case seq != e.Seq || key != e.Key || !hmac.Equal(last, e.Hash):
		return &CutError{Seq: e.Seq, Until: seq}
	}
	return nil
}

// cutAt is what is missing of a ledger that ends so, before a line of an
// action is added; nil is nothing. Another key begins with a line that says
// why: a key that was given up could otherwise write another end.
func (l *Ledger) cutAt(end store.LedgerEnd, next Action) *CutError {
	if next == KeyLost {
		return nil // nobody can read the mark of before
	}
	if cut, ok := l.keys.ends(end).(*CutError); ok {
		return cut
	}
	switch reached := l.reached.Load(); {
	case end.Seq < reached: // an older mark was put back with the lines of then
		return &CutError{Seq: end.Seq, Until: reached}
	case end.Seq > 0 && end.Key != l.keys.now() && next != KeyTurned:
		return &CutError{Seq: end.Seq}
	}
	return nil
}

// Cut is a line of the ledger that says that lines before it are missing.
type Cut struct {
	Seq   int64 // of this line: what is missing came before it
	At    time.Time
	Lines int64 // how many are missing, 0 nobody knows
}

// cutObject is the object of lines about a cut.
const cutObject = "ledger"

// cutDetail is the detail of a line about a cut.
type cutDetail struct {
	Ended int64 `json:"ended"` // the last line that was there
	Until int64 `json:"until"` // the last line that had been written, 0 nobody knows
}

// appendCut notes in the chain itself that it was cut, so that the next lines
// do not cover it up.
func (l *Ledger) appendCut(tx *store.Tx, now time.Time, cut *CutError) error {
	return l.add(tx, now, Event{Actor: Actor{Box: true}, Action: LedgerCut, Object: cutObject,
		Detail: map[string]any{"ended": cut.Seq, "until": cut.Until}})
}

// NoteCut looks whether the ledger ends where the box left it, and notes in it
// that it does not. The *CutError that it gives then says what is missing.
func (l *Ledger) NoteCut(ctx context.Context, now time.Time) (cut *CutError, err error) {
	accounts, err := l.db.CountAccounts(ctx)
	if err != nil {
		return nil, err
	}
	look := func(end store.LedgerEnd) *CutError {
		if end.Seq == 0 && end.Mark == "" && accounts > 0 { // who has an account left lines
			return &CutError{}
		}
		return l.cutAt(end, LedgerCut)
	}
	end, err := l.db.LedgerEnd(ctx)
	if err != nil || look(end) == nil {
		return nil, err
	}
	err = l.db.Write(ctx, func(tx *store.Tx) error {
		end, err := tx.LedgerEnd()
		if err != nil {
			return err
		}
		if cut = look(end); cut == nil {
			return nil
		}
		return l.appendCut(tx, now, cut)
	})
	return cut, err
}

// Cuts lists what the box found cut off its ledger, the newest first.
func (l *Ledger) Cuts(ctx context.Context) (out []Cut, err error) {
	list, err := l.db.LedgerMarks(ctx, cutObject)
	for _, r := range list {
		var d cutDetail
		if err := json.Unmarshal([]byte(r.Detail), &d); err != nil {
			return nil, fmt.Errorf("line of the ledger about a cut: %w", err)
		}
		out = append(out, Cut{Seq: r.Seq, At: r.At.Time(), Lines: max(d.Until-d.Ended, 0)})
	}
	return out, err
}
