package page

import (
	"math"
	"strings"
	"time"

	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/chart"
	"glucokeep/views/component"
	"glucokeep/views/figure"
	"glucokeep/views/layout"
)

// The samples are made up: a curve of sines and meals, no one's readings.

func madrid() *time.Location {
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		panic(err)
	}
	return zone
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

// sampleReadings are five-minute readings from the start of a day on, with a
// gap in the afternoon.
func sampleReadings(day time.Time, hours float64, seed float64) []chart.Reading {
	var list []chart.Reading
	start := time.Date(day.Year(), day.Month(), day.Day(), 0, 2, 0, 0, day.Location())
	for i := 0; float64(i)/12 < hours; i++ {
		h := float64(i) / 12
		if h > 15.2 && h < 16.1 {
			continue
		}
		v := 118 + 22*math.Sin(h/3.1+seed) + 9*math.Sin(h*1.9+2*seed) + 3*math.Sin(h*7+seed)
		for _, meal := range [][2]float64{{8, 95 + 20*math.Sin(seed)}, {13.5, 60 + 25*math.Sin(2*seed)}, {20, 95 + 30*math.Sin(3*seed)}} {
			if d := h - meal[0]; d > 0 {
				v += meal[1] * d / 0.9 * math.Exp(1-d/0.9)
			}
		}
		v -= (58 + 8*math.Sin(seed)) * math.Exp(-(h-4.2)*(h-4.2)/0.6)
		r := chart.Reading{At: start.Add(time.Duration(i) * 5 * time.Minute), Every: 5 * time.Minute}
		if v < 40 {
			v, r.Below = 40, true
		}
		r.Value, r.Class = unit.MgDLValue(math.Round(v)), classOf(math.Round(v))
		list = append(list, r)
	}
	return list
}

func sampleDay(l text.Locale, hours float64) chart.Day {
	day := time.Date(2026, 3, 10, 0, 0, 0, 0, madrid())
	at := func(h, m int) time.Time { return time.Date(2026, 3, 10, h, m, 0, 0, madrid()) }
	return chart.NewDay(l, chart.DayInput{
		ID: "day", Day: day, Now: at(int(hours), 1), Readings: sampleReadings(day, hours, 0.4),
		Doses: []chart.Dose{{At: at(7, 50), Units: 6.2}, {At: at(9, 30), Units: 0.9}, {At: at(13, 20), Units: 5},
			{At: at(19, 55), Units: 8.4}, {At: at(2, 0), Units: 0.2, Automated: true}, {At: at(22, 15), Units: 1.1}},
		Rates: []chart.Rate{{Since: at(0, 0), Until: at(6, 0), PerHour: 0.7}, {Since: at(6, 0), Until: at(11, 0), PerHour: 1.05},
			{Since: at(11, 0), Until: at(22, 0), PerHour: 0.8}},
		Meals: []chart.Meal{{At: at(8, 0), Grams: 52}, {At: at(10, 40), Grams: 12}, {At: at(13, 30), Grams: 45}, {At: at(20, 5), Grams: 70}},
	})
}

func sampleLatest(l text.Locale, value float64, age time.Duration, trend figure.Trend) figure.Latest {
	now := time.Date(2026, 3, 10, 21, 40, 0, 0, madrid())
	delta := unit.MgPerDl(4)
	return figure.NewLatest(l, &figure.Newest{At: now.Add(-age), Value: unit.MgDLValue(value), Class: classOf(value),
		Trend: trend, Delta: &delta, Below: value == 40, Above: value == 400, Every: 5 * time.Minute}, now)
}

// The places that a page of the samples stands at.
const (
	nowhere = iota
	atPeople
	atDay
	atProfile
	atImports
)

