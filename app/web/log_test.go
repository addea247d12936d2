package web_test

import (
	"cmp"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/store"
)

// writes adds an entry to the person's log and gives its key.
func (br *browser) writes(pairs ...string) string {
	br.Helper()
	key := store.NewKey()
	a := br.post(br.at("/log"), append([]string{"key", key}, pairs...)...)
	require.Equal(br, see, a.status, a.body)
	require.Equal(br, br.at("/log"), a.location())
	return key
}

// fields are what the form of a page would send.
func fields(page string) url.Values {
	v := url.Values{}
	start := strings.Index(page, `class="log-form`)
	if start < 0 {
		return v
	}
	page, _, _ = strings.Cut(page[start:], "</form>")
	for _, t := range tags(page) {
		value := html.UnescapeString(t.attrs["value"])
		_, checked := t.attrs["checked"]
		switch {
		case t.name == "textarea":
			v.Set(t.attrs["name"], strings.TrimPrefix(html.UnescapeString(t.after), "\n"))
		case t.name == "input" && (t.attrs["type"] == "radio" || t.attrs["type"] == "checkbox") && !checked:
		case t.name == "input":
			v.Set(t.attrs["name"], value)
		}
	}
	return v
}

// change sends the form of an entry with other values.
func (br *browser) change(entry string, pairs ...string) answer {
	br.Helper()
	return br.resend(fields(br.page(entry)), entry, pairs...)
}

func (br *browser) resend(v url.Values, to string, pairs ...string) answer {
	br.Helper()
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	r := br.request(http.MethodPost, to, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", formKind)
	return br.send(r)
}

var markup = regexp.MustCompile(`<[^>]*>`)

// said is the text of a page, with each stretch of blanks as one.
func said(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(markup.ReplaceAllString(page, " "))), " ")
}

func TestWhatIsWrittenIsInTheLog(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	require.Contains(t, said(ana.page(ana.at("/log"))), "Nothing here yet")
	for _, c := range []struct {
		name  string
		pairs []string
		want  string
	}{
		{"a dose with a decimal comma", []string{"kind", "dose", "insulin", "rapid", "units", "4,5"}, "4.5 U rapid insulin"},
		{"long-acting insulin", []string{"kind", "dose", "insulin", "long", "units", "12"}, "12 U long-acting insulin"},
		{"carbs with what was eaten", []string{"kind", "carbs", "grams", "45 g", "text", "Porridge & apple"}, "45 g carbs Porridge & apple"},
		{"a fingerstick in the other unit", []string{"kind", "fingerstick", "glucose", "3.4", "unit", "mmol/L"}, "Fingerstick 61 mg/dL Low"},
		{"an activity by its time", []string{"kind", "activity", "minutes", "90", "text", "Swimming"}, "Activity, 1 h 30 min Swimming"},
		{"an activity by its name", []string{"kind", "activity", "text", "Trampoline"}, "Activity Trampoline"},
		{"a note with markup in it", []string{"kind", "note", "text", "<b>bold</b> \"x\" &amp;"}, `<b>bold</b> "x" &amp; Ana`},
		{"blanks in the fields of other kinds", []string{"kind", "note", "text", "only this", "units", " ", "grams", "\u00a0", "glucose", "", "unit", "mmol/L", "insulin", "rapid"}, "only this"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ana.TB = t
			ana.writes(c.pairs...)
			page := ana.page(ana.at("/log"))
			require.Contains(t, said(page), c.want)
			require.NotContains(t, page, "<b>bold")
		})
	}
	require.Equal(t, 8, b.count(`SELECT count(*) FROM record`))
	require.Equal(t, 1, b.count(`SELECT count(*) FROM upload`), "one upload an account and day")
	require.Equal(t, 8, b.count(`SELECT count(*) FROM ledger WHERE action = 'log.added'`), "one line an act")
	require.NotContains(t, ana.page(ana.at("/imports")), "/undo", "what is written is no import")
	require.Contains(t, said(ana.page(ana.at(""))), "Last dose 0 min ago by Ana: 4.5 U")
}

