package chart

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	geometry "glucokeep/app/chart"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

func steadyDay(day time.Time, value float64, c figure.Class) (rs []Reading) {
	span := geometry.Day(day)
	for at := span.Since; at.Before(span.Until); at = at.Add(5 * time.Minute) {
		rs = append(rs, Reading{At: at, Value: unit.MgDLValue(value), Class: c, Every: 5 * time.Minute})
	}
	return rs
}

// The axis is the wall clock: midnight to midnight, whatever the day's length.
func TestClockLinesOnDaysOfDST(t *testing.T) {
	zone := madrid(t)
	scale := geometry.Limits{}.Axis(unit.MgDL, 30, 300).Scale(tall)
	spring := clockLines(steadyDay(time.Date(2026, 3, 29, 12, 0, 0, 0, zone), 120, figure.InRange), scale, 1, 1)
	require.Len(t, spring, 2, "the line breaks where an hour is left out")
	require.Equal(t, []float64{0, 115, 180, 1435}, []float64{spring[0][0].X, spring[0][1].X, spring[1][0].X, spring[1][1].X})
	autumn := clockLines(steadyDay(time.Date(2026, 10, 25, 12, 0, 0, 0, zone), 120, figure.InRange), scale, 1, 1)
	require.Len(t, autumn, 2, "both passes are drawn")
	require.Equal(t, []float64{0, 175, 120, 1435}, []float64{autumn[0][0].X, autumn[0][1].X, autumn[1][0].X, autumn[1][1].X})
}

func TestOverlayTellsDaysApartWithoutColour(t *testing.T) {
	day := func(d int, weekend, today, faint bool) OverlayDay {
		at := time.Date(2026, 3, d, 12, 0, 0, 0, madrid(t))
		return OverlayDay{Day: at, Readings: steadyDay(at, 120, figure.InRange), Weekend: weekend, Today: today, Faint: faint}
	}
	o := NewOverlay(mgdl, OverlayInput{ID: "o", Days: []OverlayDay{day(6, false, false, false), day(7, true, false, false), day(8, true, false, true), day(9, false, true, false)}})
	var looks []string
	for _, l := range o.lines {
		looks = append(looks, l.Class)
	}
	require.Equal(t, []string{"day-faint", "day-weekday", "day-weekend", "day-today"}, looks, "today on top, faint below all")
	html := render(t, mgdl, ShowOverlay(o))
	for _, word := range []string{"Today", "Monday to Friday", "Saturday and Sunday", "Other days"} {
		require.Contains(t, html, word)
	}
	require.NotContains(t, html, "Median</li>", "no key to what is not drawn")
	last := NewOverlay(mgdl, OverlayInput{Days: []OverlayDay{day(6, false, false, false), day(7, true, false, false)}, Lines: 1})
	require.Len(t, last.lines, 1)
	require.Contains(t, last.Summary, "2 days", "the sentence is of all")
	require.Equal(t, "None of these days has readings.", NewOverlay(mgdl, OverlayInput{}).Summary)
}

// A low is marked once, where it is deepest, by the shape of its class.
func TestNadirs(t *testing.T) {
	rs := []Reading{at(t, 1, 0, 80, figure.InRange), at(t, 1, 5, 68, figure.Low), at(t, 1, 10, 52, figure.VeryLow), at(t, 1, 15, 66, figure.Low),
		at(t, 1, 20, 75, figure.InRange), at(t, 1, 25, 69, figure.Low)}
	got := nadirs(rs, geometry.Limits{}.Axis(unit.MgDL, 30, 300).Scale(100))
	require.Len(t, got, 2)
	require.Equal(t, []string{"very-low", "low"}, []string{got[0].Kind, got[1].Kind})
}

// A day of an overlay keeps within our budget for a phone, with readings as
// restless as they come.
func TestAnOverlayIsSmall(t *testing.T) {
	var in OverlayInput
	for d := range 14 {
		at := time.Date(2026, 3, 1+d, 12, 0, 0, 0, madrid(t))
		rs := steadyDay(at, 120, figure.InRange)
		for i := range rs {
			rs[i].Value = unit.MgDLValue(float64(90 + (i*i+31*d)%97))
		}
		in.Days = append(in.Days, OverlayDay{Day: at, Readings: rs})
	}
	require.Less(t, len(render(t, mgdl, ShowOverlay(NewOverlay(mgdl, in)))), 40_000)
}

func TestWeekAndStrip(t *testing.T) {
	zone := madrid(t)
	monday := time.Date(2026, 3, 9, 12, 0, 0, 0, zone)
	days := []WeekDayInput{{Day: monday, Readings: steadyDay(monday, 200, figure.High), URL: "/d", InRange: "0%", Carbs: "40 g", Insulin: "30 U"},
		{Day: monday.AddDate(0, 0, 1), URL: "/e"}, {Day: monday.AddDate(0, 0, 2), Outside: true}}
	week := NewWeek(mgdl, Ground{}, days)
	html := render(t, mgdl, ShowWeek(week))
	require.Contains(t, html, `href="/d"><span class="unseen">Monday, 9 March 2026: 200 to 200 mg/dL, 0% in range, 40 g, 30 U</span>`)
	require.Contains(t, html, `href="/e"><span class="unseen">Tuesday, 10 March 2026: no readings</span>`)
	require.Equal(t, 2, strings.Count(html, "<a "), "a day that has not come is no link")
	require.Contains(t, html, `<li class="week-outside" aria-hidden="true"><span class="week-day">`, "its name keeps the place, and no one reads it out")
	require.True(t, week[0].above.Any)
	require.False(t, week[0].below.Any)
	require.Equal(t, "M0 117l287 0V133H0Z", week[0].body, "from the line to the edge of the target range")
	require.Equal(t, "0 0 288 131.8", week[0].above.Box, "of which the part above it shows")
	require.Equal(t, 1, strings.Count(html, `class="thumb-above"`))
	require.NotContains(t, html, `class="thumb-below"`)

	strip := NewStrip(mgdl, StripInput{Day: monday, Readings: steadyDay(monday, 60, figure.Low), URL: "/d", From: 6, To: 10})
	require.Equal(t, "72 0 48 250", strip.box)
	require.True(t, strings.HasPrefix(strip.line, "M72 "), "only its hours are drawn")
	require.True(t, strip.below.Any)
}

func TestCompareTellsPeriodsApartWithoutColour(t *testing.T) {
	bins := func(level float64) (list []ProfileBin) {
		for h := range 24 {
			v := unit.MgPerDl(level)
			if h == 9 {
				v += 30
			}
			list = append(list, ProfileBin{Minute: 60*h + 30, P5: 60, P25: 90, P50: v, P75: 160, P95: 220})
		}
		return list
	}
	flat := bins(120)
	for i := range flat {
		flat[i].P50 = 120
	}
	c := NewCompare(mgdl, CompareInput{ID: "c", Names: [2]string{"Before", "After"}, Earlier: flat, Later: bins(120)})
	require.Equal(t, "The medians are furthest apart around 09:30: 120 mg/dL in the earlier period, 150 mg/dL in the later.", c.Summary)
	html := render(t, mgdl, ShowCompare(c))
	for _, want := range []string{`class="earlier-median" d="M0 `, `class="median" d="M0 `, `class="earlier-edge" d="M0 `, ">Before</text>", ">After</text>", "90–160"} {
		require.Contains(t, html, want)
	}
	for i := range flat {
		flat[i].Absent = true
	}
	require.Contains(t, NewCompare(mgdl, CompareInput{Earlier: flat, Later: bins(120)}).Summary, "Too few")
}
