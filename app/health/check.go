package health

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// Report is what a check found. Its names are those that the console prints
// as JSON.
type Report struct {
	Sound    bool      `json:"sound"`
	Pages    int       `json:"pages"`
	Records  int       `json:"records"`
	Ledger   int64     `json:"ledger_lines"`
	Findings []Finding `json:"findings"`
}

// Finding is something that is not as it should be. What names it for the
// catalogue ("check." and What).
type Finding struct {
	What  string `json:"what"`
	Where string `json:"where"`
}

// Check looks at everything: the file, every page and its statistics, records,
// originals, the shape of the tables, the whole ledger. It reads all there is,
// so it takes long on a large box.
func (h *Health) Check(ctx context.Context) (out Report, err error) {
	out.Findings = []Finding{}
	note := func(fs []store.Finding) {
		for _, f := range fs {
			out.Findings = append(out.Findings, Finding(f))
		}
	}
	for _, look := range []func() ([]store.Finding, error){
		func() ([]store.Finding, error) { return h.db.CheckFile(ctx) },
		func() (fs []store.Finding, err error) { out.Pages, fs, err = h.db.CheckPages(ctx); return fs, err },
		func() (fs []store.Finding, err error) { out.Records, fs, err = h.db.CheckRecords(ctx); return fs, err },
		func() (fs []store.Finding, err error) { _, fs, err = h.db.CheckBasals(ctx); return fs, err },
		func() ([]store.Finding, error) { return h.ingest.CheckOriginals(ctx) },
		func() ([]store.Finding, error) { return h.db.CheckShape(ctx, h.schema) },
	} {
		fs, err := look()
		if err != nil {
			return out, err
		}
		note(fs)
	}
	accounts, err := h.db.CountAccounts(ctx)
	if err != nil {
		return out, err
	}
	out.Ledger, err = h.ledger.Verify(ctx)
	if broken, ok := errors.AsType[*audit.BrokenError](err); ok {
		out.Findings = append(out.Findings, Finding{"ledger", fmt.Sprint(broken.Seq)})
		err = nil
	} else if cut, ok := errors.AsType[*audit.CutError](err); ok {
		what := "ledger-cut"
		if cut.Until <= cut.Seq {
			what = "ledger-mark"
		}
		out.Findings = append(out.Findings, Finding{what, fmt.Sprint(cut.Seq)})
		err = nil
	} else if err == nil && out.Ledger == 0 && accounts > 0 {
		out.Findings = append(out.Findings, Finding{"ledger-empty", ""})
	}
	if err != nil {
		return out, err
	}
	cuts, err := h.ledger.Cuts(ctx)
	for _, c := range cuts {
		out.Findings = append(out.Findings, Finding{"ledger-was-cut", fmt.Sprint(c.Seq)})
	}
	out.Sound = len(out.Findings) == 0
	return out, err
}

// CheckNow is Check for somebody who waits for it: one at a time, given up
// after twenty seconds, with its result kept and a line in the ledger.
func (h *Health) CheckNow(ctx context.Context, now time.Time, by audit.Actor, from audit.From) (out Report, err error) {
	select {
	case h.busy <- struct{}{}:
		defer func() { <-h.busy }()
	default:
		return out, fault.New(fault.Conflict, "box.check-busy")
	}
	bounded, cancel := context.WithTimeout(ctx, h.patience)
	defer cancel()
	if out, err = h.Check(bounded); err != nil {
		if bounded.Err() != nil && ctx.Err() == nil {
			err = fault.Wrap(err, fault.Unavailable, "box.check-long", "most", int(h.patience.Seconds()))
		}
		return out, err
	}
	kept, err := json.Marshal(Past{At: record.At(now), Findings: len(out.Findings)})
	if err != nil {
		return out, err
	}
	return out, h.db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SetBoxFact(checkFact, string(kept)); err != nil {
			return err
		}
		return h.ledger.Append(tx, now, audit.Event{Actor: by, From: from, Action: audit.BoxChecked, Detail: map[string]any{"findings": len(out.Findings)}})
	})
}
