package carelog_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/carelog"
	"glucokeep/app/fault"
)

func TestAmount(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     float64
		problem  string
	}{
		{"a whole number", "4", 4, ""},
		{"a point", "4.5", 4.5, ""},
		{"a comma", "4,5", 4.5, ""},
		{"two decimals", "0,25", 0.25, ""},
		{"zeros at the end of less than one", "0.500", 0.5, ""},
		{"finer than is printed", "0.025", 0, "log.amount-decimals"},
		{"so little that it would be printed as none", "0.0001", 0, "log.amount-decimals"},
		{"a blank between digits", "1 5", 0, "log.amount-number"},
		{"a no-break blank between digits", "1\u00a05", 0, "log.amount-number"},
		{"a narrow no-break blank between digits", "1\u202f5", 0, "log.amount-number"},
		{"a mark of direction between digits", "1\u200f5", 0, "log.amount-number"},
		{"blanks between all digits", "1 2 0", 0, "log.amount-number"},
		{"a blank before the mark", "4 ,5", 0, "log.amount-number"},
		{"blanks around number and unit", "\t4,5 \u200e\u202fU \n", 4.5, ""},
		{"only a part", ",5", 0.5, ""},
		{"blanks around", "\u00a0 4,5 \u202f", 4.5, ""},
		{"the unit after it", "4,5 U", 4.5, ""},
		{"the unit in small letters, without a blank", "4.5ie", 4.5, ""},
		{"marks of direction around it", "\u200f4,5\u200e", 4.5, ""},
		{"zero", "0", 0, ""},
		{"nothing", "", 0, "log.amount-missing"},
		{"a unit alone", "U", 0, "log.amount-missing"},
		{"another unit", "4 mg", 0, "log.amount-number"},
		{"negative", "-4", 0, "log.amount-number"},
		{"a minus sign of print", "−4", 0, "log.amount-number"},
		{"two marks", "1.234,5", 0, "log.amount-number"},
		{"a thousand or one, with a comma", "1,000", 0, "log.amount-decimals"},
		{"a thousand or one, with a point", "1.500", 0, "log.amount-decimals"},
		{"a mark at the end", "4,", 0, "log.amount-number"},
		{"a mark alone", ",", 0, "log.amount-number"},
		{"not a number", "NaN", 0, "log.amount-number"},
		{"infinity", "Infinity", 0, "log.amount-number"},
		{"an exponent", "1e3", 0, "log.amount-number"},
		{"hexadecimal", "0x10", 0, "log.amount-number"},
		{"digits of another script", "٤٫٥", 0, "log.amount-number"},
		{"full-width digits", "４", 0, "log.amount-number"},
		{"a range", "4-5", 0, "log.amount-number"},
		{"markup", "<b>4</b>", 0, "log.amount-number"},
		{"ten digits", "1234567890", 0, "log.amount-number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := carelog.Amount(c.in, "U", "IE")
			if c.problem != "" {
				var f *fault.Error
				require.ErrorAs(t, err, &f)
				require.Equal(t, c.problem, f.Key)
				require.Equal(t, fault.Invalid, f.Kind)
				return
			}
			require.NoError(t, err)
			require.InDelta(t, c.want, got, 1e-12)
		})
	}
}

func FuzzAmount(f *testing.F) {
	for _, s := range []string{"4,5", "NaN", "1e308", "-0", "\xff", "99999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := carelog.Amount(s, "U")
		require.False(t, math.IsNaN(v) || math.IsInf(v, 0) || v < 0)
		if err != nil {
			require.Zero(t, v)
			require.Equal(t, fault.Invalid, fault.KindOf(err))
		}
	})
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"  fine \r\n":             "fine",
		"one\r\ntwo\rthree":       "one\ntwo\nthree",
		"a\x00b\x1b[31m\u0085c":   "ab[31mc",
		"evil\u202egnp.\u2066exe": "evilgnp.exe",
		"שלום, עולם":              "שלום, עולם",
		"\xff":                    "\uFFFD",
		"👩‍👧 family":              "👩‍👧 family",
		"<b>bold</b>":             "<b>bold</b>",
	} {
		require.Equal(t, want, carelog.Clean(in), "%q", in)
		require.Equal(t, want, carelog.Clean(want), "cleaning twice changes nothing")
	}
}
