package format

import (
	"errors"
	"io"

	"glucokeep/app/record"
)

// feed hands the records of a cloud's file to the Sink: it sets the source of
// each, bounds how much text is held at a time and notes that something
// was passed over. The first error of the Sink stays and comes out of took or finish.
type feed struct {
	out     *Sink
	clock   record.Clock // of all records
	size    int          // about how many bytes of the file the Sink holds
	skipped bool         // an object was passed over
	err     error
}

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

// skip notes an object that is understood and holds nothing to keep. That is
// no fault of the file, so it is no reject.
func (f *feed) skip() { f.skipped = true }

// took tells that an object of so many bytes was dealt with. An object can
// hold much text, so that a number of records alone would bound nothing.
func (f *feed) took(bytes int) error {
	if f.size += bytes; f.size >= maxHeld {
		f.size = 0
		f.do(f.out.flush)
	}
	return f.err
}

// finish tells once for the file that objects were passed over.
func (f *feed) finish() error {
	if f.skipped && f.err == nil {
		f.out.Notice(noticeSkipped)
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
