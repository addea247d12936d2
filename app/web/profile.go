package web

import (
	"math"
	"net/http"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/app/unit"
	"glucokeep/views/chart"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// thumbDays is how many of the last days are drawn as panels.
const thumbDays = 14

// profile shows the glucose profile report of a period.
func (s *server) profile(w http.ResponseWriter, v *visit) error {
	sh, err := s.sheet(v, "profile", report.GatherCare, nil)
	if err != nil {
		return err
	}
	of, d := v.scope.Person(), sh.data
	p := page.Profile{Person: sh.Person, About: v.about(of), Period: sh.Period, Empty: sh.Empty, Nearest: sh.Nearest, Sufficiency: sh.Sufficiency,
		ImportURL: sh.ImportURL, DayURL: v.dayURL(sh.dates.last)}
	if !p.Empty {
		on, suff := ground(of), metrics.SufficiencyOf(d.Readings, d.Zone)
		p.Ranges = rangesBar(v, "ranges", metrics.SharesOf(d.Readings, sh.own), sh.own, on)
		p.Metrics = profileMetrics(v, d, suff, sh.own.ID == metrics.Standard().ID)
		if suff.Curve {
			curve := profileCurve(v, d, on)
			p.Curve = &curve
		}
		p.Thumbs = s.thumbs(v, d, sh.own, on, sh.dates.first, sh.dates.last)
		if sh.dates.days() > thumbDays {
			p.LastDays = thumbDays
		}
		p.Insulin = profileInsulin(v, d)
	}
	return render(w, v, answer(p.Period.Problems), page.ProfilePage(s.frame(v, v.t("profile.title")), p))
}

func orZero(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

func round(v float64, decimals int) float64 {
	p := math.Pow10(decimals)
	return math.Round(v*p) / p
}

func rangesBar(v *visit, id string, s metrics.Shares, own metrics.Profile, on chart.Ground) chart.Ranges {
	return chart.NewRanges(v.locale, chart.RangesInput{ID: id, Limits: on.Limits,
		Shares: [5]float64{s.VeryLow, s.Low, s.Target, s.High, s.VeryHigh},
		Goals: chart.Goals{VeryLow: own.Goals.VeryLow.Percent, Low: own.Goals.Below.Percent, InRange: own.Goals.Target.Percent,
			High: own.Goals.Above.Percent}})
}

// The goals that a profile prints beside its figures (ambulatory glucose
// profile, version 5; for the variability Battelino et al. 2019).
const (
	gmiGoal = 7
	cvGoal  = 36
)

// averageGoal is 154 mg/dL, and 8.6 mmol/L, not what the factor makes of it.
func averageGoal(v *visit) string {
	if figure.Unit(v.locale) == unit.MmolL {
		return "<" + v.locale.Decimal(8.6, 1) + " mmol/L"
	}
	return "<" + v.locale.Integer(154) + " mg/dL"
}

// profileMetrics are the figures; the goals of average and GMI are those of
// most people and stand beside nobody else's.
func profileMetrics(v *visit, d report.Data, suff metrics.Sufficiency, usual bool) page.ProfileMetrics {
	l := v.locale
	sum := metrics.Summarize(d.Readings)
	with := func(g unit.MgPerDl) string { return figure.MgPerDl(l, g) + " " + figure.Unit(l).String() }
	m := page.ProfileMetrics{Average: with(sum.Mean), CVGoal: "≤" + l.Percent(cvGoal, 0),
		Active: l.Percent(orZero(suff.Active), 1), Readings: l.Integer(sum.N), Outside: sum.BelowSensor + sum.AboveSensor}
	if usual {
		m.AverageGoal, m.GMIGoal = averageGoal(v), "<"+l.Percent(gmiGoal, 0)
	}
	if suff.GMI {
		m.GMI = l.Percent(sum.GMI, 1)
	}
	if suff.Spread {
		m.CV = l.Percent(sum.CV, 1)
	}
	return m
}

func profileCurve(v *visit, d report.Data, on chart.Ground) chart.Profile {
	return chart.NewProfile(v.locale, chart.ProfileInput{ID: "profile", Bins: profileBins(d.Readings, d.Zone), Ground: on})
}

// profileBins are the smoothed percentiles by clock hour.
func profileBins(rs []record.Reading, loc *time.Location) (bins []chart.ProfileBin) {
	raw := metrics.Hourly(rs, loc)
	for h, b := range raw.Smooth() {
		bins = append(bins, chart.ProfileBin{Minute: h*60 + 30, P5: b.P05, P25: b.P25, P50: b.P50, P75: b.P75, P95: b.P95,
			Absent: !raw[h].Enough()})
	}
	return bins
}

// thumbs draws the last days of the period as panels in whole weeks.
func (s *server) thumbs(v *visit, d report.Data, own metrics.Profile, on chart.Ground, from, until metrics.Date) chart.Thumbs {
	first := until.Add(1 - thumbDays)
	if from.Start(d.Zone) > first.Start(d.Zone) {
		first = from
	}
	start, end := v.weekStart(first), v.weekStart(until).Add(6)
	all := drawn(d.Readings, own, d.Zone)
	var in []chart.ThumbInput
	for day := start; day.Start(d.Zone) <= end.Start(d.Zone); day = day.Add(1) {
		outside := day.Start(d.Zone) < first.Start(d.Zone) || day.Start(d.Zone) > until.Start(d.Zone)
		t := chart.ThumbInput{Day: noon(day, d.Zone), Outside: outside, Ground: on}
		if !outside {
			t.URL, t.Readings = v.dayURL(day), ofDay(all, day, d.Zone)
		}
		in = append(in, t)
	}
	return chart.NewThumbs(v.locale, "days", in)
}

func profileInsulin(v *visit, d report.Data) page.ProfileInsulin {
	l := v.locale
	r := metrics.ReportInsulin(d.Therapy, d.Zone, d.From, d.Until)
	var p page.ProfileInsulin
	units := func(u unit.Units) string { return figure.Units(l, unit.Units(round(float64(u), 1))) }
	if r.Counted > 0 {
		p.Days, p.LeftOut = r.Counted, r.LeftOut
		if metrics.Defined(r.Total) {
			p.Daily = units(r.Total)
		} else if r.Unsaid > 0 {
			p.Given = units(r.Bolus) // of it may be long-acting what nobody calls rapid
		} else {
			p.Bolus = units(r.Bolus)
		}
		if metrics.Defined(r.Bolus) && metrics.Defined(r.BasalPart) {
			p.Basal, p.Bolus, p.BasalShare = units(r.Basal), units(r.Bolus), l.Percent(r.BasalPart, 0)
		}
	}
	if r.CarbDays > 0 {
		p.Carbs = figure.Grams(l, unit.Grams(round(float64(r.Carbs), 0)))
		if p.Days == 0 {
			p.Days = r.CarbDays
		}
	}
	return p
}