func sampleFrame(l text.Locale, title string, at int) layout.Frame {
	f := layout.Frame{Title: title, Account: "Marta Ruiz Ferrer", Preference: "/preferences", SignOut: "/sign-out", Version: "0.1"}
	f.Places = []layout.Place{{URL: "/people", Label: l.T("web.place.people"), Icon: "people", Current: at == atPeople}}
	if at > atPeople {
		f.Of = "Ana Ruiz"
		f.Places = append(f.Places,
			layout.Place{URL: "/people/1", Label: l.T("web.place.now"), Icon: "day", OfPerson: true, Current: at == atDay},
			layout.Place{URL: "/people/1/profile", Label: l.T("web.place.reports"), Icon: "profile", OfPerson: true, Current: at == atProfile},
			layout.Place{URL: "/people/1/imports", Label: l.T("web.place.imports"), Icon: "imports", OfPerson: true, Current: at == atImports})
	}
	return f
}

func sampleZones() []component.Option {
	return []component.Option{{Value: "Europe/Berlin", Label: "Europe/Berlin"}, {Value: "Europe/Madrid", Label: "Europe/Madrid"}}
}

func samplePeople(l text.Locale) People {
	until := time.Date(2026, 3, 10, 21, 40, 0, 0, madrid())
	spark := func(seed float64) *chart.Spark {
		s := chart.NewSpark(l, chart.Ground{}, sampleReadings(until, 21.6, seed), until.Add(-3*time.Hour), until)
		return &s
	}
	return People{More: 450, All: component.Link{URL: "/?show=all", Label: l.T("people.show-all", "count", 455)}, Cards: []PersonCard{
		{Key: "4", Name: "Tim", Need: 0, InRange: l.T("people.in-range", "share", l.Percent(61, 0)), Alarm: l.T("people.alarm-cleared", "name", "LOW GLUCOSE SUSPEND", "clock", l.Clock(until)), URL: "/people/4", Latest: sampleLatest(l, 40, 3*time.Minute, figure.SingleDown), Spark: spark(2)},
		{Key: "2", Need: 2, Name: "Josefine Hildegard von der Lindenburg-Altmannshofen", URL: "/people/2", Latest: sampleLatest(l, 112, 22*time.Minute, figure.Flat), Spark: spark(1)},
		{Key: "1", Need: 4, Name: "Ana Ruiz", InRange: l.T("people.in-range", "share", l.Percent(78, 0)), Alarm: l.T("people.alarm", "name", "Alert on high", "clock", l.Clock(until)), URL: "/people/1", Latest: sampleLatest(l, 186, 2*time.Minute, figure.FortyFiveUp), Spark: spark(0.4)},
		{Key: "3", Need: 5, Name: "Noor", URL: "/people/3", Latest: sampleLatest(l, 97, 9*time.Minute, figure.Flat), Spark: spark(3)},
		{Key: "5", Need: 2, Name: "Grandpa", URL: "/people/5", Latest: figure.NewLatest(l, nil, until)},
	}}
}

func samplePerson(l text.Locale) Person {
	return Person{
		Name: "Ana Ruiz", Latest: sampleLatest(l, 186, 2*time.Minute, figure.FortyFiveUp), Day: sampleDay(l, 21.6), When: sampleWhen(l, 0),
		Facts: DayFacts{InRange: l.Percent(71, 0), Below: l.Percent(4, 0), Above: l.Percent(25, 0), Average: figure.MgPerDl(l, 142),
			Insulin: figure.Units(l, 38.4), Carbs: figure.Grams(l, 179)},
		Episodes: Episodes{Judged: true, Rows: []Episode{
			{Class: figure.VeryLow, Sentence: l.T("person.episode.very-low", "since", "03:40", "until", "04:35", "value", figure.MgPerDl(l, 51), "at", "04:12"),
				Lasted: l.Span(55 * time.Minute), URL: "#day-chart", Second: "15120"},
			{Class: figure.High, Sentence: l.T("person.episode-going.high", "since", "20:25", "value", figure.MgPerDl(l, 213), "at", "20:57"),
				Lasted: l.T("person.episode.going", "time", 75*time.Minute), URL: "#day-chart", Second: "75420"}}},
		Events: sampleEvents(l),
	}
}

