package web_test

import (
	"bytes"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/format"
	"glucokeep/app/ingest"
	"glucokeep/app/record"
	"glucokeep/app/unit"
	"glucokeep/app/web"
)

// accept stores records of one source as a file of theirs would.
func (br *browser) accept(src record.Source, readings []record.Reading, sparse ...record.Record) {
	br.Helper()
	br.acceptAt(time.Now(), src, readings, sparse...)
}

func (br *browser) acceptAt(now time.Time, src record.Source, readings []record.Reading, sparse ...record.Record) {
	br.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(br, err)
	batch := record.Batch{Source: src, Clock: record.Instant, Glucose: readings, Sparse: sparse}
	_, err = ingest.New(br.db, br.ledger, nil).Accept(br.Context(), now, ingest.Import{Person: br.person.ID,
		Actor: audit.Actor{Console: true}, Zone: zone, Format: src.Format}, func(yield func(record.Batch, error) bool) { yield(batch, nil) }, nil)
	require.NoError(br, err)
}

var anyTag = regexp.MustCompile(`(?s)<(title|desc|style)\b.*?</(title|desc|style)>|<[^>]*>`)

// wordsOf is the text of a page as people read it.
func wordsOf(page string) string {
	_, main, _ := strings.Cut(page, "<main")
	text := html.UnescapeString(anyTag.ReplaceAllString(main, " "))
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "\u00a0", " ")), " ")
}

// inMarch is an instant of March 2026 in the zone of the test's people.
func inMarch(day int, hour float64) record.Millis {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return record.At(time.Date(2026, 3, day, 0, 0, 0, 0, zone).Add(time.Duration(hour * float64(time.Hour))))
}

func on(m record.Millis) record.Common { return record.Common{At: m} }

var pumpSource = record.Source{Format: "tidepool-json", Device: "Pump <i>X</i> of a very long name indeed", Serial: "SN-000123456"}

// pumpDays are days of March of a pump that runs at 1 U/h and gives 4 U three
// times a day for 50 g, as its calculator proposes.
func pumpDays(first, last int) (all []record.Record) {
	for day := first; day <= last; day++ {
		all = append(all, &record.Basal{Common: on(inMarch(day, 0)), Basal: record.ScheduledBasal, Rate: 1, Duration: 24 * time.Hour})
		for _, h := range []float64{8, 13, 19} {
			proposed := unit.Units(4)
			all = append(all, &record.Dose{Common: on(inMarch(day, h)), Delivery: record.Normal, Insulin: record.Rapid, Units: 4, Programmed: 4, Recommended: &proposed, Carbs: 50},
				&record.Carbs{Common: on(inMarch(day, h)), Grams: 50})
		}
	}
	return all
}

func TestInsulinOfAPump(t *testing.T) {
	br := newBox(t).owner("Ana", "Mila")
	proposed := unit.Units(1.5)
	odd := &record.Dose{Common: on(inMarch(10, 16)), Delivery: record.Normal, Insulin: record.Rapid, Units: 1.4, Programmed: 2.8, Recommended: &proposed}
	odd.Extra = map[string]string{"insulinOnBoard": "0.75"}
	end := &record.Event{Common: on(inMarch(16, 0) - 1), Event: record.OtherEvent} // the data go up to the end of the day
	br.accept(pumpSource, nil, append(pumpDays(2, 15), odd, end)...)

	page := wordsOf(br.page(br.at("/insulin")))
	for _, want := range []string{"2–15 March 2026", "Insulin in all 36.1 U", "Basal 24 U 66%", "Bolus 12.1 U 34%", "Carbs 150 g", "Boluses a day 3.1",
		"mean of the 14 days", "Between 36 U (Mon 2 Mar) and 37.4 U (Tue 10 Mar) of insulin a day.",
		"Most bolus insulin is given from 08:00 to 09:00: 4 U on a mean day.",
		"43 of 43 100%", "Corrections: no carbs told to the calculator 1 of 43 2%", "More taken than proposed 1 of 43", "Less taken than proposed 0 of 43",
		"Interrupted before the end 1 of 43", "Insulin on board as a device last told it: 0.75 U on 10 Mar 2026, 16:00,"} {
		require.Contains(t, page, want)
	}
	require.NotContains(t, page, "left out")

	weeks := wordsOf(br.page(br.at("/insulin?from=2026-01-01&until=2026-03-31")))
	for _, want := range []string{"Week by week", "9–15 March 2026 36.2 U 24 U 12.2 U 150 g 3.1", "Every day", "Insulin in all 36.1 U"} {
		require.Contains(t, weeks, want, "empty days are in no mean")
	}
	german := br.request("GET", br.at("/insulin"), nil)
	german.Header.Set("Accept-Language", "de")
	page = wordsOf(br.send(german).body)
	require.Contains(t, page, "Insulin gesamt 36,1 IE")
	require.Contains(t, page, "Zwischen 36 IE (Mo, 2. März) und 37,4 IE (Di, 10. März) Insulin am Tag.")
}

