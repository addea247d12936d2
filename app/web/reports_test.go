package web_test

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// lived is a file of readings every five minutes of the box's zone; value
// gives mg/dL by the number of the day and the minute of its clock, NaN is a
// gap.
func lived(first time.Time, days int, value func(day, minute int) float64) string {
	var s strings.Builder
	s.WriteString("time,mgdl,flag\n")
	for d := range days {
		for m := 0; m < 1440; m += 5 {
			if v := value(d, m); !math.IsNaN(v) {
				fmt.Fprintf(&s, "%s,%.0f,\n", first.AddDate(0, 0, d).Add(time.Duration(m)*time.Minute).Format("2006-01-02T15:04:05"), v)
			}
		}
	}
	return s.String()
}

// lowNights is a calm life with a low of half an hour in some nights.
func lowNights(nights ...int) func(int, int) float64 {
	return func(d, m int) float64 {
		for _, n := range nights {
			if d == n && m >= 180 && m < 210 {
				return 60
			}
		}
		return 120 + 30*math.Sin(float64(m)/120)
	}
}

// march is a Monday.
var march = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// mainWords is the text of the main part of a page with single spaces.
func mainWords(page string) string {
	_, page, _ = strings.Cut(page, "<main")
	page = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
	page = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#39;", "'", "&amp;", "&", "\u00a0", " ").Replace(page)
	return strings.Join(strings.Fields(page), " ")
}

func TestPatternsPage(t *testing.T) {
	ana := newBox(t).owner("Ana", "Mila")
	ana.bring(lived(march, 14, lowNights(1, 4, 6, 11)))
	page := ana.page(ana.at("/patterns"))
	text := mainWords(page)
	require.Contains(t, text, "14 of 14 days with readings", "whether it can be judged comes first")
	require.Contains(t, text, "Lows at night (00:00–06:00) Glucose fell below 70 mg/dL; it happened on 4 of 14 nights.")
	require.Contains(t, text, "How this is found A low is glucose below 70 mg/dL for at least 15 minutes")
	for _, day := range []string{"03", "06", "08", "13"} {
		require.Contains(t, page, `href="`+ana.at("?day=2026-03-"+day)+`"`, "each day is linked")
	}
	require.NotContains(t, page, ana.at("?day=2026-03-04"))
	require.Contains(t, text, "The best day")
	require.Equal(t, see, ana.post("/preferences", "language", "de", "unit", "mmol/L", "clock", "24", "theme", "system").status)
	text = mainWords(ana.page(ana.at("/patterns")))
	require.Contains(t, text, "Niedrige Werte nachts (00:00–06:00) Die Glukose fiel unter 3,9 mmol/L; das geschah in 4 von 14 Nächten.")
}

func TestPatternsNeedDays(t *testing.T) {
	ana := newBox(t).owner("Ana", "Mila")
	ana.bring(lived(march, 6, lowNights(0, 1, 2, 3, 4, 5)))
	text := mainWords(ana.page(ana.at("/patterns")))
	require.Contains(t, text, "Too few days to see a pattern. At least 7 days need readings")
	require.Contains(t, ana.page(ana.at("/patterns")), `class="button" href="`+ana.at("/patterns?days=30")+`"`)
	require.NotContains(t, text, "Lows at night")
	ana.bring(lived(march.AddDate(0, 0, 6), 8, func(d, m int) float64 {
		if m < 360 {
			return math.NaN()
		}
		return 120
	}))
	require.Contains(t, ana.page(ana.at("/patterns")), `class="button" href="`+ana.at("/overlay")+`"`)
	text = mainWords(ana.page(ana.at("/patterns")))
	require.Contains(t, text, "No pattern stands out.")
	require.Contains(t, text, "Night, 00:00–06:00: readings on 6 days", "and where it could not be looked for")
}

