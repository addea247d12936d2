package web_test

import (
	"fmt"
	"html"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// readings is a Simple file of values five minutes apart by the clock in
// Berlin; "low" and "high" stand for what the sensor could not measure.
func readings(since time.Time, values ...string) string {
	var s strings.Builder
	s.WriteString("time,mgdl,flag\n")
	for i, v := range values {
		at := since.Add(time.Duration(i) * 5 * time.Minute).Format("2006-01-02T15:04:05")
		switch v {
		case "":
		case "low":
			fmt.Fprintf(&s, "%s,40,low\n", at)
		case "high":
			fmt.Fprintf(&s, "%s,400,high\n", at)
		default:
			fmt.Fprintf(&s, "%s,%s,\n", at, v)
		}
	}
	return s.String()
}

// flat is n times a value.
func flat(value string, n int) []string {
	return strings.Split(strings.Repeat(value+" ", n-1)+value, " ")
}

// words is the text of a page as a person reads it.
func words(page string) string {
	text := regexp.MustCompile(`(?s)<[^>]*>`).ReplaceAllString(page, " ")
	return strings.Join(strings.Fields(html.UnescapeString(text)), " ")
}

func TestTheLastHours(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	now := b.now().In(berlin(t)).Truncate(time.Minute)
	ana.bring(readings(now.Add(-26*time.Hour), flat("112", 26*12)...))
	for path, want := range map[string]struct {
		heading string
		count   int
	}{
		"":           {"Last 6 hours", 72},
		"?hours=3":   {"Last 3 hours", 36},
		"?hours=6":   {"Last 6 hours", 72},
		"?hours=12":  {"Last 12 hours", 144},
		"?hours=24":  {"Last 24 hours", 288},
		"?hours=24&": {"Last 24 hours", 288},
	} {
		t.Run("live"+path, func(t *testing.T) {
			page := ana.page(ana.at(path))
			require.Contains(t, page, want.heading+"</h2>")
			require.Contains(t, page, fmt.Sprintf("%d readings, from 112 mg/dL", want.count))
			require.Contains(t, page, ` data-live`, "new readings appear")
			require.Contains(t, page, `class="present"`, "now is marked")
			require.Equal(t, 1, strings.Count(page, `data-live-part="chart"`))
			require.Equal(t, 1, strings.Count(page, `data-live-part="lists"`))
			require.Contains(t, words(page), "No low and no high of 15 minutes or longer.")
		})
	}
	yesterday := now.AddDate(0, 0, -1).Format(time.DateOnly)
	page := ana.page(ana.at("?day=" + yesterday))
	require.NotRegexp(t, `<body[^>]* data-live`, page, "a day that is over does not change")
	require.NotContains(t, page, `class="present"`)
	require.Regexp(t, `<body[^>]* data-live`, ana.page(ana.at("?day="+now.Format(time.DateOnly))))
}

func TestTheTimeShownAtFirst(t *testing.T) {
	for name, c := range map[string]struct {
		age  time.Duration
		want string
	}{
		"a reading of today":                  {5 * time.Minute, "Last 6 hours"},
		"the phone was off for seven hours":   {7 * time.Hour, "Last 12 hours"},
		"the phone was off since last night":  {13 * time.Hour, "Last 24 hours"},
		"somebody who imports files sees the": {50 * time.Hour, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			ana := b.owner("Ana", "Mila")
			last := b.now().In(berlin(t)).Add(-c.age)
			ana.bring(readings(last.Add(-time.Hour), flat("112", 12)...))
			page := ana.page(ana.at(""))
			if c.want == "" {
				require.Contains(t, page, last.Format("2 January 2006")+"</h2>", "last day")
				return
			}
			require.Contains(t, page, c.want+"</h2>")
			require.NotContains(t, page, "No readings in these hours.")
		})
	}
}

