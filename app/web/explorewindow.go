package web

import (
	"net/url"
	"strconv"
	"time"

	"glucokeep/app/chart"
	"glucokeep/app/fault"
	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/report"
)

const (
	leastWindow     = time.Hour
	usualWindowDays = 90
)

// lengths are the windows that one touch gives, by name; 0 days is all there
// is.
var windowLengths = []struct {
	name string
	days int
}{{"day", 1}, {"week", 7}, {"month", 30}, {"quarter", 90}, {"year", 365}, {"all", 0}}

// readInstant reads an instant of an address: a date in the person's zone,
// whose end is meant where end is true, or an instant with its zone.
func readInstant(text string, loc *time.Location, end bool) (time.Time, error) {
	if date, err := parseDate(text); err == nil {
		if end {
			date = date.Add(1)
		}
		return date.Start(loc).Time().In(loc), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return t, fault.New(fault.Invalid, "web.no-such-date")
	}
	return t.In(loc).Truncate(time.Second), nil
}

// asked is what an address asks to be shown.
type asked struct {
	window      chart.Span
	whole       chart.Span        // from the first day with readings to the last
	from, until string            // as sent
	problems    map[string]string // of the form
	moved       bool              // there are no readings where the window was asked for
}

// window reads which window an address asks for, by from and until or by a
// number of days up to the last reading, and puts it where readings are.
func (v *visit) window(whole chart.Span) asked {
	q := v.URL.Query()
	a := asked{whole: whole, from: q.Get("from"), until: q.Get("until"), problems: map[string]string{}}
	days := usualWindowDays
	if n, err := strconv.Atoi(q.Get("days")); err == nil && n >= 1 && n <= 100*366 {
		days = n
	}
	usual := chart.Span{Since: whole.Until.AddDate(0, 0, -days), Until: whole.Until}.Within(whole, leastWindow)
	a.window = chart.Span{Since: whole.Since, Until: whole.Until}
	if a.from == "" && a.until == "" {
		a.window = usual
		return a
	}
	read := func(text, field string, into *time.Time) {
		if text == "" {
			return
		}
		t, err := readInstant(text, whole.Since.Location(), field == "until")
		if err != nil {
			a.problems[field] = v.t("web.no-such-date")
			return
		}
		*into = t
	}
	read(a.from, "from", &a.window.Since)
	read(a.until, "until", &a.window.Until)
	if len(a.problems) == 0 && a.from != "" && a.until != "" && !a.window.Since.Before(a.window.Until) {
		a.problems["until"] = v.t("period.backwards")
	}
	if len(a.problems) > 0 {
		a.window = usual
		return a
	}
	asked := a.window
	a.window = asked.Within(whole, leastWindow)
	a.moved = !asked.Since.Before(whole.Until) || !asked.Until.After(whole.Since)
	return a
}

func period(s chart.Span) report.Period {
	return report.Period{From: record.At(s.Since), Until: record.At(s.Until)}
}

// wholeDays gives the dates of a window that begins and ends with a day.
func wholeDays(s chart.Span) (first, last metrics.Date, ok bool) {
	loc := s.Since.Location()
	first = metrics.DateOf(record.At(s.Since), loc)
	next := metrics.DateOf(record.At(s.Until), loc)
	ok = first.Start(loc) == record.At(s.Since) && next.Start(loc) == record.At(s.Until)
	return first, next.Add(-1), ok
}

// windowURL is the address of a window.
func (v *visit) windowURL(s chart.Span) string {
	q := url.Values{"from": {s.Since.UTC().Format(time.RFC3339)}, "until": {s.Until.UTC().Format(time.RFC3339)}}
	if first, last, ok := wholeDays(s); ok {
		q = url.Values{"from": {first.String()}, "until": {last.String()}}
	}
	return personURL(v.scope.Person(), "/explore?"+q.Encode())
}

// windowName is a window in words: 3–16 March 2026; 3 March 2026, 2:10–14:10.
func (v *visit) windowName(s chart.Span) string {
	l := v.locale
	if first, last, ok := wholeDays(s); ok {
		return l.Period(noon(first, s.Since.Location()), noon(last, s.Since.Location()))
	}
	if l.Date(s.Since) == l.Date(s.Until) {
		return l.Date(s.Since) + ", " + l.Clock(s.Since) + "–" + l.Clock(s.Until)
	}
	return l.DateTime(s.Since) + " – " + l.DateTime(s.Until)
}

// ofDays is a window of so many whole days in place of s: it ends where s ends
// if that is the end of all, else it keeps the middle.
func (a asked) ofDays(days int) chart.Span {
	if days == 0 {
		return a.whole
	}
	loc := a.whole.Since.Location()
	last := metrics.DateOf(record.At(a.whole.Until)-1, loc)
	if a.window.Until.Before(a.whole.Until) {
		middle := a.window.Since.Add(a.window.Length() / 2)
		last = metrics.DateOf(record.At(middle), loc).Add(days / 2)
		if days%2 == 0 {
			last = last.Add(-1)
		}
	}
	s := chart.Span{Since: last.Add(1 - days).Start(loc).Time().In(loc), Until: last.Add(1).Start(loc).Time().In(loc)}
	return s.Within(a.whole, leastWindow)
}

// turns are the addresses of the windows beside, within and around a window,
// by name; what leads nowhere else is missing.
func (v *visit) turns(a asked) (to map[string]string, current string) {
	to = map[string]string{}
	put := func(name string, s chart.Span) {
		if s = s.Within(a.whole, leastWindow); s != a.window {
			to[name] = v.windowURL(s)
		}
	}
	put("earlier", a.window.Shift(-1))
	put("later", a.window.Shift(1))
	put("in", a.window.Zoom(2))
	put("out", a.window.Zoom(0.5))
	for _, length := range windowLengths {
		s := a.ofDays(length.days)
		to[length.name] = v.windowURL(s)
		if s.Length() == a.window.Length() && (s == a.window || length.days > 0) {
			current = length.name
		}
	}
	return to, current
}
