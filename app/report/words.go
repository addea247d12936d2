package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"glucokeep/app/metrics"
	"glucokeep/app/text"
	"glucokeep/app/unit"
)

// WriteText prints figures for people, in the reader's words and unit. What
// the readings are too few for is left out, and said.
func WriteText(w io.Writer, l text.Locale, s Stats) error {
	if s.Readings == 0 {
		_, err := fmt.Fprintln(w, l.T("stats.none"))
		return err
	}
	c := unit.MgDL
	if l.Unit == unit.MmolL.String() {
		c = unit.MmolL
	}
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	line := func(key, value string) { fmt.Fprintf(t, "%s\t%s\n", l.T(key), value) }
	glucose := func(n Number) string { return unit.MgPerDl(n).Format(c, l.DecimalMark()) + " " + c.String() }
	percent := func(n Number) string { return l.Percent(float64(n), 1) }

	line("stats.period", strings.Replace(s.First, "T", " ", 1)+" – "+strings.Replace(s.Last, "T", " ", 1)+" ("+s.Zone+")")
	if metrics.Defined(float64(s.Active.Spanned)) && s.Readings > 1 {
		line("stats.readings", l.T("stats.readings.active", "count", l.Integer(s.Readings), "percent", percent(s.Active.Spanned)))
	} else {
		line("stats.readings", l.Integer(s.Readings))
	}
	if s.BelowSensor+s.AboveSensor > 0 {
		line("stats.outside", l.Integer(s.BelowSensor+s.AboveSensor))
	}
	line("stats.mean", glucose(s.Mean))
	if metrics.Defined(float64(s.CV)) {
		line("stats.sd", glucose(s.SD)+" ("+percent(s.CV)+")")
	}
	if s.Sufficient {
		line("stats.gmi", percent(s.GMI))
	}
	for _, r := range []struct {
		key   string
		share Number
	}{{"class.very-high", s.Shares.VeryHigh}, {"class.high", s.Shares.High}, {"class.in-range", s.Shares.Target},
		{"class.low", s.Shares.Low}, {"class.very-low", s.Shares.VeryLow}} {
		line(r.key, percent(r.share))
	}
	if i := s.Insulin; i != nil {
		switch {
		case i.Days > 0 && !metrics.Defined(float64(i.Total)) && i.Unsaid > 0:
			line("stats.insulin", l.T("stats.insulin.given-only", "units", l.Decimal(float64(i.Bolus), 1), "count", i.Days))
		case i.Days > 0 && !metrics.Defined(float64(i.Total)):
			line("stats.insulin", l.T("stats.insulin.bolus-only", "units", l.Decimal(float64(i.Bolus), 1), "count", i.Days))
		case i.Days > 0:
			line("stats.insulin", l.T("stats.insulin.a-day", "units", l.Decimal(float64(i.Total), 1), "count", i.Days))
		}
		if i.CarbDays > 0 {
			line("stats.carbs", l.T("stats.carbs.a-day", "grams", l.Decimal(float64(i.Carbs), 0), "count", i.CarbDays))
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if !s.Sufficient {
		_, err := fmt.Fprintln(w, l.T("stats.insufficient"))
		return err
	}
	return nil
}
