package format

import "strconv"

// decimal reads a plain decimal number: an optional sign, digits, at most one
// decimal mark, which may be a point or a comma, and digits. A thousands mark
// or an exponent is no number: nothing that we read needs it and "1,234" must
// not become either of two values. The value is mant / 10^scale.
func decimal(b []byte) (mant int64, scale int, ok bool) {
	b = trim(b)
	i, negative := 0, false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		negative = b[0] == '-'
		i++
	}
	digits, mark := 0, -1
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case c >= '0' && c <= '9':
			if mant > 99_999_999_999_999 { // 15 digits hold in a float64
				if mark < 0 {
					return 0, 0, false
				}
				continue // decimals past the fifteenth digit change nothing that we keep
			}
			mant = mant*10 + int64(c-'0')
			digits++
			if mark >= 0 {
				scale++
			}
		case (c == '.' || c == ',') && mark < 0:
			mark = i
		default:
			return 0, 0, false
		}
	}
	if digits == 0 {
		return 0, 0, false
	}
	if negative {
		mant = -mant
	}
	return mant, scale, true
}

var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// number is decimal as a float64, correctly rounded.
func number(b []byte) (float64, bool) {
	mant, scale, ok := decimal(b)
	if !ok || scale >= len(pow10) {
		return 0, false
	}
	return float64(mant) / pow10[scale], true
}

// whole reads an integer; a number with decimals is none unless they are all
// zero.
func whole(b []byte) (int64, bool) {
	mant, scale, ok := decimal(b)
	for ; ok && scale > 0; scale-- {
		if mant%10 != 0 {
			return 0, false
		}
		mant /= 10
	}
	return mant, ok
}

// trim cuts blanks at both ends, the no-break space of UTF-8 included.
func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t' || b[0] == 0xC2) {
		if b[0] != 0xC2 {
			b = b[1:]
			continue
		}
		if len(b) == 1 || b[1] != 0xA0 {
			break
		}
		b = b[2:]
	}
	for n := len(b); n > 0; n = len(b) {
		switch {
		case b[n-1] == ' ' || b[n-1] == '\t':
			b = b[:n-1]
		case b[n-1] == 0xA0 && n > 1 && b[n-2] == 0xC2:
			b = b[:n-2]
		default:
			return b
		}
	}
	return b
}

// formatNumber writes v for machines: a decimal point and no more digits than
// it takes.
func formatNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
