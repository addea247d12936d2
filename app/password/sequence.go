package password

import "time"

// sequenceFrom is how many characters of s from i on follow each other in the
// alphabet or in counting, in steps of up to two, forwards or back: at least
// three; 0 if fewer.
func sequenceFrom(s []rune, i int) int {
	if i+2 >= len(s) {
		return 0
	}
	way := stepOf(s[i], s[i+1])
	if way == 0 || way > 2 || way < -2 {
		return 0
	}
	k := i + 2
	for k < len(s) && stepOf(s[k-1], s[k]) == way {
		k++
	}
	if k-i < 3 {
		return 0
	}
	return k - i
}

// stepOf is how far b stands behind a among letters or digits; after 9 comes
// 0. It is 0 for what does not follow.
func stepOf(a, b rune) int {
	digits := isDigit(a) && isDigit(b)
	switch {
	case digits && a == '9' && b == '0':
		return 1
	case digits && a == '0' && b == '9':
		return -1
	case digits || isLetter(a) && isLetter(b):
		return int(b - a)
	}
	return 0
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// runFrom is how often the character at i stands there in a row: at least
// three times; 0 if fewer.
func runFrom(s []rune, i int) int {
	k := i + 1
	for k < len(s) && s[k] == s[i] {
		k++
	}
	if k-i < 3 {
		return 0
	}
	return k - i
}

// dateFrom is how many characters of s from i on are a date, or a year of the
// last or this century; 0 if they are none.
func dateFrom(s []rune, i int) (length int) {
	if !isDigit(s[i]) {
		return 0
	}
	for _, form := range []string{"20060102", "02012006", "01022006",
		"2006-01-02", "2006/01/02", "2006.01.02", "02.01.2006", "02-01-2006", "02/01/2006", "01/02/2006", "01-02-2006",
		"2.1.2006", "1/2/2006", "02.01.06", "2.1.06", "01/02/06", "1/2/06"} {
		for _, n := range []int{len(form), len(form) + 1, len(form) + 2} { // one-digit forms may stand for two
			if n <= length || i+n > len(s) || !shaped(s[i:i+n], form) {
				continue
			}
			if at, err := time.Parse(form, string(s[i:i+n])); err == nil && at.Year() >= 1900 && at.Year() < 2100 {
				length = n
			}
		}
	}
	if length == 0 && i+4 <= len(s) {
		if y := string(s[i : i+2]); (y == "19" || y == "20") && isDigit(s[i+2]) && isDigit(s[i+3]) {
			return 4
		}
	}
	return length
}

// shaped reports whether s is made of digits and of as many signs as form has,
// which are the same: it is quicker to ask than to read a date.
func shaped(s []rune, form string) bool {
	var sign rune
	left := 0
	for _, r := range form {
		if !isDigit(r) {
			sign = r
			left++
		}
	}
	for _, r := range s {
		switch {
		case isDigit(r):
		case r == sign && left > 0:
			left--
		default:
			return false
		}
	}
	return left == 0
}
