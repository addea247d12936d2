package format

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"glucokeep/app/fault"
)

const (
	headBytes      = 64 << 10
	entryHeadBytes = 16 << 10 // of each file of an archive that has several
	headRows       = 60       // rows of the head that are split into cells
)

// Head is the beginning of a file, decoded as far as a format needs to know
// its own. For an archive it holds only Entries.
type Head struct {
	Start   []byte     // the first bytes as they stand, after any gzip
	Whole   bool       // Start is all of the file
	Binary  bool       // not text in any encoding
	Text    string     // Start as UTF-8 without a byte order mark; "" when Binary
	JSON    byte       // '[' or '{' if the text begins so, else 0
	Delim   byte       // delimiter of the table, if it is one: , ; or tab
	Rows    [][]string // first rows as cells, trimmed; the last may be cut short. Empty for JSON
	Name    string     // in an archive: last part of the file's name, lower case
	Entries []*Head    // the files of an archive
}

// readHead reads the head of a file. A single file in a gzip or zip stands
// for itself.
func readHead(in Input) (*Head, error) {
	list, err := files(in)
	if err != nil {
		return nil, err
	}
	if len(list) == 1 {
		return list[0].head, nil
	}
	h := &Head{Binary: true}
	for _, f := range list {
		h.Entries = append(h.Entries, f.head)
	}
	return h, nil
}

// any reports whether match knows the file or one of the files in the archive.
func (h *Head) any(match func(*Head) bool) bool {
	if h.Entries == nil {
		return match(h)
	}
	for _, e := range h.Entries {
		if match(e) {
			return true
		}
	}
	return false
}

func headOf(open func() (io.Reader, error), size int) (*Head, error) {
	r, err := open()
	if err != nil {
		return nil, err
	}
	start := make([]byte, size)
	n := 0
	for n < size {
		k, err := r.Read(start[n:])
		n += k
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if _, ours := errors.AsType[*fault.Error](err); ours {
				return nil, err
			}
			return nil, fault.Wrap(err, fault.Invalid, faultRead)
		}
	}
	return newHead(start[:n], n < size), nil
}

func newHead(start []byte, whole bool) *Head {
	h := &Head{Start: start, Whole: whole}
	text, err := io.ReadAll(decoded(bytes.NewReader(start)))
	if err != nil || isBinary(text) {
		h.Binary = true
		return h
	}
	h.Text = cellText(cutRune(text))
	if t := strings.TrimLeft(h.Text, " \t\r\n"); t != "" && (t[0] == '[' || t[0] == '{') {
		h.JSON = t[0]
		return h
	}
	h.Delim = delimiter(text)
	t := newTable(bytes.NewReader(text), h.Delim)
	for len(h.Rows) < headRows && t.next() {
		h.Rows = append(h.Rows, t.texts())
	}
	return h
}

// cutRune drops a letter that the end of the head cut in two.
func cutRune(b []byte) []byte {
	for n := 1; n <= 3 && n <= len(b); n++ {
		last := b[len(b)-n:]
		if utf8.RuneStart(last[0]) {
			if last[0] >= utf8.RuneSelf && !utf8.FullRune(last) {
				return b[:len(b)-n]
			}
			return b
		}
	}
	return b
}

// isBinary reports whether b cannot be text: it holds control characters that
// no text has.
func isBinary(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1A {
			return true
		}
	}
	return false
}
