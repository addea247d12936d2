package metrics

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

func hour(h float64) record.Millis { return record.Millis(h * 3_600_000) }

func basal(kind record.BasalKind, h float64, rate unit.UnitsPerHour, lasts time.Duration) *record.Basal {
	return &record.Basal{Common: record.Common{At: hour(h)}, Basal: kind, Rate: rate, Duration: lasts}
}

func bolus(h float64, units unit.Units) *record.Dose {
	return &record.Dose{Common: record.Common{At: hour(h)}, Delivery: record.Normal, Insulin: record.Rapid, Units: units}
}

func total(day int, t record.DailyTotal) *record.DailyTotal {
	t.At = hour(24 * float64(day))
	return &t
}

func TestBasalSpans(t *testing.T) {
	half, off := 50.0, 0.0
	percent := func(h float64, p *float64, lasts time.Duration) *record.Basal {
		b := basal(record.TempBasal, h, 0, lasts)
		b.Percent = p
		return b
	}
	for _, c := range []struct {
		name   string
		basals []*record.Basal
		until  float64
		want   float64 // units from 0 on
		known  float64 // hours
	}{
		{"a schedule runs on", []*record.Basal{basal(record.ScheduledBasal, 0, 1, 0)}, 10, 10, 10},
		{"for a day at most when nothing follows", []*record.Basal{basal(record.ScheduledBasal, 0, 1, 0)}, 48, 24, 24},
		{"it is clipped at the beginning", []*record.Basal{basal(record.ScheduledBasal, -3, 1, 0)}, 10, 10, 10},
		{"a temporary rate goes before and the schedule goes on after", []*record.Basal{
			basal(record.ScheduledBasal, 0, 1, 0), basal(record.TempBasal, 2, 3, time.Hour)}, 10, 12, 10},
		{"a change of schedule below a temporary rate waits", []*record.Basal{
			basal(record.ScheduledBasal, 0, 1, 0), basal(record.TempBasal, 2, 0, 2*time.Hour), basal(record.ScheduledBasal, 3, 2, 0)}, 10, 14, 10},
		{"a suspension is nothing", []*record.Basal{
			basal(record.ScheduledBasal, 0, 1, 0), basal(record.Suspended, 2, 9, 0), basal(record.ScheduledBasal, 5, 1, 0)}, 10, 7, 10},
		{"after a suspension of known length the schedule goes on", []*record.Basal{
			basal(record.ScheduledBasal, 0, 1, 0), basal(record.Suspended, 2, 0, 2*time.Hour)}, 10, 8, 10},
		{"a suspension across a change of the schedule", []*record.Basal{
			basal(record.ScheduledBasal, 0, 0.7, 0), basal(record.ScheduledBasal, 6, 0.8, 0), basal(record.ScheduledBasal, 8, 1.2, 0),
			basal(record.Suspended, 7, 0, 2*time.Hour)}, 24, 0.7*6 + 0.8 + 1.2*15, 24},
		{"a suspension inside a temporary rate, which runs on for what it has left", []*record.Basal{
			basal(record.ScheduledBasal, 0, 1, 0), basal(record.TempBasal, 2, 3, 4*time.Hour), basal(record.Suspended, 3, 0, time.Hour)}, 10, 2 + 3 + 2*3 + 4, 10},
		{"a suspension that outlasts the temporary rate", []*record.Basal{
			basal(record.ScheduledBasal, 0, 1, 0), basal(record.TempBasal, 2, 3, 2*time.Hour), basal(record.Suspended, 3, 0, 2*time.Hour)}, 10, 2 + 3 + 5, 10},
		{"a temporary rate that begins during a suspension ends it", []*record.Basal{
			basal(record.ScheduledBasal, 0, 1, 0), basal(record.Suspended, 2, 0, 2*time.Hour), basal(record.TempBasal, 3, 3, 2*time.Hour)}, 10, 2 + 6 + 5, 10},
		{"a suspension without a length ends with a temporary rate", []*record.Basal{
			basal(record.ScheduledBasal, 0, 1, 0), basal(record.Suspended, 2, 0, 0), basal(record.TempBasal, 3, 3, 2*time.Hour)}, 10, 2 + 6 + 5, 10},
		{"a shorter suspension inside a longer one", []*record.Basal{
			basal(record.ScheduledBasal, 0, 1, 0), basal(record.Suspended, 2, 0, 4*time.Hour), basal(record.Suspended, 3, 0, time.Hour)}, 10, 6, 10},
		{"a suspension alone is known to be nothing", []*record.Basal{basal(record.Suspended, 2, 0, 2*time.Hour)}, 10, 0, 2},
		{"half of the schedule", []*record.Basal{basal(record.ScheduledBasal, 0, 2, 0), percent(0, &half, 5*time.Hour)}, 10, 15, 10},
		{"0 % needs no schedule", []*record.Basal{percent(0, &off, 5*time.Hour)}, 10, 0, 5},
		{"half of an unknown schedule is unknown", []*record.Basal{percent(0, &half, 5*time.Hour)}, 10, 0, 0},
		{"automated rates follow each other", []*record.Basal{
			basal(record.AutomatedBasal, 0, 1, 5*time.Minute), basal(record.AutomatedBasal, 1.0/12, 2, 5*time.Minute)}, 10, 3.0 / 12, 2.0 / 12},
		{"the later of two at one instant counts", []*record.Basal{
			basal(record.ScheduledBasal, 0, 5, 0), basal(record.ScheduledBasal, 0, 1, 0)}, 10, 10, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			units, known, last := unit.Units(0), 0.0, record.Millis(0)
			for _, s := range BasalSpans(c.basals, 0, hour(c.until)) {
				require.GreaterOrEqual(t, s.From, last)
				require.Greater(t, s.Until, s.From)
				last = s.Until
				units += s.Units()
				known += float64(s.Until-s.From) / float64(hour(1))
			}
			require.InDelta(t, c.want, float64(units), 1e-9)
			require.InDelta(t, c.known, known, 1e-9)
		})
	}
}