// People without a pump, and pumps that tell only sums, are shown as what is
// known of them.
func TestInsulinOfOthers(t *testing.T) {
	pen := func(h float64, u unit.Units, of record.Insulin) func(int) record.Record {
		return func(day int) record.Record {
			return &record.Dose{Common: on(inMarch(day, h)), Delivery: record.Injection, Insulin: of, Units: u}
		}
	}
	sum := func(t record.DailyTotal) func(int) record.Record {
		return func(day int) record.Record { t := t; t.Common = on(inMarch(day, 0)); return &t }
	}
	for _, c := range []struct {
		name  string
		daily []func(int) record.Record
		want  []string
		never []string
	}{
		{"pens", []func(int) record.Record{pen(22, 20, record.Long), pen(8, 6, record.Rapid), pen(19, 4, record.Rapid)},
			[]string{"Insulin in all 30 U", "Basal, injected 20 U 67%", "Bolus 10 U 33%", "Long-acting insulin acts all day", "Boluses a day 2.0"}, []string{"Basal rate, U/h 0", "calculator"}},
		{"long-acting insulin alone", []func(int) record.Record{pen(22, 20, record.Long)},
			[]string{"Insulin in all 20 U", "Basal, injected 20 U 100%", "20 U of insulin on each day that counts."}, []string{" 0 U", "Boluses a day 0.0", "How the boluses"}},
		{"rapid insulin of which the rest is not known", []func(int) record.Record{pen(8, 6, record.Rapid)},
			[]string{"Bolus 6 U", "6 U of bolus insulin on each day that counts.", "Nothing here tells of basal insulin"}, []string{"Insulin in all 6 U", "100%"}},
		{"injections that do not say what", []func(int) record.Record{pen(8, 27, record.UnknownInsulin)},
			[]string{"10 injections do not say whether they were rapid or long-acting. They count as neither bolus nor basal.", "Not divided 27 U", "27 U of insulin from boluses and injections on each day",
				"Boluses and injections a day 1.0", "Most is given from 08:00"}, []string{"Bolus 27 U", "bolus insulin", "Insulin in all 27", "only the sum of the day", "100%"}},
		{"such injections beside pens that say it", []func(int) record.Record{pen(8, 27, record.UnknownInsulin), pen(12, 6, record.Rapid), pen(22, 20, record.Long)},
			[]string{"Insulin in all 53 U", "Basal, injected 20 U 38%", "Bolus 6 U 11%", "Not divided 27 U 51%"}, nil},
		{"a total alone", []func(int) record.Record{sum(record.DailyTotal{Total: 44})},
			[]string{"Insulin in all 44 U", "Not divided 44 U 100%", "only the sum of the day"}, []string{"Basal", " 0 U"}},
		{"a sum of automatic insulin", []func(int) record.Record{sum(record.DailyTotal{Automated: 21}), pen(8, 9, record.Rapid)},
			[]string{"Insulin in all 30 U", "Bolus by hand 9 U 30%", "Automatic, basal and boluses 21 U 70%", "cannot be taken apart"}, []string{"Basal 0", "Basal, "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			br := newBox(t).owner("Ana", "Mila")
			var all []record.Record
			for day := 2; day <= 11; day++ {
				for _, f := range c.daily {
					all = append(all, f(day))
				}
			}
			br.accept(record.Source{Format: "carelink-csv"}, nil, all...)
			page := wordsOf(br.page(br.at("/insulin?from=2026-03-02&until=2026-03-11")))
			for _, w := range c.want {
				require.Contains(t, page, w)
			}
			for _, w := range c.never {
				require.NotContains(t, page, w)
			}
		})
	}
}

