package web

import (
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/views/component"
)

// The lengths in days that a report can have by one touch, the one that it
// has first, and the longest of all.
var periodDays = []int{7, 14, 30, 90}

const (
	usualDays   = 14
	longestDays = 366
)

// dates are the civil dates of a report, both included.
type dates struct{ first, last metrics.Date }

// days is how many dates they are.
func (d dates) days() int {
	return int(math.Round(noon(d.last, time.UTC).Sub(noon(d.first, time.UTC)).Hours()/24)) + 1
}

// lastDate is where the reports of a person end if nobody asks for other
// dates: today, or the day of the newest reading when that lies further back,
// since what was imported long ago has reports too. any is false when there
// is no reading at all.
func (v *visit) lastDate(r *read.Reader, loc *time.Location) (end metrics.Date, any bool, err error) {
	_, last, any, err := r.GlucoseSpan(v.Context())
	if err != nil {
		return end, false, err
	}
	end = metrics.DateOf(record.At(v.now), loc)
	if newest := metrics.DateOf(last, loc); any && newest.Start(loc) < end.Start(loc) {
		end = newest
	}
	return end, any, nil
}

// period reads which dates a report at path (of the person, such as
// "/profile") is of: a number of days up to end, or two dates. What cannot be
// is said beside the form, and the usual period is shown.
func (v *visit) period(path string, end metrics.Date) (component.Period, dates) {
	q := v.URL.Query()
	length := usualDays
	if n, err := strconv.Atoi(q.Get("days")); err == nil && n >= 1 && n <= longestDays {
		length = n
	}
	d := dates{end.Add(1 - length), end}
	p := component.Period{Action: personURL(v.scope.Person(), path), Problems: map[string]string{}}
	chosen := false
	if q.Has("from") || q.Has("until") {
		p.Open, p.From, p.Until = true, q.Get("from"), q.Get("until")
		if asked, ok := v.askedDates(p); ok {
			d, chosen = asked, true
		}
	}
	if !p.Open {
		p.From, p.Until = d.first.String(), d.last.String()
	}
	for _, n := range periodDays {
		p.Lengths = append(p.Lengths, component.Tab{URL: p.Action + "?" + url.Values{"days": {strconv.Itoa(n)}}.Encode(),
			Label: v.t("period.days", "count", n), Current: !chosen && n == length})
	}
	p.Printed = v.printedDates(d)
	return p, d
}

// answer is the status of a report whose form has these problems.
func answer(problems map[string]string) int {
	if len(problems) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// askedDates reads the two dates of the form and notes what is wrong.
func (v *visit) askedDates(p component.Period) (d dates, ok bool) {
	first, errFirst := parseDate(p.From)
	last, errLast := parseDate(p.Until)
	if errFirst != nil {
		p.Problems["from"] = v.t("web.no-such-date")
	}
	if errLast != nil {
		p.Problems["until"] = v.t("web.no-such-date")
	}
	if errFirst != nil || errLast != nil {
		return d, false
	}
	d = dates{first, last}
	switch n := d.days(); {
	case n < 1:
		p.Problems["until"] = v.t("period.backwards")
	case n > longestDays:
		p.Problems["until"] = v.t("period.long", "max", longestDays)
	default:
		return d, true
	}
	return d, false
}

// printedDates is the period in words: 3–16 March 2026.
func (v *visit) printedDates(d dates) string {
	return v.locale.Period(noon(d.first, v.zone()), noon(d.last, v.zone()))
}

// usualPeriod leads to the newest readings from a report that has none.
func (v *visit) usualPeriod(path string, end metrics.Date) *component.Link {
	return &component.Link{URL: personURL(v.scope.Person(), path+"?days="+strconv.Itoa(usualDays)),
		Label: v.printedDates(dates{end.Add(1 - usualDays), end})}
}

// before reports whether a is an earlier date than b.
func before(a, b metrics.Date) bool { return noon(a, time.UTC).Before(noon(b, time.UTC)) }
