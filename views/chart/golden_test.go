package chart

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// states are the charts that a curve can be, and the fullest.
func states(t *testing.T) map[string]DayInput {
	zone := madrid(t)
	when := func(h, m int) time.Time { return time.Date(2026, 3, 10, h, m, 0, 0, zone) }
	curve := func(from, until time.Time, values ...float64) (list []Reading) {
		for i, at := 0, from; at.Before(until); i, at = i+1, at.Add(5*time.Minute) {
			v := values[i%len(values)]
			r := Reading{At: at, Value: unit.MgDLValue(v), Class: classOf(v), Every: 5 * time.Minute, Source: 1}
			r.Below, r.Above = v == 40, v == 400
			list = append(list, r)
		}
		return list
	}
	hours := DayInput{ID: "d", Day: when(11, 0), Since: when(11, 0), Until: when(14, 9), Now: when(14, 0)}
	full := hours
	full.Sources = []string{"Sensor A", "Pump B", "Meter C"}
	full.LeftOut = []string{"Phone D"}
	full.Readings = curve(when(11, 2), when(14, 0), 110, 96, 81, 66, 52, 61, 75, 98, 140, 186, 255, 230)
	scan := Reading{At: when(11, 33), Value: unit.MgDLValue(120), Class: figure.InRange, Scan: true, Source: 1}
	full.Readings = append(full.Readings[:6:6], append([]Reading{scan}, full.Readings[6:]...)...)
	full.Sticks = []Stick{{At: when(12, 10), Value: unit.MmolLValue(3.2), Class: figure.Low, Source: 3}}
	full.Doses = []Dose{{At: when(11, 30), Units: 4.5, Source: 2}, {At: when(11, 40), Units: 0.2, Automated: true, Source: 2},
		{At: when(12, 0), Units: 20, Long: true, Injection: true, Source: 3}, {At: when(12, 30), Units: 3, Over: time.Hour, Source: 2}}
	full.Rates = []Rate{{Since: when(10, 0), Until: when(12, 0), PerHour: 0.8}, {Since: when(12, 0), Until: when(12, 45), Stopped: true}, {Since: when(12, 45), Until: when(14, 0), PerHour: 1.1}}
	full.Meals = []Meal{{At: when(11, 35), Grams: 45, Source: 3}}
	full.Happenings = []Happening{{At: when(11, 10), Kind: HappeningNote, Number: 1, Text: `Note: <b>"tired"</b>`, Source: 3},
		{At: when(11, 12), Until: when(11, 42), Kind: HappeningActivity, Number: 2, Text: "Activity 30 min: walk", Source: 3},
		{At: when(11, 14), Kind: HappeningDevice, Number: 3, Text: "New infusion site", Source: 2}, {At: when(12, 44), Kind: HappeningAlarm, Number: 4, Text: "Device alarm: Low", Source: 1}}

	empty, gap, warm, clipped, sticks := hours, hours, hours, hours, hours
	gap.Readings = append(curve(when(11, 0), when(11, 30), 110), curve(when(13, 10), when(14, 0), 120)...)
	warm.Readings = curve(when(11, 0), when(13, 20), 110)
	warm.WarmUps = []Stretch{{when(13, 25), when(14, 0)}}
	clipped.Readings = curve(when(11, 0), when(14, 0), 60, 40, 60, 390, 400)
	sticks.Sticks = []Stick{{At: when(11, 5), Value: unit.MgDLValue(62), Class: figure.Low}, {At: when(13, 5), Value: unit.MgDLValue(600), Class: figure.VeryHigh, Above: true}}
	night := hours
	night.Since, night.Until, night.Now = when(-2, 0), when(10, 36), when(10, 0)
	night.Readings = curve(when(-2, 0), when(10, 0), 120, 118)
	return map[string]DayInput{"full": full, "empty": empty, "gap": gap, "warm-up": warm, "low-high": clipped, "sticks": sticks, "night": night}
}

