package figure

import (
	"math"

	"glucokeep/app/text"
)

// Shares is how time divides among the five ranges in percent, from very low
// to very high: exactly, and as a page prints it.
type Shares struct {
	exact [5]float64
	whole [5]int
}

// leastPrinted is the share below range from which on a number is printed;
// anything less that is there at all is "<1%".
const leastPrinted = 0.5

// NewShares chooses the whole numbers that stand for shares which add to 100.
// They add up wherever a reader may add: the two low ones to the share below,
// the two high ones to the share above, and those two with the target to 100.
// Each is less than one away from the truth. What rounding leaves over goes
// to the largest remainders: first among below, target and above, then inside
// below and above.
func NewShares(exact [5]float64) Shares {
	s := Shares{exact: exact}
	low := limit(exact[0]) + limit(exact[1])
	thirds := apportion(100, []float64{s.BelowExact(), exact[2], s.AboveExact()}, []int{low, 100, 100})
	below := apportion(thirds[0], exact[:2], []int{limit(exact[0]), limit(exact[1])})
	above := apportion(thirds[2], exact[3:], []int{100, 100})
	s.whole = [5]int{below[0], below[1], thirds[1], above[0], above[1]}
	return s
}

// limit is the largest number that may stand for a share below range.
func limit(share float64) int {
	if share < leastPrinted {
		return 0
	}
	return int(math.Ceil(share - tiny))
}

// tiny is what sums of shares are off by in binary.
const tiny = 1e-9

// apportion gives whole numbers for parts that add to sum: each its floor,
// and one more to those with the largest remainders, of equal ones to the
// first, as far as their limit lets them. Parts that do not add to about sum (there are no readings) stay
// at their floors.
func apportion(sum int, parts []float64, limits []int) []int {
	out := make([]int, len(parts))
	left := sum
	for i, p := range parts {
		out[i] = int(math.Floor(p + tiny))
		left -= out[i]
	}
	for ; left > 0; left-- {
		best, most := -1, 0.0
		for i, p := range parts {
			if rest := p - float64(out[i]); rest > most+tiny && out[i] < limits[i] {
				best, most = i, rest
			}
		}
		if best < 0 {
			break
		}
		out[best]++
	}
	return out
}

// BelowExact is very low and low together, unrounded.
func (s Shares) BelowExact() float64 { return s.exact[0] + s.exact[1] }

// AboveExact is high and very high together, unrounded.
func (s Shares) AboveExact() float64 { return s.exact[3] + s.exact[4] }

// Whole is the number printed for a range.
func (s Shares) Whole(c Class) int { return s.whole[c-VeryLow] }

// WholeBelow and WholeAbove are the numbers printed for the sums.
func (s Shares) WholeBelow() int { return s.whole[0] + s.whole[1] }

// WholeAbove is the number printed for high and very high together.
func (s Shares) WholeAbove() int { return s.whole[3] + s.whole[4] }

// Of prints the share of a range: 21%.
func (s Shares) Of(l text.Locale, c Class) string { return share(l, s.Whole(c), s.exact[c-VeryLow]) }

// Below prints the share below range.
func (s Shares) Below(l text.Locale) string { return share(l, s.WholeBelow(), s.BelowExact()) }

// Above prints the share above range.
func (s Shares) Above(l text.Locale) string { return share(l, s.WholeAbove(), s.AboveExact()) }

// share prints a share. What is there but has no whole percent is "<1%", so
// that nobody reads that there was none.
func share(l text.Locale, whole int, exact float64) string {
	if whole <= 0 && exact > 0 {
		return l.T("figure.under-one", "percent", l.PercentMark())
	}
	return l.Integer(whole) + l.PercentMark()
}

// Signed prints a change with its sign: +5, −0.3, ±0.
func Signed(l text.Locale, v float64, decimals int) string {
	s, none := l.Decimal(math.Abs(v), decimals), l.Decimal(0, decimals)
	switch {
	case s == none:
		return "±" + s
	case v < 0:
		return "−" + s
	}
	return "+" + s
}