func TestDevicesAndWear(t *testing.T) {
	br := newBox(t).owner("Ana", "Mila")
	now := time.Now()
	sensor := record.Source{Format: "clarity-csv", Device: "G7", Serial: "AB12CD34", Interval: 5 * time.Minute}
	var readings []record.Reading
	for m := inMarch(3, 2); m < inMarch(15, 0); m += 300_000 {
		if m < inMarch(13, 10) || m >= inMarch(13, 14) { // a gap of four hours
			readings = append(readings, record.Reading{At: m, Value: unit.MgDLValue(120)})
		}
	}
	br.accept(sensor, readings, &record.Event{Common: on(inMarch(3, 0)), Event: record.SensorStart}, &record.Event{Common: on(inMarch(13, 10)), Event: record.SensorEnd, Detail: "peeled <b>off</b>"},
		&record.Event{Common: on(inMarch(13, 12)), Event: record.SensorStart}, &record.Event{Common: on(inMarch(13, 9)), Event: record.SensorError, Detail: "E-7"},
		&record.Alarm{Common: on(inMarch(4, 3)), Name: "Urgent Low"}, &record.Alarm{Common: on(inMarch(5, 12)), Name: "Urgent Low"}, &record.Alarm{Common: on(inMarch(5, 12.1)), Name: "Urgent Low", Cleared: true},
		&record.Alarm{Common: on(inMarch(6, 23)), Name: "High"})
	var pump []record.Record
	for day := 3; day <= 15; day += 3 {
		pump = append(pump, &record.Event{Common: on(inMarch(day, 18)), Event: record.SiteChange}, &record.Event{Common: on(inMarch(day, 17.9)), Event: record.ReservoirChange})
	}
	pump = append(pump, &record.Event{Common: on(inMarch(8, 9)), Event: record.OtherEvent, Detail: "Pump Battery Change"}, &record.Event{Common: on(inMarch(9, 9)), Event: record.ClockChange},
		&record.Basal{Common: on(inMarch(2, 0)), Basal: record.AutomatedBasal, Rate: 1, Duration: 24 * time.Hour}, &record.Basal{Common: on(inMarch(3, 0)), Basal: record.ScheduledBasal, Rate: 1, Duration: 24 * time.Hour})
	br.accept(pumpSource, nil, pump...)
	br.accept(record.Source{Format: "simple-csv"}, nil, &record.Fingerstick{Common: on(record.At(now.Add(-time.Hour))), Value: unit.MgDLValue(100)})

	raw := br.page(br.at("/devices?from=2026-03-02&until=2026-03-15"))
	require.NotContains(t, raw, "<i>X</i>")
	require.NotContains(t, raw, "<b>off</b>")
	require.NotContains(t, raw, "SN-000123456", "the end of a serial number is enough")
	page := wordsOf(raw)
	for _, want := range []string{"Active: last heard 1 h ago", "Silent since 15 March 2026", "…CD34", "…3456", "Dexcom Clarity",
		"sensor readings, alarms, device events", "Readings in this period 3384",
		"It was set once in this period, on 9 Mar 2026, 09:00.",
		"Sensor readings cover 84% of the period. 3 gaps are longer than 2 hours, the longest 26 h.",
		"3 Mar 2026, 00:00 13 Mar 2026, 10:00 G7 10.4 days 2 h 100% end told by the device, “peeled <b>off</b>”, error before: “E-7”",
		"13 Mar 2026, 12:00 no end recorded G7", "Between site changes, median 3.0 days 5 changes", "Site last changed 15 Mar 2026 18:00", "Between reservoirs, median 3.0 days 5 changes",
		"Urgent low 1 1 2", "High glucose 0 1 1", "Pump Battery Change 1 8 Mar 2026, 09:00", "Rate set by the device 50%", "Time with a known rate 14%"} {
		require.Contains(t, page, want)
	}
	require.Less(t, strings.Index(page, "Active"), strings.Index(page, "Silent"), "the one heard last stands first")

	br.sql(`UPDATE person SET night_from = 23, night_until = 2`)
	page = wordsOf(br.page(br.at("/devices?from=2026-03-02&until=2026-03-15")))
	for _, want := range []string{"Urgent low 2 0 2", "High glucose 0 1 1", "23:00", "02:00"} {
		require.Contains(t, page, want, "the night is the person's own")
	}
}