func classOf(v float64) figure.Class {
	switch {
	case v < 54:
		return figure.VeryLow
	case v < 70:
		return figure.Low
	case v <= 180:
		return figure.InRange
	case v <= 250:
		return figure.High
	}
	return figure.VeryHigh
}

func TestStatesOfTheChart(t *testing.T) {
	for lang, l := range map[string]text.Locale{"en": {Lang: "en", Unit: "mg/dL"}, "de": mmol} {
		for name, in := range states(t) {
			t.Run(name+" in "+lang, func(t *testing.T) {
				html := strings.ReplaceAll(render(t, l, ShowDay(NewDay(l, in))), "><", ">\n<")
				path := filepath.Join("testdata", "day-"+name+"-"+lang+".html")
				if *update {
					require.NoError(t, os.MkdirAll("testdata", 0o755))
					require.NoError(t, os.WriteFile(path, []byte(html), 0o644))
				}
				want, err := os.ReadFile(path)
				require.NoError(t, err)
				require.Equal(t, string(want), html)
			})
		}
	}
}

// What the states must say, whatever they look like.
func TestStatesSayWhatTheyShow(t *testing.T) {
	all := states(t)
	say := func(name string) (Day, string) {
		d := NewDay(mgdl, all[name])
		return d, render(t, mgdl, ShowDay(d))
	}
	d, html := say("full")
	require.Equal(t, "From: Sensor A · Pump B · Meter C. Not drawn: readings of Phone D, since another device tells the same time.", d.From)
	require.Contains(t, html, "Note: &lt;b&gt;&#34;tired&#34;&lt;/b&gt;")
	require.NotContains(t, html, "<b>")
	require.True(t, d.Table.Fine && d.Table.Sticks && d.Table.Insulin && d.Table.Carbs && d.Table.Events)
	require.Equal(t, "11:00", d.Table.Rows[0].Hour)
	require.Len(t, d.Table.Rows, 36)
	row := d.Table.Rows[14]
	require.Equal(t, []string{"12:10", "58 Low", "Sensor A, Meter C"}, []string{row.Hour, row.Sticks, row.From})
	require.Equal(t, 1, strings.Count(html, "dose-long-core"), "long-acting insulin is a hollow bar")
	require.Contains(t, html, `class="stopped"`)
	require.Contains(t, html, `class="dose-extended"`)
	k := trackOf(t, d)
	require.Contains(t, k.Beside, beside{At: 1800, Text: "Bolus " + figure.Units(mgdl, 4.5) + " · Pump B"})
	require.Contains(t, k.Beside, beside{At: 2100, Text: figure.Grams(mgdl, 45) + " · Meter C"})
	require.Equal(t, 1, strings.Count(k.Kind, "1"))
	require.Equal(t, 1, strings.Count(k.Kind, "2"))
	require.Equal(t, len(k.At), len(k.Class))
	require.Equal(t, len(k.At), len(strings.Split(k.Values, "|")))

	d, _ = say("gap")
	require.Contains(t, d.Summary, "No readings from 11:25 to 13:10.")
	require.Equal(t, 2, strings.Count(d.line, "M"), "the line is broken")
	d, html = say("warm-up")
	require.Contains(t, d.Summary, "A new sensor was started at 13:25 and has given no reading yet.")
	require.Contains(t, html, `fill="url(#d-hatch)"`)
	d, html = say("empty")
	require.True(t, d.Empty)
	require.Equal(t, "No readings in these hours.", d.Summary)
	require.Contains(t, html, ">180</text>", "the axis is drawn")
	d, html = say("sticks")
	require.False(t, d.Empty)
	require.Equal(t, "2 fingersticks, from 62 mg/dL at 11:05 to above 600 mg/dL at 13:05.", d.Summary)
	require.Contains(t, html, `<svg class="stick low" x=`)
	require.Contains(t, html, `<svg class="stick very-high" x=`)
	require.Equal(t, "HIGH Very high", d.Table.Rows[1].Sticks)
	d, _ = say("night")
	require.Contains(t, labels(d.hours), "Tue", "midnight within some hours is the day that begins")
}

