package web

import (
	"net/http"
	"slices"
	"time"

	"glucokeep/app/fault"
	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/app/unit"
	"glucokeep/views/component"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// person shows the newest value and the last hours, or a day.
func (s *server) person(w http.ResponseWriter, v *visit) error {
	mark := s.Ingest.Live().Mark() // before reading: the stream goes on from here
	r, err := s.reader(v, "page:day")
	if err != nil {
		return err
	}
	loc := v.zone()
	known, err := s.facts(v.Context(), r, v.scope.From(), v.locale, v.now)
	if err != nil {
		return err
	}
	newest := known.newest
	shown, err := s.shownTime(v, r, newest, loc)
	if err != nil {
		return err
	}
	t, err := report.GatherTrace(v.Context(), r, loc, shown.Period, record.At(v.now))
	if err != nil {
		return err
	}
	p := page.Person{Name: r.Person().Name, Key: r.Person().Key, Live: s.liveLine(v, mark, 0),
		Latest: known.card(v.locale, v.scope, v.now).Latest, When: s.when(v, shown, loc)}
	p.Zone = r.Person().Zone
	if p.Given, err = s.lastGiven(v, r); err != nil {
		return err
	}
	p.ImportURL = importURL(r)
	own := ranges(r.Person())
	c := newCurve(v, t, shown, own)
	if c.authors, err = authors(v, r, t); err != nil {
		return err
	}
	p.Day = c.chart()
	p.Facts = dayFacts(v, t.Data, own, shown)
	p.Episodes = c.episodes()
	p.Events = c.list()
	if p.Day.Empty {
		if p.Nearest, err = s.nearestDay(v, r, shown.day, loc); err != nil {
			return err
		}
	}
	f := s.frame(v, r.Person().Name)
	f.Live, f.Refresh = shown.problem == "" && shown.live(v, loc) && p.Latest.State != figure.Never, autoAddress(v)
	return render(w, v, shown.status(), page.PersonPage(f, p))
}

// authors are the names of those who wrote entries of t into the care log, by
// the keys of the entries. A file can claim any author, so it names none.
func authors(v *visit, r *read.Reader, t report.Trace) (map[string]string, error) {
	if !slices.ContainsFunc(t.Sources, func(s read.Source) bool { return s.Format == record.LogFormat }) {
		return nil, nil
	}
	list, err := r.Log(v.Context(), read.LogFilter{ByHand: true, Since: t.From - record.Millis(24*time.Hour/time.Millisecond)}, t.Until, 0, mostEvents)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, e := range list {
		names[e.Base().Key] = e.Author
	}
	return names, nil
}

// past cuts off what has not happened yet: a basal rate that goes on is not
// insulin that was given.
func (v *visit) past(p report.Period) report.Period {
	p.Until = max(p.From, min(p.Until, record.At(v.now)))
	return p
}

func personURL(p read.Person, rest string) string { return "/people/" + p.Key + rest }

// parseDate reads a date of an address.
func parseDate(text string) (metrics.Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return metrics.Date{}, fault.New(fault.Invalid, "web.no-such-date")
	}
	return metrics.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}, nil
}

func (s *server) dayLink(v *visit, day metrics.Date) component.Link {
	return component.Link{URL: personURL(v.scope.Person(), "?day="+day.String()), Label: v.dayName(noon(day, v.zone()))}
}

// dayName names a day, with its year when that is another than now's.
func (v *visit) dayName(t time.Time) string {
	if t.Year() != v.now.In(t.Location()).Year() {
		return v.locale.Date(t)
	}
	return v.locale.Day(t)
}

func noon(day metrics.Date, loc *time.Location) time.Time {
	return time.Date(day.Year, day.Month, day.Day, 12, 0, 0, 0, loc)
}

// nearestDay leads from a time without readings to the nearest day with some:
// the last before it, else the first of all.
func (s *server) nearestDay(v *visit, r *read.Reader, day metrics.Date, loc *time.Location) (*component.Link, error) {
	first, last, ok, err := r.GlucoseSpan(v.Context())
	if err == nil && !ok { // a meter or a diary alone
		first, last, ok, err = r.Span(v.Context())
	}
	if err != nil || !ok {
		return nil, err
	}
	at := last
	switch start := day.Start(loc); {
	case start < first:
		at = first
	case start <= last:
		if before, ok, err := r.LastGlucoseBefore(v.Context(), start); err != nil {
			return nil, err
		} else if ok {
			at = before
		}
	}
	link := s.dayLink(v, metrics.DateOf(at, loc))
	return &link, nil
}

// longActing is the long-acting insulin that was injected in the time of d.
func longActing(d report.Data) (sum unit.Units) {
	for _, dose := range d.Therapy.Doses {
		if dose.Insulin == record.Long && dose.At >= d.From && dose.At < d.Until {
			sum += dose.Units
		}
	}
	return sum
}

// dayFacts are the figures of the time shown, empty where there is nothing to
// say. A device's sum of a day says nothing of some hours.
func dayFacts(v *visit, d report.Data, p metrics.Profile, shown shownTime) page.DayFacts {
	var f page.DayFacts
	l := v.locale
	if shares := metrics.SharesOf(d.Readings, p); shares.N > 0 {
		printed := printedShares(shares)
		f.InRange, f.Below, f.Above = printed.Of(l, figure.InRange), printed.Below(l), printed.Above(l)
		f.Average = figure.MgPerDl(l, metrics.Summarize(d.Readings).Mean)
	}
	if shown.hours > 0 {
		d.Therapy.Totals = nil
	}
	var total unit.Units
	var carbs unit.Grams
	for _, day := range metrics.ReportInsulin(d.Therapy, d.Zone, d.From, d.Until).Days {
		total, carbs = total+day.Total, carbs+day.Carbs
	}
	if total > 0 {
		f.Insulin = figure.Units(l, unit.Units(round(float64(total), 1)))
		if long := longActing(d); long > 0 {
			f.OfInsulin = v.t("person.long-of", "units", figure.Units(l, unit.Units(round(float64(long), 1))))
		}
	}
	if carbs > 0 {
		f.Carbs = figure.Grams(l, unit.Grams(round(float64(carbs), 0)))
	}
	return f
}