func sampleWhen(l text.Locale, hours int) When {
	day := time.Date(2026, 3, 10, 0, 0, 0, 0, madrid())
	w := When{Heading: l.T("person.today-is", "day", l.DateLong(day)), Action: "/people/1", Chosen: "2026-03-10",
		Previous: component.Link{URL: "?day=2026-03-09", Label: l.Day(day.AddDate(0, 0, -1))}}
	if hours > 0 {
		w.Heading = l.T("person.last-hours", "count", hours)
	}
	for _, n := range []int{3, 6, 12, 24} {
		w.Tabs = append(w.Tabs, component.Tab{URL: "?hours", Label: l.Span(time.Duration(n) * time.Hour), Current: n == hours})
	}
	w.Tabs = append(w.Tabs, component.Tab{URL: "?day=2026-03-10", Label: l.T("person.whole-day"), Current: hours == 0})
	return w
}

// sampleEvents has a note in HTML, one in Arabic and one that does not end.
func sampleEvents(l text.Locale) Events {
	e := Events{All: l.T("person.events.all", "count", 2), Shown: []Event{
		{Clock: "19:55", What: l.T("person.event.bolus"), Amount: figure.Units(l, 8.4), From: "Ypso pump"},
		{Clock: "16:02", What: l.T("chart.kind.fingerstick"), Amount: figure.MgPerDl(l, 62) + " " + figure.Unit(l).String(), Class: figure.Low, From: "Contour meter"},
		{Number: "3", Clock: "15:10", What: l.T("person.event.note"), Text: `<b title="x">not bold</b> & "quoted"`, From: "Diary"},
		{Number: "2", Clock: "11:00", What: l.T("person.event.note"), Text: "قبل الرياضة أكلت تفاحة", From: "Diary"},
		{Number: "1", Clock: "09:00", What: l.T("person.event.note"), Start: strings.Repeat("a long walk ", 20) + "…", Text: strings.Repeat("a long walk ", 800), From: "Diary"}}}
	e.Folded = []Event{{Clock: "08:00", What: l.T("person.event.carbs"), Amount: figure.Grams(l, 52)}, {Clock: "07:50", What: l.T("person.event.bolus"), Amount: figure.Units(l, 6.2)}}
	return e
}

func sampleProfile(l text.Locale, enough bool) Profile {
	first := time.Date(2026, 3, 2, 0, 0, 0, 0, madrid())
	var bins []chart.ProfileBin
	for h := range 24 {
		x := float64(h) + 0.5
		mid := unit.MgPerDl(128 + 18*math.Sin(x/3.1) + 40*math.Exp(-(x-9)*(x-9)/3) + 46*math.Exp(-(x-21)*(x-21)/4) - 26*math.Exp(-(x-4)*(x-4)/4))
		s := unit.MgPerDl(16 + 9*math.Sin(x/4))
		bins = append(bins, chart.ProfileBin{Minute: 60*h + 30, P5: mid - 2.2*s, P25: mid - s, P50: mid, P75: mid + 1.3*s, P95: mid + 3.6*s})
	}
	var days []chart.ThumbInput
	for i := range 14 {
		day := first.AddDate(0, 0, i)
		t := chart.ThumbInput{Day: day, URL: "?day", Outside: i < 1}
		if i != 5 {
			t.Readings = sampleReadings(day, 24, float64(i)*0.7)
		}
		days = append(days, t)
	}
	unitWord := " " + figure.Unit(l).String()
	p := Profile{
		Person: "Ana Ruiz", DayURL: "/people/1",
		Period: component.Period{Printed: l.Period(first.AddDate(0, 0, 1), first.AddDate(0, 0, 13)), Action: "/people/1/profile", From: "2026-03-02", Until: "2026-03-15",
			Lengths: []component.Tab{{URL: "?days=7", Label: l.Span(7 * 24 * time.Hour)}, {URL: "?days=14", Label: l.Span(14 * 24 * time.Hour), Current: true}, {URL: "?days=30", Label: l.Span(30 * 24 * time.Hour)}, {URL: "?days=90", Label: l.Span(90 * 24 * time.Hour)}}},
		Sufficiency: Sufficiency{Enough: enough, DaysWith: 13, Days: 14, Active: l.Percent(83.2, 1)},
		Ranges: chart.NewRanges(l, chart.RangesInput{ID: "ranges", Shares: [5]float64{0.3, 3.1, 70.8, 21.4, 4.4},
			Goals: chart.Goals{VeryLow: 1, Low: 4, InRange: 70, High: 25}}),
		Metrics: ProfileMetrics{Average: figure.MgPerDl(l, 146) + unitWord, AverageGoal: "<" + figure.MgPerDl(l, 155) + unitWord,
			CV: l.Percent(34.1, 1), CVGoal: "≤" + l.Percent(36, 0), Active: l.Percent(83.2, 1), Readings: l.Integer(3121), Outside: 2},
		Thumbs:  chart.NewThumbs(l, "days", days),
		Insulin: ProfileInsulin{Daily: figure.Units(l, 38.4), Basal: figure.Units(l, 17.9), BasalShare: l.Percent(47, 0), Bolus: figure.Units(l, 20.5), Carbs: figure.Grams(l, 184), Days: 12},
	}
	if enough {
		p.Metrics.GMI, p.Metrics.GMIGoal = l.Percent(6.8, 1), "<"+l.Percent(7, 0)
		c := chart.NewProfile(l, chart.ProfileInput{ID: "curve", Bins: bins})
		p.Curve = &c
	}
	return p
}

