package web

import (
	"math"
	"net/http"
	"time"

	"glucokeep/app/chart"
	"glucokeep/app/fault"
	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/report"
	views "glucokeep/views/chart"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// exploreFigures gives the figures of a window, its table and the addresses
// that lead on from it to the explorer's script.
func (s *server) exploreFigures(w http.ResponseWriter, v *visit) error {
	r, err := s.reader(v, "page:explore")
	if err != nil {
		return err
	}
	whole, any, err := v.everything(r)
	if err != nil {
		return err
	}
	if !any {
		return sendJSON(w, v, page.ExploreState{})
	}
	a := v.window(whole)
	for _, problem := range []string{"from", "until"} {
		if a.problems[problem] != "" {
			return v.backwards()
		}
	}
	b := looked{visit: v, reader: r, asked: a}
	if b.rows, err = r.Days(v.Context(), record.At(whole.Since), record.At(whole.Until)); err != nil {
		return err
	}
	state, err := s.exploreState(b)
	if err != nil {
		return err
	}
	return sendJSON(w, v, state)
}

func (v *visit) backwards() error { return fault.New(fault.Invalid, "web.no-such-date") }

// longestByReadings is the longest window whose figures are counted in one go;
// those of longer ones are added up from months.
const longestByReadings = 62 * 24 * time.Hour

// exploreState is all that changes with the window, in words and addresses.
func (s *server) exploreState(b looked) (page.ExploreState, error) {
	state := page.ExploreState{Say: map[string]string{"period": b.windowName(b.asked.window)}}
	sum, parts, err := s.sums(b)
	if err != nil {
		return state, err
	}
	state.Say["chart"] = b.t("explore.chart", "period", state.Say["period"])
	b.say(state.Say, sum)
	state.Rows, state.Head = b.table(parts)
	state.To, state.Current = b.turns(b.asked)
	b.findURLs(state.To)
	if sum.N == 0 {
		state.To["nearest"] = b.nearestWindow()
	}
	return state, nil
}

// sums counts the figures of the window and of its hours, days or months.
func (s *server) sums(b looked) (sum report.Sum, parts []report.Part, err error) {
	t := report.Tally{Zone: b.zone(), Ranges: ranges(b.reader.Person())}
	p := period(b.asked.window)
	if b.asked.window.Length() > longestByReadings {
		return s.months.Parts(b.Context(), t, b.reader, p, b.rows)
	}
	rs, err := t.Counted(b.Context(), b.reader, p)
	if err != nil {
		return sum, nil, err
	}
	sum, parts = t.Parts(rs, p, b.bounds())
	return sum, parts, nil
}

// byHours is the longest window whose table has a row for each hour.
const byHours = 49 * time.Hour

// bounds are where the rows of the table begin.
func (b looked) bounds() (at []record.Millis) {
	w := b.asked.window
	step := chart.Step{Days: 1}
	if w.Length() <= byHours {
		step = chart.Step{Hours: 1}
	}
	for _, t := range chart.Ticks(w, step) {
		at = append(at, record.At(t))
	}
	return at
}

// say puts the figures into words; one that cannot be given is a dash.
func (b looked) say(say map[string]string, s report.Sum) {
	l := b.locale
	for _, key := range []string{"average", "in-range", "below", "above", "lows"} {
		say[key] = "–"
	}
	say["summary"], say["active"], say["readings"], say["very-lows"], say["basis"] = b.t("explore.nothing"), l.Percent(0, 0), l.Integer(s.N), "", ""
	if s.N == 0 {
		return
	}
	say["summary"] = b.t("explore.summary", "count", s.N, "lowest", b.words(s.Lowest), "highest", b.words(s.Highest))
	say["average"] = figure.MgPerDl(l, s.Mean()) + " " + figure.Unit(l).String()
	shares := sumShares(s)
	say["in-range"], say["below"], say["above"] = shares.Of(l, figure.InRange), shares.Below(l), shares.Above(l)
	say["active"] = l.Percent(math.Floor(s.Active(b.visit.past(period(b.asked.window)))), 0)
	say["lows"] = l.Integer(s.Lows)
	if s.VeryLows > 0 {
		say["very-lows"] = b.t("explore.very-lows", "count", s.VeryLows)
	}
	if b.asked.window.Length() > longestByReadings {
		say["basis"] = b.t("explore.basis")
	}
}

// sumShares are the shares of a sum that has readings, as they are printed.
func sumShares(s report.Sum) figure.Shares {
	var exact [5]float64
	for c := metrics.VeryLow; c <= metrics.VeryHigh; c++ {
		exact[c] = s.Share(c, c)
	}
	return figure.NewShares(exact)
}

// words is a reading in a sentence: 112 mg/dL, above 400 mg/dL.
func (b looked) words(r record.Reading) string {
	number, unit := figure.Glucose(b.locale, r.Value), figure.Unit(b.locale).String()
	switch {
	case r.Flags.Has(record.BelowRange):
		return b.t("figure.below", "value", number, "unit", unit)
	case r.Flags.Has(record.AboveRange):
		return b.t("figure.above", "value", number, "unit", unit)
	}
	return number + " " + unit
}

// table is the parts of the window as rows. Hours without a reading have none.
func (b looked) table(parts []report.Part) (rows [][]views.ExploreCell, head []string) {
	l := b.locale
	head = []string{b.t("chart.table.from"), b.t("chart.table.lowest"), b.t("figure.average"), b.t("chart.table.highest"),
		b.t("figure.in-range"), b.t("figure.below-range"), b.t("explore.lows")}
	hourly := b.asked.window.Length() <= byHours
	for _, p := range parts {
		if hourly && p.N == 0 {
			continue
		}
		row := []views.ExploreCell{b.partName(p.Period, hourly)}
		if p.N == 0 {
			for range head[1:] {
				row = append(row, views.ExploreCell{Text: "–"})
			}
			rows = append(rows, row)
			continue
		}
		for _, text := range []string{b.short(p.Lowest), figure.MgPerDl(l, p.Mean()), b.short(p.Highest), sumShares(p.Sum).Of(l, figure.InRange),
			sumShares(p.Sum).Below(l), l.Integer(p.Lows)} {
			row = append(row, views.ExploreCell{Text: text})
		}
		rows = append(rows, row)
	}
	return rows, head
}

// short is a reading in a table: 112, LOW, HIGH.
func (b looked) short(r record.Reading) string {
	switch {
	case r.Flags.Has(record.BelowRange):
		return b.t("figure.low")
	case r.Flags.Has(record.AboveRange):
		return b.t("figure.high")
	}
	return figure.Glucose(b.locale, r.Value)
}

// partName names a row: an hour, a day that leads to its page, a month that
// leads to its window.
func (b looked) partName(p report.Period, hourly bool) views.ExploreCell {
	at := p.From.Time().In(b.zone())
	switch {
	case hourly:
		return views.ExploreCell{Text: b.locale.Day(at) + ", " + b.locale.Clock(at)}
	case b.asked.window.Length() <= longestByReadings:
		return views.ExploreCell{Text: b.locale.Day(at) + " " + at.Format("2006"),
			URL: personURL(b.scope.Person(), "?day="+metrics.DateOf(p.From, b.zone()).String())}
	}
	return views.ExploreCell{Text: b.locale.Month(at.Month()) + " " + at.Format("2006"), URL: b.windowURL(chart.Span{Since: at, Until: p.Until.Time().In(b.zone())})}
}

// nearestWindow leads from a window without readings to the last before it,
// or to the first after it.
func (b looked) nearestWindow() string {
	w := period(b.asked.window)
	at := record.Millis(0)
	for i := range b.rows {
		s := &b.rows[i]
		switch {
		case s.N == 0:
		case s.Last < w.From:
			at = max(at, s.Last)
		case at == 0:
			at = s.First
		}
	}
	s := b.asked.window
	middle := at.Time().In(b.zone())
	return b.windowURL(chart.Span{Since: middle.Add(-s.Length() / 2), Until: middle.Add(s.Length() / 2)}.Within(b.asked.whole, leastWindow))
}
