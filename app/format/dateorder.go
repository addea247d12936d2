package format

import "glucokeep/app/fault"

// orderVote decides the order of day and month once for a whole file: a
// reading put into the wrong month is a silent harm, so a row never decides
// for itself and a file that leaves a doubt asks the person.
type orderVote struct {
	proof    DateOrder // a year in front, or a number over 12
	hint     DateOrder // as proof, of a date that the file says of itself
	dmy, mdy trail
	made     bool // the file says when it was made
	madeDMY  int64
	madeMDY  int64
}

// trail is what the dates look like when read in one order.
type trail struct {
	seen       bool
	last       int64 // hour number
	newest     int64 // day number
	up, down   int   // steps from row to row
	midnights  int   // steps from late evening to early morning (or back) ...
	tomorrow   int   // ... that lead to the next day
	impossible bool
}

// see notes the date of one row and reports whether more rows could still
// tell something. timeOfDay is the rest of the cell or the cell beside it.
func (v *orderVote) see(d []byte, hour int) (more bool) {
	if v.proof != AnyOrder {
		return false
	}
	n, digits, _, ok := parts(trim(d))
	if !ok {
		return true
	}
	switch {
	case digits[0] == 4:
		v.proof = YearMonthDay
	case n[0] > 12 && n[0] <= 31 && n[1] <= 12:
		v.proof = DayMonthYear
	case n[1] > 12 && n[1] <= 31 && n[0] <= 12:
		v.proof = MonthDayYear
	}
	if v.proof != AnyOrder {
		return false
	}
	v.dmy.see(d, DayMonthYear, hour)
	v.mdy.see(d, MonthDayYear, hour)
	return true
}

func (t *trail) see(d []byte, order DateOrder, hour int) {
	day, _, ok := date(trim(d), order)
	if !ok {
		t.impossible = true
		return
	}
	// The hour goes into the low part, so that midnight can be told.
	now := day*24 + int64(max(hour, 0))
	if t.seen {
		step := now - t.last
		switch {
		case step > 0:
			t.up++
		case step < 0:
			t.down++
			step = -step
		}
		lastHour, thisHour := t.last%24, now%24
		if hour >= 0 && (lastHour == 23 && thisHour == 0 || lastHour == 0 && thisHour == 23) {
			t.midnights++
			if step == 1 {
				t.tomorrow++
			}
		}
	}
	if !t.seen || day > t.newest {
		t.newest = day
	}
	t.seen, t.last = true, now
}

// notAfter notes a date of the file itself, written in the same order, which
// no row can lie after: when it was made.
func (v *orderVote) notAfter(d []byte) {
	n, digits, _, ok := parts(trim(d))
	if !ok {
		return
	}
	switch {
	case digits[0] == 4: // its own order; says nothing of the rows
	case n[0] > 12 && n[0] <= 31 && n[1] <= 12:
		v.hint = DayMonthYear
	case n[1] > 12 && n[1] <= 31 && n[0] <= 12:
		v.hint = MonthDayYear
	default:
		var ok1, ok2 bool
		v.madeDMY, _, ok1 = date(trim(d), DayMonthYear)
		v.madeMDY, _, ok2 = date(trim(d), MonthDayYear)
		v.made = ok1 && ok2
	}
}

// decide gives the order: what the file proves, else what the person chose,
// else what continuity says. chosen is Options.DateOrder.
func (v *orderVote) decide(chosen DateOrder) (DateOrder, error) {
	switch {
	case v.proof != AnyOrder:
		return v.proof, nil
	case chosen != AnyOrder:
		return chosen, nil
	case v.hint != AnyOrder:
		return v.hint, nil
	case !v.dmy.seen && !v.mdy.seen:
		return YearMonthDay, nil // no date at all: nothing to misread
	}
	// A sensor writes through midnight: read in the right order the date
	// steps by one day there, in the wrong one by a month.
	if d, m := v.dmy.continuous(), v.mdy.continuous(); d != m {
		return pick(d), nil
	}
	if d, m := v.dmy.monotone(), v.mdy.monotone(); d != m {
		return pick(d), nil
	}
	if v.made { // a day's grace: it may be written in another zone
		if d, m := v.dmy.newest <= v.madeDMY+1, v.mdy.newest <= v.madeMDY+1; d != m {
			return pick(d), nil
		}
	}
	return AnyOrder, fault.New(fault.Invalid, faultDateOrder)
}

func pick(dayFirst bool) DateOrder {
	if dayFirst {
		return DayMonthYear
	}
	return MonthDayYear
}

func (t *trail) continuous() bool {
	return !t.impossible && t.midnights > 0 && t.tomorrow*2 > t.midnights
}

// monotone reports whether the rows run one way, with steps enough that it is
// no accident.
func (t *trail) monotone() bool {
	return !t.impossible && t.up+t.down >= 3 && (t.up == 0 || t.down == 0)
}

// hourOf is the hour of the time of day at the end of a cell that holds date
// and time, or -1.
func hourOf(cell []byte) int {
	_, _, rest, ok := parts(trim(cell))
	if !ok {
		return -1
	}
	if len(rest) > 0 && (rest[0] == 'T' || rest[0] == ',') {
		rest = rest[1:]
	}
	ms, _, ok := clock(blanks(rest))
	if !ok {
		return -1
	}
	return int(ms / 3_600_000)
}
