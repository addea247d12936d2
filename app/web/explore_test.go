package web_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// lowAt is a simple file of days at 120 mg/dL with half an hour at 50 at each
// of the given times, and nothing for the hours of hole.
func lowAt(since time.Time, days int, hole [2]time.Time, lows ...time.Time) string {
	var s strings.Builder
	s.WriteString("time,mgdl,flag\n")
	for i := range days * 288 {
		at, v := since.Add(time.Duration(i)*5*time.Minute), 120
		for _, low := range lows {
			if !at.Before(low) && at.Before(low.Add(30*time.Minute)) {
				v = 50
			}
		}
		if at.Before(hole[0]) || !at.Before(hole[1]) {
			fmt.Fprintf(&s, "%s,%d,\n", at.Format("2006-01-02T15:04:05"), v)
		}
	}
	return s.String()
}

func when(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

// explorer is somebody with two years of readings: lows on 3 March 2024 and
// 1 May 2025, and half a year without a sensor. Times are of the wall clock.
func explorer(t *testing.T) *browser {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.bring(lowAt(when("2024-01-10 00:00"), 700, [2]time.Time{when("2024-06-01 00:00"), when("2024-12-01 12:00")}, when("2024-03-03 02:10"), when("2025-05-01 14:00")))
	return ana
}

func TestExploreWithoutReadings(t *testing.T) {
	ana := newBox(t).owner("Ana", "Mila")
	page := ana.page(ana.at("/explore"))
	require.Contains(t, page, "No readings yet.")
	require.Contains(t, page, `href="`+ana.at("/imports")+`"`)
	require.NotContains(t, page, "data-explore")
	require.Equal(t, ok, ana.get(ana.at("/explore/figures?from=2026-01-01&until=2026-02-01")).status)
	require.Equal(t, ok, ana.get(ana.at("/explore?find=low&after=2026-01-01")).status)
}

func TestExploreSaysTheWindow(t *testing.T) {
	ana := explorer(t)
	page := ana.page(ana.at("/explore"))
	require.Contains(t, page, "11 September – 9 December 2025", "the last 90 days first")
	page = ana.page(ana.at("/explore?from=2024-03-03&until=2024-03-03"))
	require.Contains(t, page, "288 readings, from 50 mg/dL to 120 mg/dL.")
	require.Contains(t, page, `data-say="below">2%<`, "6 of 288 readings")
	require.Contains(t, page, `data-say="lows">1<`)
	require.Contains(t, page, `data-say="average">119 mg/dL<`)
	require.Contains(t, page, `data-say="active">100%<`)
	require.Contains(t, page, "Sun 3 Mar, 02:00", "the table has a row for each hour")
	page = ana.page(ana.at("/explore?from=2024-05-01&until=2024-12-31"))
	require.Contains(t, page, "Added up month by month")
	require.Contains(t, page, "17,712 readings") // 31 days, and 30.5
	require.Contains(t, page, "August 2024", "a month without readings has its row")
	page = ana.page(ana.at("/explore?from=2024-08-01&until=2024-08-07"))
	require.Contains(t, page, "No readings in this window.")
	require.Contains(t, page, "Go to the nearest readings")
	require.Contains(t, page, "from=2024-05-28", "the last readings before the gap in the middle")
}

// Whatever is asked for, there is a page, and it says what was wrong.
func TestExploreWithNonsense(t *testing.T) {
	ana := explorer(t)
	long := strings.Repeat("9", 10_000)
	cases := []struct {
		name, query string
		status      int
		says        string
	}{
		{"from after until", "from=2025-03-02&until=2025-03-01", unusable, "The last day must not be before the first."},
		{"an instant twice", "from=2025-03-02T00:00:00Z&until=2025-03-02T00:00:00Z", unusable, "The last day must not be before the first."},
		{"no date at all", "from=yesterday&until=2025-03-01", unusable, "11 September – 9 December 2025"},
		{"31 February", "from=2025-02-31", unusable, "11 September – 9 December 2025"},
		{"year 9999", "from=9999-01-01&until=9999-12-31", unusable, "11 September – 9 December 2025"},
		{"ten thousand characters", "from=" + long + "&until=" + long, unusable, "11 September – 9 December 2025"},
		{"markup", "from=" + url.QueryEscape(`"><b>x`), unusable, "&lt;b&gt;x"},
		{"twenty years", "from=2010-01-01&until=2029-12-31", ok, "10 January 2024 – 9 December 2025"},
		{"before all readings", "from=2001-01-01&until=2001-01-31", ok, "There are no readings then."},
		{"after all readings", "from=2030-01-01&until=2030-01-31", ok, "There are no readings then."},
		{"only a beginning", "from=2025-12-01", ok, "1–9 December 2025"},
		{"only an end", "until=2024-01-12", ok, "10–12 January 2024"},
		{"an instant with its zone", "from=2025-03-02T10:00:00%2B01:00&until=2025-03-02T12:30:00Z", ok, "2 March 2025, 10:00–13:30"},
		{"a second", "from=2025-03-02T10:00:00Z&until=2025-03-02T10:00:01Z", ok, "2 March 2025, 10:30–11:30"},
		{"days", "days=7", ok, "3–9 December 2025"},
		{"days that are none", "days=-7", ok, "11 September – 9 December 2025"},
		{"a search for nothing", "find=unicorn&after=2025-01-01", unknown, ""},
		{"a search from nowhere", "find=low&after=" + long, unusable, ""},
		{"a search without a beginning", "find=low", unusable, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := ana.get(ana.at("/explore?" + c.query))
			require.Equal(t, c.status, a.status, a.body)
			require.Contains(t, a.body, c.says)
			if c.status == unusable && c.says != "" {
				require.Contains(t, a.body, `aria-invalid="true"`)
			}
		})
	}
}

