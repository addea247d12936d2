package format

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"glucokeep/app/fault"

	"github.com/stretchr/testify/require"
)

func readTable(t *testing.T, r io.Reader, delim byte) (rows [][]string, lines []int, tab *table) {
	t.Helper()
	tab = newTable(r, delim)
	for tab.next() {
		var row []string
		for _, f := range tab.row {
			row = append(row, string(f))
		}
		rows = append(rows, row)
		lines = append(lines, tab.line)
	}
	return rows, lines, tab
}

func TestTable(t *testing.T) {
	for _, c := range []struct {
		name, in string
		delim    byte
		want     [][]string
		lines    []int
	}{
		{"plain rows", "a,b\n1,2\n", ',', [][]string{{"a", "b"}, {"1", "2"}}, []int{1, 2}},
		{"semicolons leave commas alone", "a;1,5\n", ';', [][]string{{"a", "1,5"}}, []int{1}},
		{"CRLF, CR and LF end a row each", "a\r\nb\rc\nd", ',', [][]string{{"a"}, {"b"}, {"c"}, {"d"}}, []int{1, 2, 3, 4}},
		{"empty lines are counted and left out", "a\n\n\r\nb\n", ',', [][]string{{"a"}, {"b"}}, []int{1, 4}},
		{"quotes hold delimiters and doubled quotes", `"a,b","say ""hi""",c` + "\n", ',', [][]string{{"a,b", `say "hi"`, "c"}}, []int{1}},
		{"quotes hold line breaks, which count", "\"a\nb\",c\nd,e\n", ',', [][]string{{"a\nb", "c"}, {"d", "e"}}, []int{1, 3}},
		{"a quote within a field is a letter", `5" tube,x` + "\n", ',', [][]string{{`5" tube`, "x"}}, []int{1}},
		{"text after a closing quote is kept", `"a"b,c` + "\n", ',', [][]string{{"ab", "c"}}, []int{1}},
		{"empty fields at the end are fields", "a,,\n", ',', [][]string{{"a", "", ""}}, []int{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in))} {
				rows, lines, tab := readTable(t, r, c.delim)
				require.NoError(t, tab.err())
				require.Equal(t, c.want, rows)
				require.Equal(t, c.lines, lines)
			}
		})
	}
}

func TestTableTellsAnEndWithoutLineBreak(t *testing.T) {
	for _, c := range []struct {
		name, in        string
		unended, quoted bool
	}{
		{"a line break at the end", "a,b\n", false, false},
		{"none at the end", "a,b", true, false},
		{"an end inside quotes", `a,"b`, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, tab := readTable(t, strings.NewReader(c.in), ',')
			require.NoError(t, tab.err())
			require.Equal(t, c.unended, tab.unended)
			require.Equal(t, c.quoted, tab.quoted)
		})
	}
}

func TestTableKeepsItsBounds(t *testing.T) {
	for _, c := range []struct {
		name, in, key string
	}{
		{"a row of more than a mebibyte", strings.Repeat(strings.Repeat("x", 1000)+",", 1100), faultManyColumns},
		{"a row of few long quoted cells", strings.Repeat(`"`+strings.Repeat("x", 60_000)+`",`, 30), faultRowLong},
		{"a cell of more than 64 KiB", "a," + strings.Repeat("x", 70_000) + "\n", faultFieldLong},
		{"more than 500 columns", strings.Repeat(",", 500) + "\n", faultManyColumns},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, tab := readTable(t, strings.NewReader(c.in), ',')
			f, ok := errors.AsType[*fault.Error](tab.err())
			require.True(t, ok, "%v", tab.err())
			require.Equal(t, fault.TooLarge, f.Kind)
			require.Contains(t, []string{c.key, faultRowLong}, f.Key)
		})
	}
}

func TestTableReadsRowsLongerThanItsBuffer(t *testing.T) {
	cell := strings.Repeat("y", 50_000)
	rows, _, tab := readTable(t, strings.NewReader("a,b\n"+cell+","+cell+"\nc,d\n"), ',')
	require.NoError(t, tab.err())
	require.Equal(t, [][]string{{"a", "b"}, {cell, cell}, {"c", "d"}}, rows)
}

// FuzzTable compares with encoding/csv on what that calls well formed, whole
// and byte by byte.
func FuzzTable(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\"\"\r\nb\",c\r\n\r\nd", "a;b\n", "x,\"y\n", "\r\r\n,"} {
		f.Add([]byte(s), byte(','))
		f.Add([]byte(s), byte(';'))
	}
	f.Fuzz(func(t *testing.T, in []byte, delim byte) {
		if delim != ';' && delim != '\t' {
			delim = ','
		}
		rows, lines, tab := readTable(t, bytes.NewReader(in), delim)
		if tab.err() != nil {
			return
		}
		slow, slowLines, tab := readTable(t, iotest.OneByteReader(bytes.NewReader(in)), delim)
		require.NoError(t, tab.err())
		require.Equal(t, rows, slow)
		require.Equal(t, lines, slowLines)
		if bytes.Contains(bytes.ReplaceAll(in, []byte("\r\n"), nil), []byte("\r")) {
			return // encoding/csv knows no CR alone
		}
		want := csv.NewReader(bytes.NewReader(in))
		want.Comma, want.FieldsPerRecord = rune(delim), -1
		all, err := want.ReadAll()
		if err != nil {
			return
		}
		for i := range rows {
			for j := range rows[i] {
				rows[i][j] = strings.ReplaceAll(rows[i][j], "\r\n", "\n")
			}
		}
		require.Equal(t, all, rows)
	})
}
