package web

import (
	"net/http"
	"strconv"

	"glucokeep/app/metrics"
	"glucokeep/app/report"
	"glucokeep/views/chart"
	"glucokeep/views/component"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// patterns shows what happened again and again in a period.
func (s *server) patterns(w http.ResponseWriter, v *visit) error {
	sh, err := s.sheet(v, "patterns", report.GatherMeals, nil)
	if err != nil {
		return err
	}
	p := page.Patterns{Report: sh.Report, Least: metrics.LeastPatternDays}
	if !p.Empty {
		found := metrics.FindPatterns(sh.data.Readings, sh.data.Therapy.Carbs, sh.own, sh.data.Zone)
		words := newPatternWords(v, sh.data, sh.own)
		for _, f := range found.Top() {
			p.Found = append(p.Found, words.pattern(f))
		}
		p.More = len(found.Found) - len(p.Found)
		p.Best = words.best(found.Best)
		p.None = !found.Enough()
		p.Next = v.patternsNext(p.None)
		for _, b := range found.Blocks {
			if !b.Enough() {
				p.Few = append(p.Few, v.t("patterns.few.block", "block", words.hours(b.Block), "count", b.Days))
			}
		}
	}
	return render(w, v, answer(sh.Period.Problems), page.PatternsPage(s.frame(v, sh.Title), p))
}

// patternsNext leads on from a page without patterns: to a longer period where
// the days were too few, else to the days themselves.
func (v *visit) patternsNext(few bool) component.Link {
	if few {
		return component.Link{URL: personURL(v.scope.Person(), "/patterns?days="+strconv.Itoa(longerDays)), Label: v.t("period.days", "count", longerDays)}
	}
	return component.Link{URL: personURL(v.scope.Person(), "/overlay"), Label: v.t("reports.overlay")}
}

// longerDays is the period to try when the usual one has too few days.
const longerDays = 30

// mostStrips is how many days of a pattern are drawn; the days before are
// linked by name.
const mostStrips = 14

// patternWords puts patterns into words and strips.
type patternWords struct {
	v     *visit
	data  report.Data
	drawn []chart.Reading
}

func newPatternWords(v *visit, d report.Data, own metrics.Profile) patternWords {
	return patternWords{v, d, drawn(metrics.Counted(d.Readings), own, d.Zone)}
}

// pattern is one finding ready to show.
func (w patternWords) pattern(p metrics.Pattern) page.Pattern {
	out := page.Pattern{ID: "pattern-" + string(p.Kind) + "-" + p.Block.ID, Heading: w.heading(p), Sentence: w.sentence(p), Why: w.why(p)}
	if p.Kind == metrics.VariablePattern {
		out.ID += w.v.locale.Integer(p.Block.From)
	}
	from, to := window(p)
	out.Hours = w.shown(from, to)
	for i := len(p.Days) - 1; i >= 0; i-- {
		if len(out.Strips) < mostStrips {
			out.Strips = append(out.Strips, w.strip(p.Days[i], from, to))
		} else {
			out.Earlier = append(out.Earlier, component.Link{URL: w.v.dayURL(p.Days[i]), Label: w.v.dayName(noon(p.Days[i], w.data.Zone))})
		}
	}
	return out
}

// shown says which hours of its days a pattern shows.
func (w patternWords) shown(from, to int) string {
	if from == 0 && to == 24 { // both are 12:00 am
		return w.v.t("patterns.hours-all")
	}
	return w.v.t("patterns.hours", "from", w.clock(from), "to", w.clock(to))
}

// window is the hours of a day in which a pattern can be seen.
func window(p metrics.Pattern) (from, to int) {
	switch {
	case p.Block.To == 0:
		return 0, 24
	case p.Kind == metrics.MealPattern:
		return p.Block.From, min(24, p.Block.To+3)
	}
	return p.Block.From, p.Block.To
}

func (w patternWords) strip(d metrics.Date, from, to int) chart.Strip {
	return chart.NewStrip(w.v.locale, chart.StripInput{Day: noon(d, w.data.Zone), Readings: ofDay(w.drawn, d, w.data.Zone),
		URL: w.v.dayURL(d), From: from, To: to, Ground: ground(w.v.scope.Person())})
}

// best is the day with the most time in range; nil when there is none.
func (w patternWords) best(d *metrics.Day) *page.BestDay {
	if d == nil {
		return nil
	}
	l := w.v.locale
	return &page.BestDay{Strip: w.strip(d.Date, 0, 24), Sentence: w.v.t("patterns.best.sentence", "day", l.DateLong(noon(d.Date, w.data.Zone)),
		"share", printedShares(d.Shares).Of(l, figure.InRange))}
}
