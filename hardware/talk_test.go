package hardware

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTalksThatCannotBeRead(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a word", "hello\n", "talk line 1: neither <, > nor ctl"},
		{"half a byte", "# note\n> 0\n", "talk line 2: not hexadecimal bytes"},
		{"no byte", "> zz\n", "talk line 1: not hexadecimal bytes"},
		{"an unknown error", "< !tired\n", "talk line 1: an error that nobody knows"},
		{"a control transfer without numbers", "ctl < 05\n", "talk line 1: ctl needs four numbers and a direction"},
		{"a request of two bytes", "ctl 21 0909 0200 0000 > 05\n", "talk line 1: not a hexadecimal number, or too large"},
		{"a request to send that gives", "ctl 21 09 0200 0000 < 05\n", "talk line 1: the direction contradicts the request type"},
		{"a transfer without an end", "> " + strings.Repeat("00", maxTransfer+1), "talk line 1: too long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseTalk(strings.NewReader(c.text))
			require.EqualError(t, err, c.want)
		})
	}
}

func TestALineBeyondAllBoundsIsRefused(t *testing.T) {
	_, err := ParseTalk(strings.NewReader("> " + strings.Repeat("00", 4*maxTransfer)))
	require.Error(t, err)
}

// A talk is what its text says, and its text is what the talk says.
func TestATalkSurvivesItsText(t *testing.T) {
	exchange := rapid.Custom(func(t *rapid.T) Exchange {
		e := Exchange{
			In:    rapid.Bool().Draw(t, "in"),
			Data:  rapid.SliceOfN(rapid.Byte(), 0, 70).Draw(t, "data"),
			Fault: rapid.SampledFrom([]string{"", "", "timeout", "cancelled", "stalled", "gone", "failed"}).Draw(t, "fault"),
		}
		if rapid.Bool().Draw(t, "control") {
			e.Control = &[4]uint16{uint16(rapid.Byte().Draw(t, "type")) & 0x7F, uint16(rapid.Byte().Draw(t, "request")),
				rapid.Uint16().Draw(t, "value"), rapid.Uint16().Draw(t, "index")}
			if e.In {
				e.Control[0] |= 0x80
			}
		}
		return e
	})
	rapid.Check(t, func(t *rapid.T) {
		talk := Talk(rapid.SliceOf(exchange).Draw(t, "talk"))
		back, err := ParseTalk(strings.NewReader(talk.String()))
		require.NoError(t, err)
		require.Len(t, back, len(talk))
		for i := range back {
			require.Equal(t, i+1, back[i].Line)
			back[i].Line = 0
			require.Equal(t, talk[i], back[i])
		}
	})
}

func FuzzTalk(f *testing.F) {
	f.Add(toyTalk)
	f.Add("< 02 00 !timeout\nctl 21 09 0200 0000 > 05\n")
	f.Fuzz(func(t *testing.T, text string) {
		talk, err := ParseTalk(strings.NewReader(text))
		if err != nil {
			return
		}
		again, err := ParseTalk(strings.NewReader(talk.String()))
		require.NoError(t, err)
		require.Equal(t, talk.String(), again.String())
	})
}