func TestWhatCannotBeWritten(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	long := strings.Repeat("ü", 10_001)
	dose := func(units string, more ...string) []string {
		return append([]string{"kind", "dose", "insulin", "rapid", "units", units}, more...)
	}
	for _, c := range []struct {
		name  string
		pairs []string
		want  string
	}{
		{"a dose with the note still chosen", []string{"kind", "note", "text", "lunch", "units", "8", "insulin", "rapid"}, "You filled in “How much insulin, in units” but chose “Note”. Empty this field, or choose “Insulin”."},
		{"carbs with the dose chosen", dose("4", "grams", "45"), "You filled in “Carbs in grams” but chose “Insulin”."},
		{"a fingerstick with carbs chosen", []string{"kind", "carbs", "grams", "20", "glucose", "95"}, "You filled in “Glucose” but chose “Carbs”."},
		{"minutes with a fingerstick chosen", []string{"kind", "fingerstick", "glucose", "95", "unit", "mg/dL", "minutes", "30"}, "You filled in “How long, in minutes” but chose “Fingerstick”."},
		{"no kind", []string{"text", "x"}, "Choose what you want to write down."},
		{"an unknown kind", []string{"kind", "basal", "text", "x"}, "Choose what you want to write down."},
		{"no amount", dose(""), "Enter a number."},
		{"words", dose("four"), "Enter just a number"},
		{"not a number at all", dose("NaN"), "Enter just a number"},
		{"infinite", dose("Inf"), "Enter just a number"},
		{"an exponent", dose("1e1"), "Enter just a number"},
		{"a negative dose", dose("-4"), "Enter just a number"},
		{"a blank for a decimal mark", dose("1 5"), "Enter just a number"},
		{"a no-break blank for a decimal mark", dose("1\u00a05"), "Enter just a number"},
		{"a narrow no-break blank for a decimal mark", dose("1\u202f5"), "Enter just a number"},
		{"two decimal marks", dose("1.5.5"), "Enter just a number"},
		{"blanks between the digits of carbs", []string{"kind", "carbs", "grams", "1 2 0"}, "Enter just a number"},
		{"a blank between the digits of a fingerstick", []string{"kind", "fingerstick", "glucose", "1 5", "unit", "mmol/L"}, "Enter just a number"},
		{"a blank between the digits of minutes", []string{"kind", "activity", "minutes", "1 5"}, "Enter just a number"},
		{"a dose that would be printed as none", dose("0.001"), "two decimals"},
		{"a dose of a ten-thousandth", dose("0,0001"), "two decimals"},
		{"a dose of nothing, precisely", dose("0.000"), "more than 0 and at most 100"},
		{"no dose", dose("0"), "more than 0 and at most 100"},
		{"a huge dose", dose("450"), "more than 0 and at most 100"},
		{"digits without end", dose(strings.Repeat("9", 400)), "Enter just a number"},
		{"a thousand or one", dose("1,000"), "two decimals"},
		{"digits of another script", dose("٤"), "Enter just a number"},
		{"markup as an amount", dose("<i>4</i>"), "Enter just a number"},
		{"the unit of something else", dose("4 g"), "Enter just a number"},
		{"no sort of insulin", []string{"kind", "dose", "units", "4"}, "Choose rapid or long-acting"},
		{"too many carbs", []string{"kind", "carbs", "grams", "1001"}, "at most 1000 g"},
		{"millimoles as milligrams", []string{"kind", "fingerstick", "glucose", "5.5", "unit", "mg/dL"}, "Check the number and its unit"},
		{"an unknown unit", []string{"kind", "fingerstick", "glucose", "5.5", "unit", "g"}, "Choose one"},
		{"an activity of nothing", []string{"kind", "activity"}, "how long it lasted"},
		{"an activity of days", []string{"kind", "activity", "minutes", "1441"}, "at most"},
		{"an empty note", []string{"kind", "note", "text", " \u202e\n "}, "Write something"},
		{"a text that is too long", []string{"kind", "note", "text", long}, "10,001 characters"},
		{"no such date", dose("4", "date", "2026-02-30", "time", "10:00"), "Choose a date"},
		{"the year 9999", dose("4", "date", "9999-01-01", "time", "10:00"), "Choose a date"},
		{"before all", dose("4", "date", "1949-12-31", "time", "10:00"), "after 1950"},
		{"tomorrow", dose("4", "date", b.now().AddDate(0, 0, 2).Format(time.DateOnly), "time", "10:00"), "lies ahead"},
		{"long ago", dose("4", "date", "2019-06-01", "time", "10:00"), "more than a year ago"},
		{"a date without a time", dose("4", "date", "2026-06-01"), "Enter a time"},
		{"no such time", dose("4", "date", "2026-06-01", "time", "25:00"), "Enter a time"},
		{"the hour that is left out", dose("4", "date", "2026-03-29", "time", "02:30"), "did not come"},
		{"the hour that comes twice", dose("4", "date", "2025-10-26", "time", "02:30"), "came twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ana.TB = t
			a := ana.post(ana.at("/log"), c.pairs...)
			require.Equal(t, unusable, a.status)
			require.Contains(t, said(a.body), c.want)
			sent, kept := form(c.pairs...), fields(a.body)
			for name := range sent {
				if name != "unit" && name != "kind" {
					require.Equal(t, sent.Get(name), kept.Get(name), "what was typed into %s is kept", name)
				}
			}
		})
	}
	require.Zero(t, b.count(`SELECT count(*) FROM record`))
}