func sampleImports() Imports {
	return Imports{Person: "Ana Ruiz", Action: "/people/1/imports", Limit: "64 MiB",
		Formats: []KnownFormat{{Name: "CareLink CSV"}, {Name: "Clarity CSV"}, {Name: "LibreView CSV"}, {Name: "Diasend XLS", Constructed: true}},
		Rows: []ImportRow{
			{Format: "Clarity CSV", When: "10 Mar 2026, 18:12", Who: "Marta", Period: "24 February – 9 March 2026", Counts: "3,980 glucose readings, 112 doses", Rejected: "14 rows not used", UndoURL: "/x"},
			{Format: "CareLink CSV", When: "2 Mar 2026, 08:40", Who: "Marta", Period: "1–28 February 2026", Counts: "7,112 glucose readings, 301 doses", Undone: "Undone on 3 March 2026 by Marta"},
		}}
}

func samplePreview() ImportPreview {
	p := ImportPreview{Person: "Ana Ruiz", Action: "/x", CancelAction: "/y", File: "CLARITY_Export_Ruiz_Ana_2026-03-10_180912_some-very-long-name.csv",
		Format: "Clarity CSV", First: "24 Feb 2026, 00:04", Last: "9 Mar 2026, 23:59",
		Kinds: []KindCount{{"Glucose readings", "3,980"}, {"Doses", "112"}, {"Carbs", "98"}}, New: 4190, Known: 212, Rejected: 63,
		Devices:  []ImportDevice{{"Dexcom G7", "4F2A", "3,980 readings", "24 Feb – 9 Mar"}, {"Omnipod 5", "81", "112 doses", "24 Feb – 9 Mar"}},
		Warnings: []string{"The serial number ending 4F2A belongs to Tim until now. Is this file really Ana’s?"},
		Zone:     "Europe/Madrid", Zones: sampleZones(), ZoneHint: "The file gives times without a zone.",
		MoreRejects: 13, Problems: map[string]string{"seen": "Tick this first, so that nothing is left out unnoticed."}}
	for i := range 5 {
		p.Rejects = append(p.Rejects, RejectRow{Line: text.Locale{}.Integer(1004 + i*17), Column: "Glucose Value (mg/dL)", Reason: "This is not a number."})
	}
	return p
}

