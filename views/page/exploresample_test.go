package page

import (
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/chart"
	"glucokeep/views/component"
)

// sampleExplore is a window of three days, or of all two years.
func sampleExplore(l text.Locale, days bool) Explore {
	first := time.Date(2024, 3, 12, 0, 0, 0, 0, madrid())
	last := first.AddDate(2, 0, 0)
	in := chart.ExploreInput{Name: "10–12 March 2026", Summary: "864 readings.", First: first, Last: last, DataURL: "/people/1/explore/data",
		FiguresURL: "/people/1/explore/figures", Head: []string{"From", "Lowest"},
		Rows: [][]chart.ExploreCell{{{Text: "10 March", URL: "/people/1?day=2026-03-10"}, {Text: "51"}}, {{Text: "11 March"}, {Text: "–"}}}}
	for d := range 730 {
		if d > 200 && d < 300 {
			continue
		}
		at := first.AddDate(0, 0, d)
		shift := unit.MgPerDl(d % 30)
		in.Whole = append(in.Whole, chart.Spread{Since: at, Until: at.Add(24 * time.Hour), Min: 45 + shift, Max: 260 + shift, P5: 65, P25: 90 + shift, P50: 120 + shift,
			P75: 170 + shift, P95: 230, Low: float64(d%7) / 100, VeryLow: float64(d%13/12) / 100})
	}
	in.Tile = chart.TileInput{Since: last.AddDate(0, 0, -3), Until: last, Width: 960, Level: chart.EachReading, Highest: 290, Readings: sampleReadings(last.AddDate(0, 0, -3), 72, 1)}
	if days {
		in.Tile = chart.TileInput{Since: first, Until: last, Width: 960, Level: chart.WholeDays, Highest: 290, Spreads: in.Whole}
	} else {
		in.Found = &geometry.Span{Since: last.AddDate(0, 0, -2), Until: last.AddDate(0, 0, -2).Add(time.Hour)}
	}
	p := Explore{Person: "Ana Ruiz", Chart: chart.NewExplore(l, in), Form: ExploreForm{Action: "/people/1/explore", From: "2026-03-10", Until: "2026-03-12",
		Problems: map[string]string{"until": "The last day must not be before the first."}},
		Years: []component.Tab{{URL: "/a", Label: "2025"}, {URL: "/b", Label: "2026", Current: true}}, Found: "Low: 10 March 2026.", Moved: "There are no readings then.",
		Finds: []ExploreFind{{Key: "low", Label: l.T("class.low")}, {Key: "gap", Label: l.T("explore.gap")}},
		State: ExploreState{Current: "day", Say: map[string]string{"period": "10–12 March 2026", "average": "142 mg/dL", "in-range": "71%", "lows": "2", "very-lows": "1 very low"},
			To: map[string]string{"earlier": "/e", "in": "/i", "out": "/o", "day": "/d", "week": "/w", "month": "/m", "quarter": "/q", "year": "/y", "all": "/all",
				"previous-low": "/pl", "next-low": "/nl", "previous-gap": "/pg", "next-gap": "/ng"}}}
	return p
}
