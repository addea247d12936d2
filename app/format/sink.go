package format

import (
	"glucokeep/app/record"
)

// batchSize is how many records are held at most: few enough to stream, many
// enough that a day's readings mostly come together.
const batchSize = 50_000

// textPerRecord is how many bytes of text weigh as much as a record, so that a
// file of nothing but long texts streams, too.
const textPerRecord = 256

// textBytes is the length of the texts in r that can be long.
func textBytes(r record.Record) int {
	n := 0
	for k, v := range r.Base().Extra {
		n += len(k) + len(v) + 32
	}
	if note, ok := r.(*record.Note); ok {
		n += len(note.Text)
	}
	return n
}

// maxOpen is how many sources are held apart at a time.
const maxOpen = 64

// Sink collects records into batches and hands them on. A parser calls its
// methods and returns their error at once. A file may mix its devices row by
// row; the Sink keeps a batch for each, in the order of the file.
type Sink struct {
	format  string
	open    []*record.Batch
	now     *record.Batch // the one that Use chose; nil before
	n       int           // records in open, long texts counted as several
	yield   func(record.Batch, error) bool
	stopped bool
}

// Use sets the source of the records that follow. The source's Format is set
// to the format's ID.
func (s *Sink) Use(src record.Source, clock record.Clock, zone string) error {
	src.Format = s.format
	return s.use(src, clock, zone)
}

// restore is Use for our own export, whose rows name the format that they
// first came from: an export that is read again must keep its identity.
func (s *Sink) restore(src record.Source, clock record.Clock, zone string) error {
	if src.Format == "" {
		src.Format = s.format
	}
	return s.use(src, clock, zone)
}

func (s *Sink) use(src record.Source, clock record.Clock, zone string) error {
	if s.now != nil && isOf(s.now, src, clock, zone) {
		return nil
	}
	for _, b := range s.open {
		if isOf(b, src, clock, zone) {
			s.now = b
			return nil
		}
	}
	if len(s.open) >= maxOpen {
		if err := s.flush(); err != nil {
			return err
		}
	}
	s.now = &record.Batch{Source: src, Clock: clock, Zone: zone}
	s.open = append(s.open, s.now)
	return nil
}

func isOf(b *record.Batch, src record.Source, clock record.Clock, zone string) bool {
	return b.Source == src && b.Clock == clock && b.Zone == zone
}

// Reading adds a sensor reading.
func (s *Sink) Reading(r record.Reading) error {
	b := s.batch()
	b.Glucose = append(b.Glucose, r)
	return s.count()
}

// Add adds a sparse record.
func (s *Sink) Add(r record.Record) error {
	b := s.batch()
	b.Sparse = append(b.Sparse, r)
	s.n += textBytes(r) / textPerRecord
	return s.count()
}

// Reject notes a row that gave no record: its line, the heading of the column
// at fault ("" for the whole row), the catalogue key of the reason and its
// named places. Never the row's content.
func (s *Sink) Reject(line int, column, key string, args ...any) error {
	b := s.batch()
	b.Rejects = append(b.Rejects, record.Reject{Line: line, Column: column, Key: key, Args: args})
	return s.count()
}

// Notice has the person told something about the file: a catalogue key.
func (s *Sink) Notice(key string) {
	b := s.batch()
	b.Notices = append(b.Notices, key)
}

// batch is the batch that Use chose, or one without a device for what comes
// before any.
func (s *Sink) batch() *record.Batch {
	if s.now == nil {
		s.now = &record.Batch{Source: record.Source{Format: s.format}, Clock: record.Wall}
		s.open = append(s.open, s.now)
	}
	return s.now
}

func (s *Sink) count() error {
	if s.n++; s.n >= batchSize {
		return s.flush()
	}
	return nil
}

// flush hands on every open batch. The chosen source stays chosen.
func (s *Sink) flush() error {
	if s.stopped {
		return errStopped
	}
	open := s.open
	s.open, s.n = nil, 0
	if now := s.now; now != nil {
		// What comes is mostly more of the same: a slice that grows to that
		// size step by step would cost several times as much.
		s.now = &record.Batch{Source: now.Source, Clock: now.Clock, Zone: now.Zone, Glucose: make([]record.Reading, 0, len(now.Glucose))}
		s.open = append(s.open, s.now)
	}
	for _, b := range open {
		if len(b.Glucose)+len(b.Sparse)+len(b.Rejects)+len(b.Notices) == 0 {
			continue
		}
		if !s.yield(*b, nil) {
			s.stopped = true
			return errStopped
		}
	}
	return nil
}
