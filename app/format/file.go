package format

import (
	"errors"
	"io"

	"glucokeep/app/fault"
)

// file is one file of an Input: the Input itself, what a gzip holds, or one
// entry of a zip archive. It can be opened as often as a format needs.
type file struct {
	head   *Head
	number int    // place in the archive, from 1
	name   string // last part of its name in the archive, lower case; only ever compared
	open   func() (io.Reader, error)
}

// files lists the files of in, with the head of each.
func files(in Input) ([]file, error) {
	start := make([]byte, 4)
	n, err := in.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fault.Wrap(err, fault.Invalid, faultRead)
	}
	var list []file
	switch packing(start[:n]) {
	case "zip":
		if list, err = unzip(in); err != nil {
			return nil, err
		}
	case "gzip":
		list = []file{gunzip(in)}
	default:
		f := file{number: 1, open: func() (io.Reader, error) { return io.NewSectionReader(in.ReaderAt, 0, in.Size), nil }}
		f.head, err = headOf(f.open, headBytes)
		return []file{f}, err
	}
	for i := range list {
		size := headBytes
		if len(list) > 1 {
			size = entryHeadBytes
		}
		if list[i].head, err = headOf(list[i].open, size); err != nil {
			return nil, err
		}
		if packing(list[i].head.Start) != "" {
			return nil, fault.New(fault.Invalid, faultNested)
		}
		list[i].head.Name = list[i].name
	}
	return list, nil
}

// text opens the file as UTF-8 without a byte order mark (decode.go).
func (f file) text() (io.Reader, error) {
	r, err := f.open()
	if err != nil {
		return nil, err
	}
	return decoded(r), nil
}

// table opens the file as rows, with the delimiter that its head shows.
func (f file) table() (*table, error) {
	r, err := f.text()
	if err != nil {
		return nil, err
	}
	return newTable(r, f.head.Delim), nil
}

// sheet opens the file as the table below the first row that isHead knows.
func (f file) sheet(out *Sink, isHead func(headings) bool) (*sheet, error) {
	t, err := f.table()
	if err != nil {
		return nil, err
	}
	s, ok := newSheet(t, out, isHead)
	if ok {
		return s, nil
	}
	if err := t.err(); err != nil {
		return nil, err
	}
	return nil, fault.New(fault.Invalid, faultHeading)
}

// dateOrder reads as many dates of the file as it takes to know the order of
// day and month. at gives the cell that begins with the date, and the hour,
// -1 if the row has none.
func (f file) dateOrder(opt Options, isHead func(headings) bool, at func(s *sheet) (date []byte, hour int)) (DateOrder, error) {
	s, err := f.sheet(nil, isHead)
	if err != nil {
		return AnyOrder, err
	}
	var v orderVote
	for s.next() {
		d, hour := at(s)
		if len(d) > 0 && !v.see(d, hour) {
			break
		}
	}
	if err := s.err(); err != nil {
		return AnyOrder, err
	}
	return v.decide(opt.DateOrder)
}

// each calls read for every file of in that match knows and rejects the
// others. A format that may come alone, in a gzip or in a zip parses with it.
func each(in Input, out *Sink, match func(*Head) bool, read func(f file) error) error {
	list, err := files(in)
	if err != nil {
		return err
	}
	known := false
	for _, f := range list {
		if len(list) > 1 && !match(f.head) {
			if err := out.Reject(0, "", rejectEntry, "number", f.number); err != nil {
				return err
			}
			continue
		}
		known = true
		if err := read(f); err != nil {
			return err
		}
	}
	if !known {
		return fault.New(fault.Invalid, faultNothingKnown)
	}
	return nil
}
