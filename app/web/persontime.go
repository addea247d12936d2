package web

import (
	"net/http"
	"strconv"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/views/component"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// The hours up to now that the page of a person can show, and those that it
// shows first. Beside the newest reading there is room for what comes.
var windowHours = []int{3, 6, 12, 24}

const (
	usualHours = 6
	roomPart   = 20 // of the window: one twentieth
)

// shownTime is the time that the page of a person shows.
type shownTime struct {
	report.Period
	hours   int          // of a window up to now; 0 is a civil day
	day     metrics.Date // the civil day, or today of a window
	problem string       // what was wrong with the day or the hours that were asked for
	asked   string       // the day as it was sent, when it was wrong
}

// live reports whether new readings appear in it.
func (t shownTime) live(v *visit, loc *time.Location) bool {
	return t.hours > 0 || t.day == metrics.DateOf(record.At(v.now), loc)
}

func (t shownTime) status() int {
	if t.problem != "" {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// shownTime reads which time the address asks for: a day before hours. What
// cannot be is said beside the form, and the usual time is shown.
func (s *server) shownTime(v *visit, r *read.Reader, newest *figure.Newest, loc *time.Location) (t shownTime, err error) {
	q := v.URL.Query()
	if asked := q.Get("day"); asked != "" {
		day, err := parseDate(asked)
		if err == nil {
			return dayTime(day, loc), nil
		}
		t.problem, t.asked = v.t("web.no-such-date"), asked
	} else if asked := q.Get("hours"); asked != "" {
		for _, n := range windowHours {
			if asked == strconv.Itoa(n) {
				return v.hours(n, loc), nil
			}
		}
		t.problem = v.t("person.no-such-hours")
	}
	usual, err := s.usualTime(v, r, newest, loc)
	usual.problem, usual.asked = t.problem, t.asked
	return usual, err
}

// usualTime is what is shown when nothing is asked for: the last hours with
// the newest reading in them. Somebody who imports old files sees their last
// day, not an empty present.
func (s *server) usualTime(v *visit, r *read.Reader, newest *figure.Newest, loc *time.Location) (shownTime, error) {
	last := record.At(v.now)
	if newest != nil {
		last = record.At(newest.At)
	} else if _, at, ok, err := r.Span(v.Context()); err != nil {
		return shownTime{}, err
	} else if ok { // a meter or a diary alone
		last = at
	}
	for _, n := range windowHours {
		if w := v.hours(n, loc); n >= usualHours && last >= w.From {
			return w, nil
		}
	}
	return dayTime(metrics.DateOf(last, loc), loc), nil
}

// hours is the last hours, from a whole minute on.
func (v *visit) hours(hours int, loc *time.Location) shownTime {
	const hour = record.Millis(time.Hour / time.Millisecond)
	now := record.At(v.now.Truncate(time.Minute))
	length := record.Millis(hours) * hour
	return shownTime{Period: report.Period{From: now - length, Until: now + length/roomPart}, hours: hours, day: metrics.DateOf(now, loc)}
}

func dayTime(day metrics.Date, loc *time.Location) shownTime {
	return shownTime{Period: report.Dates(day, day, loc), day: day}
}

// when is the heading of the time shown and the ways to another.
func (s *server) when(v *visit, t shownTime, loc *time.Location) page.When {
	today := metrics.DateOf(record.At(v.now), loc)
	w := page.When{Action: personURL(v.scope.Person(), ""), Chosen: t.day.String()}
	if w.Unknown = t.problem; t.asked != "" {
		w.Chosen, w.Problem, w.Unknown = start(t.asked, mostSentBack), t.problem, ""
	}
	for _, n := range windowHours {
		w.Tabs = append(w.Tabs, component.Tab{URL: w.Action + "?hours=" + strconv.Itoa(n), Label: v.locale.Span(time.Duration(n) * time.Hour),
			Current: n == t.hours})
	}
	w.Tabs = append(w.Tabs, component.Tab{URL: w.Action + "?day=" + t.day.String(), Label: v.t("person.whole-day"), Current: t.hours == 0})
	w.Previous = s.dayLink(v, t.day.Add(-1))
	if t.hours > 0 {
		w.Heading = v.t("person.last-hours", "count", t.hours)
		return w
	}
	w.Heading = v.locale.DateLong(noon(t.day, loc))
	if t.day == today {
		w.Heading = v.t("person.today-is", "day", w.Heading)
	} else {
		w.Today = component.Link{URL: w.Action + "?day=" + today.String(), Label: v.t("person.today")}
	}
	if t.day.Start(loc) < today.Start(loc) {
		w.Next = s.dayLink(v, t.day.Add(1))
	}
	return w
}

// mostSentBack is how much of what was asked for a form shows again.
const mostSentBack = 40

// start is the first n letters of s, and all of it when it has no more.
func start(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
