package format

import "time"

// span reads a length of time written as h:mm:ss (pumps, Clarity).
func span(b []byte) (time.Duration, bool) {
	b = trim(b)
	var v [3]int64
	k := 0
	digits := 0
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9' && digits < 4:
			v[k] = v[k]*10 + int64(c-'0')
			digits++
		case c == ':' && digits > 0 && k < 2:
			k++
			digits = 0
		default:
			return 0, false
		}
	}
	if k != 2 || digits == 0 || v[1] > 59 || v[2] > 59 {
		return 0, false
	}
	return time.Duration(v[0])*time.Hour + time.Duration(v[1])*time.Minute + time.Duration(v[2])*time.Second, true
}
