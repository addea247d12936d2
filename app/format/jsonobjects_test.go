package format

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// flood gives head and then n times the same byte.
func flood(head string, c byte, n int64) io.Reader {
	return io.MultiReader(strings.NewReader(head), io.LimitReader(sameByte(c), n))
}

type sameByte byte

func (s sameByte) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(s)
	}
	return len(p), nil
}

func TestHostileObjectsCostNoMemory(t *testing.T) {
	const long = 16 << 20
	for _, c := range []struct {
		name, head string
		fill       byte
		want       string
	}{
		{"a text without an end", `[{"a":"`, 'x', rejectTruncated},
		{"lists in lists without an end", `[{"a":`, '[', rejectTruncated},
		{"objects in objects without an end", ``, '{', rejectTruncated},
		{"a number without an end", `[{"a":`, '7', rejectTruncated},
		{"a number in place of an object", `[`, '7', rejectNotObject},
		{"a list in place of an object", `[[`, '1', rejectTruncated},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			o := newObjectReader(flood(c.head, c.fill, long))
			el, err := o.next()
			require.NoError(t, err)
			runtime.ReadMemStats(&after)
			require.Equal(t, c.want, el.fault)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20))
		})
	}
}

func TestAReadErrorEndsTheReading(t *testing.T) {
	broken := errors.New("disk gone")
	o := newObjectReader(io.MultiReader(strings.NewReader(`[{"a":1},{"b"`), errReader{broken}))
	el, err := o.next()
	require.NoError(t, err)
	require.Equal(t, `{"a":1}`, string(el.raw))
	_, err = o.next()
	require.ErrorIs(t, err, broken)
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

func TestMongoWrappersComeOff(t *testing.T) {
	f, err := decodeFields([]byte(`{"a":{"$oid":"x"},"b":{"$numberLong":"5"},"c":{"$date":{"$numberLong":"1704110400000"}},"d":{"$numberDouble":"NaN"},"e":{"$gt":1}}`))
	require.NoError(t, err)
	require.Equal(t, "x", f.word("a"))
	b, found, err := f.number("b")
	require.NoError(t, err)
	require.True(t, found)
	require.EqualValues(t, 5, b)
	at, err := f.instant("c")
	require.NoError(t, err)
	require.EqualValues(t, 1704110400000, at)
	_, _, err = f.number("d")
	require.Error(t, err)
	_, _, err = f.number("e")
	require.Error(t, err)
}

func TestInstants(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     int64 // 0: refused
	}{
		{"milliseconds", `1704110400000`, 1704110400000},
		{"seconds", `1704110400`, 1704110400000},
		{"milliseconds as text", `"1704110400000"`, 1704110400000},
		{"text in UTC", `"2024-01-01T12:00:00.000Z"`, 1704110400000},
		{"text with an offset", `"2024-01-01T13:00:00.000+01:00"`, 1704110400000},
		{"text with an offset without a colon", `"2024-01-01T13:00:00.000+0100"`, 1704110400000},
		{"text without an offset is UTC", `"2024-01-01T12:00:00"`, 1704110400000},
		{"a word", `"yesterday"`, 0},
		{"the beginning of time", `0`, 0},
		{"a year before devices", `"1961-01-01T00:00:00Z"`, 0},
		{"a year far ahead", `"2150-01-01T00:00:00Z"`, 0},
		{"infinity", `1e300`, 0},
		{"a day alone is its midnight", `"2024-01-01"`, 1704067200000},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := decodeFields([]byte(`{"t":` + c.in + `}`))
			require.NoError(t, err)
			at, err := f.instant("t")
			if c.want == 0 {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			require.EqualValues(t, c.want, at)
		})
	}
}
