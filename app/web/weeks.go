package web

import (
	"cmp"
	"net/http"
	"slices"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/unit"
	"glucokeep/views/chart"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// weeks shows whole calendar weeks, the newest first and a month at a time.
func (s *server) weeks(w http.ResponseWriter, v *visit) error {
	var turn weekTurn
	sh, err := s.sheet(v, "weeks", turn.gather, func(d dates) dates {
		turn = v.weekTurn(d)
		return turn.shown
	})
	if err != nil {
		return err
	}
	p := page.Weeks{Report: sh.Report, Unit: figure.Unit(v.locale).String(), Turn: v.weekLinks(turn)}
	p.Empty = p.Empty && !turn.elsewhere
	if !p.Empty {
		b := newWeekBook(v, sh)
		for first := v.weekStart(sh.dates.last); !before(first, sh.dates.first); first = first.Add(-7) {
			p.Weeks = append(p.Weeks, b.week(first))
		}
	}
	return render(w, v, answer(sh.Period.Problems), page.WeeksPage(s.frame(v, sh.Title), p))
}

// weekBook is the data of a period by date.
type weekBook struct {
	v       *visit
	sh      sheet
	drawn   []chart.Reading
	shares  map[metrics.Date]metrics.Shares
	insulin map[metrics.Date]metrics.InsulinDay
	total   bool // the total of insulin is known; else only the boluses are
	unsaid  bool // injections do not say whether they were rapid or long-acting
	today   metrics.Date
}

func newWeekBook(v *visit, sh sheet) *weekBook {
	d := sh.data
	b := &weekBook{v: v, sh: sh, drawn: drawn(metrics.Counted(d.Readings), sh.own, d.Zone), shares: metrics.DailyShares(d.Readings, sh.own, d.Zone),
		insulin: map[metrics.Date]metrics.InsulinDay{}, today: metrics.DateOf(record.At(v.now), d.Zone)}
	r := metrics.ReportInsulin(d.Therapy, d.Zone, d.From, d.Until)
	b.total, b.unsaid = metrics.Defined(r.Total), r.Unsaid > 0
	for _, day := range r.Days {
		b.insulin[day.Date] = day
	}
	return b
}

// week lays out the week that begins on first.
func (b *weekBook) week(first metrics.Date) page.Week {
	v, d := b.v, b.sh.data
	w := page.Week{ID: "w" + first.String(), Name: v.printedDates(dates{first, first.Add(6)}),
		Running: !before(b.today, first) && !before(first.Add(6), b.today)}
	var days []chart.WeekDayInput
	var insulin []metrics.InsulinDay
	for n := range 7 {
		date := first.Add(n)
		in := chart.WeekDayInput{Day: noon(date, d.Zone), URL: v.dayURL(date), Readings: ofDay(b.drawn, date, d.Zone), Outside: before(b.today, date)}
		if shares, ok := b.shares[date]; ok {
			in.InRange = printedShares(shares).Of(v.locale, figure.InRange)
			w.With++
		}
		if day, ok := b.insulin[date]; ok {
			insulin = append(insulin, day)
			in.Insulin, in.Carbs = b.given(day)
		}
		days = append(days, in)
	}
	w.Days = chart.NewWeek(v.locale, ground(v.scope.Person()), days)
	w.Empty = w.With == 0
	if !w.Empty {
		b.sums(&w, first)
		b.therapy(&w, insulin)
	}
	return w
}

// given is the insulin and carbs of a day in words.
func (b *weekBook) given(d metrics.InsulinDay) (insulin, carbs string) {
	if d.Insulin && d.Total > 0 {
		insulin = figure.Units(b.v.locale, unit.Units(round(float64(d.Total), 1)))
	}
	if d.Meals > 0 {
		carbs = figure.Grams(b.v.locale, unit.Grams(round(float64(d.Carbs), 0)))
	}
	return insulin, carbs
}

// sums fills in the figures of a week's readings.
func (b *weekBook) sums(w *page.Week, first metrics.Date) {
	l, d := b.v.locale, b.sh.data
	from, until := first.Start(d.Zone), min(first.Add(7).Start(d.Zone), d.Until)
	rs := inPeriod(d.Readings, from, until)
	sum, shares := metrics.Summarize(rs), printedShares(metrics.SharesOf(rs, b.sh.own))
	w.Average = figure.MgPerDl(l, sum.Mean)
	w.InRange, w.Below, w.Above = shares.Of(l, figure.InRange), shares.Below(l), shares.Above(l)
	if sum.N >= metrics.LeastForSpread {
		w.CV = l.Percent(sum.CV, 1)
	}
	w.Few = !(metrics.ActiveOf(rs, from, until).Calendar >= metrics.SufficientPercent)
}

// therapy fills in the insulin and carbs of an average day of the week.
func (b *weekBook) therapy(w *page.Week, days []metrics.InsulinDay) {
	l := b.v.locale
	var insulin unit.Units
	var carbs unit.Grams
	counted, meals := 0, 0
	for _, d := range days {
		if d.Counts {
			counted++
			if b.total {
				insulin += d.Total
			} else {
				insulin += d.Bolus
			}
		}
		if d.Meals > 0 && d.Whole {
			meals++
			carbs += d.Carbs
		}
	}
	if counted > 0 {
		mean := figure.Units(l, unit.Units(round(float64(insulin)/float64(counted), 1)))
		switch {
		case b.total:
			w.Insulin = mean
		case b.unsaid:
			w.Given = mean
		default:
			w.Bolus = mean
		}
	}
	if meals > 0 {
		w.Carbs = figure.Grams(l, unit.Grams(round(float64(carbs)/float64(meals), 0)))
	}
}

// inPeriod is the readings in [from, until) among those in order of time.
func inPeriod(rs []record.Reading, from, until record.Millis) []record.Reading {
	at := func(r record.Reading, when record.Millis) int { return cmp.Compare(r.At, when) }
	first, _ := slices.BinarySearchFunc(rs, from, at)
	last, _ := slices.BinarySearchFunc(rs, until, at)
	return rs[first:max(first, last)]
}