func TestExploreFinds(t *testing.T) {
	ana := explorer(t)
	cases := []struct{ name, query, says string }{
		{"the first low", "find=low&after=2024-01-01", "Low: 3 March 2024, 02:10–02:40 (30\u00a0min), lowest 50 mg/dL."},
		{"the next", "find=low&after=2024-03-03T02:00:00Z", "Low: 1 May 2025, 14:00–14:30 (30\u00a0min), lowest 50 mg/dL."},
		{"very low is below 54", "find=very-low&before=2025-12-01", "Very low: 1 May 2025, 14:00"},
		{"none later", "find=low&after=2025-06-01", "Low: there is none later."},
		{"no high at all", "find=high&before=2026-01-01", "High: there is none earlier."},
		{"half a year without", "find=gap&after=2024-01-01", "No readings: 31 May 2024, 23:55 – 1 Dec 2024, 12:00 (6 months)."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			page := ana.page(ana.at("/explore?" + c.query))
			require.Contains(t, page, c.says)
			if !strings.Contains(c.says, "there is none") {
				require.Regexp(t, `class="part-found" data-found d="M`, page, "it is marked")
			}
		})
	}
}

type tileAnswer struct {
	From, Until int64
	Width       int
	Parts       map[string]string
	Ticks       []struct {
		At    int64
		Label string
	}
}

func TestExploreTiles(t *testing.T) {
	ana := explorer(t)
	tile := func(query string) (out tileAnswer) {
		a := ana.get(ana.at("/explore/data?" + query))
		require.Equal(t, ok, a.status, a.body)
		require.NoError(t, json.Unmarshal([]byte(a.body), &out))
		return out
	}
	day := tile("from=2024-03-03&until=2024-03-03&width=900")
	require.Equal(t, 24*time.Hour, time.Duration(day.Until-day.From)*time.Millisecond)
	require.Equal(t, 282+24, strings.Count(day.Parts["in-range"], "h0"), "every reading, and some beside the ends")
	require.Equal(t, 6, strings.Count(day.Parts["very-low"], "h0"))
	require.Equal(t, "Sun 3 Mar", day.Ticks[0].Label)

	weeks := tile("from=2024-02-20&until=2024-03-10&width=700")
	require.Empty(t, weeks.Parts["in-range"])
	require.NotEmpty(t, weeks.Parts["curve"])
	require.LessOrEqual(t, strings.Count(weeks.Parts["curve"], "l"), 2*702)
	require.NotEmpty(t, weeks.Parts["below"], "the low of half an hour is still there")

	years := tile("from=2024-01-01&until=2025-12-31&width=900")
	require.Empty(t, years.Parts["curve"])
	require.Equal(t, 2, strings.Count(years.Parts["outer"], "M"), "the band is broken by the gap")
	require.NotEmpty(t, years.Parts["lane-severe"])

	for name, query := range map[string]string{"no width": "from=2024-03-03&until=2024-03-03", "a huge one": "from=2024-03-03&until=2024-03-03&width=99999999999",
		"a negative one": "from=2024-03-03&until=2024-03-03&width=-1", "three centuries": "from=1900-01-01&until=2199-12-31&width=4096"} {
		got := tile(query)
		require.LessOrEqual(t, got.Width, 4096, name)
		require.GreaterOrEqual(t, got.Width, 100, name)
	}
	for name, query := range map[string]string{"nothing": "", "backwards": "from=2024-03-03&until=2024-03-01", "garbage": "from=x&until=y",
		"year 9999": "from=9999-01-01&until=9999-01-02", "long": "from=" + strings.Repeat("1", 10_000)} {
		require.Equal(t, unusable, ana.get(ana.at("/explore/data?"+query)).status, name)
	}
}