func profileOf(h float64, change string) (all []record.Record) {
	for _, s := range [][3]string{{"basal.00:00", "0.8", "U/h"}, {"basal.06:00", change, "U/h"}, {"carb-ratio.00:00", "10", "g/U"}, {"sensitivity.00:00", "2.5", "mmol/L/U"},
		{"target.low.00:00", "5.5", "mmol/L"}, {"target.high.00:00", "6.5", "mmol/L"}, {"insulin-action", "5", "h"}, {"alert.high", "10", "mmol/L"}, {"own <b>thing</b>", "x", ""}} {
		c := on(inMarch(2, h))
		c.Extra = map[string]string{"profile": "Weekday"}
		all = append(all, &record.Setting{Common: c, Name: s[0], Value: s[1], Unit: s[2]})
	}
	return all
}

func TestDeviceSettings(t *testing.T) {
	br := newBox(t).owner("Ana", "Mila")
	empty := wordsOf(br.page(br.at("/devices/settings")))
	for _, id := range web.BringSettings {
		require.Contains(t, empty, nameOf(id))
	}
	require.NotContains(t, empty, "CareLink", "its files tell no settings")

	br.accept(pumpSource, nil, append(profileOf(10, "1.1"), profileOf(10+5*24, "1.125")...)...)
	raw := br.page(br.at("/devices/settings"))
	require.NotContains(t, raw, "<b>thing</b>")
	page := wordsOf(raw)
	for _, want := range []string{"As they stand now", "Profile “Weekday”", "Basal rate 25.05 U a day", "Lowest from 00:00 at 0.8 U/h, highest from 06:00 at 1.125 U/h.",
		"All day 10 g per U", "All day 45 mg/dL per U", "All day 99–117 mg/dL", "Active insulin time 5 h", "Alert: high 180 mg/dL", "own <b>thing</b> x",
		"7 Mar 2026, 10:00 Basal rate, 06:00–24:00 1.1 U/h 1.125 U/h", "Settings told for the first time"} {
		require.Contains(t, page, want)
	}
	require.NotContains(t, page, "What is different now")
	require.Contains(t, raw, `class="night" x="91.7%"`, "22:00")
	br.sql(`UPDATE person SET night_from = 23, night_until = 2`)
	require.Contains(t, br.page(br.at("/devices/settings")), `class="night" x="95.8%"`, "the night of the person")

	then := wordsOf(br.page(br.at("/devices/settings?date=2026-03-05")))
	for _, want := range []string{"At the end of Thursday, 5 March 2026", "Basal rate 24.6 U a day", "highest from 06:00 at 1.1 U/h",
		"What is different now", "Basal rate, 06:00–24:00 1.1 U/h 1.125 U/h Pump <i>X</i>"} {
		require.Contains(t, then, want)
	}
	require.NotContains(t, then, "7 Mar 2026", "what had not happened")
	same := wordsOf(br.page(br.at("/devices/settings?date=2026-03-20")))
	require.Contains(t, same, "Nothing: the settings are as they were.")
	before := wordsOf(br.page(br.at("/devices/settings?date=2026-02-01")))
	require.Contains(t, before, "Nothing is told of settings up to that day. The first is from 2 March 2026.")

	br.post("/preferences", "language", "de", "unit", "mmol/L", "clock", "24", "theme", "system")
	mmol := wordsOf(br.page(br.at("/devices/settings")))
	for _, want := range []string{"Den ganzen Tag 2,5 mmol/L pro IE", "Den ganzen Tag 5,5–6,5 mmol/L", "Alarm: hoch 10,0 mmol/L", "06:00–24:00 1,125 IE/h"} {
		require.Contains(t, mmol, want, "in the unit that the device gave it in")
	}
}

