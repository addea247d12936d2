package web

import (
	"net/http"
	"slices"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/app/unit"
	"glucokeep/views/page"
)

// mostDayBars is how many days are drawn one by one; of a longer period the
// bars are weeks.
const mostDayBars = 31

// insulin shows what insulin was given and what was eaten in a period.
func (s *server) insulin(w http.ResponseWriter, v *visit) error {
	r, err := s.reader(v, "page:insulin")
	if err != nil {
		return err
	}
	loc := v.zone()
	end, any, err := v.lastInsulinDate(r, loc)
	if err != nil {
		return err
	}
	p := page.Insulin{Person: r.Person().Name, ImportURL: importURL(r)}
	var d dates
	p.Period, d = v.period("/insulin", end)
	past := v.past(report.Dates(d.first, d.last, loc))
	t, err := report.Therapy(v.Context(), r, loc, past)
	if err != nil {
		return err
	}
	in := newInsulinView(v, t, loc, past)
	if p.Empty = in.empty(); p.Empty {
		if any {
			p.Nearest = v.usualPeriod("/insulin", end)
		}
		return render(w, v, answer(p.Period.Problems), page.InsulinPage(s.frame(v, v.t("insulin.title")), p))
	}
	p.Figures, p.Notes, p.How = in.figures(), in.notes(), in.how()
	last, ok, err := report.LastOnBoard(v.Context(), r, past)
	if err != nil {
		return err
	}
	if ok {
		p.Active = in.onBoard(last)
	}
	p.Weeks = len(in.report.Days) > mostDayBars
	p.Days, p.Hours = in.days(p.Weeks), in.hours()
	if p.Weeks {
		p.EachDay = in.eachDay()
	}
	return render(w, v, answer(p.Period.Problems), page.InsulinPage(s.frame(v, v.t("insulin.title")), p))
}

// insulinKinds are the kinds of record that the report of insulin is made of.
var insulinKinds = []record.Kind{record.KindDose, record.KindBasal, record.KindDailyTotal, record.KindCarbs}

// lastInsulinDate is lastDate for the report of insulin: it ends with the newest
// insulin or carbs that a device told, whatever else is newer. What somebody
// wrote down today must not lead away from imports of long ago, unless there
// is nothing else.
func (v *visit) lastInsulinDate(r *read.Reader, loc *time.Location) (end metrics.Date, any bool, err error) {
	last, any, err := r.LastTold(v.Context(), insulinKinds)
	if err == nil && !any {
		last, any, err = r.LastWritten(v.Context(), insulinKinds)
	}
	return v.endWith(last, any, loc), any, err
}

// endWith is the date with which a report ends whose newest is at last: today
// at the latest, whatever the clock of a device says.
func (v *visit) endWith(last record.Millis, any bool, loc *time.Location) metrics.Date {
	end := metrics.DateOf(record.At(v.now), loc)
	if newest := metrics.DateOf(last, loc); any && before(newest, end) {
		end = newest
	}
	return end
}

// insulinView puts the figures of a period into words.
type insulinView struct {
	*visit
	therapy metrics.Therapy
	zone    *time.Location
	period  report.Period
	report  metrics.InsulinReport
	boluses metrics.Boluses
	mean    metrics.InsulinParts // of the days that count
	has     metrics.InsulinParts // mean, or what there is when no day counts: what bars and tables have
	micro   unit.Units           // automatic boluses in a mean day, where basal is told apart
	total   bool                 // how much a day had in all is known; else only the boluses are
	unsaid  bool                 // injections do not say whether they were rapid or long-acting
	mixed   bool                 // a day's automatic insulin is basal and boluses in one sum
	long    bool                 // long-acting insulin was injected
	rates   bool                 // a pump told basal rates or sums
}

func newInsulinView(v *visit, t metrics.Therapy, loc *time.Location, p report.Period) insulinView {
	in := insulinView{visit: v, therapy: t, zone: loc, period: p, report: metrics.ReportInsulin(t, loc, p.From, p.Until)}
	in.boluses = metrics.BolusesOf(t.Doses, in.report, loc)
	in.long = slices.ContainsFunc(t.Doses, func(d *record.Dose) bool { return d.Insulin == record.Long })
	in.rates = len(t.Basals) > 0 || slices.ContainsFunc(t.Totals, func(t *record.DailyTotal) bool { return t.Basal > 0 || t.Total > 0 })
	n := unit.Units(max(in.report.Counted, 1))
	for _, d := range in.report.Days {
		in.unsaid = in.unsaid || d.Unsaid > 0
		if p := d.Parts(); d.Counts {
			addParts(&in.mean, p, n)
			in.micro += d.Micro / n
			in.mixed = in.mixed || d.Mixed
		} else if in.report.Counted == 0 {
			addParts(&in.has, p, n)
		}
	}
	in.total = metrics.Defined(in.report.Total)
	if in.report.Counted > 0 {
		in.has = in.mean
	} else { // of the days so far: as far as any of their basal is known
		in.total = slices.ContainsFunc(in.report.Days, func(d metrics.InsulinDay) bool { return d.Covered > 0 })
	}
	return in
}

// addParts adds one of n days to a mean.
func addParts(to *metrics.InsulinParts, p metrics.InsulinParts, n unit.Units) {
	to.Basal += p.Basal / n
	to.ByHand += p.ByHand / n
	to.Automatic += p.Automatic / n
	to.Undivided += p.Undivided / n
}

func (in insulinView) empty() bool {
	return !slices.ContainsFunc(in.report.Days, func(d metrics.InsulinDay) bool { return d.Insulin || d.Meals > 0 }) &&
		len(in.therapy.Doses)+len(in.therapy.Carbs) == 0
}
