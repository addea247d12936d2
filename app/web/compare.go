package web

import (
	"net/http"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/report"
	"glucokeep/views/chart"
	"glucokeep/views/page"
)

// compare shows two periods side by side, the earlier first.
func (s *server) compare(w http.ResponseWriter, v *visit) error {
	r, err := s.reader(v, "page:compare")
	if err != nil {
		return err
	}
	end, any, err := v.lastDate(r, v.zone())
	if err != nil {
		return err
	}
	p := page.Compare{Person: r.Person().Name, ImportURL: importURL(r)}
	pair := v.comparePeriods(&p, end)
	earlier, err := v.side(r, pair[0])
	if err != nil {
		return err
	}
	later, err := v.side(r, pair[1])
	if err != nil {
		return err
	}
	p.Earlier, p.Later = earlier.period(v, "compare.earlier", "earlier"), later.period(v, "compare.later", "later")
	if p.Earlier.Empty || p.Later.Empty {
		if any && p.Later.Empty {
			p.Nearest = v.usualPeriod("/compare", end)
		}
	} else {
		p.Rows = compareRows(v, earlier, later)
		gain := later.shares.Target - earlier.shares.Target
		p.Gain = gain >= realGain-1e-9 && earlier.suff.Enough && later.suff.Enough
		if earlier.suff.Curve && later.suff.Curve {
			c := chart.NewCompare(v.locale, chart.CompareInput{ID: "compare", Names: [2]string{p.Earlier.Name, p.Later.Name}, Ground: ground(r.Person()),
				Earlier: profileBins(earlier.data.Readings, earlier.data.Zone), Later: profileBins(later.data.Readings, later.data.Zone)})
			p.Curves = &c
		}
	}
	return render(w, v, answer(p.Form.Problems), page.ComparePage(s.frame(v, v.t("reports.compare")), p))
}

// realGain is how many points more in range are clinically a gain (Battelino
// et al. 2019).
const realGain = 5.0

// side is one of the two periods.
type side struct {
	dates  dates
	data   report.Data
	own    metrics.Profile
	suff   metrics.Sufficiency
	shares metrics.Shares
}

func (v *visit) side(r *read.Reader, d dates) (*side, error) {
	loc := v.zone()
	data, err := report.GatherCare(v.Context(), r, loc, v.past(report.Dates(d.first, d.last, loc)))
	if err != nil {
		return nil, err
	}
	own := ranges(r.Person())
	return &side{dates: d, data: data, own: own, suff: metrics.SufficiencyOf(data.Readings, loc), shares: metrics.SharesOf(data.Readings, own)}, nil
}

func (s *side) period(v *visit, name, id string) page.ComparePeriod {
	p := page.ComparePeriod{Name: v.t(name), Printed: v.printedDates(s.dates), Empty: len(s.data.Readings) == 0,
		Sufficiency: v.sufficiency(s.suff, s.dates)}
	p.Ranges = rangesBar(v, "ranges-"+id, s.shares, s.own, ground(v.scope.Person()))
	return p
}
