package format

import "glucokeep/app/record"

const dayMillis = 24 * 60 * 60 * 1000

// when reads a written date and time: 2025-05-01T00:01:47, 2025-05-01 0:01:47
// (Excel), 01.05.2021 08:00, 8/17/2025 0:15, 11-22-2024 09:35 PM, with
// seconds and fractions or without, with a zone (Z, +02:00, -0500) or
// without. With a zone the result is an instant and zoned is true; without
// one it is the civil time counted as if it were UTC. order is needed only
// when the year does not stand first. A date alone is its midnight.
func when(b []byte, order DateOrder) (at record.Millis, zoned, ok bool) {
	if at, ok := plainISO(b); ok {
		return at, false, true
	}
	day, rest, ok := date(trim(b), order)
	if !ok {
		return 0, false, false
	}
	if len(rest) > 0 && (rest[0] == 'T' || rest[0] == ',') {
		rest = rest[1:]
	}
	if rest = blanks(rest); len(rest) == 0 {
		return record.Millis(day * dayMillis), false, true
	}
	ms, rest, ok := clock(rest)
	if !ok {
		return 0, false, false
	}
	at = record.Millis(day*dayMillis + ms)
	if rest = blanks(rest); len(rest) == 0 {
		return at, false, true
	}
	east, ok := offset(rest)
	return at - record.Millis(east*60_000), true, ok
}

// plainISO is when for the form that most files have, 2025-05-01T00:01:47 or
// with a blank, and nothing else. What it does not know, when reads.
func plainISO(b []byte) (at record.Millis, ok bool) {
	if len(b) != 19 || b[4] != '-' || b[7] != '-' || b[10] != 'T' && b[10] != ' ' || b[13] != ':' || b[16] != ':' {
		return 0, false
	}
	all := true
	pair := func(i int) int {
		tens, ones := b[i]-'0', b[i+1]-'0'
		all = all && tens <= 9 && ones <= 9
		return int(tens)*10 + int(ones)
	}
	y, m, d := pair(0)*100+pair(2), pair(5), pair(8)
	hour, minute, second := pair(11), pair(14), pair(17)
	if !all {
		return 0, false
	}
	if y < 1900 || y > 2199 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	return record.Millis(civilDay(y, m, d)*dayMillis + int64((hour*60+minute)*60+second)*1000), true
}

// dateAndTime is when for a date and a time of day in two cells.
func dateAndTime(d, t []byte, order DateOrder) (at record.Millis, ok bool) {
	day, rest, ok := date(trim(d), order)
	if !ok || len(rest) > 0 {
		return 0, false
	}
	ms, rest, ok := clock(trim(t))
	return record.Millis(day*dayMillis + ms), ok && len(blanks(rest)) == 0
}

// parts splits the three numbers at the start of b that are set apart by - /
// . or a blank. digits are the lengths as written.
func parts(b []byte) (n, digits [3]int, rest []byte, ok bool) {
	i := 0
	var mark byte
	for k := range 3 {
		from := i
		for i < len(b) && b[i] >= '0' && b[i] <= '9' && i-from < 4 {
			n[k] = n[k]*10 + int(b[i]-'0')
			i++
		}
		if digits[k] = i - from; digits[k] == 0 {
			return n, digits, b, false
		}
		if k == 2 {
			break
		}
		if i >= len(b) || b[i] != '-' && b[i] != '/' && b[i] != '.' && b[i] != ' ' || k == 1 && b[i] != mark {
			return n, digits, b, false
		}
		mark = b[i]
		if i++; mark == '.' && i < len(b) && b[i] == ' ' { // "1. 5. 2021"
			i++
		}
	}
	if i < len(b) && (b[i] >= '0' && b[i] <= '9' || b[i] == mark && mark != ' ') {
		if b[i] != '.' { // "01.05.21." is a German date, too
			return n, digits, b, false
		}
		i++
	}
	return n, digits, b[i:], true
}