func TestOverlayPage(t *testing.T) {
	ana := newBox(t).owner("Ana", "Mila")
	ana.bring(lived(march, 40, lowNights(1, 4, 38)))
	page := ana.page(ana.at("/overlay?from=2026-03-02&until=2026-03-15"))
	text := mainWords(page)
	require.Contains(t, text, "14 days, from 60 mg/dL (")
	require.Equal(t, 14, strings.Count(page, `<th scope="row">`), "a row a day")
	require.Regexp(t, `class="day-line day-weekend" d="M0 \d+l[^"]*M0 \d+l[^"]*M0 \d+l[^"]*M0 \d+l[^"M]*"`, page, "weekends are one dashed path")
	require.Contains(t, page, `median median-wide" d="M`)
	require.Equal(t, 2, strings.Count(page, `<svg class="low" x=`), "a shape at the deepest point of each low")

	weekend := ana.page(ana.at("/overlay?from=2026-03-02&until=2026-03-15&show=weekend"))
	require.Equal(t, 4, strings.Count(weekend, `<th scope="row">`))
	require.Contains(t, weekend, "day-line day-faint")
	require.NotContains(t, weekend, "day-weekday")
	require.Contains(t, mainWords(weekend), "No median")
	require.Contains(t, weekend, `<option value="weekend" selected>Saturday and Sunday</option>`)
	require.Contains(t, weekend, `<input type="hidden" name="from" value="2026-03-02">`, "the choice of days keeps the dates")
	require.Contains(t, weekend, `<input type="hidden" name="show" value="weekend">`, "and the dates the choice")
	require.Contains(t, weekend, "days=7&amp;show=weekend")
	require.Equal(t, 2, strings.Count(ana.page(ana.at("/overlay?from=2026-03-02&until=2026-03-15&show=monday")), `<th scope="row">`))
	require.Equal(t, 14, strings.Count(ana.page(ana.at("/overlay?from=2026-03-02&until=2026-03-15&show=no-day")), `<th scope="row">`), "nonsense is all days")

	long := ana.page(ana.at("/overlay?days=40"))
	require.Contains(t, mainWords(long), "Only the last 14 days are drawn as lines")
	require.Contains(t, long, `class="outer" d="M`)
	require.Equal(t, 40, strings.Count(long, `<th scope="row">`), "the table has all")

	empty := ana.page(ana.at("/overlay?from=2025-01-01&until=2025-01-03"))
	require.Contains(t, mainWords(empty), "No readings in 1–3 January 2025.")
	require.Contains(t, empty, `href="`+ana.at("/overlay?days=14")+`"`)
}

// A day of the change of clocks is drawn by its clock: no line through the
// hour that is not there, the hour that comes twice drawn twice.
func TestOverlayOnDaysOfDST(t *testing.T) {
	ana := newBox(t).owner("Ana", "Mila")
	ana.bring(lived(time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), 1, func(_, m int) float64 {
		if m >= 120 && m < 180 {
			return math.NaN()
		}
		return 120
	}))
	page := ana.page(ana.at("/overlay"))
	require.Contains(t, page, `d="M0 213l46 0M72 213l502 0"`)
}

func TestWeeksPage(t *testing.T) {
	ana := newBox(t).owner("Ana", "Mila")
	ana.bring(lived(march.AddDate(0, 0, 3), 11, lowNights(2))) // Thursday to Sunday of the week after
	page := ana.page(ana.at("/weeks?from=2026-03-05&until=2026-03-10"))
	text := mainWords(page)
	require.Contains(t, text, "Mila 2–15 March 2026", "whole weeks, whatever was asked for")
	require.Less(t, strings.Index(text, "9–15 March 2026"), strings.Index(text, "2–8 March 2026"), "the newest first")
	require.Equal(t, 14, strings.Count(page, `class="week-day"`))
	require.Contains(t, page, `href="`+ana.at("?day=2026-03-07")+`"><span class="unseen">Saturday, 7 March 2026: 60 to 150 mg/dL, 98% in range</span>`)
	require.Contains(t, page, `<span class="unseen">Monday, 2 March 2026: no readings</span>`)
	require.Contains(t, text, "Readings on 4 days, for less than 70% of the time.", "the first week is short")
	require.Equal(t, 1, strings.Count(text, "Readings on 4 days"))
	require.Contains(t, text, "Average")
	require.Contains(t, text, "Variability")
	require.Contains(t, mainWords(ana.page(ana.at("/weeks?from=2025-01-01&until=2025-01-03"))), "No readings in 30 December 2024 – 5 January 2025.")
}

