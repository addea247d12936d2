package format

import "glucokeep/app/fault"

// orderVote decides the order of day and month once for a whole file: a
// reading put into the wrong month is a silent harm, so a row never decides
// for itself and a file that leaves a doubt asks the person.
type orderVote struct {
	rows     proof // of the rows
	file     proof // of a date that the file says of itself
	dmy, mdy trail
	made     bool // the file says when it was made
	madeDMY  int64
	madeMDY  int64
}

// proof is what dates show beyond doubt: a year in front, or a number over 12
// in a place where no month can stand. A file that shows two things is
// damaged or was put together from two.
type proof struct{ year, day, month bool } // stands first

// note takes one date and reports whether it shows an order.
func (p *proof) note(n, digits [3]int) bool {
	switch {
	case digits[0] == 4:
		p.year = true
	case n[0] > 12 && n[0] <= 31 && n[1] <= 12:
		p.day = true
	case n[1] > 12 && n[1] <= 31 && n[0] <= 12:
		p.month = true
	default:
		return false
	}
	return true
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
// tell something: after a proof only one against it could, and with the year
// in front no row can be misread. hour is that of the row, -1 for none.
func (v *orderVote) see(d []byte, hour int) (more bool) {
	n, digits, _, ok := parts(trim(d))
	if !ok {
		return true
	}
	shown := v.rows.note(n, digits)
	if !shown && v.rows == (proof{}) {
		v.dmy.see(d, DayMonthYear, hour)
		v.mdy.see(d, MonthDayYear, hour)
	}
	return v.rows != proof{year: true} && !(v.rows.day && v.rows.month)
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
	if v.file.note(n, digits) { // a year in front says nothing of the rows
		return
	}
	var ok1, ok2 bool
	v.madeDMY, _, ok1 = date(trim(d), DayMonthYear)
	v.madeMDY, _, ok2 = date(trim(d), MonthDayYear)
	v.made = ok1 && ok2
}

// contradicts reports whether the file shows that the day stands first and
// also that the month does.
func (v *orderVote) contradicts() bool {
	day, month := v.rows.day || v.file.day, v.rows.month || v.file.month
	// Rows with the year in front are beyond doubt whatever the file says of
	// itself, which follows the language of the account.
	return day && month && v.rows != proof{year: true}
}

// decide gives the order: what the file proves, else what the person chose,
// else what continuity says. Proofs against each other count for nothing: only
// the person can tell. chosen is Options.DateOrder.
func (v *orderVote) decide(chosen DateOrder) (DateOrder, error) {
	switch {
	case v.contradicts() && chosen != AnyOrder:
		return chosen, nil
	case v.contradicts():
		return AnyOrder, fault.New(fault.Invalid, faultDateOrder)
	case v.rows.day || v.rows.month:
		return pick(v.rows.day), nil
	case v.rows.year:
		return YearMonthDay, nil
	case chosen != AnyOrder:
		return chosen, nil
	case v.file.day || v.file.month:
		return pick(v.file.day), nil
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