// date is the day number since 1970-01-01 of the date at the start of b.
func date(b []byte, order DateOrder) (day int64, rest []byte, ok bool) {
	n, digits, rest, ok := parts(b)
	if !ok {
		return 0, b, false
	}
	var y, m, d int
	var yd int
	switch {
	case digits[0] == 4 || order == YearMonthDay && digits[2] <= 2:
		y, m, d, yd = n[0], n[1], n[2], digits[0]
	case order == DayMonthYear:
		d, m, y, yd = n[0], n[1], n[2], digits[2]
	case order == MonthDayYear:
		m, d, y, yd = n[0], n[1], n[2], digits[2]
	default:
		return 0, b, false
	}
	if yd == 2 {
		y += 2000
		yd = 4
	}
	if yd != 4 || y < 1900 || y > 2199 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, b, false
	}
	return civilDay(y, m, d), rest, true
}

func daysIn(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// civilDay is the day number of a date of the Gregorian calendar. Source: H.
// Hinnant, chrono-compatible low-level date algorithms, days_from_civil.
func civilDay(y, m, d int) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	era := y / 400
	yoe := y - era*400
	doy := (153*(m-3)+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return int64(era)*146_097 + int64(doe) - 719_468
}

// clock is the milliseconds since midnight of the time of day at the start of
// b: h:mm, h:mm:ss, with a fraction, and AM or PM.
func clock(b []byte) (ms int64, rest []byte, ok bool) {
	h, b, ok := two(b, 1)
	if !ok || len(b) == 0 || b[0] != ':' {
		return 0, b, false
	}
	m, b, ok := two(b[1:], 2)
	if !ok || m > 59 {
		return 0, b, false
	}
	s := 0
	if len(b) > 0 && b[0] == ':' {
		if s, b, ok = two(b[1:], 2); !ok || s > 59 {
			return 0, b, false
		}
		if len(b) > 1 && (b[0] == '.' || b[0] == ',') {
			frac, scale := int64(0), int64(100)
			i := 1
			for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
				frac += int64(b[i]-'0') * scale
				scale /= 10
			}
			if i == 1 {
				return 0, b, false
			}
			ms, b = frac, b[i:]
		}
	}
	half, b := halfDay(b)
	switch {
	case half == 0 && h > 23, half != 0 && (h < 1 || h > 12):
		return 0, b, false
	case half == 'a' && h == 12:
		h = 0
	case half == 'p' && h != 12:
		h += 12
	}
	return ms + int64((h*60+m)*60+s)*1000, b, true
}

// two reads a number of one or two digits, at least least of them.
func two(b []byte, least int) (n int, rest []byte, ok bool) {
	i := 0
	for i < len(b) && i < 2 && b[i] >= '0' && b[i] <= '9' {
		n = n*10 + int(b[i]-'0')
		i++
	}
	return n, b[i:], i >= least
}

// halfDay reads AM, PM, a.m. or p. m. and gives 'a', 'p' or 0.
func halfDay(b []byte) (half byte, rest []byte) {
	r := blanks(b)
	if len(r) == 0 || r[0]|0x20 != 'a' && r[0]|0x20 != 'p' {
		return 0, b
	}
	half = r[0] | 0x20
	r = r[1:]
	if len(r) > 0 && r[0] == '.' {
		r = blanks(r[1:])
	}
	if len(r) == 0 || r[0]|0x20 != 'm' {
		return 0, b
	}
	if r = r[1:]; len(r) > 0 && r[0] == '.' {
		r = r[1:]
	}
	return half, r
}

// offset reads Z, UTC, +02:00, +0200 or +02 and gives minutes east.
func offset(b []byte) (east int64, ok bool) {
	switch string(b) {
	case "Z", "z", "UTC", "GMT":
		return 0, true
	}
	if len(b) < 3 || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	h, r, ok := two(b[1:], 2)
	if !ok || h > 14 {
		return 0, false
	}
	m := 0
	if len(r) > 0 {
		if r[0] == ':' {
			r = r[1:]
		}
		if m, r, ok = two(r, 2); !ok || len(r) > 0 || m > 59 {
			return 0, false
		}
	}
	east = int64(h*60 + m)
	if b[0] == '-' {
		east = -east
	}
	return east, true
}

// blanks cuts blanks at the start, the no-break kinds that newer systems
// write before AM and PM included.
func blanks(b []byte) []byte {
	for {
		switch {
		case len(b) > 0 && b[0] == ' ':
			b = b[1:]
		case len(b) > 1 && b[0] == 0xC2 && b[1] == 0xA0:
			b = b[2:]
		case len(b) > 2 && b[0] == 0xE2 && b[1] == 0x80 && b[2] == 0xAF:
			b = b[3:]
		default:
			return b
		}
	}
}