// A quarter of a year is turned over by the month, and each page speaks of
// its own weeks.
func TestWeeksAreTurnedOver(t *testing.T) {
	ana := newBox(t).owner("Ana", "Mila")
	ana.bring(lived(march, 63, func(d, m int) float64 { // nine weeks, the first of them high
		if d < 7 {
			return 200
		}
		return 120
	}))
	const period = "from=2026-03-02&until=2026-05-03"
	page := ana.page(ana.at("/weeks?" + period))
	text := mainWords(page)
	require.Contains(t, text, "Mila 6 April – 3 May 2026", "the dates are those of what is shown")
	require.Contains(t, text, "Weeks 1 to 4 of 9, counted from the newest. The whole period is 2 March – 3 May 2026.")
	require.Contains(t, text, "28 of 28 days with readings", "and so are the figures")
	require.Equal(t, 28, strings.Count(page, `class="week-day"`))
	require.Contains(t, page, `rel="next" href="`+ana.at("/weeks?from=2026-03-02&amp;page=2&amp;until=2026-05-03")+`">Older weeks</a>`)
	require.NotContains(t, page, "Newer weeks")
	last := ana.page(ana.at("/weeks?" + period + "&page=3"))
	require.Contains(t, mainWords(last), "Week 9 of 9, counted from the newest.")
	require.Contains(t, mainWords(last), "Average 200 mg/dL")
	require.NotContains(t, last, "Older weeks")
	require.Contains(t, last, `page=2&amp;until=2026-05-03">Newer weeks</a>`)
	require.Contains(t, ana.page(ana.at("/weeks?days=90")), "/weeks?days=90&amp;page=2", "the length is kept")
	for _, page := range []string{"0", "-3", "x", strings.Repeat("9", 10_000)[:400]} {
		require.Contains(t, mainWords(ana.page(ana.at("/weeks?"+period+"&page="+page))), "Weeks 1 to 4 of 9", "nonsense is the newest weeks")
	}
	require.Contains(t, mainWords(ana.page(ana.at("/weeks?"+period+"&page=99"))), "Week 9 of 9", "beyond the end is the end")

	t.Run("the newest weeks of a period are empty", func(t *testing.T) {
		text := mainWords(ana.page(ana.at("/weeks?from=2026-04-27&until=2026-06-28")))
		require.Contains(t, text, "Weeks 1 to 4 of 9")
		require.Contains(t, text, "No readings in this week.")
		require.Contains(t, text, "Older weeks", "which has the way to those with readings")
	})
	t.Run("all weeks of a period are empty", func(t *testing.T) {
		text := mainWords(ana.page(ana.at("/weeks?from=2024-04-01&until=2024-06-30")))
		require.Contains(t, text, "No readings in 3–30 June 2024.")
		require.NotContains(t, text, "Older weeks")
	})
}

// What has not come yet is not drawn, and its week says that it goes on.
func TestTheRunningWeekSaysSo(t *testing.T) {
	ana := newBox(t).owner("Ana", "Mila")
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	today := time.Now().In(loc)
	monday := time.Date(today.Year(), today.Month(), today.Day()-(int(today.Weekday())+6)%7, 0, 0, 0, 0, time.UTC)
	ana.bring(lived(monday.AddDate(0, 0, -7), 8, func(_, m int) float64 {
		if m > 5 {
			return math.NaN()
		}
		return 120
	}))
	past := (int(today.Weekday()) + 6) % 7 // days of this week that are over
	page := ana.page(ana.at("/weeks?days=7"))
	require.Equal(t, 1, strings.Count(mainWords(page), "this week so far"))
	require.Equal(t, 6-past, strings.Count(page, `class="week-outside" aria-hidden="true"`))
	far := ana.page(ana.at("/weeks?from=" + monday.Format(time.DateOnly) + "&until=" + monday.AddDate(0, 2, 0).Format(time.DateOnly)))
	require.Equal(t, 6-past, strings.Count(far, `class="week-outside"`), "weeks that have not begun are no weeks")
}

