package ingest

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/store"
)

// accepting is one import on its way in.
type accepting struct {
	tx          *store.Tx
	imp         Import
	upload      store.Upload
	received    record.Millis
	onlyMissing bool // a replay: nothing that is there is changed
	report      Report
	tiny        int // readings too low to be many
	beyond      int // rows whose glucose no body has
	sources     map[record.Source]*source
	order       []*source
	merged      []store.Entry // of one day, made once and used for each
}

// source is one device during an import.
type source struct {
	store.Source
	stored store.Source // as the database has it
	report SourceReport
	fresh  bool          // an automatic reading was new
	latest record.Millis // the newest of them
	// confirmed holds, per day, the instants (ms of the day) that this import
	// gave, in the order it gave them: a file that contradicts itself must
	// come to the same end each time it is read.
	confirmed map[int64][]uint32
	touched   map[int64]bool // records of this import, likewise
	elsewhere map[int64]int16
}

func newAccepting(tx *store.Tx, imp Import, upload store.Upload, received record.Millis) *accepting {
	return &accepting{tx: tx, imp: imp, upload: upload, received: received,
		report: Report{Counts: map[string]int{}}, sources: map[record.Source]*source{}}
}

// batch takes one batch in.
func (a *accepting) batch(b record.Batch) error {
	for _, r := range b.Rejects {
		a.reject(r)
	}
	for _, key := range b.Notices {
		if !slices.Contains(a.report.Notices, key) {
			a.report.Notices = append(a.report.Notices, key)
		}
	}
	if len(b.Glucose) == 0 && len(b.Sparse) == 0 {
		return nil
	}
	src, err := a.source(b.Source)
	if err != nil {
		return err
	}
	if b.Clock == record.Wall {
		a.report.Wall = a.report.Wall || b.Zone == ""
		if err := a.walls(src, b); err != nil {
			return err
		}
	}
	if err := repair(&b, a.imp.Zone); err != nil {
		return fmt.Errorf("zone of the file: %w", err)
	}
	if err := a.glucose(src, b.Glucose); err != nil {
		return err
	}
	return a.sparse(src, b)
}

// source finds the device of a batch among those of this import.
func (a *accepting) source(of record.Source) (*source, error) {
	of.Device, of.Serial = clip(of.Device, 200), clip(of.Serial, 200)
	key := of
	key.Interval = 0
	if s, ok := a.sources[key]; ok {
		return s, nil
	}
	row, err := a.tx.Source(a.imp.Person, of)
	if err != nil {
		return nil, err
	}
	s := &source{Source: row, stored: row, confirmed: map[int64][]uint32{}, touched: map[int64]bool{},
		report: SourceReport{Device: of.Device, Serial: of.Serial}}
	if s.report.Elsewhere, err = a.tx.SerialElsewhere(a.imp.Person, of); err != nil {
		return nil, err
	}
	a.sources[key] = s
	a.order = append(a.order, s)
	return s, nil
}

func (a *accepting) reject(r record.Reject) {
	a.report.Rejected++
	if r.Key == "reject.glucose-impossible" {
		a.beyond++
	}
	if len(a.report.Rejects) < keptRejects {
		a.report.Rejects = append(a.report.Rejects, r)
	}
}

// earliest and latest are the instants that a reading can have: some clocks
// start at 1970 or are a day ahead, none lies outside.
const earliest = record.Millis(-20 * 365 * 24 * 3600 * 1000) // 1950

func (a *accepting) latest() record.Millis {
	return a.received + record.Millis(24*time.Hour/time.Millisecond)
}

// impossible gives the catalogue key of why an instant cannot be, "" if it can.
func (a *accepting) impossible(at record.Millis) string {
	switch {
	case at < earliest:
		return "reject.too-old"
	case at > a.latest():
		return "reject.future"
	}
	return ""
}

// finish keeps what was learned about the devices.
func (a *accepting) finish() error {
	// Millimoles under a heading that says milligrams come in tiny; milligrams
	// under one that says millimoles are beyond all glucose.
	glucose := a.report.Counts["glucose"]
	a.report.UnitDoubt = 2*(a.tiny+a.beyond) > glucose+a.beyond && a.tiny+a.beyond >= 10
	for i, s := range a.order {
		a.report.Sources = append(a.report.Sources, s.report)
		for _, t := range a.order[:i] {
			if s.report.Glucose > 0 && t.report.Glucose > 0 &&
				min(s.report.Last, t.report.Last)-max(s.report.First, t.report.First) > record.Millis(overlap/time.Millisecond) {
				a.report.Overlap = true
			}
		}
		if s.Source != s.stored { // a live reading teaches nothing new, and would write a page for it
			if err := a.tx.SetSource(s.Source); err != nil {
				return err
			}
			s.stored = s.Source
		}
		if s.report.Glucose+s.report.Sparse == 0 {
			continue
		}
		if err := a.tx.SpanUpload(a.upload.ID, s.ID, s.report.First, s.report.Last); err != nil {
			return err
		}
		if s.fresh {
			if err := a.tx.TouchLatest(a.imp.Person, s.ID, s.latest); err != nil {
				return err
			}
		}
	}
	return nil
}

// revise keeps the original of a reading that is about to change.
func (a *accepting) revise(s *source, was store.Entry) error {
	if a.onlyMissing {
		return nil
	}
	original, err := json.Marshal(map[string]any{"milli": was.Value.Milli, "unit": was.Value.Unit.String(),
		"flags": was.Flags, "upload": was.Upload, "modified_ms": was.Modified})
	if err != nil {
		return err
	}
	return a.tx.AddRevision(store.Revision{Person: a.imp.Person, Kind: "glucose", Source: s.ID, Record: fmt.Sprint(int64(was.At)),
		Act: store.Changed, Original: string(original), Received: was.Received, Upload: a.upload.ID, Account: a.imp.Actor.Account, Changed: a.received})
}
