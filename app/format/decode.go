package format

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

var utf8BOM = []byte("\xEF\xBB\xBF")

// decoded gives the text of r without its byte order mark, with UTF-16 turned
// into UTF-8. Any other encoding passes as it is: cellText settles it cell by
// cell, so that one odd letter far down in a large file needs no second pass.
func decoded(r io.Reader) io.Reader {
	br := bufio.NewReaderSize(r, 64<<10)
	head, _ := br.Peek(64) // an error comes again with the first Read
	switch e := utf16Order(head); e {
	case "le":
		return transform.NewReader(br, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case "be":
		return transform.NewReader(br, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	}
	if bytes.HasPrefix(head, utf8BOM) {
		_, _ = br.Discard(len(utf8BOM)) // cannot fail: the bytes were just seen
	}
	return br
}

// utf16Order is "le" or "be" for text in UTF-16, with a byte order mark or
// known by its zeros (Glimp writes none), and "" for any other.
func utf16Order(head []byte) string {
	switch {
	case len(head) < 4:
		return ""
	case head[0] == 0xFF && head[1] == 0xFE:
		return "le"
	case head[0] == 0xFE && head[1] == 0xFF:
		return "be"
	}
	var even, odd int
	n := min(len(head), 64) &^ 1
	for i := 0; i < n; i += 2 {
		if head[i] == 0 {
			even++
		}
		if head[i+1] == 0 {
			odd++
		}
	}
	switch {
	case odd*10 >= n/2*9 && even == 0:
		return "le"
	case even*10 >= n/2*9 && odd == 0:
		return "be"
	}
	return ""
}

// cellText is a cell as a string: UTF-8 as it is, anything else read as
// Windows-1252, which is what Excel saves. Line breaks inside become \n.
func cellText(b []byte) string {
	if !utf8.Valid(b) {
		r := make([]rune, len(b))
		for i, c := range b {
			r[i] = charmap.Windows1252.DecodeByte(c)
		}
		b = []byte(string(r))
	}
	s := string(b)
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	return s
}

// clip cuts s to at most n runes.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	i := 0
	for at := range s {
		if i == n {
			return s[:at]
		}
		i++
	}
	return s
}

// names keeps one copy of each short text that repeats down a column, such as
// a serial number.
type names map[string]string

// of is the cell as a name: trimmed, at most maxTextRunes long.
func (n names) of(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if s, ok := n[string(b)]; ok {
		return s
	}
	s := clip(strings.TrimSpace(cellText(b)), maxTextRunes)
	if len(n) < 10_000 && len(b) < 256 {
		n[string(b)] = s
	}
	return s
}
