package ingest

import (
	"errors"

	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/unit"
)

// tally counts what the undo of an upload takes away and changes. An undo
// removes what the upload gave and lets others add what is then missing, and
// touches nothing else; so all that is more afterwards was given back.
type tally struct {
	tx       *store.Tx
	upload   store.Upload
	spans    []store.UploadSpan
	readings map[readingKey]bool // that the upload gave
	gave     int                 // how many
	records  []store.Stored      // that the upload gave
	left     int                 // readings of these days that others gave
	kept     int                 // records of the person that others gave
}

// readingKey is a reading as it is shown; when it came is no part of it.
type readingKey struct {
	source int64
	at     record.Millis
	offset int16
	flags  record.Flags
	value  unit.Glucose
}

func (t *tally) before() (err error) {
	if t.spans, err = t.tx.Spans(t.upload.ID); err != nil {
		return err
	}
	t.readings = map[readingKey]bool{}
	err = t.eachReading(func(k readingKey, upload int64) {
		if upload == t.upload.ID {
			t.readings[k] = true
			t.gave++
		} else {
			t.left++
		}
	})
	if err != nil {
		return err
	}
	if t.records, err = t.tx.RecordsOf(t.upload.ID); err != nil {
		return err
	}
	all, err := t.tx.CountRecords(t.upload.Person)
	t.kept = all - len(t.records)
	return err
}

func (t *tally) after() (done Undone, err error) {
	readings, asBefore := 0, 0
	err = t.eachReading(func(k readingKey, _ int64) {
		readings++
		if t.readings[k] {
			asBefore++
		}
	})
	if err != nil {
		return done, err
	}
	back := readings - t.left
	done.Gone, done.Changed = t.gave-back, back-asBefore
	all, err := t.tx.CountRecords(t.upload.Person)
	if err != nil {
		return done, err
	}
	done.Gone += len(t.records) - (all - t.kept)
	for _, was := range t.records {
		is, err := t.tx.RecordByKey(t.upload.Person, was.Source, was.Kind(), was.Base().Key)
		if errors.Is(err, store.ErrNone) {
			continue // gone, or given back under another key
		}
		if err != nil {
			return done, err
		}
		if !store.Same(was.Record, is.Record) {
			done.Changed++
		}
	}
	return done, nil
}

// zoneDays is how many days a reading can move when another import that read
// its wall clock in another zone gives it back.
const zoneDays = 2

// eachReading walks through the readings that are not removed of all days
// that the undo can touch.
func (t *tally) eachReading(f func(k readingKey, upload int64)) error {
	for _, s := range t.spans {
		days, err := t.tx.PagesOf(t.upload.Person, s.Source, store.Day(s.First)-zoneDays, store.Day(s.Last)+zoneDays)
		if err != nil {
			return err
		}
		for _, day := range days {
			es, err := t.tx.Page(t.upload.Person, s.Source, day)
			if err != nil {
				return err
			}
			for _, e := range es {
				if !e.Deleted {
					f(readingKey{s.Source, e.At, e.Offset, e.Flags &^ record.Backfilled, e.Value}, e.Upload)
				}
			}
		}
	}
	return nil
}
