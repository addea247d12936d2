package carelog

import (
	"strconv"
	"strings"
	"unicode"

	"glucokeep/app/fault"
)

// Amount reads a number as people type it, with a point or a comma, with or
// without one of the units after it: 4.5, "4,5 U". An error is a fault of kind
// Invalid that says what to change. "1,000" is refused: one reader takes it
// for a thousand, another for one. So is "1 5", where a mark may be missing,
// and what is finer than the two decimals that are printed.
func Amount(text string, units ...string) (float64, error) {
	blank := func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cf) } // also marks of direction
	s := strings.ToLower(strings.TrimFunc(text, blank))
	for _, u := range units {
		if before, ok := strings.CutSuffix(s, strings.ToLower(u)); ok {
			s = strings.TrimRightFunc(before, blank)
			break
		}
	}
	if s == "" {
		return 0, fault.New(fault.Invalid, "log.amount-missing")
	}
	whole, part, cut := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	if strings.Trim(whole+part, "0123456789") != "" || whole+part == "" || len(whole) > 9 || len(part) > 9 || cut && part == "" {
		return 0, fault.New(fault.Invalid, "log.amount-number")
	}
	if len(strings.TrimRight(part, "0")) > 2 || len(part) > 2 && strings.Trim(whole, "0") != "" {
		return 0, fault.New(fault.Invalid, "log.amount-decimals")
	}
	v, err := strconv.ParseFloat(whole+"."+part+"0", 64)
	if err != nil {
		return 0, fault.New(fault.Invalid, "log.amount-number")
	}
	return v, nil
}
