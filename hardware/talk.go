package hardware

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Talk is a recorded conversation with a device: what the driver asked and
// what came back, in order. It is kept as text, one exchange a line:
//
//	# a note: which device, which firmware, what was scrambled
//	> 05                        Write of these bytes
//	< 06 4c 45                  Read that gave these bytes
//	< !timeout                  Read that ended in an error
//	ctl 21 09 0200 0000 > 05    Control that sent these bytes
//	ctl a1 01 0100 0000 < 06    Control that gave these bytes
//
// Numbers are hexadecimal; the four of ctl are request type, request, value
// and index. An error is !timeout (the context's deadline), !cancelled,
// !stalled, !gone or !failed (any other). Lines that begin with # and empty
// lines say nothing.
type Talk []Exchange

// Exchange is one call of a Port.
type Exchange struct {
	Line    int        // in the text it was read from; 0 for one made in memory
	Control *[4]uint16 // of a control transfer: request type, request, value, index
	In      bool       // from the device to us
	Data    []byte
	Fault   string // "timeout", "cancelled", "stalled", "gone" or "failed"; "" when the call succeeded
}

// The bounds of a talk: more than any meter says.
const (
	maxTransfer  = 64 << 10 // bytes
	maxExchanges = 1 << 20
)

// TalkError is a line of a talk that cannot be read.
type TalkError struct {
	Line   int
	Reason string
}

// Error names the line, not its content.
func (e *TalkError) Error() string { return fmt.Sprintf("talk line %d: %s", e.Line, e.Reason) }

// ParseTalk reads a talk. Its error is a *TalkError, or that of r.
func ParseTalk(r io.Reader) (Talk, error) {
	var talk Talk
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 4*maxTransfer)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		e, reason := parseExchange(text)
		if len(talk) == maxExchanges {
			reason = "too many exchanges"
		}
		if reason != "" {
			return nil, &TalkError{Line: n, Reason: reason}
		}
		e.Line = n
		talk = append(talk, e)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read talk: %w", err)
	}
	return talk, nil
}

func parseExchange(text string) (e Exchange, reason string) {
	words := strings.Fields(text)
	if words[0] == "ctl" {
		if len(words) < 6 {
			return e, "ctl needs four numbers and a direction"
		}
		e.Control = new([4]uint16)
		for i, bits := range []int{8, 8, 16, 16} {
			v, err := strconv.ParseUint(words[i+1], 16, bits)
			if err != nil {
				return e, "not a hexadecimal number, or too large"
			}
			e.Control[i] = uint16(v)
		}
		words = words[5:]
	}
	switch words[0] {
	case "<":
		e.In = true
	case ">":
	default:
		return e, "neither <, > nor ctl"
	}
	if e.Control != nil && e.In != (e.Control[0]&0x80 != 0) {
		return e, "the direction contradicts the request type"
	}
	words = words[1:]
	if n := len(words); n > 0 && strings.HasPrefix(words[n-1], "!") {
		e.Fault = words[n-1][1:]
		if faultError(e.Fault) == nil {
			return e, "an error that nobody knows"
		}
		words = words[:n-1]
	}
	data, err := hex.DecodeString(strings.Join(words, ""))
	if err != nil {
		return e, "not hexadecimal bytes"
	}
	if len(data) > maxTransfer {
		return e, "too long"
	}
	e.Data = data
	return e, ""
}

// String is the line of the exchange.
func (e Exchange) String() string {
	var b bytes.Buffer
	if c := e.Control; c != nil {
		fmt.Fprintf(&b, "ctl %02x %02x %04x %04x ", c[0], c[1], c[2], c[3])
	}
	if e.In {
		b.WriteByte('<')
	} else {
		b.WriteByte('>')
	}
	for _, c := range e.Data {
		fmt.Fprintf(&b, " %02x", c)
	}
	if e.Fault != "" {
		b.WriteString(" !" + e.Fault)
	}
	return b.String()
}

// String is the talk as text, without notes.
func (t Talk) String() string {
	var b strings.Builder
	for _, e := range t {
		b.WriteString(e.String() + "\n")
	}
	return b.String()
}