func TestReportInsulin(t *testing.T) {
	auto := bolus(9, 0.5)
	auto.Automated = true
	pen := bolus(12, 4)
	pen.Delivery = record.Injection
	long := bolus(22, 20)
	long.Insulin, long.Delivery = record.Long, record.Injection
	schedule := basal(record.ScheduledBasal, 0, 1, 24*time.Hour)
	micro := basal(record.AutomatedBasal, 1, 2, time.Hour)
	for _, c := range []struct {
		name                          string
		in                            Therapy
		total, bolus, basal, automate float64
	}{
		{"boluses and basal add up", Therapy{Doses: []*record.Dose{bolus(8, 5)}, Basals: []*record.Basal{schedule}}, 29, 5, 24, 0},
		{"automatic boluses are boluses", Therapy{Doses: []*record.Dose{bolus(8, 5), auto}, Basals: []*record.Basal{schedule}}, 29.5, 5.5, 24, 0.5},
		{"pens: long-acting insulin is basal", Therapy{Doses: []*record.Dose{pen, long}}, 24, 4, 20, 0},
		{"a total is not added to boluses", Therapy{Doses: []*record.Dose{bolus(8, 5)}, Basals: []*record.Basal{schedule},
			Totals: []*record.DailyTotal{total(0, record.DailyTotal{Total: 33})}}, 33, 5, 24, 0},
		{"a pen beside the pump's total is", Therapy{Doses: []*record.Dose{bolus(8, 5), pen},
			Totals: []*record.DailyTotal{total(0, record.DailyTotal{Total: 33})}}, 37, 9, 0, 0},
		{"the same total from two exports counts once", Therapy{
			Totals: []*record.DailyTotal{total(0, record.DailyTotal{Total: 33}), total(0, record.DailyTotal{Total: 33})}}, 33, 0, 0, 0},
		{"parts replace parts", Therapy{Doses: []*record.Dose{bolus(8, 5)}, Basals: []*record.Basal{schedule},
			Totals: []*record.DailyTotal{total(0, record.DailyTotal{Basal: 20, Bolus: 7})}}, 27, 7, 20, 0},
		{"in automatic mode the programmed schedule was not delivered", Therapy{Doses: []*record.Dose{bolus(8, 5), auto},
			Basals: []*record.Basal{schedule, micro}, Totals: []*record.DailyTotal{total(0, record.DailyTotal{Automated: 15})}}, 20, 5, 0, 15},
		{"parts that are complete hold the automatic insulin", Therapy{
			Totals: []*record.DailyTotal{total(0, record.DailyTotal{Basal: 10, Bolus: 7, Automated: 12})}}, 17, 7, 10, 12},
		{"a sum of basal holds what of the automatic insulin was basal", Therapy{Doses: []*record.Dose{bolus(8, 5), auto},
			Totals: []*record.DailyTotal{total(0, record.DailyTotal{Basal: 20, Automated: 15})}}, 25.5, 5.5, 20, 15},
		{"what it cannot hold were micro-boluses", Therapy{Doses: []*record.Dose{bolus(8, 5), auto},
			Totals: []*record.DailyTotal{total(0, record.DailyTotal{Basal: 12, Automated: 15})}}, 20, 8, 12, 15},
		{"the parts of two sources", Therapy{Doses: []*record.Dose{bolus(8, 5)},
			Totals: []*record.DailyTotal{total(0, record.DailyTotal{Basal: 20}), total(0, record.DailyTotal{Automated: 15})}}, 25, 5, 20, 15},
		{"a sum of boluses beside rates", Therapy{Basals: []*record.Basal{schedule, basal(record.AutomatedBasal, 0, 1, 23*time.Hour)},
			Totals: []*record.DailyTotal{total(0, record.DailyTotal{Bolus: 18, Automated: 15})}}, 41, 18, 23, 15},
		{"and what that cannot hold was basal", Therapy{Basals: []*record.Basal{basal(record.AutomatedBasal, 0, 0.5, 24*time.Hour)},
			Totals: []*record.DailyTotal{total(0, record.DailyTotal{Bolus: 18, Automated: 33})}}, 33, 18, 15, 33},
		{"a total beside a sum of automatic insulin", Therapy{Totals: []*record.DailyTotal{total(0, record.DailyTotal{Total: 40, Basal: 20, Automated: 15})}}, 40, 0, 20, 15},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := ReportInsulin(c.in, time.UTC, 0, hour(24))
			require.Equal(t, 1, r.Counted)
			require.InDelta(t, c.total, float64(r.Total), 1e-9)
			require.InDelta(t, c.bolus, float64(r.Bolus), 1e-9)
			require.InDelta(t, c.basal, float64(r.Basal), 1e-9)
			require.InDelta(t, c.automate, float64(r.Automated), 1e-9)
			parts := r.Days[0].Parts()
			require.InDelta(t, c.total, float64(parts.Total()), 1e-9, "the parts add up")
		})
	}
}

