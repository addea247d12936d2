package format

import (
	"bufio"
	"errors"
	"io"
	"regexp"
)

// The limits of one object: larger than any object that Nightscout or
// Tidepool writes, small enough that a hostile file costs no memory.
const (
	maxObject = 1 << 20  // bytes
	maxDepth  = 32       // of nested objects and arrays
	maxMember = 64 << 10 // bytes of the text in one member
)

// envelope is how Nightscout's API v3 wraps the array that it answers with.
var envelope = regexp.MustCompile(`^\s*\{\s*(?:"status"\s*:\s*\d+\s*,\s*)?"result"\s*:\s*\[`)

// object is one element of a file of objects.
type object struct {
	raw    []byte // the JSON text, good until the next element is read
	number int    // place in the file, from 1
	fault  string // catalogue key of why there is no text; "" if all is well
}

// objectReader cuts a file into its objects without decoding them: arrays,
// one object a line, one after another, or all of these in one file. An
// object over the limits is passed over, not kept in memory.
type objectReader struct {
	r       *bufio.Reader
	buf     []byte
	number  int
	inArray bool
	wrapped bool // in an envelope: what follows the array is not data
	ended   bool
}

// newObjectReader reads from text without a byte order mark.
func newObjectReader(text io.Reader) *objectReader {
	r := bufio.NewReaderSize(text, 64<<10)
	o := &objectReader{r: r}
	head, _ := r.Peek(256)
	if n := len(envelope.Find(head)); n > 0 {
		_, _ = r.Discard(n)
		o.inArray, o.wrapped = true, true
	}
	return o
}

// next gives the next element, or io.EOF. A file that stops in the middle
// gives a last element with the fault rejectTruncated.
func (o *objectReader) next() (object, error) {
	for !o.ended {
		c, err := o.r.ReadByte()
		if errors.Is(err, io.EOF) {
			o.ended = true
			if o.inArray {
				return object{number: o.number + 1, fault: rejectTruncated}, nil
			}
			break
		}
		if err != nil {
			return object{}, err
		}
		switch c {
		case ' ', '\t', '\r', '\n', ',':
		case ']':
			o.inArray = false
			o.ended = o.wrapped
		case '[':
			if o.inArray {
				return o.value(c, rejectNotObject)
			}
			o.inArray = true
		case '{':
			return o.value(c, "")
		default:
			return o.scalar(c)
		}
	}
	return object{}, io.EOF
}

// value reads the object or array that begins with c up to its closing mark.
func (o *objectReader) value(c byte, fault string) (object, error) {
	o.number++
	o.buf = append(o.buf[:0], c)
	depth, inString, escaped := 1, false, false
	for depth > 0 {
		c, err := o.r.ReadByte()
		if errors.Is(err, io.EOF) {
			o.ended = true
			return object{number: o.number, fault: rejectTruncated}, nil
		}
		if err != nil {
			return object{}, err
		}
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped, inString = c == '\\', c != '"'
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
		switch {
		case fault != "":
		case depth > maxDepth:
			fault = rejectTooDeep
		case len(o.buf) >= maxObject:
			fault = rejectTooLarge
		default:
			o.buf = append(o.buf, c)
		}
	}
	if fault != "" {
		return object{number: o.number, fault: fault}, nil
	}
	return object{raw: o.buf, number: o.number}, nil
}

// scalar passes over a number, word or text that stands where an object
// should.
func (o *objectReader) scalar(c byte) (object, error) {
	o.number++
	inString, escaped := c == '"', false
	for {
		c, err := o.r.ReadByte()
		if errors.Is(err, io.EOF) {
			break // next sees the end again
		}
		if err != nil {
			return object{}, err
		}
		if escaped {
			escaped = false
			continue
		}
		if inString {
			escaped, inString = c == '\\', c != '"'
			continue
		}
		if c == ',' || c == '[' || c == ']' || c == '{' || c == '\n' {
			if err := o.r.UnreadByte(); err != nil {
				return object{}, err
			}
			break
		}
	}
	return object{number: o.number, fault: rejectNotObject}, nil
}
