package web

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

// weeksAtOnce is how many weeks a page shows: about a month, which weighs as
// little as the other reports do.
const weeksAtOnce = 4

// weekTurn is which weeks of a long period a page shows.
type weekTurn struct {
	all, shown    dates // whole weeks
	number, pages int   // counted from 1, the newest weeks first
	elsewhere     bool  // there are readings in the period, and none in the weeks shown
}

// weekTurn widens dates to whole weeks and finds those that the address asks
// for. Weeks that have not begun are left out of a period that has others. A
// number that cannot be is the nearest that can.
func (v *visit) weekTurn(d dates) weekTurn {
	t := weekTurn{all: dates{v.weekStart(d.first), v.weekStart(d.last).Add(6)}, number: 1}
	running := v.weekStart(metrics.DateOf(record.At(v.now), v.zone()))
	if end := running.Add(6); !before(running, t.all.first) && before(end, t.all.last) {
		t.all.last = end
	}
	t.pages = (t.weeks() + weeksAtOnce - 1) / weeksAtOnce
	if n, err := strconv.Atoi(v.URL.Query().Get("page")); err == nil {
		t.number = min(max(n, 1), t.pages)
	}
	t.shown = t.all
	if t.pages > 1 {
		t.shown.last = t.all.last.Add(-7 * weeksAtOnce * (t.number - 1))
		if first := t.shown.last.Add(1 - 7*weeksAtOnce); before(t.shown.first, first) {
			t.shown.first = first
		}
	}
	return t
}

func (t *weekTurn) weeks() int { return t.all.days() / 7 }

// gather reads the weeks shown. Where they are empty it asks whether the
// others of the period are as well.
func (t *weekTurn) gather(ctx context.Context, r *read.Reader, loc *time.Location, p report.Period) (report.Data, error) {
	d, err := report.GatherCare(ctx, r, loc, p)
	if err != nil || len(d.Readings) > 0 || t.pages == 1 {
		return d, err
	}
	whole := report.Dates(t.all.first, t.all.last, loc)
	last, any, err := r.LastGlucoseBefore(ctx, whole.Until)
	t.elsewhere = any && last >= whole.From
	return d, err
}

// weekLinks are the ways to the other weeks of the period; nothing where all
// are shown.
func (v *visit) weekLinks(t weekTurn) page.WeekTurn {
	if t.pages == 1 {
		return page.WeekTurn{}
	}
	first := (t.number-1)*weeksAtOnce + 1
	out := page.WeekTurn{Said: v.t("weeks.shown", "first", first, "last", min(first+weeksAtOnce-1, t.weeks()), "count", t.weeks(), "period", v.printedDates(t.all))}
	if first == t.weeks() {
		out.Said = v.t("weeks.shown-one", "first", first, "count", t.weeks(), "period", v.printedDates(t.all))
	}
	link := func(number int, label string) component.Link {
		q := url.Values{"page": {strconv.Itoa(number)}}
		for _, f := range keptDates(v) {
			q.Set(f.Name, f.Value)
		}
		return component.Link{URL: personURL(v.scope.Person(), "/weeks?"+q.Encode()), Label: label}
	}
	if t.number < t.pages {
		out.Older = link(t.number+1, v.t("weeks.older"))
	}
	if t.number > 1 {
		out.Newer = link(t.number-1, v.t("weeks.newer"))
	}
	return out
}