func sampleColumns() ImportPreview {
	p := ImportPreview{Person: "Ana Ruiz", Action: "/x", CancelAction: "/y", File: "diary.csv", Format: "CSV", Constructed: true, Unanswered: true,
		Zone: "Europe/Madrid", Zones: sampleZones(), ZoneHint: "The file gives times without a zone.",
		DateOrder: &Question{Value: "dmy", Options: []component.Option{{Value: "dmy", Label: "03/04/2026 = 3 April"}, {Value: "mdy", Label: "03/04/2026 = 4 March"}}},
		Unit:      &Question{}, Grams: &Question{Value: "12"}}
	p.Columns = &ColumnQuestion{Headings: []string{"Date", "Time", "Sugar", "Food (KE)", "Insulin", "Remarks"},
		Fields: []ColumnField{{"date", "Date", "Date"}, {"time", "Time", "Time"}, {"glucose", "Glucose", "Sugar"}, {"insulin", "Insulin", ""}},
		Rows:   [][]string{{"03/04/2026", "08:12", "112", "4", "6", ""}, {"03/04/2026", "12:40", "98", "5", "7.5", "long walk in the hills before"}}}
	return p
}

var sampleBoxForm = BoxForm{Name: "Haus Muster", Zone: "Europe/Madrid", Unit: "mg/dL", Zones: []string{"Europe/Berlin", "Europe/Madrid"}}

func sampleSteps(l text.Locale, current int) Steps {
	return Steps{Current: current, Names: []string{l.T("setup.step.box"), l.T("setup.step.you"), l.T("setup.step.person"), l.T("setup.step.data")}}
}

func sampleSetupBox(l text.Locale) SetupBox {
	return SetupBox{Steps: sampleSteps(l, 1), Action: "/setup/box", NeedsCode: true, Code: "AAAA-", Box: sampleBoxForm,
		Problems: map[string]string{"code": "This is not the code that the box printed.", "zone": "Choose a time zone of the list."}}
}

func sampleSetupAccount(l text.Locale) SetupAccount {
	return SetupAccount{Steps: sampleSteps(l, 2), Action: "/setup/account", Name: "Marta Ruiz", Email: "marta@", LeastPassword: 15,
		Problems: map[string]string{"email": "Enter an e-mail address, such as sam@example.org."}}
}

func sampleSettings(l text.Locale) Settings {
	return Settings{Action: "/people/1/settings", Person: "Ana Ruiz", Name: "Ana Ruiz", Zone: "Europe/Madrid", Zones: sampleBoxForm.Zones, Unit: l.Unit,
		Ranges: "own", LimitUnit: l.Unit, Limits: [4]string{"54", "70", "180", ""}, NightFrom: "22", NightUntil: "6", Born: "2015-03-10", Record: "A 17/4",
		Presets:  []component.Option{{Value: "standard", Label: l.T("ranges.name.standard"), Hint: "In range: 70–180 mg/dL."}, {Value: "own", Label: l.T("ranges.name.own"), Hint: l.T("ranges.own.hint")}},
		Hours:    []component.Option{{Value: "22", Label: l.Hour(22)}, {Value: "6", Label: l.Hour(6)}},
		Problems: map[string]string{"low": l.T("ranges.order"), "night": l.T("settings.night-wrong")}}
}

func sampleBox(l text.Locale, well bool) Box {
	b := Box{Name: "Haus Muster", Ledger: l.T("box.ledger.sound", "count", 1204), Checked: l.T("box.check.never"), CheckAction: "/box/check",
		Holds: []Fact{{Name: l.T("box.holds.persons"), Value: "3"}, {Name: l.T("box.holds.readings"), Value: l.Integer(105_120)}},
		Room:  []Fact{{Name: l.T("box.room.free"), Value: l.T("box.room.free-of", "free", "412 GB", "disk", "500 GB")}},
		Clock: "10 Mar 2026, 18:12 · Europe/Madrid", Now: "2026-03-10T17:12:00Z", Reached: l.T("box.reached.alone", "address", "http://localhost:8080"),
		Version: "0.1", Folder: "/var/lib/glucokeep", PersonURL: "/setup/person", Action: "/box", Form: sampleBoxForm}
	if !well {
		b.Troubles = []string{l.T("box.trouble.disk", "free", "0.8 GB"), l.T("box.trouble.ledger", "line", 14)}
		b.Steps = []component.Link{{URL: "/setup/data", Label: l.T("box.open.data")}}
		b.CheckSaid = []string{l.T("check.sound")}
		b.Problems = map[string]string{"name": l.T("box.name-missing")}
	}
	return b
}
