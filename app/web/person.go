package web

import (
	"net/http"
	"time"

	"glucokeep/app/fault"
	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/app/unit"
	"glucokeep/views/chart"
	"glucokeep/views/component"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// person shows the newest value and a day.
func (s *server) person(w http.ResponseWriter, v *visit) error {
	r, err := s.reader(v, "page:day")
	if err != nil {
		return err
	}
	loc := v.zone()
	_, newest, err := recent(v.Context(), r, loc)
	if err != nil {
		return err
	}
	today := metrics.DateOf(record.At(v.now), loc)
	day := today
	if asked := v.URL.Query().Get("day"); asked != "" {
		if day, err = parseDate(asked); err != nil {
			return err
		}
	} else if newest != nil { // somebody who imports files sees their last day, not an empty today
		day = metrics.DateOf(record.At(newest.At), loc)
	}
	d, err := report.Gather(v.Context(), r, loc, v.past(report.Dates(day, day, loc)))
	if err != nil {
		return err
	}
	scans, err := report.Merged(v.Context(), r, loc, d.Period)
	if err != nil {
		return err
	}
	p := page.Person{Name: r.Person().Name, Latest: figure.NewLatest(v.locale, newest, v.now), Today: day == today,
		Day: dayChart(v, d, scans, ranges(r.Person())), Facts: dayFacts(v, d, ranges(r.Person()))}
	p.ImportURL = personURL(r.Person(), "/imports") // whoever sees it may also import, while there are owners alone
	p.Previous, p.Next = s.dayLink(v, day.Add(-1)), component.Link{}
	if day.Start(loc) < today.Start(loc) {
		p.Next = s.dayLink(v, day.Add(1))
	}
	if day != today {
		p.TodayURL = personURL(r.Person(), "?day="+today.String())
	}
	if len(scans) == 0 {
		if p.Nearest, err = s.nearestDay(v, r, day, loc); err != nil {
			return err
		}
	}
	f := s.frame(v, r.Person().Name)
	f.Live = p.Today && p.Latest.State != figure.Never
	return render(w, v, http.StatusOK, page.PersonPage(f, p))
}

// past cuts off what has not happened yet: a basal rate that goes on is not
// insulin that was given.
func (v *visit) past(p report.Period) report.Period {
	if now := record.At(v.now); now > p.From {
		p.Until = min(p.Until, now)
	}
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

// nearestDay leads from a day without readings to the nearest with some: the
// last before it, else the first of all.
func (s *server) nearestDay(v *visit, r *read.Reader, day metrics.Date, loc *time.Location) (*component.Link, error) {
	first, last, ok, err := r.GlucoseSpan(v.Context())
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

// dayChart draws a day: all readings, scans too, doses, rates and meals.
func dayChart(v *visit, d report.Data, readings []record.Reading, p metrics.Profile) chart.Day {
	in := chart.DayInput{ID: "day", Day: d.From.Time().In(d.Zone), Readings: drawn(readings, p, d.Zone)}
	if now := record.At(v.now); now >= d.From && metrics.DateOf(now, d.Zone) == metrics.DateOf(d.From, d.Zone) {
		in.Now = v.now.In(d.Zone)
	}
	for _, dose := range d.Therapy.Doses {
		if !dose.Unspecified {
			in.Doses = append(in.Doses, chart.Dose{At: dose.At.Time().In(d.Zone), Units: dose.Units, Automated: dose.Automated})
		}
	}
	for _, span := range metrics.BasalSpans(d.Therapy.Basals, d.From, d.Therapy.End(d.Until)) {
		in.Rates = append(in.Rates, chart.Rate{Since: span.From.Time().In(d.Zone), Until: span.Until.Time().In(d.Zone), PerHour: span.Rate})
	}
	for _, c := range d.Therapy.Carbs {
		if c.Grams > 0 {
			in.Meals = append(in.Meals, chart.Meal{At: c.At.Time().In(d.Zone), Grams: c.Grams})
		}
	}
	return chart.NewDay(v.locale, in)
}

// dayFacts are the figures of a day, empty where there is nothing to say.
func dayFacts(v *visit, d report.Data, p metrics.Profile) page.DayFacts {
	var f page.DayFacts
	l := v.locale
	if shares := metrics.SharesOf(d.Readings, p); shares.N > 0 {
		printed := printedShares(shares)
		f.InRange, f.Below, f.Above = printed.Of(l, figure.InRange), printed.Below(l), printed.Above(l)
		f.Average = figure.MgPerDl(l, metrics.Summarize(d.Readings).Mean)
	}
	insulin := metrics.ReportInsulin(d.Therapy, d.Zone, d.From, d.Until)
	if len(insulin.Days) == 1 {
		day := insulin.Days[0]
		if day.Insulin && day.Total > 0 {
			f.Insulin = figure.Units(l, unit.Units(round(float64(day.Total), 1)))
		}
		if day.Meals > 0 {
			f.Carbs = figure.Grams(l, unit.Grams(round(float64(day.Carbs), 0)))
		}
	}
	return f
}