// What cannot be gives the page with a sentence, and nothing breaks.
func TestATimeThatCannotBe(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.bring(simple(spring, 300))
	date, hours := "Choose a date, such as 2026-03-10.", "Choose 3, 6, 12 or 24 hours."
	for query, c := range map[string]struct {
		status int
		says   string
	}{
		"day=never":                          {unusable, date},
		"day=2026-02-30":                     {unusable, date},
		"day=9999-01-01":                     {unusable, date},
		"day=0000-00-00":                     {unusable, date},
		"day=-1":                             {unusable, date},
		"day=" + strings.Repeat("9", 10_000): {unusable, date},
		"day=" + url.QueryEscape("<script>\x00\"'"): {unusable, date},
		"day=%FF%FE":                           {unusable, date},
		"hours=5":                              {unusable, hours},
		"hours=-3":                             {unusable, hours},
		"hours=06":                             {unusable, hours},
		"hours=1e9":                            {unusable, hours},
		"hours=" + strings.Repeat("3", 10_000): {unusable, hours},
		"day=&hours=":                          {ok, "readings, from"},
		"day=2026-03-01&hours=nonsense":        {ok, "1 March 2026"},
		"day=2199-12-31":                       {ok, "No readings on this day."},
		"day=1900-01-01":                       {ok, "No readings on this day."},
	} {
		a := ana.get(ana.at("?" + query))
		require.Equal(t, c.status, a.status, "%.60s", query)
		require.Contains(t, a.body, c.says, "%.60s", query)
		require.Contains(t, a.body, `data-live-part="chart"`, "%.60s: the page is there", query)
		require.Less(t, len(a.body), 100_000, "%.60s: not all of it is sent back", query)
	}
}

func TestADayOf25Hours(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	start := time.Date(2025, 10, 26, 0, 0, 0, 0, berlin(t))
	values := flat("112", 25*12)
	values[31] = "61" // 02:35, the first time
	values[43] = "62" // 02:35, the second time
	ana.bring(readings(start, values...))
	page := ana.page(ana.at("?day=2025-10-26"))
	require.Contains(t, page, "300 readings, from 61 mg/dL at 02:35 to 112 mg/dL at 00:00.")
	require.Equal(t, 2, strings.Count(page, `<th scope="row" class="number">02:00</th>`), "the hour has two rows")
	require.Contains(t, page, "&#34;clock&#34;:[[0,0],[10800,120]]", "the read-out knows that the clock goes back")
	require.Contains(t, page, "&#34;length&#34;:90000")
	require.Contains(t, ana.page(ana.at("?day=2026-03-29")), "&#34;length&#34;:82800", "and the day of 23 hours")
}

func TestLowsAndHighs(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	start := time.Date(2026, 3, 10, 0, 0, 0, 0, berlin(t))
	values := flat("110", 288)
	copy(values[26:34], []string{"68", "66", "60", "55", "51", "58", "63", "69"}) // 02:10 to 02:50
	copy(values[60:66], []string{"69", "low", "low", "low", "low", "66"})
	copy(values[120:124], []string{"181", "190", "185", "181"})
	for i := 280; i < 288; i++ { // over midnight
		values[i] = "260"
	}
	ana.bring(readings(start, append(values, "255", "230", "200", "190", "170", "165", "160", "150", "150")...))
	text := words(ana.page(ana.at("?day=2026-03-10")))
	require.Contains(t, text, "Low from 02:10 to 02:50, very low at its lowest: 51 at 02:30 40 min")
	require.Contains(t, text, "Low from 05:00 to 05:30, very low at its lowest: LOW at 05:05 30 min")
	require.Contains(t, text, "High from 10:00 to 10:20, highest 190 at 10:05 20 min")
	require.Contains(t, text, "High from 23:20 to Wed 00:20, very high at its highest: 260 at 23:20 1 h", "an episode over midnight is whole")
	next := ana.page(ana.at("?day=2026-03-11"))
	require.Contains(t, words(next), "High from Tue 23:20 to 00:20, very high at its highest: 260 at Tue 23:20")
	require.Contains(t, next, `href="`+ana.at("?day=2026-03-10")+`#day-chart"`, "its highest reading is on the day before")
}