func TestInsulinAverages(t *testing.T) {
	// Day 0 complete, day 1 nothing, day 2 boluses but no basal, day 3 a meal.
	in := Therapy{
		Doses:  []*record.Dose{bolus(8, 6), bolus(50, 9)},
		Basals: []*record.Basal{basal(record.ScheduledBasal, 0, 1, 24*time.Hour)},
		Carbs: []*record.Carbs{
			{Common: record.Common{At: hour(8)}, Grams: 40}, {Common: record.Common{At: hour(18)}, Grams: 60},
			{Common: record.Common{At: hour(75)}, Grams: 50}, {Common: record.Common{At: hour(76)}, Unspecified: true},
		},
	}
	r := ReportInsulin(in, time.UTC, 0, hour(96))
	require.Len(t, r.Days, 4)
	require.Equal(t, 1, r.Counted)
	require.Equal(t, 1, r.LeftOut, "half of the basal is not known on day 2")
	require.InDelta(t, 30, float64(r.Total), 1e-9, "not divided by calendar days")
	require.InDelta(t, 80, r.BasalPart, 1e-9)
	require.Equal(t, 2, r.CarbDays)
	require.InDelta(t, 75, float64(r.Carbs), 1e-9)
	require.Equal(t, 1, r.Days[3].Meals)

	empty := ReportInsulin(Therapy{}, time.UTC, 0, hour(48))
	require.False(t, Defined(empty.Total))
	require.False(t, Defined(empty.Carbs))
	require.Zero(t, ReportInsulin(Therapy{}, time.UTC, 5, 5).Counted)
}

func TestBasalIsCutAtLocalMidnight(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	from := record.At(time.Date(2024, 10, 26, 0, 0, 0, 0, loc))
	until := record.At(time.Date(2024, 10, 29, 0, 0, 0, 0, loc))
	var in Therapy
	for at := from; at < until; at += hour(1) {
		in.Basals = append(in.Basals, &record.Basal{Common: record.Common{At: at}, Basal: record.ScheduledBasal, Rate: 1})
	}
	r := ReportInsulin(in, loc, from, until)
	require.Len(t, r.Days, 3)
	for i, want := range []float64{24, 25, 24} {
		require.InDelta(t, want, float64(r.Days[i].Basal), 1e-9)
		require.InDelta(t, 100, r.Days[i].Covered, 1e-9)
	}
}

