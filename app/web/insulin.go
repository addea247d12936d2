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
	end, any, err := v.lastRecordDate(r, loc)
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

// lastRecordDate is lastDate for reports of other things than readings: they
// end with the newest that a device told. What somebody wrote down today must
// not lead away from imports of long ago, unless there is nothing else.
func (v *visit) lastRecordDate(r *read.Reader, loc *time.Location) (end metrics.Date, any bool, err error) {
	heard, err := r.Heard(v.Context())
	if err != nil {
		return end, false, err
	}
	sources, err := r.Sources(v.Context())
	if err != nil {
		return end, false, err
	}
	last, written := record.Millis(0), record.Millis(0)
	for id, h := range heard {
		if sources[id].Format == record.LogFormat {
			written = max(written, h.Last)
		} else {
			last = max(last, h.Last)
		}
	}
	if last == 0 {
		last = written
	}
	any = last != 0
	end = metrics.DateOf(record.At(v.now), loc)
	if newest := metrics.DateOf(last, loc); any && newest.Start(loc) < end.Start(loc) {
		end = newest
	}
	return end, any, nil
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
	micro   unit.Units           // automatic boluses in a mean day, where basal is told apart
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
		if d.Counts {
			p := d.Parts()
			in.mean.Basal += p.Basal / n
			in.mean.ByHand += p.ByHand / n
			in.mean.Automatic += p.Automatic / n
			in.mean.Undivided += p.Undivided / n
			in.micro += d.Micro / n
			in.mixed = in.mixed || d.Mixed
		}
	}
	return in
}

func (in insulinView) empty() bool {
	return !slices.ContainsFunc(in.report.Days, func(d metrics.InsulinDay) bool { return d.Insulin || d.Meals > 0 }) &&
		len(in.therapy.Doses)+len(in.therapy.Carbs) == 0
}
