package report_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/app/store"
	"glucokeep/app/unit"
)

// noon is a whole five minutes, from which the tests count.
var noon = record.At(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC))

func minute(m int) record.Millis { return noon + record.Millis(m)*60_000 }

// every gives readings five minutes apart.
func every(from int, values ...float64) (out []record.Reading) {
	for i, v := range values {
		out = append(out, record.Reading{At: minute(from + 5*i), Value: unit.MgDLValue(v), Every: 5})
	}
	return out
}

func TestEpisodes(t *testing.T) {
	pregnant, _ := metrics.ProfileByID("pregnancy")
	steady := []float64{110, 110, 110, 110, 110, 110}
	cases := map[string]struct {
		near []record.Reading
		own  metrics.Profile
		now  int
		want []report.Episode
	}{
		"a low of a quarter of an hour": {every(0, append([]float64{90, 65, 60, 66, 90}, steady...)...), metrics.Standard(), 600,
			[]report.Episode{{From: minute(5), Until: minute(20), Low: true, Extreme: every(10, 60)[0]}}},
		"ten minutes are none":               {every(0, append([]float64{90, 65, 60, 90}, steady...)...), metrics.Standard(), 600, nil},
		"a short recovery stays inside":      {every(0, append([]float64{65, 60, 66, 72, 71, 65, 90}, steady...)...), metrics.Standard(), 600, []report.Episode{{From: minute(0), Until: minute(30), Low: true, Extreme: every(5, 60)[0]}}},
		"one that reached the second level":  {every(0, append([]float64{65, 52, 50, 51, 66, 90}, steady...)...), metrics.Standard(), 600, []report.Episode{{From: minute(0), Until: minute(25), Low: true, Severe: true, Extreme: every(10, 50)[0]}}},
		"one that goes on":                   {every(0, 90, 65, 60, 58), metrics.Standard(), 22, []report.Episode{{From: minute(5), Until: minute(20), Low: true, Going: true, Extreme: every(15, 58)[0]}}},
		"one in which readings stop":         {every(0, 90, 65, 60, 58), metrics.Standard(), 40, []report.Episode{{From: minute(5), Until: minute(20), Low: true, Broken: true, Extreme: every(15, 58)[0]}}},
		"before the time shown":              {every(-120, append([]float64{65, 60, 66, 90}, steady...)...), metrics.Standard(), 600, nil},
		"begun before the time shown":        {every(-15, append([]float64{65, 60, 66, 66, 65, 90}, steady...)...), metrics.Standard(), 600, []report.Episode{{From: minute(-15), Until: minute(10), Low: true, Extreme: every(-10, 60)[0]}}},
		"141 is high in pregnancy":           {every(0, append([]float64{141, 150, 145, 120}, steady...)...), pregnant, 600, []report.Episode{{From: minute(0), Until: minute(15), Extreme: every(5, 150)[0]}}},
		"65 is not low in pregnancy":         {every(0, append([]float64{65, 65, 65, 65}, steady...)...), pregnant, 600, nil},
		"no second level above in pregnancy": {every(0, append([]float64{300, 310, 305, 120}, steady...)...), pregnant, 600, []report.Episode{{From: minute(0), Until: minute(15), Extreme: every(5, 310)[0]}}},
		"nothing at all":                     {nil, metrics.Standard(), 600, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			tr := report.Trace{Data: report.Data{Zone: time.UTC}, Shown: report.Period{From: noon, Until: minute(360)}, Near: c.near, NearEnd: minute(360 + 24*60)}
			require.Equal(t, c.want, tr.Episodes(c.own, minute(c.now)))
		})
	}
}

// Values are judged by the limits of their own unit: 10.0 mmol/L is in range
// although it is 180.2 mg/dL, and 69 mg/dL is low although it prints as 3.8.
func TestEpisodesInTheirOwnUnit(t *testing.T) {
	for _, c := range []struct {
		value unit.Glucose
		want  int
	}{
		{unit.MmolLValue(3.9), 0}, {unit.MmolLValue(3.8), 1}, {unit.MmolLValue(10.0), 0}, {unit.MmolLValue(10.1), 1},
		{unit.MgDLValue(70), 0}, {unit.MgDLValue(69), 1}, {unit.MgDLValue(180), 0}, {unit.MgDLValue(181), 1},
	} {
		var near []record.Reading
		for i := range 12 {
			near = append(near, record.Reading{At: minute(5 * i), Value: c.value, Every: 5})
		}
		tr := report.Trace{Data: report.Data{Zone: time.UTC}, Shown: report.Period{From: noon, Until: minute(360)}, Near: near, NearEnd: minute(1000)}
		require.Len(t, tr.Episodes(metrics.Standard(), minute(600)), c.want, "%v", c.value)
	}
}

