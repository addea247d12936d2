package format

import (
	"bytes"
	"errors"
	"io"
)

// table reads rows of delimited text: quotes and line breaks inside quotes as
// in RFC 4180, rows ended by LF, CRLF or CR. It reads what encoding/csv reads
// and more (a stray quote is an ordinary character), several times faster
// because a row is a set of views into one buffer: they hold until next.
type table struct {
	r     io.Reader
	delim byte
	buf   []byte
	pos   int // the row to come begins here
	end   int // bytes in buf
	eof   bool
	row   [][]byte
	loose []byte // holds fields with doubled quotes, which cannot be views

	line  int // line on which the row began, from 1
	below int // lines before the row to come
	rows  int
	// unended says that the file stopped before the row's line break.
	unended bool
	quoted  bool // the file stopped inside quotes
	failed  error
}

func newTable(r io.Reader, delim byte) *table {
	return &table{r: r, delim: delim, buf: make([]byte, 64<<10)}
}

// next reads one row and reports whether there was one. Empty lines are left
// out. After false, err tells whether it was the end.
func (t *table) next() bool {
	for t.failed == nil {
		if t.pos == t.end && !t.fill() {
			return false
		}
		if c := t.buf[t.pos]; c == '\n' || c == '\r' {
			if !t.emptyLine(c) {
				return false
			}
			continue
		}
		if t.split() {
			if t.rows++; t.rows > maxRows {
				t.failed = errTooLarge(faultManyRows, "limit", maxRows)
			}
			return t.failed == nil
		}
	}
	return false
}

func (t *table) err() error { return t.failed }

// emptyLine steps over a line break.
func (t *table) emptyLine(c byte) bool {
	if c == '\r' && t.pos+1 == t.end && !t.eof {
		if !t.fill() && t.failed != nil {
			return false
		}
	}
	if c == '\r' && t.pos+1 < t.end && t.buf[t.pos+1] == '\n' {
		t.pos++
	}
	t.pos++
	t.below++
	return true
}

// split cuts the row at pos into fields. It reports false when the buffer
// ends before the row does: then it has read on, and split starts anew.
func (t *table) split() bool {
	t.row, t.loose, t.unended = t.row[:0], t.loose[:0], false
	t.line = t.below + 1
	if t.splitPlain() {
		return true
	}
	t.row = t.row[:0]
	breaks := 0
	for i := t.pos; ; {
		field, after, inner, whole := t.field(i)
		if !whole {
			t.fill()
			return false
		}
		breaks += inner
		if len(field) > maxField {
			t.failed = errTooLarge(faultFieldLong, "line", t.line, "limit", maxField)
			return false
		}
		if t.row = append(t.row, field); len(t.row) > maxColumns {
			t.failed = errTooLarge(faultManyColumns, "line", t.line, "limit", maxColumns)
			return false
		}
		if after == t.end {
			t.unended = true
			t.pos, t.below = after, t.below+breaks
			return true
		}
		if t.buf[after] == t.delim {
			i = after + 1
			continue
		}
		if t.buf[after] == '\r' {
			if after+1 == t.end && !t.eof {
				t.fill()
				return false
			}
			if after+1 < t.end && t.buf[after+1] == '\n' {
				after++
			}
		}
		t.pos, t.below = after+1, t.below+breaks+1
		return true
	}
}

// splitPlain is split for a row as nearly all are: without a quote, ended by
// LF or CRLF. It reports false for any other, which split then cuts.
func (t *table) splitPlain() bool {
	line := t.buf[t.pos:t.end]
	n := bytes.IndexByte(line, '\n')
	if n < 0 || n > maxField {
		return false
	}
	line = line[:n]
	if i := bytes.IndexByte(line, '\r'); i == n-1 && i >= 0 {
		line = line[:i]
	} else if i >= 0 {
		return false
	}
	if bytes.IndexByte(line, '"') >= 0 {
		return false
	}
	from, row, delim := 0, t.row, t.delim
	for i, c := range line {
		if c == delim {
			row = append(row, line[from:i:i])
			from = i + 1
		}
	}
	if t.row = append(row, line[from:len(line):len(line)]); len(t.row) > maxColumns {
		return false
	}
	t.pos, t.below = t.pos+n+1, t.below+1
	return true
}

