package web

import (
	"net/http"
	"time"

	"glucokeep/app/chart"
	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	views "glucokeep/views/chart"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

// deskWidth is the width that the page draws its plot for; the script asks for
// tiles of the width that the plot really has.
const deskWidth = 960

// overviewColumns is how many columns the strip of all readings has at most.
const overviewColumns = 365

// explore shows all readings in small and a window of them in full.
func (s *server) explore(w http.ResponseWriter, v *visit) error {
	r, err := s.reader(v, "page:explore")
	if err != nil {
		return err
	}
	p := page.Explore{Person: r.Person().Name}
	whole, any, err := v.everything(r)
	if err != nil {
		return err
	}
	if !any {
		p.Empty, p.ImportURL = true, importURL(r)
		return render(w, v, http.StatusOK, page.ExplorePage(s.frame(v, v.t("reports.explore")), p))
	}
	rows, err := r.Days(v.Context(), record.At(whole.Since), record.At(whole.Until))
	if err != nil {
		return err
	}
	a := v.window(whole)
	found, err := v.find(r, rows, &a, &p)
	if err != nil {
		return err
	}
	b := looked{visit: v, reader: r, rows: rows, asked: a, found: found}
	if err := s.exploreInto(&p, b); err != nil {
		return err
	}
	return render(w, v, answer(a.problems), page.ExplorePage(s.frame(v, v.t("reports.explore")), p))
}

// everything is the days from the one of the first reading to that of the
// last.
func (v *visit) everything(r *read.Reader) (whole chart.Span, any bool, err error) {
	first, last, any, err := r.GlucoseSpan(v.Context())
	if err != nil || !any {
		return whole, false, err
	}
	loc := v.zone()
	return chart.Span{Since: metrics.DateOf(first, loc).Start(loc).Time().In(loc),
		Until: metrics.DateOf(last, loc).Add(1).Start(loc).Time().In(loc)}, true, nil
}

// looked is one look at a window.
type looked struct {
	*visit
	reader *read.Reader
	rows   []read.Stat // of all days
	asked  asked
	found  *report.Found
}

// exploreInto fills the page with the window and all that leads on from it.
func (s *server) exploreInto(p *page.Explore, b looked) error {
	state, err := s.exploreState(b)
	if err != nil {
		return err
	}
	p.State = state
	tile, err := b.tile(b.asked.window, deskWidth)
	if err != nil {
		return err
	}
	at := personURL(b.scope.Person(), "/explore")
	in := views.ExploreInput{Name: state.Say["period"], Summary: state.Say["summary"], Tile: tile, First: b.asked.whole.Since, Last: b.asked.whole.Until,
		Whole: spreads(report.Columns(b.rows, period(b.asked.whole), overviewColumns)), DataURL: at + "/data", FiguresURL: at + "/figures",
		Rows: state.Rows, Head: state.Head}
	if b.found != nil {
		in.Found = &chart.Span{Since: b.found.From.Time(), Until: b.found.Until.Time()}
	}
	p.Chart = views.NewExplore(b.locale, in)
	p.Form = page.ExploreForm{Action: at, From: b.asked.from, Until: b.asked.until, Problems: b.asked.problems, Open: len(b.asked.problems) > 0}
	if first, last := b.dates(); !p.Form.Open {
		p.Form.From, p.Form.Until = first.String(), last.String()
	}
	if b.asked.moved {
		p.Moved = b.t("explore.moved", "period", b.windowName(b.asked.whole))
	}
	p.Years = b.years()
	return nil
}

// dates are the dates that the window touches.
func (b looked) dates() (first, last metrics.Date) {
	w, loc := period(b.asked.window), b.zone()
	return metrics.DateOf(w.From, loc), metrics.DateOf(w.Until-1, loc)
}

// years leads to each calendar year with readings, the last ten of them.
func (b looked) years() (tabs []component.Tab) {
	whole := b.asked.whole
	last := whole.Until.Add(-time.Second).Year()
	for y := max(whole.Since.Year(), last-9); y <= last; y++ {
		loc := whole.Since.Location()
		start := metrics.Date{Year: y, Month: time.January, Day: 1}.Start(loc)
		end := metrics.Date{Year: y + 1, Month: time.January, Day: 1}.Start(loc)
		s := chart.Span{Since: start.Time().In(loc), Until: end.Time().In(loc)}
		if s.Since.Before(whole.Since) {
			s.Since = whole.Since
		}
		if s.Until.After(whole.Until) {
			s.Until = whole.Until
		}
		tabs = append(tabs, component.Tab{URL: b.windowURL(s), Label: start.Time().In(loc).Format("2006"), Current: s == b.asked.window})
	}
	if len(tabs) < 2 {
		return nil
	}
	return tabs
}
