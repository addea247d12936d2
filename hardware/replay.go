package hardware

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// faults are the names of errors in a talk.
var faults = map[string]error{
	"timeout":   context.DeadlineExceeded,
	"cancelled": context.Canceled,
	"stalled":   ErrStalled,
	"gone":      ErrGone,
	"failed":    errors.New("transfer failed"),
}

func faultError(name string) error { return faults[name] }

func faultName(err error) string {
	for _, name := range []string{"timeout", "cancelled", "stalled", "gone"} {
		if errors.Is(err, faults[name]) {
			return name
		}
	}
	return "failed"
}

// Recorder is a Port that writes down what goes over another one.
type Recorder struct {
	port Port
	w    io.Writer
	err  error // of the first line that could not be written
}

// Record puts a Recorder before port. It writes each exchange to w at once,
// so that a talk that breaks off is kept up to there. What it writes holds
// the values and serial number that the device sends.
func Record(port Port, w io.Writer) *Recorder { return &Recorder{port: port, w: w} }

func (r *Recorder) note(e Exchange, err error) {
	if err != nil {
		e.Fault = faultName(err)
	}
	if _, werr := fmt.Fprintln(r.w, e); werr != nil && r.err == nil {
		r.err = werr
	}
}

// Write implements Port.
func (r *Recorder) Write(ctx context.Context, p []byte) (int, error) {
	n, err := r.port.Write(ctx, p)
	r.note(Exchange{Data: p}, err)
	return n, err
}

// Read implements Port.
func (r *Recorder) Read(ctx context.Context, p []byte) (int, error) {
	n, err := r.port.Read(ctx, p)
	r.note(Exchange{In: true, Data: p[:n]}, err)
	return n, err
}

// Control implements Port.
func (r *Recorder) Control(ctx context.Context, requestType, request uint8, value, index uint16, data []byte) (int, error) {
	n, err := r.port.Control(ctx, requestType, request, value, index, data)
	e := Exchange{Control: &[4]uint16{uint16(requestType), uint16(request), value, index}, Data: data}
	if e.In = requestType&0x80 != 0; e.In {
		e.Data = data[:n]
	}
	r.note(e, err)
	return n, err
}

// Close closes the port. It reports, too, that the record is not complete.
func (r *Recorder) Close() error {
	return errors.Join(r.port.Close(), r.err)
}

// Player is a Port that plays the device's part of a talk. It is strict: the
// driver must ask the very same bytes in the same order, or the call and all
// calls after it fail with a *MismatchError.
type Player struct {
	talk   Talk
	next   int
	failed error
	closed bool
}

// Replay makes a Player.
func Replay(talk Talk) *Player { return &Player{talk: talk} }

// MismatchError is a call of a driver that is not the one in the talk.
type MismatchError struct {
	Line   int // of the talk; 0 when the talk was over
	Reason string
}

// Error says where and why, with no more than one byte of what was sent.
func (e *MismatchError) Error() string {
	if e.Line == 0 {
		return "replay: " + e.Reason
	}
	return fmt.Sprintf("replay: talk line %d: %s", e.Line, e.Reason)
}

// take gives the exchange that must come now.
func (p *Player) take(ctx context.Context, control *[4]uint16, in bool) (Exchange, error) {
	switch {
	case p.failed != nil:
		return Exchange{}, p.failed
	case ctx.Err() != nil:
		return Exchange{}, ctx.Err()
	case p.closed:
		return Exchange{}, p.fail(0, "a call after Close")
	case p.next == len(p.talk):
		return Exchange{}, p.fail(0, "a "+callName(control, in)+" after the end of the talk")
	}
	e := p.talk[p.next]
	p.next++
	if callName(e.Control, e.In) != callName(control, in) || control != nil && *e.Control != *control {
		return e, p.fail(e.Line, "a "+callName(control, in)+" where the talk has "+callName(e.Control, e.In))
	}
	return e, nil
}

func callName(control *[4]uint16, in bool) string {
	switch {
	case control != nil:
		return fmt.Sprintf("control transfer %02x %02x %04x %04x", control[0], control[1], control[2], control[3])
	case in:
		return "read"
	}
	return "write"
}

func (p *Player) fail(line int, reason string) error {
	p.failed = &MismatchError{Line: line, Reason: reason}
	return p.failed
}

// sent checks what the driver sent against the talk.
func (p *Player) sent(e Exchange, data []byte) (int, error) {
	if !bytes.Equal(e.Data, data) {
		at := 0
		for at < len(data) && at < len(e.Data) && data[at] == e.Data[at] {
			at++
		}
		if at == len(data) || at == len(e.Data) {
			return 0, p.fail(e.Line, fmt.Sprintf("%d bytes sent where the talk has %d", len(data), len(e.Data)))
		}
		return 0, p.fail(e.Line, fmt.Sprintf("byte %d sent is %02x, in the talk %02x", at, data[at], e.Data[at]))
	}
	if e.Fault != "" {
		return 0, faultError(e.Fault)
	}
	return len(data), nil
}

// got hands what the device said to the driver.
func (p *Player) got(e Exchange, room []byte) (int, error) {
	if len(room) < len(e.Data) {
		return 0, p.fail(e.Line, fmt.Sprintf("room for %d bytes where the device sends %d", len(room), len(e.Data)))
	}
	n := copy(room, e.Data)
	return n, faultError(e.Fault)
}

// Write implements Port.
func (p *Player) Write(ctx context.Context, data []byte) (int, error) {
	e, err := p.take(ctx, nil, false)
	if err != nil {
		return 0, err
	}
	return p.sent(e, data)
}

// Read implements Port.
func (p *Player) Read(ctx context.Context, room []byte) (int, error) {
	e, err := p.take(ctx, nil, true)
	if err != nil {
		return 0, err
	}
	return p.got(e, room)
}

// Control implements Port.
func (p *Player) Control(ctx context.Context, requestType, request uint8, value, index uint16, data []byte) (int, error) {
	in := requestType&0x80 != 0
	e, err := p.take(ctx, &[4]uint16{uint16(requestType), uint16(request), value, index}, in)
	if err != nil {
		return 0, err
	}
	if in {
		return p.got(e, data)
	}
	return p.sent(e, data)
}

// Close implements Port.
func (p *Player) Close() error {
	p.closed = true
	return nil
}

// Done reports what is wrong after a replay: the first mismatch, or that the
// driver left before the talk was over.
func (p *Player) Done() error {
	if p.failed == nil && p.next < len(p.talk) {
		return &MismatchError{Line: p.talk[p.next].Line, Reason: fmt.Sprintf("%d exchanges left over", len(p.talk)-p.next)}
	}
	return p.failed
}