func TestAnEpisodeThatGoesOnOrIsCut(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	now := b.now().In(berlin(t))
	ana.bring(readings(now.Add(-5*time.Hour), append(flat("110", 12), flat("62", 6)...)...)) // then nothing for two hours and a half
	ana.bring(readings(now.Add(-1*time.Hour), append(flat("110", 6), flat("60", 6)...)...))
	text := words(ana.page(ana.at("?hours=6")))
	require.Regexp(t, `Low since \d\d:\d\d, lowest 60 at \d\d:\d\d \d\d min so far`, text)
	require.Regexp(t, `Low from \d\d:\d\d to \d\d:\d\d, lowest 62 at \d\d:\d\d \d\d min, then no readings`, text)
	require.Regexp(t, `No readings from \d\d:\d\d to \d\d:\d\d\.`, text)
	require.Less(t, strings.Index(text, "Low since"), strings.Index(text, "Low from"), "the newest first")
}

// site gives a Nightscout export of 1 May 2025 as JSON.
func site(treatments ...string) string {
	return `[{"type":"sgv","sgv":120,"date":1746086400000,"device":"xDrip-DexcomG6"},` + strings.Join(treatments, ",") + `]`
}

func treatment(minute int, kind, rest string) string {
	at := time.Date(2025, 5, 1, 8, minute, 0, 0, time.UTC).Format("2006-01-02T15:04:05.000Z")
	return fmt.Sprintf(`{"_id":"65a0000000000000000000%02d","eventType":%q,"created_at":%q%s}`, minute, kind, at, rest)
}

func TestWhatHappenedIsListed(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	long := strings.Repeat("walked far ", 350)
	ana.bring(site(
		treatment(1, "Note", `,"notes":"<img src=x onerror=alert(1)> & \"quoted\""`),
		treatment(2, "Note", `,"notes":"قبل الرياضة أكلت تفاحة"`),
		treatment(3, "Note", `,"notes":"`+long+`"`),
		treatment(4, "Meal Bolus", `,"insulin":4.5,"carbs":45`),
		treatment(5, "Exercise", `,"duration":30,"notes":"Swimming"`),
		treatment(6, "Site Change", `,"notes":"left side"`),
		treatment(7, "Combo Bolus", `,"insulin":2,"relative":1.5,"duration":120,"splitNow":40,"splitExt":60,"enteredinsulin":5`),
		treatment(8, "BG Check", `,"glucose":3.2,"units":"mmol","glucoseType":"Finger"`),
	))
	page := ana.page(ana.at("?day=2025-05-01"))
	text := words(page)
	for _, want := range []string{"Bolus 4.5 U", "Carbs 45 g", "Activity 30 min", "Swimming", "New infusion site",
		"Fingerstick 58 mg/dL Low", `<img src=x onerror=alert(1)> & "quoted"`, "قبل الرياضة أكلت تفاحة", "Show all of the text"} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, page, "<img")
	require.Contains(t, page, `<p class="event-text" dir="auto">قبل`)
	require.Equal(t, 1, strings.Count(page, strings.TrimSpace(long)), "all of a long note stands once, folded away")
	require.Contains(t, page, `<text class="lane-name" x="0" y="0" dy="-3">Notes and devices</text>`)
	require.Contains(t, page, `<svg class="stick low"`, "3.2 mmol/L is below 3.9 by its own unit")

	ana.post("/preferences", "language", "de", "unit", "mmol/L", "clock", "24", "theme", "system")
	text = words(ana.page(ana.at("?day=2025-05-01")))
	for _, want := range []string{"Bolus 4,5 IE", "Blutzuckermessung 3,2 mmol/L Niedrig", "Neue Infusionsstelle", "Was geschah"} {
		require.Contains(t, text, want)
	}
}

