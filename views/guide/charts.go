package guide

import (
	"math"
	"time"

	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/chart"
	"glucokeep/views/figure"
)

// classOf is the class of a made-up value in mg/dL by the standard ranges.
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

// readings are made up of sines and meals: five minutes apart from the start
// of a day on, with a gap in the afternoon and a low in the night.
func readings(day time.Time, hours, seed float64) (list []chart.Reading) {
	start := time.Date(day.Year(), day.Month(), day.Day(), 0, 2, 0, 0, day.Location())
	for i := 0; float64(i)/12 < hours; i++ {
		h := float64(i) / 12
		if h > 15.2 && h < 16.1 {
			continue
		}
		v := 118 + 22*math.Sin(h/3.1+seed) + 9*math.Sin(h*1.9+2*seed) + 3*math.Sin(h*7+seed)
		for _, meal := range [][2]float64{{8, 95 + 20*math.Sin(seed)}, {13.5, 60 + 25*math.Sin(2*seed)}, {20, 125 + 30*math.Sin(3*seed)}} {
			if d := h - meal[0]; d > 0 {
				v += meal[1] * d / 0.9 * math.Exp(1-d/0.9)
			}
		}
		v = math.Round(v - (62+8*math.Sin(seed))*math.Exp(-(h-4.2)*(h-4.2)/0.6))
		r := chart.Reading{At: start.Add(time.Duration(i) * 5 * time.Minute), Every: 5 * time.Minute}
		if v < 40 {
			v, r.Below = 40, true
		}
		r.Value, r.Class = unit.MgDLValue(v), classOf(v)
		list = append(list, r)
	}
	return list
}

// charts are the plots with content and without.
func charts(l text.Locale) []Part {
	evening := now()
	at := func(h, m int) time.Time { return time.Date(2026, 3, 10, h, m, 0, 0, time.UTC) }
	day := chart.DayInput{ID: "guide-day", Day: evening, Now: at(21, 32), Readings: readings(evening, 21.6, 0.4),
		Doses: []chart.Dose{{At: at(7, 50), Units: 6.2}, {At: at(9, 30), Units: 0.9}, {At: at(13, 20), Units: 5}, {At: at(19, 55), Units: 8.4}, {At: at(2, 0), Units: 0.2, Automated: true}},
		Rates: []chart.Rate{{Since: at(0, 0), Until: at(6, 0), PerHour: 0.7}, {Since: at(6, 0), Until: at(11, 0), PerHour: 1.05}, {Since: at(11, 0), Until: at(21, 40), PerHour: 0.8}},
		Meals: []chart.Meal{{At: at(8, 0), Grams: 52}, {At: at(13, 30), Grams: 45}, {At: at(20, 5), Grams: 70}}}
	return []Part{
		{Name: "chart-day", Show: chart.ShowDay(chart.NewDay(l, day)), Wide: true},
		{Name: "chart-day-empty", Show: chart.ShowDay(chart.NewDay(l, chart.DayInput{ID: "guide-day-empty", Day: evening})), Wide: true},
		{Name: "chart-hours", Show: chart.ShowDay(chart.NewDay(l, hours(l, evening))), Wide: true},
		{Name: "chart-hours-empty", Show: chart.ShowDay(chart.NewDay(l, chart.DayInput{ID: "guide-hours-empty", Since: at(18, 32), Until: at(21, 41), Now: at(21, 32)})), Wide: true},
		{Name: "chart-profile", Show: chart.ShowProfile(chart.NewProfile(l, profile())), Wide: true},
		{Name: "chart-ranges", Show: chart.ShowRanges(chart.NewRanges(l, chart.RangesInput{ID: "guide-ranges", Shares: [5]float64{0.3, 3.1, 70.8, 21.4, 4.4},
			Goals: chart.Goals{VeryLow: 1, Low: 4, InRange: 70, High: 25}}))},
		{Name: "chart-ranges-empty", Show: chart.ShowRanges(chart.NewRanges(l, chart.RangesInput{ID: "guide-ranges-empty"}))},
		{Name: "chart-explore", Show: chart.ShowExplore(explorer(l)), Wide: true},
		{Name: "chart-overlay", Show: chart.ShowOverlay(chart.NewOverlay(l, overlay())), Wide: true},
		{Name: "chart-overlay-empty", Show: chart.ShowOverlay(chart.NewOverlay(l, chart.OverlayInput{ID: "guide-overlay-empty"})), Wide: true},
		{Name: "chart-compare", Show: chart.ShowCompare(chart.NewCompare(l, compare())), Wide: true},
		{Name: "chart-week", Show: chart.ShowWeek(week(l)), Wide: true},
		{Name: "chart-strip", Show: chart.ShowStrip(chart.NewStrip(l, chart.StripInput{Day: evening, Readings: readings(evening, 21.6, 0.4), URL: "#guide.charts", From: 0, To: 6}))},
		{Name: "chart-spark", Show: chart.ShowSpark(chart.NewSpark(l, chart.Ground{}, readings(evening, 21.6, 0.4), evening.Add(-3*time.Hour), evening))},
		{Name: "chart-bars", Show: chart.ShowBars(bars(l)), Wide: true},
		{Name: "chart-schedule", Show: chart.ShowBars(schedule(l)), Wide: true},
		{Name: "chart-wear", Show: chart.ShowWear(wear(l)), Wide: true},
		{Name: "chart-days", Show: chart.ShowThumbs(thumbs(l)), Wide: true},
	}
}

