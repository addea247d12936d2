package format

import (
	"errors"
	"io"
	"maps"
	"slices"

	"glucokeep/app/record"
)

// feed hands the records of a cloud's file to the Sink: it sets the source of
// each, bounds how much text is held at a time and counts what is passed
// over. The first error of the Sink stays and comes out of took or finish.
type feed struct {
	out     *Sink
	clock   record.Clock // of all records
	size    int          // about how many bytes of the file the Sink holds
	skipped map[string]skip
	err     error
}

// skip counts objects that are understood but are no record.
type skip struct{ first, n int }

// maxHeld is how many bytes of objects are held before they are handed on.
const maxHeld = 8 << 20

func (f *feed) do(act func() error) {
	if f.err == nil {
		f.err = act()
	}
}

func (f *feed) reading(src record.Source, r record.Reading) {
	f.do(func() error { return f.out.Use(src, f.clock, "") })
	f.do(func() error { return f.out.Reading(r) })
}

func (f *feed) add(src record.Source, r record.Record) {
	f.do(func() error { return f.out.Use(src, f.clock, "") })
	f.do(func() error { return f.out.Add(r) })
}

func (f *feed) reject(line int, column, key string, args ...any) {
	f.do(func() error { return f.out.Reject(line, column, key, args...) })
}

// skip notes an object of a kind that gives no record. kind is one of ours,
// never text of the file.
func (f *feed) skip(line int, kind string) {
	if f.skipped == nil {
		f.skipped = map[string]skip{}
	}
	s := f.skipped[kind]
	if s.n++; s.n == 1 {
		s.first = line
	}
	f.skipped[kind] = s
}

// took tells that an object of so many bytes was dealt with. An object can
// hold much text, so that a number of records alone would bound nothing.
func (f *feed) took(bytes int) error {
	if f.size += bytes; f.size >= maxHeld {
		f.size = 0
		f.do(f.out.flush)
	}
	return f.err
}

// finish adds one line for each kind of object that was passed over.
func (f *feed) finish() error {
	for _, kind := range slices.Sorted(maps.Keys(f.skipped)) {
		s := f.skipped[kind]
		f.reject(s.first, "", rejectSkipped, "kind", kind, "count", s.n)
	}
	return f.err
}

// readObjects decodes the objects of text one by one. What each refuses with a
// fieldFault becomes a reject with the object's number; another error ends
// the reading.
func (f *feed) readObjects(text io.Reader, each func(o fields, number int) error) error {
	objects := newObjectReader(text)
	for {
		o, err := objects.next()
		if err != nil {
			return endOfObjects(err)
		}
		if o.fault != "" {
			f.reject(o.number, "", o.fault)
		} else if err := f.readObject(o, each); err != nil {
			return err
		}
		if err := f.took(len(o.raw)); err != nil {
			return err
		}
	}
}

func (f *feed) readObject(o object, each func(members fields, number int) error) error {
	members, err := decodeFields(o.raw)
	if err == nil {
		err = each(members, o.number)
	}
	if bad, ok := errors.AsType[*fieldFault](err); ok {
		f.reject(o.number, bad.column, bad.key)
		return nil
	}
	return err
}

func endOfObjects(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