func TestComparePage(t *testing.T) {
	ana := newBox(t).owner("Ana", "Mila")
	ana.bring(lived(march, 28, func(d, m int) float64 {
		switch {
		case d < 14 && m >= 720 && m < 1080:
			return 220 // a quarter of the day above range, then none
		case d >= 14 && m < 60:
			return 65
		}
		return 120 + 20*math.Sin(float64(m)/60)
	}))
	text := mainWords(ana.page(ana.at("/compare")))
	require.Contains(t, text, "Earlier 2–15 March 2026 14 of 14 days")
	require.Contains(t, text, "Later 16–29 March 2026 14 of 14 days")
	require.Contains(t, text, "In range 75% 96% +21 points more")
	require.Contains(t, text, "Below range 0% 4% +4 points more")
	require.Contains(t, text, "Above range 25% 0% −25 points less")
	require.Regexp(t, `Average glucose 14\d mg/dL 11\d mg/dL −\d\d mg/dL lower`, text)
	require.Regexp(t, `Lows a week .* 0\.0 7\.0 \+7\.0 more`, text)
	require.Contains(t, text, "5 points more in range is a real gain.")
	require.Contains(t, text, "The medians are furthest apart")

	text = mainWords(ana.page(ana.at("/compare?days=7")))
	require.Contains(t, text, "Earlier 16–22 March 2026")
	require.Contains(t, text, "±0 points about the same")
	require.NotContains(t, text, "real gain", "no gain, and too few days to judge")

	t.Run("only the later period is asked for", func(t *testing.T) {
		text := mainWords(ana.page(ana.at("/compare?from=2026-03-20&until=2026-03-22")))
		require.Contains(t, text, "Earlier 17–19 March 2026")
	})
	t.Run("typed the other way round", func(t *testing.T) {
		text := mainWords(ana.page(ana.at("/compare?from2=2026-03-16&until2=2026-03-29&from=2026-03-02&until=2026-03-15")))
		require.Contains(t, text, "Earlier 2–15 March 2026")
	})
	t.Run("periods that share a day are refused", func(t *testing.T) {
		page := ana.get(ana.at("/compare?from2=2026-03-02&until2=2026-03-16&from=2026-03-16&until=2026-03-29")).body
		require.Contains(t, mainWords(page), "The two periods share days.")
		require.Contains(t, page, `value="2026-03-16" aria-invalid="true"`, "beside the field, with what was typed")
		require.Contains(t, page, "<details class=\"custom\" open>")
		require.Contains(t, mainWords(page), "Earlier 2–15 March 2026", "the usual periods are compared")
	})
	t.Run("a date that is none", func(t *testing.T) {
		page := ana.get(ana.at("/compare?from2=2026-02-30&until2=2026-03-01&from=2026-03-16&until=2026-03-29")).body
		require.Contains(t, page, `value="2026-02-30" aria-invalid="true"`)
	})
	t.Run("a period without readings", func(t *testing.T) {
		text := mainWords(ana.page(ana.at("/compare?from2=2025-03-02&until2=2025-03-15&from=2026-03-02&until=2026-03-15")))
		require.Contains(t, text, "No readings in 2–15 March 2025.")
		require.NotContains(t, text, "Figures")
	})
	t.Run("neither has readings", func(t *testing.T) {
		page := ana.page(ana.at("/compare?from=2024-03-02&until=2024-03-15"))
		require.Contains(t, mainWords(page), "No readings in either period.")
		require.Contains(t, page, `href="`+ana.at("/compare?days=14")+`"`)
	})
}

// A date that cannot be is answered alike everywhere: the page with its usual
// dates, what is wrong, and the status of a form with a mistake.
func TestDatesThatCannotBe(t *testing.T) {
	ana := newBox(t).owner("Ana", "Mila")
	march := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	ana.bring(lived(march, 4, lowNights(1)))
	ana.accept(pumpSource, nil, profileOf(10, "1.1")...)
	for _, path := range []string{"?day=x", "/profile?from=x&until=2026-03-05", "/patterns?from=2026-03-05&until=2026-03-02", "/overlay?from=2020-01-01&until=2026-03-05",
		"/weeks?from=2026-02-30&until=2026-03-05", "/compare?from=x&until=x", "/insulin?from=9999-99-99&until=x", "/devices?from=&until=", "/devices/settings?date=x", "/explore?from=x"} {
		a := ana.get(ana.at(path))
		require.Equal(t, unusable, a.status, path)
		require.Contains(t, a.body, "<h1", path)
	}
	for _, path := range []string{"/profile?days=0", "/profile?from=2026-03-02&until=2026-03-05", "/devices/settings?date=2026-03-04"} {
		require.Equal(t, ok, ana.get(ana.at(path)).status, path)
	}
}

// Days to come cannot have readings, on the profile as on every other report.
func TestAProfileCountsNoDaysToCome(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	today := time.Now().In(berlin(t))
	b.reading(ana.person, time.Now().Add(-time.Minute), 111)
	for _, name := range []string{"profile", "patterns"} {
		page := ana.page(ana.at("/" + name + "?from=" + today.Format(time.DateOnly) + "&until=" + today.AddDate(0, 0, 30).Format(time.DateOnly)))
		require.NotContains(t, mainWords(page), "of 31 days", name)
	}
}

// Somebody whose box is new sees one next step on every report.
func TestReportsWithoutAnyReading(t *testing.T) {
	ana := newBox(t).owner("Ana", "Mila")
	for _, name := range []string{"profile", "patterns", "overlay", "weeks", "compare"} {
		page := ana.page(ana.at("/" + name))
		require.Contains(t, page, `class="button" href="`+ana.at("/imports")+`"`, name)
		require.NotContains(t, page, "NaN", name)
	}
}