func labels(list []hour) (out []string) {
	for _, h := range list {
		out = append(out, h.Label)
	}
	return out
}

// A sensor that measures every minute: the drawing is thinned, the lowest and
// highest reading stay, and the table counts all.
func TestAMinuteSensorIsThinned(t *testing.T) {
	day := time.Date(2026, 3, 10, 0, 0, 0, 0, madrid(t))
	var list []Reading
	for i := range 1440 {
		v := 120 + float64(i%7)
		switch i {
		case 701:
			v = 51
		case 703:
			v = 301
		}
		list = append(list, Reading{At: day.Add(time.Duration(i) * time.Minute), Value: unit.MgDLValue(v), Class: classOf(v), Every: time.Minute})
	}
	d := NewDay(mgdl, DayInput{ID: "d", Day: day, Readings: list})
	k := trackOf(t, d)
	require.LessOrEqual(t, len(k.At), 2*dotColumns+1)
	values := strings.Split(k.Values, "|")
	require.Contains(t, values, "51")
	require.Contains(t, values, "301")
	require.Equal(t, "1440 readings, from 51 mg/dL at 11:41 to 301 mg/dL at 11:43.", d.Summary)
	require.Equal(t, "51", d.Table.Rows[11].Lowest)
	window := NewDay(mgdl, DayInput{ID: "d", Day: day, Since: day.Add(9 * time.Hour), Until: day.Add(15 * time.Hour), Readings: list})
	require.Len(t, trackOf(t, window).At, 360, "six hours have room for every minute")
	require.Len(t, window.Table.Rows, 24, "a quarter of an hour a row")
}

// The numbers on the lane of notes and devices never overlap on a phone, and
// stand for everything.
func TestNumbersOnTheLane(t *testing.T) {
	in := states(t)["empty"]
	for i := range 60 {
		in.Happenings = append(in.Happenings, Happening{At: in.Since.Add(time.Duration(i) * time.Minute), Kind: HappeningNote, Number: i + 1, Text: "x"})
	}
	d := NewDay(mgdl, in)
	require.Len(t, d.events.Ticks, 60, "each has its own mark")
	require.Less(t, len(d.events.Narrow), 20)
	require.Less(t, len(d.events.Narrow), len(d.events.Broad))
	require.Regexp(t, `^\d+ \+\d+$`, d.events.Narrow[len(d.events.Narrow)-1].Text)
	require.Equal(t, "1", d.events.Broad[0].Text)
}

// What is programmed and not yet given is not drawn as insulin.
func TestAnExtendedBolusEndsNow(t *testing.T) {
	in := states(t)["empty"]
	in.Doses = []Dose{{At: in.Now.Add(-time.Hour), Units: 4, Over: 2 * time.Hour}}
	require.Equal(t, "95.2%", NewDay(mgdl, in).insulin.Bars[0].End)
	require.Equal(t, "95.2%", NewDay(mgdl, in).present)
	in.Doses[0].Over = 30 * time.Minute
	require.Equal(t, "79.4%", NewDay(mgdl, in).insulin.Bars[0].End)
}

// A program that wrote a thousand notes into an hour leaves a page that a
// phone can load.
func TestManyHappeningsStaySmall(t *testing.T) {
	in := states(t)["empty"]
	for i := range 5000 {
		in.Happenings = append(in.Happenings, Happening{At: in.Since.Add(time.Duration(i) * time.Second), Kind: HappeningNote, Number: i + 1, Text: "Note: something happened"})
	}
	d := NewDay(mgdl, in)
	require.Len(t, trackOf(t, d).Beside, mostBeside)
	require.LessOrEqual(t, len(d.events.Ticks), 1000)
	require.Contains(t, d.Table.Rows[0].Events, "Note: something happened +288")
	require.Less(t, len(render(t, mgdl, ShowDay(d))), 400_000)
}