// hours are the last three with everything that a chart can hold: two makers'
// devices, a fingerstick, a scan, a value beyond the sensor, a sensor that
// warms up, a pump that was suspended, notes in a row.
func hours(l text.Locale, evening time.Time) chart.DayInput {
	at := func(h, m int) time.Time { return time.Date(2026, 3, 10, h, m, 0, 0, time.UTC) }
	in := chart.DayInput{ID: "guide-hours", Since: at(18, 32), Until: at(21, 41), Now: at(21, 32),
		Sources: []string{"Sensor H", "Pump L", "Meter M"}, LeftOut: []string{"Phone"},
		Sticks:  []chart.Stick{{At: at(20, 40), Value: unit.MgDLValue(231), Class: figure.High, Source: 3}},
		WarmUps: []chart.Stretch{{Since: at(19, 0), Until: at(19, 30)}},
		Doses: []chart.Dose{{At: at(18, 50), Units: 1.2, Source: 2}, {At: at(19, 55), Units: 8.4, Over: 40 * time.Minute, Source: 2},
			{At: at(20, 40), Units: 0.3, Automated: true, Source: 2}, {At: at(21, 20), Units: 18, Long: true, Injection: true, Source: 3}},
		Rates: []chart.Rate{{Since: at(18, 0), Until: at(20, 30), PerHour: 0.8}, {Since: at(20, 30), Until: at(21, 0), Stopped: true}, {Since: at(21, 0), Until: at(21, 32), PerHour: 1.1}},
		Meals: []chart.Meal{{At: at(20, 5), Grams: 70, Source: 3}}}
	for _, r := range readings(evening, 21.6, 0.4) {
		warm := !r.At.Before(in.WarmUps[0].Since) && r.At.Before(in.WarmUps[0].Until)
		if r.Source = 1; !warm && r.At.Before(in.Now) {
			in.Readings = append(in.Readings, r)
		}
	}
	n := len(in.Readings)
	top, newest := &in.Readings[n-3], in.Readings[n-1]
	top.Value, top.Class, top.Above = unit.MgDLValue(400), figure.VeryHigh, true
	scan := chart.Reading{At: at(21, 25), Value: unit.MgDLValue(249), Class: figure.High, Scan: true, Source: 1}
	in.Readings = append(in.Readings[:n-1], scan, newest)
	for i, kind := range []string{chart.HappeningDevice, chart.HappeningDevice, chart.HappeningAlarm, chart.HappeningNote, chart.HappeningNote, chart.HappeningActivity} {
		h := chart.Happening{At: at(18, 55+i*2), Kind: kind, Number: i + 1, Text: l.T("person.event.note"), Source: 3}
		if kind == chart.HappeningActivity {
			h.At, h.Until = at(20, 30), at(21, 10)
		}
		in.Happenings = append(in.Happenings, h)
	}
	return in
}

