package web

import (
	"context"
	"slices"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/views/chart"
	"glucokeep/views/page"
)

// sheet is a report of a period in the making: what all of them begin with.
type sheet struct {
	page.Report
	dates dates
	data  report.Data
	own   metrics.Profile
}

// gather reads the data of a period, as much as a report needs.
type gather func(context.Context, *read.Reader, *time.Location, report.Period) (report.Data, error)

// sheet reads the period that is asked for and its data. name is the report's
// address below the person, and names it in the catalogue and the ledger;
// widen may make the period larger, nil leaves it.
func (s *server) sheet(v *visit, name string, data gather, widen func(dates) dates) (sheet, error) {
	var sh sheet
	r, err := s.reader(v, "page:"+name)
	if err != nil {
		return sh, err
	}
	loc := v.zone()
	end, any, err := v.lastDate(r, loc)
	if err != nil {
		return sh, err
	}
	sh.Title, sh.Person, sh.own = v.t("reports."+name), r.Person().Name, ranges(r.Person())
	sh.Period, sh.dates = v.period("/"+name, end)
	if widen != nil {
		sh.dates = widen(sh.dates)
		sh.Period.Printed = v.printedDates(sh.dates)
	}
	sh.data, err = data(v.Context(), r, loc, v.past(report.Dates(sh.dates.first, sh.dates.last, loc)))
	if err != nil {
		return sh, err
	}
	sh.Empty = len(sh.data.Readings) == 0
	if sh.Empty && any {
		sh.Nearest = v.usualPeriod("/"+name, end)
	}
	sh.ImportURL = importURL(r)
	sh.Sufficiency = v.sufficiency(metrics.SufficiencyOf(sh.data.Readings, loc), sh.dates)
	return sh, nil
}

// importURL is where to bring a file: whoever sees a person may also import,
// while there are owners alone.
func importURL(r *read.Reader) string { return personURL(r.Person(), "/imports") }

// sufficiency says how much of a period there are readings of.
func (v *visit) sufficiency(s metrics.Sufficiency, asked dates) page.Sufficiency {
	days := asked.days()
	if today := metrics.DateOf(record.At(v.now), v.zone()); before(today, asked.last) {
		days = max(1, dates{asked.first, today}.days()) // what is to come cannot have readings
	}
	return page.Sufficiency{Enough: s.Enough, DaysWith: s.Days, Days: days, Active: v.locale.Percent(orZero(s.Active), 1)}
}

// dayURL is the page of a day.
func (v *visit) dayURL(d metrics.Date) string {
	return personURL(v.scope.Person(), "?day="+d.String())
}

// weekStart is the first day of the calendar week of d.
func (v *visit) weekStart(d metrics.Date) metrics.Date {
	for d.Weekday() != v.locale.FirstWeekday() {
		d = d.Add(-1)
	}
	return d
}

// ofDay is the readings of a date among all, which are in order of time.
func ofDay(all []chart.Reading, d metrics.Date, loc *time.Location) []chart.Reading {
	at := func(t time.Time) int {
		i, _ := slices.BinarySearchFunc(all, t, func(r chart.Reading, t time.Time) int { return r.At.Compare(t) })
		return i
	}
	return all[at(d.Start(loc).Time()):at(d.Add(1).Start(loc).Time())]
}

// eachBack walks the dates from the last to the first.
func (d dates) eachBack(do func(metrics.Date)) {
	for n := d.days() - 1; n >= 0; n-- {
		do(d.first.Add(n))
	}
}

// byDate is the figures of days by their date.
func byDate(days []metrics.Day) map[metrics.Date]metrics.Day {
	out := make(map[metrics.Date]metrics.Day, len(days))
	for _, d := range days {
		out[d.Date] = d
	}
	return out
}
