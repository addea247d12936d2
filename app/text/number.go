package text

import (
	"math"
	"strconv"
	"strings"
)

// DecimalMark is "." or ",".
func (l Locale) DecimalMark() string {
	if l.lang() == "de" {
		return ","
	}
	return "."
}

// groupMark parts thousands.
func (l Locale) groupMark() string {
	if l.lang() == "de" {
		return "."
	}
	return ","
}

// Integer prints n with its thousands parted: 12,480 or 12.480. Numbers of
// four digits stay whole, as both languages allow in running text.
func (l Locale) Integer(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	if len(s) <= 4 {
		return sign + s
	}
	var b strings.Builder
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteString(l.groupMark())
		}
		b.WriteRune(c)
	}
	return sign + b.String()
}

// Decimal prints v with exactly the given number of decimals, half rounded
// away from zero.
func (l Locale) Decimal(v float64, decimals int) string {
	p := math.Pow10(decimals)
	// The nudge keeps decimal halves that binary cannot hold on the side that
	// a person with a pencil would choose.
	r := math.Round(v*p+math.Copysign(1e-9, v)) / p
	if r == 0 {
		r = 0 // no minus zero
	}
	s := strconv.FormatFloat(math.Abs(r), 'f', decimals, 64)
	whole, frac, has := strings.Cut(s, ".")
	n, err := strconv.Atoi(whole)
	if err == nil {
		whole = l.Integer(n)
	}
	if has {
		whole += l.DecimalMark() + frac
	}
	if r < 0 {
		return "−" + whole
	}
	return whole
}

// Number prints v with as many decimals as it needs, at most two.
func (l Locale) Number(v float64) string {
	for decimals := range 2 {
		p := math.Pow10(decimals)
		if math.Abs(v*p-math.Round(v*p)) < 1e-6 {
			return l.Decimal(v, decimals)
		}
	}
	return l.Decimal(v, 2)
}

// Percent prints a share of 100: 71% or, in German, 71 % with a space that
// does not break.
func (l Locale) Percent(v float64, decimals int) string {
	return l.Decimal(v, decimals) + l.PercentMark()
}

// PercentMark is the percent sign with the space that the language puts
// before it.
func (l Locale) PercentMark() string {
	if l.lang() == "de" {
		return "\u00a0%"
	}
	return "%"
}

// whole reads any integer type, so that callers need not convert.
func whole(v any) (int, bool) {
	switch n := v.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case int32:
		return int(n), true
	case int16:
		return int(n), true
	case uint8:
		return int(n), true
	case uint16:
		return int(n), true
	case uint32:
		return int(n), true
	case uint64:
		return int(n), true
	}
	return 0, false
}