// Nonsense in an address gives the page, with what is wrong beside the form.
func TestTherapyPagesTakeAnyAddress(t *testing.T) {
	br := newBox(t).owner("Ana", "Mila")
	shown := func(path string) string {
		a := br.get(br.at(path))
		require.Contains(t, []int{ok, unusable}, a.status, "%.200s", path)
		return a.body
	}
	visit := func() {
		for _, path := range []string{"/insulin", "/devices"} {
			for _, q := range []string{"", "?days=1", "?days=0", "?days=-3", "?days=99999999999999999999", "?days=366", "?from=2006-01-01&until=2026-01-01", "?from=9999-01-01&until=9999-01-02",
				"?from=2190-01-01&until=2190-02-01", "?from=x&until=y", "?from=2026-03-31&until=2026-03-01", "?from=2026-03-29&until=2026-03-29", "?from=" + strings.Repeat("9", 10_000)} {
				page := shown(path + q)
				require.NotContains(t, page, "NaN")
				require.NotContains(t, page, "Inf")
			}
		}
		for _, date := range []string{"", "x", "2026-02-30", "9999-12-31", "0000-01-01", "1900-01-01", "2190-01-01", strings.Repeat("1", 10_000), "<script>"} {
			page := shown("/devices/settings?date=" + url.QueryEscape(date))
			require.NotContains(t, page, "<script>alert")
			require.NotContains(t, page, "NaN")
		}
	}
	visit()
	br.accept(pumpSource, nil, append(pumpDays(2, 3), profileOf(1, "1")...)...)
	visit()
	require.Contains(t, wordsOf(shown("/insulin?from=2006-01-01&until=2026-01-01")), "Choose at most 366 days")
	require.Contains(t, wordsOf(shown("/devices/settings?date=2190-01-01")), "That day is yet to come")
	require.Contains(t, wordsOf(br.page(br.at("/insulin?from=2025-03-02&until=2025-03-03"))), "No insulin and no carbs in 2–3 March 2025.")
}

func nameOf(id string) string {
	for _, f := range format.All() {
		if f.ID == id {
			return f.Name
		}
	}
	return "no format " + id
}

// The page names just those files that bring settings, and understands what
// each of their readers calls them.
func TestEveryFormatsSettingsAreUnderstood(t *testing.T) {
	files, err := filepath.Glob("../format/testdata/*.*")
	require.NoError(t, err)
	brings := map[string]bool{}
	br := newBox(t).owner("Ana", "Mila")
	for _, path := range files {
		if strings.HasSuffix(path, ".golden") {
			continue
		}
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		in := format.Input{ReaderAt: bytes.NewReader(data), Size: int64(len(data))}
		f, err := format.Detect(in, format.Options{})
		if err != nil {
			continue
		}
		for b, err := range format.Read(f, in, format.Options{}) {
			if err != nil {
				break
			}
			for _, r := range b.Sparse {
				if s, ok := r.(*record.Setting); ok {
					brings[f.ID] = true
					br.accept(record.Source{Format: f.ID, Device: filepath.Base(path)}, nil, s)
				}
			}
		}
	}
	require.Len(t, brings, len(web.BringSettings))
	for _, id := range web.BringSettings {
		require.True(t, brings[id], id)
	}
	page := wordsOf(br.page(br.at("/devices/settings")))
	for _, raw := range []string{"alert.", "basal.", "carb-", "target.", "sensitivity", "insulin-action", "time-zone"} {
		require.NotContains(t, page, raw, "a name without words")
	}
	for _, want := range []string{"Alert: rising by 3 mg/dL per min", "Alert: no signal for 20 min", "Alert: low 70 mg/dL", "All day 50 mg/dL per U", "Carb absorption 20 g per hour", "Time zone Europe/Berlin",
		"Basal rate 24.45 U a day", "All day 99–117 mg/dL"} {
		require.Contains(t, page, want)
	}
}