// A day of many events: most fold away, and a page stays a page.
func TestManyEventsFold(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	var all []string
	for i := range 700 {
		at := time.Date(2025, 5, 1, 6, 0, i*20, 0, time.UTC).Format("2006-01-02T15:04:05.000Z")
		all = append(all, fmt.Sprintf(`{"_id":"65a00000000000000000%04d","eventType":"Note","created_at":%q,"notes":"note %d"}`, i, at, i))
	}
	ana.bring(site(all...))
	page := ana.page(ana.at("?day=2025-05-01"))
	require.Contains(t, words(page), "Show 588 more")
	require.Contains(t, words(page), "100 more are not listed here.")
	require.Less(t, strings.Count(page, `<text class="key"`), 300, "the numbers on the lane do not grow with what happened")
}

func sampleFile(t *testing.T, name string, replace ...string) []byte {
	t.Helper()
	content, err := os.ReadFile("../format/testdata/" + name)
	require.NoError(t, err)
	return []byte(strings.NewReplacer(replace...).Replace(string(content)))
}

// The devices of three makers on one time axis, each point with the name of
// its own: a sensor of Dexcom whose file is German and
// in mmol/L, a pump of Medtronic, a meter and pen diary of Abbott.
func TestThreeMakersOnOneAxis(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for name, content := range map[string][]byte{
		"clarity.csv":   sampleFile(t, "clarity-g7-german.csv"),
		"carelink.csv":  sampleFile(t, "carelink-780g.csv", "2025/03/30", "2025/05/01", "2025/03/29", "2025/04/30"),
		"libreview.csv": sampleFile(t, "libreview.csv", "04-04-2025", "01-05-2025", "03-04-2025", "30-04-2025"),
	} {
		up := ana.upload(name, content)
		require.Equal(t, see, up.status, "%s: %s", name, up.body)
		a := ana.post(up.location(), "do", "confirm", "seen", "yes", "zone", "Europe/Berlin")
		require.Equal(t, see, a.status, "%s: %s", name, words(a.body))
	}
	page := ana.page(ana.at("?day=2025-05-01"))
	from := regexp.MustCompile(`<p class="note chart-from">([^<]*)</p>`).FindStringSubmatch(page)
	require.Len(t, from, 2)
	table := page[strings.Index(page, `<details id="day-table">`):]
	table = table[:strings.Index(table, "</details>")]
	list := page[strings.Index(page, `data-live-part="lists"`):]
	track := regexp.MustCompile(`data-chart="([^"]*)"`).FindStringSubmatch(page)[1]
	for _, device := range []string{"iPhone G7", "MiniMed 780G", "FreeStyle Libre 2"} {
		require.Contains(t, from[1], device, "the line below the chart")
		require.Contains(t, table, device, "the table")
		require.Contains(t, html.UnescapeString(track), device, "the read-out")
	}
	for _, device := range []string{"MiniMed 780G", "FreeStyle Libre 2"} {
		require.Contains(t, list, device, "the list")
	}
	require.Contains(t, words(page), "Bolus 6.1 U")
	require.Contains(t, words(page), "Long-acting insulin 20 U")
}

// The band that is drawn is the one by which readings are judged.
func TestTheBandIsThePersonsOwn(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.bring(readings(time.Date(2026, 3, 10, 0, 0, 0, 0, berlin(t)), flat("150", 12)...))
	usual := ana.page(ana.at("?day=2026-03-10"))
	require.Contains(t, usual, ">180</text>")
	require.Contains(t, usual, `class="dots in-range"`)
	b.sql(`UPDATE person SET ranges = 'pregnancy'`)
	page := ana.page(ana.at("?day=2026-03-10"))
	require.Contains(t, page, ">140</text>")
	require.NotContains(t, page, ">180</text>")
	require.NotContains(t, page, ">250</text>")
	require.Contains(t, page, `class="dots high"`)
	require.Contains(t, words(page), "High from 00:05")
}