func TestTimesOfTheLog(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila") // in Berlin
	at := func(want string, pairs ...string) {
		t.Helper()
		key := ana.writes(append([]string{"kind", "note", "text", want + strings.Join(pairs, " ")}, pairs...)...)
		when, err := time.Parse(time.RFC3339, want)
		require.NoError(t, err)
		require.Equal(t, 1, b.count(`SELECT count(*) FROM record WHERE key = ? AND at_ms = ?`, key, when.UnixMilli()), want)
	}
	at("2026-07-01T08:05:00Z", "date", "2026-07-01", "time", "10:05")
	at("2025-10-26T00:30:00Z", "date", "2025-10-26", "time", "02:30", "fold", "1", "old", "yes")
	at("2025-10-26T01:30:00Z", "date", "2025-10-26", "time", "02:30", "fold", "2", "old", "yes")
	at("2019-06-01T08:00:00Z", "date", "2019-06-01", "time", "10:00", "old", "yes")
	at("2026-07-01T08:05:07Z", "date", "2026-07-01", "time", "10:05", "beside", "2026-07-01T08:05:07Z")
	at("2026-07-01T08:06:00Z", "date", "2026-07-01", "time", "10:06", "beside", "2026-07-01T08:05:07Z")
}

// The same form sent twice, by a double click, a reload or the back button,
// is one entry; with another content it says so and adds nothing by itself.
func TestAFormSentTwiceIsOneEntry(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	v := fields(ana.page(ana.at("/log")))
	require.Regexp(t, `^[0-9a-f]{32}$`, v.Get("key"))
	send := func(pairs ...string) answer { return ana.resend(v, ana.at("/log"), pairs...) }
	for range 3 {
		require.Equal(t, see, send("kind", "dose", "insulin", "rapid", "units", "4").status)
		require.Equal(t, 1, b.count(`SELECT count(*) FROM dose`))
	}
	a := send("units", "5")
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, said(a.body), "You saved this form before, with: 4 U rapid insulin")
	require.Equal(t, http.StatusConflict, send("kind", "note", "text", "hm", "units", "").status, "another kind is no other form")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM record`))
	again := fields(a.body)
	require.NotEqual(t, v.Get("key"), again.Get("key"))
	require.Equal(t, "5", again.Get("units"), "nothing typed is lost")

	key := v.Get("key")
	require.Equal(t, see, ana.post(ana.at("/log/entries/"+key+"/remove")).status)
	v = url.Values{"key": {key}}
	require.Equal(t, http.StatusConflict, send("kind", "dose", "insulin", "rapid", "units", "4").status, "a reload does not bring back what was removed")
	require.Zero(t, b.count(`SELECT count(*) FROM record`))

	v = url.Values{"key": {store.NewKey()}}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			r, err := http.NewRequest(http.MethodPost, "http://"+b.url.Host+ana.at("/log"), strings.NewReader(url.Values{"key": v["key"], "kind": {"note"}, "text": {"once"}}.Encode()))
			if err == nil {
				r.Header.Set("Content-Type", formKind)
				r.AddCookie(&http.Cookie{Name: "gk", Value: ana.cookies["gk"]})
				if res, err := client.Do(r); err == nil {
					_ = res.Body.Close()
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, 1, b.count(`SELECT count(*) FROM note`))
}

func TestASecondDoseIsAsked(t *testing.T) {
	b := newBox(t)
	nan := b.owner("Nan", "Mila")
	alex := b.browser()
	alex.person = nan.person
	id := b.account("Alex")
	b.sql(`INSERT INTO grant (key, person, account, role, from_ms, created_ms) SELECT 'k', person, ?, role, from_ms, created_ms FROM grant`, id)
	alex.signIn("Alex")
	nan.writes("kind", "dose", "insulin", "rapid", "units", "4")
	b.mu.Lock()
	b.ahead = 10 * time.Minute
	b.mu.Unlock()

	ask := func(units string) answer {
		return alex.post(alex.at("/log"), "kind", "dose", "insulin", "rapid", "units", units, "text", "before lunch")
	}
	a := ask("3")
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, said(a.body), "Is this another dose? Nan: 4 U rapid insulin, 10 min ago")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM dose`), "nothing is written yet")
	typed := fields(a.body)
	require.Equal(t, []string{"3", "before lunch", "rapid"}, []string{typed.Get("units"), typed.Get("text"), typed.Get("insulin")})
	require.NotEmpty(t, typed.Get("again"))

	b2 := ask("2.5") // another window, asked at the same time
	require.Equal(t, see, alex.resend(typed, alex.at("/log")).status)
	require.Equal(t, see, alex.resend(typed, alex.at("/log")).status, "the confirmed form, sent twice")
	require.Equal(t, 2, b.count(`SELECT count(*) FROM dose`))
	a = alex.resend(fields(b2.body), alex.at("/log"))
	require.Equal(t, http.StatusConflict, a.status, "what was confirmed was the first dose, not the second")
	require.Contains(t, said(a.body), "Alex: 3 U rapid insulin")

	alex.writes("kind", "dose", "insulin", "long", "units", "12")
	require.Equal(t, http.StatusConflict, alex.post(alex.at("/log"), "kind", "dose", "insulin", "long", "units", "12").status)
	alex.writes("kind", "carbs", "grams", "20")
	nan.writes("kind", "carbs", "grams", "20")
	a = alex.post(alex.at("/log"), "kind", "carbs", "grams", "20")
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, said(a.body), "You wrote the very same just now Alex: 20 g carbs, 0 min ago")
	require.Equal(t, see, alex.resend(fields(a.body), alex.at("/log")).status)
	alex.writes("kind", "dose", "insulin", "rapid", "units", "2", "date", b.now().AddDate(0, 0, -1).Format(time.DateOnly), "time", "12:00")
}