// The figures that a script asks for are those that the page prints.
func TestExploreFiguresAreThePages(t *testing.T) {
	ana := explorer(t)
	for _, query := range []string{"from=2024-03-03&until=2024-03-03", "from=2024-02-01&until=2024-03-20", "from=2024-01-01&until=2025-12-31", "from=2024-08-01&until=2024-08-07"} {
		page := ana.page(ana.at("/explore?" + query))
		a := ana.get(ana.at("/explore/figures?" + query))
		require.Equal(t, ok, a.status)
		var got struct {
			Say, To map[string]string
			Rows    [][]struct{ Text, URL string }
		}
		require.NoError(t, json.Unmarshal([]byte(a.body), &got))
		for _, key := range []string{"period", "summary", "average", "in-range", "below", "above", "active", "lows", "readings"} {
			require.Contains(t, page, html.EscapeString(got.Say[key]), "%s %s", query, key)
			require.NotEmpty(t, got.Say[key], key)
		}
		for key, to := range got.To {
			require.Contains(t, page, `data-to="`+key+`" href="`+strings.ReplaceAll(to, "&", "&amp;")+`"`, query)
		}
		for _, row := range got.Rows {
			require.Contains(t, page, row[0].Text)
		}
	}
	require.Equal(t, unusable, ana.get(ana.at("/explore/figures?from=2024-03-03&until=2024-03-01")).status)
	require.Equal(t, unusable, ana.get(ana.at("/explore/figures?from=x")).status)
}

// Whatever stands in an address, the answer is a page, and the window lies in
// what there is.
func TestExploreNeverBreaks(t *testing.T) {
	ana := explorer(t)
	piece := rapid.OneOf(rapid.SampledFrom([]string{"", "2024-02-30", "2024-02-29", "1899-12-31", "2200-12-31", "2201-01-01", "0000-00-00", "-1", "2025-03-30T02:30:00Z",
		"2025-03-30T02:30:00+14:00", "2024-06-01T00:00:00.999Z", "2025-10-26", "99999-01-01", "2024-01-10", "2025-12-09"}), rapid.StringN(0, 30, 60))
	rapid.Check(t, func(r *rapid.T) {
		q := url.Values{}
		for _, name := range []string{"from", "until", "days", "find", "after", "before", "width"} {
			if rapid.Bool().Draw(r, name) {
				q.Set(name, piece.Draw(r, "value"))
			}
		}
		if rapid.Bool().Draw(r, "known") {
			q.Set("find", rapid.SampledFrom([]string{"low", "very-low", "high", "very-high", "gap"}).Draw(r, "kind"))
		}
		for _, path := range []string{"/explore?", "/explore/figures?", "/explore/data?"} {
			a := ana.get(ana.at(path + q.Encode()))
			require.Contains(r, []int{ok, unusable, unknown}, a.status, a.body)
			if a.status == ok && path == "/explore?" {
				bounds := regexp.MustCompile(`data-from="(\d+)" data-until="(\d+)" data-first="(\d+)" data-last="(\d+)"`).FindStringSubmatch(a.body)
				require.Len(r, bounds, 5)
				require.LessOrEqual(r, bounds[3], bounds[1])
				require.Less(r, bounds[1], bounds[2])
				require.LessOrEqual(r, bounds[2], bounds[4])
			}
		}
	})
}

// Links without script lead through all there is and never out of it.
func TestExploreLinksStayWithin(t *testing.T) {
	ana := explorer(t)
	at := ana.at("/explore?from=2025-12-01&until=2025-12-09")
	link := func(page, name string) string {
		_, rest, found := strings.Cut(page, `data-to="`+name+`" href="`)
		if !found {
			return ""
		}
		href, _, _ := strings.Cut(rest, `"`)
		return strings.ReplaceAll(href, "&amp;", "&")
	}
	page := ana.page(at)
	require.Empty(t, link(page, "later"), "there is nothing later")
	for range 3 {
		page = ana.page(link(page, "earlier"))
	}
	require.Contains(t, page, "4–12 November 2025")
	back := ana.page(link(page, "later"))
	require.Contains(t, back, "13–21 November 2025")
	for i := 0; link(page, "out") != "" && i < 20; i++ {
		page = ana.page(link(page, "out"))
	}
	require.Contains(t, page, "10 January 2024 – 9 December 2025")
	for i := 0; link(page, "in") != "" && i < 30; i++ {
		page = ana.page(link(page, "in"))
	}
	require.Contains(t, page, "12 readings", "an hour is the shortest")
	require.Contains(t, ana.page(link(page, "week")), `aria-current="page">Week`)
}