// field is the field that begins at i, the place of the mark that ends it (a
// delimiter, a line break, or end at the end of the file) and the line breaks
// inside; whole is false when the buffer ends first.
func (t *table) field(i int) (field []byte, after, breaks int, whole bool) {
	if i < t.end && t.buf[i] == '"' {
		return t.quotedField(i)
	}
	field, after, whole = t.bare(i)
	return field, after, 0, whole
}

func (t *table) quotedField(i int) (field []byte, after, breaks int, whole bool) {
	b := t.buf[:t.end]
	start, kept := i+1, len(t.loose)
	from := start
	for {
		q := bytes.IndexByte(b[from:], '"')
		if q < 0 {
			if !t.eof {
				return nil, 0, 0, false
			}
			t.quoted = true // the file ends inside the quotes
			return t.join(kept, b[start:]), t.end, lineBreaks(b[i:]), true
		}
		q += from
		if q+1 == len(b) && !t.eof {
			return nil, 0, 0, false // the next byte tells whether it is doubled
		}
		if q+1 < len(b) && b[q+1] == '"' {
			t.loose = append(t.loose, b[start:q+1]...)
			start, from = q+2, q+2
			continue
		}
		// The closing quote. What follows up to the mark is not well formed;
		// it is kept as it stands.
		rest, end, ok := t.bare(q + 1)
		if !ok {
			return nil, 0, 0, false
		}
		breaks = lineBreaks(b[i:q])
		if len(rest) > 0 {
			t.loose = append(append(t.loose, b[start:q]...), rest...)
			return t.loose[kept:len(t.loose):len(t.loose)], end, breaks, true
		}
		return t.join(kept, b[start:q:q]), end, breaks, true
	}
}

// bare is the field from i to the next mark, quotes or not.
func (t *table) bare(i int) (field []byte, after int, whole bool) {
	b := t.buf[:t.end]
	for j := i; j < len(b); j++ {
		if c := b[j]; c == t.delim || c == '\n' || c == '\r' {
			return b[i:j:j], j, true
		}
	}
	return b[i:], t.end, t.eof
}

// join is the field whose first part, with doubled quotes undone, stands in
// loose from kept on, and whose last part is tail.
func (t *table) join(kept int, tail []byte) []byte {
	if len(t.loose) == kept {
		return tail
	}
	t.loose = append(t.loose, tail...)
	return t.loose[kept:len(t.loose):len(t.loose)]
}

func lineBreaks(b []byte) int {
	n := bytes.Count(b, []byte{'\n'})
	for i, c := range b {
		if c == '\r' && (i+1 == len(b) || b[i+1] != '\n') {
			n++
		}
	}
	return n
}

// fill reads on, after making room; false at the end of the file or after an
// error.
func (t *table) fill() bool {
	if t.eof || t.failed != nil {
		return false
	}
	if t.pos > 0 {
		t.end = copy(t.buf, t.buf[t.pos:t.end])
		t.pos = 0
	}
	if t.end == len(t.buf) {
		if len(t.buf) >= maxRow {
			t.failed = errTooLarge(faultRowLong, "line", t.below+1, "limit", maxRow)
			return false
		}
		t.buf = append(t.buf, make([]byte, len(t.buf))...)
	}
	// Fill all of the room: a row is split anew after each fill.
	before := t.end
	for idle := 0; t.end < len(t.buf) && idle < 100; {
		n, err := t.r.Read(t.buf[t.end:])
		t.end += n
		if err != nil {
			if t.eof = errors.Is(err, io.EOF); !t.eof {
				t.failed = err
			}
			break
		}
		if idle++; n > 0 {
			idle = 0
		}
	}
	return t.end > before
}

// cell is the trimmed field of column i, empty when the row is too short or i
// is -1.
func (t *table) cell(i int) []byte {
	if i < 0 || i >= len(t.row) {
		return nil
	}
	return trim(t.row[i])
}

// blank reports whether no cell of the row holds anything.
func (t *table) blank() bool {
	for i := range t.row {
		if len(t.cell(i)) > 0 {
			return false
		}
	}
	return true
}

// texts are the cells as strings, for headings.
func (t *table) texts() []string {
	s := make([]string, len(t.row))
	for i := range t.row {
		s[i] = cellText(t.cell(i))
	}
	return s
}