// An episode that goes beyond what was looked at says that it was longer, on
// either side, and no other does.
func TestEpisodesThatAreLonger(t *testing.T) {
	low := func(from, until int) (rs []record.Reading) {
		for m := from; m < until; m += 5 {
			rs = append(rs, record.Reading{At: minute(m), Value: unit.MgDLValue(60), Every: 5})
		}
		return rs
	}
	const day = 24 * 60
	for name, c := range map[string]struct {
		near   []record.Reading
		longer bool
	}{
		"begun before it":      {append(low(-day, 60), every(60, 110, 110, 110, 110)...), true},
		"begun well within it": {append(every(-day, 110, 110, 110, 110), append(low(-day+20, 60), every(60, 110, 110, 110, 110)...)...), false},
		"going on beyond it":   {append(every(0, 110, 110, 110, 110), low(20, 360+day)...), true},
		"broken within it":     {append(every(0, 110, 110, 110, 110), low(20, 360+day-60)...), false},
	} {
		t.Run(name, func(t *testing.T) {
			tr := report.Trace{Data: report.Data{Zone: time.UTC}, Shown: report.Period{From: noon, Until: minute(360)}, Near: c.near, NearEnd: minute(360 + day)}
			found := tr.Episodes(metrics.Standard(), minute(10*day))
			require.Len(t, found, 1)
			require.Equal(t, c.longer, found[0].Longer)
			require.False(t, found[0].Going)
		})
	}
}

func TestGatherTrace(t *testing.T) {
	var glucose []store.Entry
	for i := range 60 { // noon to 14:00, then a new sensor that warms up, then 16:00 on
		m := 5 * i
		if m >= 120 {
			m += 120
		}
		glucose = append(glucose, store.Entry{Reading: record.Reading{At: minute(m), Value: unit.MgDLValue(110)}})
	}
	common := func(m int) record.Common { return record.Common{At: minute(m), Key: time.Duration(m).String()} }
	r := box(t, glucose, []record.Record{
		&record.Event{Common: common(125), Event: record.SensorStart},
		&record.Event{Common: common(-100), Event: record.SensorStart},
		&record.Event{Common: common(-30), Event: record.SiteChange},
		&record.Activity{Common: common(-20), Name: "walk", Duration: 40 * time.Minute},
		&record.Activity{Common: common(-90), Name: "swim", Duration: 40 * time.Minute},
		&record.Dose{Common: common(10), Units: 4, Insulin: record.Rapid, Delivery: record.Normal},
		&record.Note{Common: common(5), Text: "x"},
		&record.Basal{Common: common(-300), Basal: record.ScheduledBasal, Rate: 0.8},
		&record.Setting{Common: common(20), Name: "n", Value: "v"},
		&record.DailyTotal{Common: common(30), Total: 40},
		&record.Carbs{Common: common(500), Grams: 40},
	})
	tr, err := report.GatherTrace(t.Context(), r, time.UTC, report.Period{From: noon, Until: minute(400)}, minute(200))
	require.NoError(t, err)
	require.Equal(t, minute(200), tr.Until, "what lies ahead has not happened")
	require.Len(t, tr.Drawn, 24+32, "of a clock that is ahead the readings are drawn")
	require.Len(t, tr.Readings, 24, "and count when their time has come")
	require.Len(t, tr.Near, 60)
	var kinds []record.Kind
	for _, e := range tr.Entries {
		kinds = append(kinds, e.Record.Kind())
		require.NotZero(t, e.Source)
	}
	require.Equal(t, []record.Kind{record.KindActivity, record.KindNote, record.KindDose, record.KindEvent}, kinds,
		"by time; a walk that lasts into it, no settings, no sums")
	require.Equal(t, []report.Period{{From: minute(125), Until: minute(200)}}, tr.WarmUps, "a start before the time shown was over when it began")
	require.Len(t, tr.Therapy.Doses, 1)
	require.Len(t, tr.Therapy.Basals, 1, "the rate of the morning still holds")
	require.NotEmpty(t, tr.Sources)

	ahead, err := report.GatherTrace(t.Context(), r, time.UTC, report.Period{From: minute(250), Until: minute(700)}, minute(200))
	require.NoError(t, err)
	require.Equal(t, minute(250), ahead.Until)
	require.NotEmpty(t, ahead.Drawn)
	require.Empty(t, ahead.Therapy.Carbs, "of a time that has not come nothing counts")
	require.Empty(t, ahead.Readings)

	later, err := report.GatherTrace(t.Context(), r, time.UTC, report.Period{From: noon, Until: minute(400)}, minute(4000))
	require.NoError(t, err)
	require.Equal(t, []report.Period{{From: minute(125), Until: minute(240)}}, later.WarmUps)
}