func TestAnEntryIsChangedRemovedAndTakenBack(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	entry := ana.at("/log/entries/" + ana.writes("kind", "dose", "insulin", "rapid", "units", "4", "text", "lunch"))
	at := b.count(`SELECT at_ms FROM record`)
	stale := fields(ana.page(entry))
	require.Equal(t, unusable, ana.change(entry, "units", "400").status)
	require.Equal(t, see, ana.change(entry, "units", "6").status)
	require.Equal(t, at, b.count(`SELECT at_ms FROM record`), "a time that nobody touched stays, to the millisecond")
	require.Contains(t, said(ana.page(ana.at("/log"))), "6 U rapid insulin")
	require.Regexp(t, `Changed once Changed by Ana, .*Before: 4 U rapid insulin, .* – lunch`, said(ana.page(ana.at("/log"))))
	require.Equal(t, see, ana.change(entry).status, "saving without a change")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM revision`), "is no change")

	a := ana.resend(stale, entry, "units", "5")
	require.Equal(t, http.StatusConflict, a.status, "somebody was faster")
	require.Contains(t, said(a.body), "It says now: 6 U rapid insulin")
	require.Equal(t, "5", fields(a.body).Get("units"))
	require.Equal(t, see, ana.resend(fields(a.body), entry).status)

	a = ana.post(entry + "/remove")
	require.Equal(t, entry, a.location())
	require.Contains(t, said(ana.page(entry)), "This entry was removed")
	require.NotContains(t, said(ana.page(ana.at("/log"))), "rapid insulin,")
	require.NotContains(t, said(ana.page(ana.at(""))), "Last dose")
	removed := ana.page(ana.at("/log/removed"))
	require.Contains(t, said(removed), "5 U rapid insulin")
	for _, page := range []string{removed, ana.page(entry)} { // whoever cares for two must see whose entry it is
		require.Regexp(t, `<title>[^<]* – Mila – Glucokeep`, page)
		require.Regexp(t, `<bdi>Mila</bdi></p>\s*<h1>`, page)
	}
	require.Equal(t, see, ana.post(entry+"/remove").status, "a second press of the button")
	a = ana.resend(stale, entry, "units", "7")
	require.Equal(t, http.StatusConflict, a.status, "changing what somebody removed meanwhile")
	require.Equal(t, "7", fields(a.body).Get("units"), "offers it anew")
	require.Equal(t, see, ana.post(entry+"/restore").status)
	require.Equal(t, see, ana.post(entry+"/restore").status, "a second press of the button")
	require.Contains(t, said(ana.page(ana.at("/log"))), "5 U rapid insulin lunch")
	require.Equal(t, 4, b.count(`SELECT count(*) FROM revision`))
	require.Equal(t, at, b.count(`SELECT at_ms FROM record`))
}

// Whoever sees only the newest of several doses takes it for all.
func TestAllDosesOfTheLastHourAreShown(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	clock := func(minute int) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.ahead = time.Duration(minute) * time.Minute
	}
	at := func(minute int, units, insulin string) {
		t.Helper()
		clock(minute)
		a := ana.post(ana.at("/log"), "key", store.NewKey(), "kind", "dose", "insulin", insulin, "units", units)
		if a.status == http.StatusConflict {
			a = ana.resend(fields(a.body), ana.at("/log"))
		}
		require.Equal(t, see, a.status)
	}
	banner := func(minute int) string {
		t.Helper()
		clock(minute)
		_, page, found := strings.Cut(ana.page(ana.at("/log")), `class="given"`)
		require.True(t, found)
		page, _, _ = strings.Cut(page, "</div>")
		own := said("<div" + page)
		require.Contains(t, said(ana.page(ana.at(""))), own, "the same on the page of the person")
		return own
	}
	at(0, "7", "rapid")
	at(20, "6", "rapid")
	require.Equal(t, "Last dose 1 h 10 min ago by Ana: 6 U", banner(90), "of what lies longer ago only the last")
	at(100, "1", "rapid")
	at(110, "10", "rapid")
	at(130, "12", "long")
	at(140, "0.5", "rapid")
	require.Equal(t, "Last dose 10 min ago by Ana: 0.5 U Also a dose 40 min ago by Ana: 10 U Also a dose 50 min ago by Ana: 1 U", banner(150))
	at(152, "2", "rapid")
	require.Equal(t, "Last dose 3 min ago by Ana: 2 U Also a dose 15 min ago by Ana: 0.5 U Also a dose 45 min ago by Ana: 10 U Also a dose 55 min ago by Ana: 1 U", banner(155))
	at(155, "3", "rapid")
	require.Equal(t, "Last dose 1 min ago by Ana: 3 U Also a dose 4 min ago by Ana: 2 U Also a dose 16 min ago by Ana: 0.5 U Also a dose 46 min ago by Ana: 10 U and 1 more in the last hour", banner(156))
	at(157, "4", "rapid")
	require.Contains(t, banner(158), "Also a dose 18 min ago by Ana: 0.5 U and 2 more in the last hour")
}

// A second dose does not come in by the side door of a change or of taking
// back what was removed.
func TestASecondDoseByAChangeIsAsked(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	yesterday := []string{"date", b.now().AddDate(0, 0, -1).Format(time.DateOnly), "time", "12:00"}
	entry := ana.at("/log/entries/" + ana.writes(append(yesterday, "kind", "dose", "insulin", "rapid", "units", "4")...))
	today := b.now().In(berlin(t))
	ana.writes("kind", "dose", "insulin", "rapid", "units", "3")
	a := ana.change(entry, "date", today.Format(time.DateOnly), "time", today.Format("15:04"), "units", "5.5", "text", "lunch")
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, said(a.body), "Is this another dose? Ana: 3 U rapid insulin, 0 min ago")
	typed := fields(a.body)
	require.Equal(t, []string{"5.5", "lunch", today.Format("15:04")}, []string{typed.Get("units"), typed.Get("text"), typed.Get("time")})
	require.Zero(t, b.count(`SELECT count(*) FROM revision`), "nothing is saved yet")
	require.Equal(t, see, ana.resend(typed, entry).status)
	require.Contains(t, said(ana.page(entry)), "5.5 U rapid insulin")

	require.Equal(t, see, ana.post(entry+"/remove").status)
	a = ana.post(entry + "/restore")
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, said(a.body), "Is this another dose? Ana: 3 U rapid insulin")
	require.Contains(t, said(a.body), "Yes, put back this dose too")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM dose`))
	token := regexp.MustCompile(`name="again" value="([0-9a-f]+)"`).FindStringSubmatch(a.body)
	require.Len(t, token, 2)
	require.Equal(t, http.StatusConflict, ana.post(entry+"/restore", "again", "0"+token[1][1:]+"0").status)
	require.Equal(t, see, ana.post(entry+"/restore", "again", token[1]).status)
	require.Equal(t, 2, b.count(`SELECT count(*) FROM dose`))
}

