package chart

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

// manyDoses is how many doses of a row are named one by one; a loop gives a
// dozen in an hour.
const manyDoses = 3

// Table says in rows what the chart shows: every five minutes up to three
// hours, every quarter of an hour up to six, else every hour.
type Table struct {
	Fine                           bool // one glucose value a row, not the lowest and the highest
	Sticks, Insulin, Carbs, Events bool // the columns that hold anything
	Rows                           []DayRow
}

// DayRow is one row of a Table.
type DayRow struct {
	Hour                    string // 08:00
	Lowest, Highest         string // "–" without readings
	LowestWord, HighestWord string // class words
	Sticks                  string // fingersticks, with their class words; "" when none
	Insulin, Carbs          string // each dose and meal; "" when none
	Events                  string // notes, activities, devices and alarms in short
	From                    string // the devices that tell it
}

// newTable gives the rows that have anything in them. They are counted from
// the first instant of a day, so the repeated hour of autumn has its own.
func newTable(l text.Locale, in DayInput, span geometry.Span) (t Table) {
	length := span.Until.Sub(span.Since)
	step := time.Hour
	switch {
	case length <= 210*time.Minute: // three hours and the room for what comes
		step, t.Fine = 5*time.Minute, true
	case length <= 420*time.Minute:
		step = 15 * time.Minute
	}
	since := span.Since
	for since.Minute()%int(step.Minutes()) != 0 { // some hours need not begin at a whole one
		since = since.Add(-time.Minute)
	}
	if step == time.Hour && in.Since.IsZero() {
		since = span.Since // a day that begins at half past has its own hours
	}
	for at := since; at.Before(span.Until); at = at.Add(step) {
		row, any := in.take(l, geometry.Span{Since: at, Until: at.Add(step)}, span)
		if !any {
			continue
		}
		t.Sticks, t.Insulin = t.Sticks || row.Sticks != "", t.Insulin || row.Insulin != ""
		t.Carbs, t.Events = t.Carbs || row.Carbs != "", t.Events || row.Events != ""
		t.Rows = append(t.Rows, row)
	}
	return t
}

// take makes the row of a step, of what lies in the span shown.
func (in DayInput) take(l text.Locale, step, shown geometry.Span) (row DayRow, any bool) {
	row = DayRow{Hour: l.Clock(step.Since), Lowest: "–", Highest: "–"}
	var from []int
	if readings := inside(in.Readings, step); len(readings) > 0 {
		low, high := lowestAndHighest(readings)
		row.Lowest, row.LowestWord = low.value(l), low.Class.Word(l)
		row.Highest, row.HighestWord = high.value(l), high.Class.Word(l)
		for _, r := range readings {
			from = append(from, r.Source)
		}
	}
	holds := func(at time.Time) bool { return step.Holds(at) && shown.Holds(at) }
	var sticks, meals, events []string
	for _, s := range in.Sticks {
		if holds(s.At) {
			sticks, from = append(sticks, s.reading().value(l)+" "+s.Class.Word(l)), append(from, s.Source)
		}
	}
	for _, m := range in.Meals {
		if holds(m.At) {
			meals, from = append(meals, figure.Grams(l, m.Grams)), append(from, m.Source)
		}
	}
	for _, h := range in.Happenings {
		if holds(h.At) {
			events, from = append(events, h.Text), append(from, h.Source)
		}
	}
	row.Insulin, from = in.dosesIn(l, holds, from)
	row.Sticks, row.Carbs, row.Events = joined(sticks, ", "), joined(meals, " + "), joined(events, "; ")
	row.From = in.namesOf(from)
	return row, row.LowestWord+row.Insulin+row.Sticks+row.Carbs+row.Events != ""
}

// mostInCell is how many things a cell of the table names one by one.
const mostInCell = 12

// joined lists things, and beyond mostInCell only how many more there are.
func joined(list []string, sep string) string {
	if n := len(list) - mostInCell; n > 0 {
		return strings.Join(list[:mostInCell], sep) + " +" + strconv.Itoa(n)
	}
	return strings.Join(list, sep)
}

func (in DayInput) dosesIn(l text.Locale, holds func(time.Time) bool, from []int) (string, []int) {
	var doses []string
	var sum unit.Units
	for _, d := range in.Doses {
		if holds(d.At) {
			words := figure.Units(l, d.Units)
			if d.Long {
				words = d.words(l)
			}
			doses, from = append(doses, words), append(from, d.Source)
			sum += d.Units
		}
	}
	if len(doses) > manyDoses {
		return l.T("chart.day.doses", "count", len(doses), "sum", figure.Units(l, unit.Units(math.Round(float64(sum)*100)/100))), from
	}
	return strings.Join(doses, " + "), from
}

// namesOf names sources, each once, in the order of Sources.
func (in DayInput) namesOf(from []int) string {
	slices.Sort(from)
	var names []string
	for _, s := range slices.Compact(from) {
		if s > 0 && s <= len(in.Sources) {
			names = append(names, in.Sources[s-1])
		}
	}
	return strings.Join(names, ", ")
}

// upto is the highest value of a row of a fine table when it differs from the
// lowest.
func (r DayRow) upto(t Table) string {
	if !t.Fine || r.Highest == r.Lowest {
		return ""
	}
	return r.Highest
}