// What a page says of lows is what the reports say of them, at any pace of the
// sensor, and values that no body has count nowhere.
func TestEpisodesAreThoseOfTheReports(t *testing.T) {
	minutely := func(values func(m int) float64) (rs []record.Reading) {
		for m := -300; m < 600; m++ {
			rs = append(rs, record.Reading{At: minute(m), Value: unit.MgDLValue(values(m))})
		}
		return rs
	}
	between := func(from, until int, v float64) func(int) float64 {
		return func(m int) float64 {
			if m >= from && m < until {
				return v
			}
			return 110
		}
	}
	for _, c := range []struct {
		name     string
		every    time.Duration
		readings []record.Reading
		lows     int
		lowest   float64
	}{
		{"thirteen minutes of a sensor that tells each", time.Minute, minutely(between(60, 73, 60)), 1, 60},
		{"nine minutes of it", time.Minute, minutely(between(61, 70, 60)), 0, 0},
		{"the lowest minute of it is not lost", time.Minute, minutely(func(m int) float64 {
			if m == 72 {
				return 51
			}
			return between(60, 90, 60)(m)
		}), 1, 51},
		{"an unknown pace", 0, minutely(between(60, 73, 60)), 1, 60},
		{"four readings that no body has", 5 * time.Minute, every(0, append([]float64{110, 110, 15, 15, 15, 15, 110}, steady()...)...), 0, 0},
		{"one of them in a low", 5 * time.Minute, every(0, append([]float64{110, 60, 60, 15, 60, 60, 110}, steady()...)...), 1, 60},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := sensors(t, sensor{"1", c.every, c.readings})
			p := report.Period{From: minute(-60), Until: minute(400)}
			tr, err := report.GatherTrace(t.Context(), r, time.UTC, p, minute(6000))
			require.NoError(t, err)
			found := tr.Episodes(metrics.Standard(), minute(6000))
			require.Len(t, found, c.lows)
			tally := report.Tally{Zone: time.UTC, Ranges: metrics.Standard()}
			rs, err := tally.Counted(t.Context(), r, p)
			require.NoError(t, err)
			sum, _ := tally.Parts(rs, p, nil)
			require.Equal(t, c.lows, sum.Lows)
			if c.lows > 0 {
				require.InDelta(t, c.lowest, found[0].Extreme.Value.Native(), 1e-9)
			}
			require.Len(t, tr.Drawn, len(within(c.readings, p)), "all are drawn")
		})
	}
}

func steady() []float64 { return []float64{110, 110, 110, 110, 110, 110} }

func within(rs []record.Reading, p report.Period) (out []record.Reading) {
	for _, r := range rs {
		if r.At >= p.From && r.At < p.Until {
			out = append(out, r)
		}
	}
	return out
}

// A warm-up over midnight is one on both days, each with its part.
func TestAWarmUpOverTheEndOfAPeriod(t *testing.T) {
	var glucose []store.Entry
	for i := range 24 {
		glucose = append(glucose, store.Entry{Reading: record.Reading{At: minute(115 + 5*i), Value: unit.MgDLValue(110)}})
	}
	r := box(t, glucose, []record.Record{&record.Event{Common: record.Common{At: minute(-5), Key: "s"}, Event: record.SensorStart}})
	for name, c := range map[string]struct {
		shown report.Period
		now   int
		want  []report.Period
	}{
		"five minutes of it": {report.Period{From: minute(-600), Until: noon}, 6000, []report.Period{{From: minute(-5), Until: noon}}},
		"the rest of it":     {report.Period{From: noon, Until: minute(600)}, 6000, []report.Period{{From: minute(-5), Until: minute(115)}}},
		"all of it":          {report.Period{From: minute(-600), Until: minute(600)}, 6000, []report.Period{{From: minute(-5), Until: minute(115)}}},
		"a day after it":     {report.Period{From: minute(130), Until: minute(600)}, 6000, nil},
		"while it goes on":   {report.Period{From: minute(-600), Until: minute(600)}, 60, []report.Period{{From: minute(-5), Until: minute(60)}}},
	} {
		t.Run(name, func(t *testing.T) {
			tr, err := report.GatherTrace(t.Context(), r, time.UTC, c.shown, minute(c.now))
			require.NoError(t, err)
			require.Equal(t, c.want, tr.WarmUps)
		})
	}
}

// A sensor that told nothing for a day after its start was not warming up.
func TestASensorThatNeverTold(t *testing.T) {
	r := box(t, nil, []record.Record{&record.Event{Common: record.Common{At: minute(-60), Key: "s"}, Event: record.SensorStart}})
	tr, err := report.GatherTrace(t.Context(), r, time.UTC, report.Period{From: minute(-600), Until: noon}, minute(6000))
	require.NoError(t, err)
	require.Empty(t, tr.WarmUps)
}