// What a device brought cannot be changed here, and looks like a device's.
func TestWhatDevicesBringStays(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	key, account := strings.Repeat("c", 32), ""
	raw := b.raw()
	require.NoError(t, raw.QueryRow(`SELECT key FROM account`).Scan(&account))
	require.NoError(t, raw.Close())
	csv := "id,time_utc,time_local,zone,utc_offset_min,kind,subtype,insulin,units,units_programmed,units_extended,units_recommended,rate_u_h,percent,duration_s,carbs_g,automated,unspecified,units_basal,units_bolus,units_automated,device,serial,source,time_quality,interval_min,extra\n" +
		key + "," + b.now().Add(-20*time.Minute).UTC().Format("2006-01-02T15:04:05Z") + ",,,0,bolus,normal,rapid,2.5,,,,,,,,0,0,,,,Some pump,1,test,zoned,,\n" +
		key + "," + b.now().Add(-10*time.Minute).UTC().Format("2006-01-02T15:04:05Z") + ",,,0,bolus,normal,rapid,0.1,,,,,,,,1,0,,,,Some pump,2,test,zoned,,\n" +
		key + "," + b.now().Add(-15*time.Minute).UTC().Format("2006-01-02T15:04:05Z") + ",,,0,injection,injection,rapid,3,,,,,,,,0,0,,,,," + account + ",log,zoned,,\n"
	ana.bring(csv)
	rows, err := b.db.LogRows(t.Context(), ana.person.ID, store.LogFilter{}, 0, 1<<60, 0, 10)
	require.NoError(t, err)
	for _, r := range rows {
		require.Empty(t, r.Author)
		require.False(t, r.ByHand)
	}
	page := said(ana.page(ana.at("/log")))
	require.Contains(t, page, "2.5 U rapid insulin Some pump Add a note")
	require.Contains(t, page, "3 U rapid insulin Log of another export, brought by a file Add a note", "a file cannot write in anybody's name")
	require.Contains(t, page, "Last dose 15 min ago by Log of another export, brought by a file: 3 U Also a dose 20 min ago by Some pump: 2.5 U In the last")
	_, entries, _ := strings.Cut(page, "Entries")
	require.NotContains(t, entries, "0.1 U", "what a device gives by itself")
	require.Contains(t, page, "What devices and files bring stays")
	for _, rest := range []string{"", "/remove"} {
		a := ana.post(ana.at("/log/entries/" + key + rest))
		require.Equal(t, http.StatusConflict, a.status, rest)
		require.Contains(t, said(a.body), "A device or a file brought this entry")
	}
	a := ana.post(ana.at("/log"), "kind", "dose", "insulin", "rapid", "units", "2.5")
	require.Equal(t, http.StatusConflict, a.status, "the pump gave it already")
	require.Contains(t, said(a.body), "Some pump: 2.5 U rapid insulin, 20 min ago")
	require.Contains(t, said(ana.page(ana.at("/log?show=here"))), "Nothing here yet")
}