// Nightscout ends a temporary rate by one of no length, which says nothing of
// the schedule but that it goes on.
func TestATemporaryRateOfNoLengthGoesBackToTheSchedule(t *testing.T) {
	at := func(h int) record.Common {
		return record.Common{At: record.At(time.Date(2026, 3, 1, h, 0, 0, 0, time.UTC))}
	}
	all := 100.0
	spans := BasalSpans([]*record.Basal{
		{Common: at(0), Basal: record.ScheduledBasal, Rate: 1},
		{Common: at(2), Basal: record.TempBasal, Rate: 3, Duration: 4 * time.Hour},
		{Common: at(3), Basal: record.ScheduledBasal, Percent: &all},
	}, at(0).At, at(6).At)
	total := unit.Units(0)
	for _, s := range spans {
		total += s.Units()
	}
	require.InDelta(t, 2+3+3, float64(total), 1e-9)
}

// A day that is not over is no average day, also when it is the only one: it
// says less than was given and eaten.
func TestAnUnfinishedDayIsNoMean(t *testing.T) {
	meal := &record.Carbs{Common: record.Common{At: hour(8)}, Grams: 40}
	schedule := basal(record.ScheduledBasal, 0, 1, 24*time.Hour)
	for _, c := range []struct {
		name         string
		in           Therapy
		from, until  float64
		counted, out int
		carbDays     int
	}{
		{"doses alone", Therapy{Doses: []*record.Dose{bolus(8, 6)}}, 0, 13, 0, 1, 0},
		{"doses and most of the basal", Therapy{Doses: []*record.Dose{bolus(8, 6)}, Basals: []*record.Basal{schedule}, Carbs: []*record.Carbs{meal}}, 0, 20, 0, 1, 0},
		{"a device's sum of the day so far", Therapy{Totals: []*record.DailyTotal{total(0, record.DailyTotal{Total: 12})}}, 0, 20, 0, 1, 0},
		{"a day cut at its beginning", Therapy{Doses: []*record.Dose{bolus(8, 6)}}, 7, 24, 0, 1, 0},
		{"carbs alone", Therapy{Carbs: []*record.Carbs{meal}}, 0, 13, 0, 0, 0},
		{"the same day once it is over", Therapy{Doses: []*record.Dose{bolus(8, 6)}, Carbs: []*record.Carbs{meal}}, 0, 24, 1, 0, 1},
		{"a whole day and one that goes on", Therapy{Doses: []*record.Dose{bolus(8, 6), bolus(32, 1)}, Carbs: []*record.Carbs{meal}}, 0, 36, 1, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := ReportInsulin(c.in, time.UTC, hour(c.from), hour(c.until))
			require.Equal(t, c.counted, r.Counted)
			require.Equal(t, c.out, r.LeftOut)
			require.Equal(t, c.carbDays, r.CarbDays)
			require.Equal(t, c.counted > 0, Defined(r.Bolus))
			require.Equal(t, c.carbDays > 0, Defined(r.Carbs))
			weeks := r.ByWeek(1)
			require.Equal(t, c.counted, weeks[0].Days)
			if c.counted > 0 {
				require.InDelta(t, 6, float64(r.Bolus), 1e-9)
			}
		})
	}
}

// An injection that does not say whether it was rapid or long-acting is in the
// total where that is known, and in neither part.
func TestInjectionsThatDoNotSayWhat(t *testing.T) {
	unsaid := bolus(22, 27)
	unsaid.Delivery, unsaid.Insulin = record.Injection, record.UnknownInsulin
	alone := ReportInsulin(Therapy{Doses: []*record.Dose{unsaid, bolus(8, 5)}}, time.UTC, 0, hour(24))
	require.False(t, Defined(alone.Total))
	require.InDelta(t, 32, float64(alone.Bolus), 1e-9)
	require.InDelta(t, 27, float64(alone.Unsaid), 1e-9)
	require.Equal(t, InsulinParts{ByHand: 5, Undivided: 27}, alone.Days[0].Parts())

	pump := ReportInsulin(Therapy{Doses: []*record.Dose{unsaid, bolus(8, 5)}, Basals: []*record.Basal{basal(record.ScheduledBasal, 0, 1, 24*time.Hour)}}, time.UTC, 0, hour(24))
	require.InDelta(t, 56, float64(pump.Total), 1e-9)
	require.False(t, Defined(pump.BasalPart), "part of it may be basal")
	require.Equal(t, InsulinParts{Basal: 24, ByHand: 5, Undivided: 27}, pump.Days[0].Parts())
}