// What may as well be long-acting is called a bolus on no report.
func TestInjectionsThatDoNotSayWhatAreCalledSo(t *testing.T) {
	br := newBox(t).owner("Ana", "Mila")
	var all []record.Record
	var readings []record.Reading
	for day := 2; day <= 29; day++ {
		all = append(all, &record.Dose{Common: on(inMarch(day, 22)), Delivery: record.Injection, Units: 27},
			&record.Dose{Common: on(inMarch(day, 8)), Delivery: record.Injection, Insulin: record.Rapid, Units: 6})
		for m := range 96 {
			readings = append(readings, record.Reading{At: inMarch(day, float64(m)/4), Value: unit.MgDLValue(120)})
		}
	}
	br.accept(record.Source{Format: "carelink-csv", Interval: 15 * time.Minute}, readings, all...)
	for path, want := range map[string]string{
		"/profile?from=2026-03-02&until=2026-03-29": "Bolus and injections 33 U",
		"/weeks?from=2026-03-02&until=2026-03-29":   "Bolus and injections a day 33 U",
		"/compare?days=14":                          "Bolus and injections a day 33.0 U 33.0 U",
	} {
		page := wordsOf(br.page(br.at(path)))
		require.Contains(t, page, want)
		require.NotRegexp(t, `Bolus (a day )?[0-9]`, page)
	}
}

// Half a day is no average day: of today's doses alone the page says that no
// day counts, and shows them all the same.
func TestInsulinOfADayThatIsNotOver(t *testing.T) {
	noon := time.Date(2040, 4, 10, 12, 0, 0, 0, time.UTC)
	b := newBox(t)
	b.mu.Lock()
	b.ahead = time.Until(noon)
	b.mu.Unlock()
	br := b.owner("Ana", "Mila")
	br.acceptAt(noon, record.Source{Format: "carelink-csv"}, nil,
		&record.Dose{Common: on(record.At(noon.Add(-3 * time.Hour))), Delivery: record.Injection, Insulin: record.Rapid, Units: 6.5},
		&record.Carbs{Common: on(record.At(noon.Add(-3 * time.Hour))), Grams: 45})
	page := wordsOf(br.page(br.at("/insulin?days=7")))
	for _, want := range []string{"1 day with insulin is left out", "No day counts, so there is no average.", "Tue 10 Apr not in the mean – 6.5 U 45 g 1"} {
		require.Contains(t, page, want)
	}
	for _, never := range []string{"Insulin: of the 1 day", "Carbs: of the 1 day", "a mean day", "NaN", "Boluses a day 1"} {
		require.NotContains(t, page, never)
	}
	require.NotContains(t, wordsOf(br.page(br.at("/insulin?days=90"))), "NaN")

	// A rate is believed up to the newest that is known: the dose, seven hours after it.
	br.acceptAt(noon, record.Source{Format: "carelink-csv"}, nil,
		&record.Basal{Common: on(record.At(noon.Add(-10 * time.Hour))), Basal: record.ScheduledBasal, Rate: 1, Duration: 9 * time.Hour})
	page = wordsOf(br.page(br.at("/insulin?days=7")))
	require.Contains(t, page, "Tue 10 Apr not in the mean 13.5 U 7 U 6.5 U 45 g 1")
	require.NotContains(t, page, "Insulin in all 13.5")
}