func TestPagesOfTheLog(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for i := range 113 { // nearly all at the very same minute
		ana.writes("kind", "note", "text", fmt.Sprintf("number-%03d.", i), "date", "2026-07-01", "time", fmt.Sprintf("10:0%d", i/110))
	}
	number := regexp.MustCompile(`number-\d\d\d\.`)
	seen := map[string]bool{}
	earlier := regexp.MustCompile(`href="([^"]*)" rel="next"`)
	at, pages := ana.at("/log?show=notes"), 0
	for at != "" {
		page := ana.page(at)
		for _, n := range number.FindAllString(said(page), -1) {
			require.False(t, seen[n], "%s twice", n)
			seen[n] = true
		}
		pages++
		at = ""
		if m := earlier.FindStringSubmatch(page); m != nil {
			at = html.UnescapeString(m[1])
		}
	}
	require.Len(t, seen, 113)
	require.Equal(t, 3, pages)
	for _, q := range []string{"x", "-1", "9999999999999999999", "1.1.1", "1783000000000.99999999999", strings.Repeat("9", 5000), "1.-5", "NaN"} {
		require.Equal(t, ok, ana.get(ana.at("/log?before="+q)).status, q)
	}
}

// FuzzLog: no form of the log breaks a page, and none writes what cannot be.
func FuzzLog(f *testing.F) {
	f.Add("dose", "rapid", "4,5", "", "", "", "")
	f.Add("fingerstick", "", "5.5", "mmol/L", canary, "2026-03-29", "02:30")
	f.Add("activity", "long", "NaN", "\x00", "\u202e", "0000-00-00", "99:99")
	f.Add("note", "", "", "", strings.Repeat("ﷺ", 400), "2025-10-26", "02:30")
	b := newBox(f)
	ana := b.owner("Ana", "Mila")
	f.Fuzz(func(t *testing.T, kind, insulin, amount, unit, text, date, clock string) {
		b.TB = t
		number := map[string]string{"carbs": "grams", "fingerstick": "glucose", "activity": "minutes"}[kind]
		body := form("kind", kind, "insulin", insulin, cmp.Or(number, "units"), amount, "unit", unit, "text", text,
			"date", date, "time", clock, "old", "yes", "fold", "1").Encode()
		a := ana.fuzzed(t, http.MethodPost, ana.at("/log"), "", formKind, body)
		require.Contains(t, []int{see, unusable, http.StatusConflict}, a.status)
		require.NotContains(t, a.body, "zq9<")
		require.Zero(t, b.count(`SELECT count(*) FROM dose WHERE NOT units BETWEEN 0.01 AND 100`))
		ana.fuzzed(t, http.MethodGet, ana.at("/log"), url.Values{"before": {amount}, "show": {kind}, "at": {date}, "kind": {kind}}.Encode(), "", "")
		b.sql(`DELETE FROM record`)
	})
}
