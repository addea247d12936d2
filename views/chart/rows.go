package chart

import (
	"math"
	"strings"
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

// manyDoses is how many doses of an hour are named one by one; a loop gives a
// dozen.
const manyDoses = 3

// DayRow is one hour of a day in the table that says what the chart shows.
type DayRow struct {
	Hour                    string // 08:00
	Lowest, Highest         string // "–" without readings
	LowestWord, HighestWord string // class words
	Insulin, Carbs          string // each dose and meal of the hour; "" when none
}

// dayRows gives the hours of the day that have anything in them. Hours are
// counted from the day's first instant, so the repeated hour of autumn has
// its own row.
func dayRows(l text.Locale, in DayInput, span geometry.Span) []DayRow {
	var rows []DayRow
	for t := span.Since; t.Before(span.Until); t = t.Add(time.Hour) {
		h := geometry.Span{Since: t, Until: t.Add(time.Hour)}
		row := DayRow{Hour: l.Clock(t), Lowest: "–", Highest: "–"}
		readings := inside(in.Readings, h)
		if len(readings) > 0 {
			low, high := lowestAndHighest(readings)
			row.Lowest, row.LowestWord = low.value(l), low.Class.Word(l)
			row.Highest, row.HighestWord = high.value(l), high.Class.Word(l)
		}
		var doses, meals []string
		var sum unit.Units
		for _, d := range in.Doses {
			if h.Holds(d.At) {
				doses = append(doses, figure.Units(l, d.Units))
				sum += d.Units
			}
		}
		if len(doses) > manyDoses {
			doses = []string{l.T("chart.day.doses", "count", len(doses), "sum", figure.Units(l, unit.Units(math.Round(float64(sum)*100)/100)))}
		}
		for _, m := range in.Meals {
			if h.Holds(m.At) {
				meals = append(meals, figure.Grams(l, m.Grams))
			}
		}
		row.Insulin, row.Carbs = strings.Join(doses, " + "), strings.Join(meals, " + ")
		if len(readings)+len(doses)+len(meals) > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}