func profile() chart.ProfileInput {
	in := chart.ProfileInput{ID: "guide-profile"}
	for h := range 24 {
		x := float64(h) + 0.5
		mid := unit.MgPerDl(128 + 18*math.Sin(x/3.1) + 40*math.Exp(-(x-9)*(x-9)/3) + 46*math.Exp(-(x-21)*(x-21)/4) - 26*math.Exp(-(x-4)*(x-4)/4))
		s := unit.MgPerDl(16 + 9*math.Sin(x/4))
		in.Bins = append(in.Bins, chart.ProfileBin{Minute: 60*h + 30, P5: mid - 2.2*s, P25: mid - s, P50: mid, P75: mid + 1.3*s, P95: mid + 3.6*s, Absent: h == 15})
	}
	return in
}

func thumbs(l text.Locale) chart.Thumbs {
	first := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) // a Monday
	if l.FirstWeekday() == time.Sunday {
		first = first.AddDate(0, 0, -1)
	}
	var days []chart.ThumbInput
	for i := range 14 {
		t := chart.ThumbInput{Day: first.AddDate(0, 0, i), URL: "#guide.charts", Outside: i < 1}
		if i != 5 && i > 0 {
			t.Readings = readings(t.Day, 24, float64(i)*0.7)
		}
		days = append(days, t)
	}
	return chart.NewThumbs(l, "guide-days", days)
}

// explorer is a day out of a spring.
func explorer(l text.Locale) chart.Explore {
	evening := now()
	since := time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	in := chart.ExploreInput{Name: l.DateLong(evening), Summary: l.DateLong(evening), First: since.AddDate(0, -2, 0), Last: since.AddDate(0, 0, 1),
		Tile: chart.TileInput{Since: since, Until: since.AddDate(0, 0, 1), Width: 900, Level: chart.EachReading, Highest: 300, Readings: readings(evening, 21.6, 0.4)}}
	return chart.NewExplore(l, in)
}

// overlay is a week, its weekend dashed, its last day in ink.
func overlay() chart.OverlayInput {
	in := chart.OverlayInput{ID: "guide-overlay", Bins: profile().Bins}
	for i := range 7 {
		day := time.Date(2026, 3, 4+i, 12, 0, 0, 0, time.UTC)
		in.Days = append(in.Days, chart.OverlayDay{Day: day, Readings: readings(day, 24, float64(i)*0.7), Today: i == 6,
			Weekend: day.Weekday() == time.Saturday || day.Weekday() == time.Sunday, Faint: i == 1})
	}
	return in
}

// compare is a profile beside itself forty lower.
func compare() chart.CompareInput {
	in := chart.CompareInput{ID: "guide-compare", Names: [2]string{"before", "after"}, Later: profile().Bins}
	for _, b := range in.Later {
		b.P5, b.P25, b.P50, b.P75, b.P95 = b.P5+40, b.P25+40, b.P50+40, b.P75+40, b.P95+40
		in.Earlier = append(in.Earlier, b)
	}
	return in
}

func week(l text.Locale) []chart.WeekDay {
	var days []chart.WeekDayInput
	for i := range 7 {
		in := chart.WeekDayInput{Day: time.Date(2026, 3, 9+i, 12, 0, 0, 0, time.UTC), URL: "#guide.charts", Outside: i > 4}
		if i != 2 && i <= 4 {
			in.Readings, in.InRange, in.Insulin, in.Carbs = readings(in.Day, 24, float64(i)*0.7), l.Percent(71, 0), figure.Units(l, 38.4), figure.Grams(l, 179)
		}
		days = append(days, in)
	}
	return chart.NewWeek(l, chart.Ground{}, days)
}
