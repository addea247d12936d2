package page

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/chart"
	"glucokeep/views/component"
	"glucokeep/views/figure"
)

var sampleMonday = time.Date(2026, 3, 2, 12, 0, 0, 0, madrid())

func sampleReport(l text.Locale) Report {
	p := sampleProfile(l, true)
	return Report{Title: "Report", Person: `مريم <b>“Ana”</b> Ruiz`, Period: p.Period, Sufficiency: p.Sufficiency}
}

func sampleOverlay(l text.Locale) Overlay {
	in := chart.OverlayInput{ID: "overlay"}
	p := Overlay{Report: sampleReport(l), Choice: component.Select{Name: "show", Label: "Days", Options: []component.Option{{Value: "", Label: "All days"}}},
		Kept: []component.Hidden{{Name: "days", Value: "14"}}, Chosen: "Monday", NoMedian: true, Lines: 14}
	for i := range 14 {
		day := sampleMonday.AddDate(0, 0, i)
		rs := sampleReadings(day, 24, float64(i))
		in.Days = append(in.Days, chart.OverlayDay{Day: day, Readings: rs, Weekend: i%7 > 4, Today: i == 13, Faint: i == 3})
		low, high := chart.LowestHighest(l, rs)
		p.Rows = append(p.Rows, OverlayRow{Day: component.Link{URL: "/d", Label: l.Day(day)}, Lowest: low.Value, LowestAt: low.At, LowestWord: low.Word,
			Highest: high.Value, HighestAt: high.At, HighestWord: high.Word, Average: figure.MgPerDl(l, 131), InRange: l.Percent(71, 0)})
	}
	p.Chart = chart.NewOverlay(l, in)
	return p
}

func sampleWeeks(l text.Locale) Weeks {
	p := Weeks{Report: sampleReport(l), Unit: figure.Unit(l).String()}
	for w := range 2 {
		var days []chart.WeekDayInput
		for i := range 7 {
			day := sampleMonday.AddDate(0, 0, 7*w+i)
			in := chart.WeekDayInput{Day: day, URL: "/d", Outside: w == 1 && i == 6}
			if i != 2 {
				in.Readings, in.InRange = sampleReadings(day, 24, float64(i)), l.Percent(71, 0)
				in.Insulin, in.Carbs = figure.Units(l, 38.4), figure.Grams(l, 184)
			}
			days = append(days, in)
		}
		p.Weeks = append(p.Weeks, Week{ID: "w" + l.Integer(w), Name: l.Period(sampleMonday, sampleMonday.AddDate(0, 0, 6)), Days: chart.NewWeek(l, chart.Ground{}, days),
			Average: figure.MgPerDl(l, 146), InRange: l.Percent(71, 0), Below: l.Percent(4, 0), Above: l.Percent(25, 0), CV: l.Percent(34.1, 1),
			Insulin: figure.Units(l, 38.4), Bolus: figure.Units(l, 20), Carbs: figure.Grams(l, 184), With: 6, Few: w == 0})
	}
	p.Weeks = append(p.Weeks, Week{ID: "w9", Name: "empty", Empty: true})
	return p
}

func sampleCompare(l text.Locale) Compare {
	side := func(name, id string) ComparePeriod {
		return ComparePeriod{Name: name, Printed: "2–15 March 2026", Sufficiency: Sufficiency{Enough: true, DaysWith: 14, Days: 14, Active: l.Percent(91, 1)},
			Ranges: chart.NewRanges(l, chart.RangesInput{ID: id, Shares: [5]float64{0.3, 3.1, 70.8, 21.4, 4.4}})}
	}
	bins := func(level float64) (list []chart.ProfileBin) {
		for h := range 24 {
			list = append(list, chart.ProfileBin{Minute: 60*h + 30, P5: 60, P25: 90, P50: unit.MgPerDl(level), P75: 160, P95: 220, Absent: h == 4})
		}
		return list
	}
	c := chart.NewCompare(l, chart.CompareInput{ID: "compare", Names: [2]string{"Before", "After"}, Earlier: bins(120), Later: bins(140)})
	return Compare{Person: "Ana Ruiz", Action: "/c", Earlier: side("Before", "a"), Later: side("After", "b"), Gain: true, Curves: &c,
		Rows: []CompareFigure{{Name: "In range", Earlier: l.Percent(66, 0), Later: l.Percent(71, 0), Change: "+5 points", Word: "more"}, {Name: "GMI", Help: "help", Later: l.Percent(7, 1)}}}
}

func sampleCompareWrong(l text.Locale) Compare {
	c := sampleCompare(l)
	c.Form = CompareForm{Open: true, EarlierFrom: "2026-02-30", From: `"><script>`, Problems: map[string]string{"from2": "no", "until": "no"}}
	c.Earlier.Empty, c.Curves, c.Nearest = true, nil, &component.Link{URL: "/x", Label: "x"}
	return c
}

func samplePatterns(l text.Locale) Patterns {
	var strips []chart.Strip
	for i := range 3 {
		day := sampleMonday.AddDate(0, 0, i)
		strips = append(strips, chart.NewStrip(l, chart.StripInput{Day: day, Readings: sampleReadings(day, 24, float64(i)), URL: "/d", To: 6}))
	}
	return Patterns{Report: sampleReport(l), More: 2, Least: 7, Few: []string{"Night: 5"}, Best: &BestDay{Strip: strips[0], Sentence: "s"},
		Found: []Pattern{{ID: "p1", Heading: "Lows", Sentence: "It happened.", Hours: "h", Why: "w", Strips: strips, Earlier: []component.Link{{URL: "/d", Label: "x"}}}}}
}

// What is said of a report is said in the order: can it be judged, what, how.
func TestReportsSayFirstWhetherTheyCanBeJudged(t *testing.T) {
	l := locales["en"]
	for name, c := range samples(l) {
		if name != "overlay" && name != "weeks" && name != "patterns" {
			continue
		}
		html := render(t, l, c)
		require.Less(t, strings.Index(html, "Enough to judge"), strings.Index(html, "<h2"), name)
		require.Contains(t, html, "&lt;b&gt;“Ana”&lt;/b&gt;", name)
	}
}
