package text

import (
	"strconv"
	"time"
)

// Every function here prints t in the zone that t itself is in; callers turn
// an instant into the person's zone first.

var weekdays = map[string][7]string{
	"en": {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	"de": {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
}

var weekdaysShort = map[string][7]string{
	"en": {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
	"de": {"So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"},
}

var months = map[string][12]string{
	"en": {"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"},
	"de": {"Januar", "Februar", "März", "April", "Mai", "Juni",
		"Juli", "August", "September", "Oktober", "November", "Dezember"},
}

var monthsShort = map[string][12]string{
	"en": {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	"de": {"Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."},
}

// Weekday is the name of a day of the week: Tuesday, Dienstag.
func (l Locale) Weekday(d time.Weekday) string { return weekdays[l.lang()][d] }

// WeekdayShort is Tue, Di.
func (l Locale) WeekdayShort(d time.Weekday) string { return weekdaysShort[l.lang()][d] }

// Month is the name of a month: March, März.
func (l Locale) Month(m time.Month) string { return months[l.lang()][m-1] }

// MonthShort is Mar, März.
func (l Locale) MonthShort(m time.Month) string { return monthsShort[l.lang()][m-1] }

// Date is 10 March 2026, 10. März 2026.
func (l Locale) Date(t time.Time) string {
	return l.dayOfMonth(t) + " " + l.Month(t.Month()) + " " + strconv.Itoa(t.Year())
}

// DateLong is Tuesday, 10 March 2026.
func (l Locale) DateLong(t time.Time) string { return l.Weekday(t.Weekday()) + ", " + l.Date(t) }

// DateShort is 10 Mar 2026, for tables.
func (l Locale) DateShort(t time.Time) string {
	return l.dayOfMonth(t) + " " + l.MonthShort(t.Month()) + " " + strconv.Itoa(t.Year())
}

// Day is Tue 10 Mar, where the year is plain from what surrounds it.
func (l Locale) Day(t time.Time) string {
	comma := " "
	if l.lang() == "de" {
		comma = ", "
	}
	return l.WeekdayShort(t.Weekday()) + comma + l.dayOfMonth(t) + " " + l.MonthShort(t.Month())
}

// DayMonth is 10 Mar, where weekday and year are plain from what surrounds it.
func (l Locale) DayMonth(t time.Time) string {
	return l.dayOfMonth(t) + " " + l.MonthShort(t.Month())
}

// Clock is 14:05 or 2:05 pm.
func (l Locale) Clock(t time.Time) string {
	if l.Clock24 {
		return t.Format("15:04")
	}
	if l.lang() == "de" {
		return t.Format("3:04\u00a0PM")
	}
	return t.Format("3:04\u00a0pm")
}

// ClockMinute is the time of day of a minute counted from midnight: 08:30.
func (l Locale) ClockMinute(minute int) string {
	return l.Clock(time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC))
}

// Hour is the label of a whole hour on an axis: 06, 18 or 6 am, 6 pm.
func (l Locale) Hour(h int) string {
	if l.Clock24 {
		return strconv.Itoa(h/10) + strconv.Itoa(h%10)
	}
	half := "\u00a0am"
	if h%24 >= 12 {
		half = "\u00a0pm"
	}
	return strconv.Itoa((h+11)%12+1) + half
}

// DateTime is 10 Mar 2026, 14:05.
func (l Locale) DateTime(t time.Time) string { return l.DateShort(t) + ", " + l.Clock(t) }

// Period is the days from the one of first to the one of last, both included,
// without saying a month or year twice: 3–16 March 2026.
func (l Locale) Period(first, last time.Time) string {
	switch {
	case first.Year() != last.Year():
		return l.Date(first) + " – " + l.Date(last)
	case first.Month() != last.Month():
		return l.dayOfMonth(first) + " " + l.Month(first.Month()) + " – " + l.Date(last)
	case first.Day() != last.Day():
		return l.dayOfMonth(first) + "–" + l.Date(last)
	}
	return l.Date(first)
}

// FirstWeekday is the day that a week begins with in calendars.
func (l Locale) FirstWeekday() time.Weekday { return time.Monday }

// Span is a length of time as people say it: 22 min, 3 h 5 min, 4 days, 5
// years 4 months. Parts of what is said last are left out; below one minute it
// is 0 min. A month is the twelfth of 365 days, and counts from four on.
// static/js/age.js says the same.
func (l Locale) Span(d time.Duration) string {
	if d < 0 {
		d = -d
	}
	minutes := int(d / time.Minute)
	switch {
	case minutes < 60:
		return l.T("span.minutes", "count", minutes)
	case minutes < 48*60 && minutes%60 == 0:
		return l.T("span.hours", "count", minutes/60)
	case minutes < 48*60:
		return l.T("span.hours-minutes", "hours", minutes/60, "minutes", minutes%60)
	}
	days := minutes / 60 / 24
	months := days * 12 / 365
	switch years := l.T("span.years", "count", months/12); {
	case months < 4:
		return l.T("span.days", "count", days)
	case months < 12:
		return l.T("span.months", "count", months)
	case months%12 == 0:
		return years
	default:
		return years + " " + l.T("span.months", "count", months%12)
	}
}

// dayOfMonth is 10 or, in German, 10. with its full stop.
func (l Locale) dayOfMonth(t time.Time) string {
	if l.lang() == "de" {
		return strconv.Itoa(t.Day()) + "."
	}
	return strconv.Itoa(t.Day())
}
