package hardware

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"glucokeep/app/record"
	"glucokeep/app/unit"

	"github.com/stretchr/testify/require"
)

// The made-up meter of these tests: ENQ (05) asks, each answer is a 02, a
// value in mg/dL as two bytes and an XOR of the three; ACK (06) asks for the
// next, 04 ends. A control transfer gives its serial number.
func readToy(ctx context.Context, port Port) (record.Batch, error) {
	serial := make([]byte, 8)
	n, err := port.Control(ctx, 0xA1, 0x01, 0x0100, 0, serial)
	if err != nil {
		return record.Batch{}, fmt.Errorf("serial number: %w", err)
	}
	b := record.Batch{Source: record.Source{Serial: string(serial[:n])}}
	ask := []byte{0x05}
	for range 100 {
		if _, err := port.Write(ctx, ask); err != nil {
			return b, fmt.Errorf("ask: %w", err)
		}
		buf := make([]byte, 64)
		n, err := port.Read(ctx, buf)
		if err != nil {
			return b, fmt.Errorf("answer: %w", err)
		}
		if n == 1 && buf[0] == 0x04 {
			return b, nil
		}
		if n != 4 || buf[0] != 0x02 || buf[0]^buf[1]^buf[2] != buf[3] {
			return b, errors.New("answer: bad frame")
		}
		value := unit.MgDLValue(float64(int(buf[1])<<8 | int(buf[2])))
		b.Sparse = append(b.Sparse, &record.Fingerstick{Value: value})
		ask = []byte{0x06}
	}
	return b, errors.New("too many records")
}

const toyTalk = `# made up, no device
ctl a1 01 0100 0000 < 41 42 31

> 05
< 02 00 70 72
> 06
< 02 01 2c 2f
> 06
< 04
`

func parse(t *testing.T, text string) Talk {
	t.Helper()
	talk, err := ParseTalk(strings.NewReader(text))
	require.NoError(t, err)
	return talk
}

func TestReplayGivesTheDriverItsDevice(t *testing.T) {
	p := Replay(parse(t, toyTalk))
	b, err := readToy(t.Context(), p)
	require.NoError(t, err)
	require.NoError(t, p.Done())
	require.Equal(t, "AB1", b.Source.Serial)
	require.Equal(t, []record.Record{
		&record.Fingerstick{Value: unit.MgDLValue(112)}, &record.Fingerstick{Value: unit.MgDLValue(300)},
	}, b.Sparse)
}

func TestReplayIsStrict(t *testing.T) {
	ctx := t.Context()
	for _, c := range []struct {
		name, talk string
		act        func(p *Player) error
		want       string
	}{
		{"another byte", "> 05 01\n", func(p *Player) error { _, err := p.Write(ctx, []byte{5, 2}); return err },
			"replay: talk line 1: byte 1 sent is 02, in the talk 01"},
		{"too few bytes", "> 05 01\n", func(p *Player) error { _, err := p.Write(ctx, []byte{5}); return err },
			"replay: talk line 1: 1 bytes sent where the talk has 2"},
		{"a write where the talk reads", "\n< 05\n", func(p *Player) error { _, err := p.Write(ctx, []byte{5}); return err },
			"replay: talk line 2: a write where the talk has read"},
		{"a read where the talk writes", "> 05\n", func(p *Player) error { _, err := p.Read(ctx, make([]byte, 64)); return err },
			"replay: talk line 1: a read where the talk has write"},
		{"too little room", "< 05 06\n", func(p *Player) error { _, err := p.Read(ctx, make([]byte, 1)); return err },
			"replay: talk line 1: room for 1 bytes where the device sends 2"},
		{"another control transfer", "ctl 21 09 0200 0000 > 05\n",
			func(p *Player) error { _, err := p.Control(ctx, 0x21, 9, 0x0201, 0, []byte{5}); return err },
			"replay: talk line 1: a control transfer 21 09 0201 0000 where the talk has control transfer 21 09 0200 0000"},
		{"a call after the end", "", func(p *Player) error { _, err := p.Write(ctx, []byte{5}); return err },
			"replay: a write after the end of the talk"},
		{"a call after Close", "> 05\n", func(p *Player) error {
			_ = p.Close()
			_, err := p.Write(ctx, []byte{5})
			return err
		}, "replay: a call after Close"},
		{"leaving early", "> 05\n< 06\n", func(p *Player) error { _, _ = p.Write(ctx, []byte{5}); return p.Done() },
			"replay: talk line 2: 1 exchanges left over"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Replay(parse(t, c.talk))
			require.EqualError(t, c.act(p), c.want)
			require.Error(t, p.Done())
		})
	}
}

func TestAfterAMismatchEveryCallFails(t *testing.T) {
	p := Replay(parse(t, "> 05\n< 06\n"))
	_, err := p.Write(t.Context(), []byte{7})
	require.Error(t, err)
	_, again := p.Read(t.Context(), make([]byte, 64))
	require.Equal(t, err, again)
	require.Equal(t, err, p.Done())
}

func TestErrorsOfTheTalkReachTheDriver(t *testing.T) {
	for name, want := range map[string]error{
		"timeout": context.DeadlineExceeded, "cancelled": context.Canceled, "stalled": ErrStalled, "gone": ErrGone,
	} {
		t.Run(name, func(t *testing.T) {
			p := Replay(parse(t, "ctl a1 01 0100 0000 < 41\n> 05\n< !"+name+"\n"))
			_, err := readToy(t.Context(), p)
			require.ErrorIs(t, err, want)
			require.NoError(t, p.Done())
		})
	}
}

func TestAnEndedContextTakesNothingFromTheTalk(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := Replay(parse(t, "> 05\n"))
	_, err := p.Write(ctx, []byte{5})
	require.ErrorIs(t, err, context.Canceled)
	n, err := p.Write(t.Context(), []byte{5})
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func TestARecordedTalkIsTheTalk(t *testing.T) {
	for _, text := range []string{
		toyTalk, "ctl a1 01 0100 0000 < 41\n> 05\n< 02 00 !timeout\n", "ctl a1 01 0100 0000 < !stalled\n", "ctl a1 01 0100 0000 < 41\n> 05 !gone\n",
	} {
		var out bytes.Buffer
		talk := parse(t, text)
		r := Record(Replay(talk), &out)
		_, _ = readToy(t.Context(), r)
		require.NoError(t, r.Close())
		require.Equal(t, talk.String(), out.String())
	}
}

func TestARecordOfSentControlTransfers(t *testing.T) {
	var out bytes.Buffer
	const text = "ctl 21 09 0200 0001 > 05 06\n"
	r := Record(Replay(parse(t, text)), &out)
	n, err := r.Control(t.Context(), 0x21, 9, 0x0200, 1, []byte{5, 6})
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.Equal(t, text, out.String())
}

func TestARecordThatCannotBeWrittenIsReported(t *testing.T) {
	full := errors.New("disk full")
	r := Record(Replay(parse(t, "> 05\n")), failingWriter{full})
	_, err := r.Write(t.Context(), []byte{5})
	require.NoError(t, err, "the reading of the meter goes on")
	require.ErrorIs(t, r.Close(), full)
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }
