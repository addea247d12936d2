package format

import (
	"bytes"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// sheet is a table below its headings, read row by row into a Sink.
type sheet struct {
	*table
	head headings
	out  *Sink
	seen names
	full int    // rows so far that had all their cells
	last []byte // last cell of the newest of them that had one
}

// newSheet reads on to the first row for which isHead holds; false if there
// is none.
func newSheet(t *table, out *Sink, isHead func(headings) bool) (*sheet, bool) {
	for t.next() {
		if h := newHeadings(t.texts()); isHead(h) {
			return &sheet{table: t, head: h, out: out, seen: names{}}, true
		}
	}
	return nil, false
}

// step goes to the next row that can be used. It leaves out blank rows and
// rejects those that may have shifted or were cut off.
func (s *sheet) step() (bool, error) {
	for s.next() {
		if ok, err := s.usable(); ok || err != nil {
			return ok, err
		}
	}
	return false, s.err()
}

// usable looks at the present row as step does.
func (s *sheet) usable() (bool, error) {
	n := len(s.row)
	switch {
	case s.unended && s.cutShort():
		return false, s.out.Reject(s.line, "", rejectTruncated)
	case n > len(s.head) && !s.emptyFrom(len(s.head)):
		return false, s.out.Reject(s.line, "", rejectColumns, "want", len(s.head), "got", n)
	case s.blank():
		return false, nil
	}
	if n >= len(s.head) && len(s.head) > 0 {
		s.full++
		if last := s.cell(len(s.head) - 1); len(last) > 0 {
			s.last = append(s.last[:0], last...)
		}
	}
	return true, nil
}

// cutShort reports whether the last row of a file without a line break at its
// end may have been cut. Even a row with all its cells is doubted when its
// last cell is not that of the rows before: 118 cut to 11 is a glucose value,
// too. A serial number or an empty cell that repeats all the way is believed.
func (s *sheet) cutShort() bool {
	n := len(s.row)
	return s.quoted || n < len(s.head) || s.full == 0 || !bytes.Equal(s.cell(n-1), s.last)
}

func (s *sheet) emptyFrom(i int) bool {
	for ; i < len(s.row); i++ {
		if len(s.cell(i)) > 0 {
			return false
		}
	}
	return true
}

// reject notes the present row.
func (s *sheet) reject(column int, key string, args ...any) error {
	return s.out.Reject(s.line, s.head.raw(column), key, args...)
}

// text is a cell as text that a person wrote.
func (s *sheet) text(i int) string { return clip(cellText(s.cell(i)), maxNoteRunes) }

// name is a cell as a short text that repeats: a model or serial number.
func (s *sheet) name(i int) string { return s.seen.of(s.cell(i)) }

// has reports whether the cell of column i holds anything. A row of dashes is
// CareLink's way to leave a cell empty.
func (s *sheet) has(i int) bool {
	b := s.cell(i)
	return len(b) > 0 && !bytes.Equal(b, []byte("-------"))
}

// glucose reads column i and rejects the row when it is none.
func (s *sheet) glucose(i int, u unit.Concentration, lim limits) (g unit.Glucose, f record.Flags, ok bool, err error) {
	g, f, key := readGlucose(s.cell(i), u, lim)
	if key != "" {
		return g, f, false, s.reject(i, key)
	}
	return g, f, true, nil
}

// units reads column i as a dose and rejects the row when it is none.
func (s *sheet) units(i int) (u unit.Units, ok bool, err error) {
	v, ok := number(s.cell(i))
	if !ok {
		return 0, false, s.reject(i, rejectNumber)
	}
	if !unit.Units(v).PossibleDose() {
		return 0, false, s.reject(i, rejectDose)
	}
	return unit.Units(v), true, nil
}

// rate reads column i as a basal rate and rejects the row when it is none.
func (s *sheet) rate(i int) (r unit.UnitsPerHour, ok bool, err error) {
	v, ok := number(s.cell(i))
	if !ok {
		return 0, false, s.reject(i, rejectNumber)
	}
	if !unit.UnitsPerHour(v).Possible() {
		return 0, false, s.reject(i, rejectDose)
	}
	return unit.UnitsPerHour(v), true, nil
}

// grams reads column i as carbohydrate and rejects the row when it is none.
func (s *sheet) grams(i int) (g unit.Grams, ok bool, err error) {
	v, ok := number(s.cell(i))
	if !ok {
		return 0, false, s.reject(i, rejectNumber)
	}
	if !unit.Grams(v).Possible() {
		return 0, false, s.reject(i, rejectCarbs)
	}
	return unit.Grams(v), true, nil
}

// maxKetone is far above what a ketone meter shows (8 mmol/L) and below its
// codes.
const maxKetone = 30

// ketone reads column i in mmol/L and rejects the row when it is none.
func (s *sheet) ketone(i int) (v float64, ok bool, err error) {
	v, ok = number(s.cell(i))
	if !ok {
		return 0, false, s.reject(i, rejectNumber)
	}
	if v < 0 || v > maxKetone {
		return 0, false, s.reject(i, rejectKetone)
	}
	return v, true, nil
}

// common is the shared part of a record from the present row.
func (s *sheet) common(at record.Millis) record.Common { return record.Common{At: at, Line: s.line} }

// extra is what stands in the columns that are not among used: what the
// source said besides, by its own headings.
func (s *sheet) extra(used ...int) map[string]string {
	var m map[string]string
next:
	for i := range s.head {
		if !s.has(i) || s.head[i].raw == "" {
			continue
		}
		for _, u := range used {
			if u == i {
				continue next
			}
		}
		if m == nil {
			m = map[string]string{}
		}
		m[s.head[i].raw] = s.text(i)
	}
	return m
}
