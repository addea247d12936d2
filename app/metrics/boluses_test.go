package metrics

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

func calculated(h float64, given, programmed, proposed unit.Units, carbs unit.Grams) *record.Dose {
	d := bolus(h, given)
	d.Programmed, d.Recommended, d.Carbs = programmed, &proposed, carbs
	return d
}

func TestBolusesOf(t *testing.T) {
	auto, injected, vague := bolus(5, 0.2), bolus(6, 3), bolus(7, 0)
	auto.Automated = true
	injected.Delivery, injected.Insulin = record.Injection, record.UnknownInsulin
	vague.Unspecified = true
	long := bolus(8, 20)
	long.Delivery, long.Insulin = record.Injection, record.Long
	doses := []*record.Dose{
		calculated(1, 5, 5, 5, 50),       // as proposed
		calculated(2, 1.5, 1.5, 1.5, 0),  // a correction
		calculated(3, 6, 6, 5.99, 60),    // an override by the least that counts
		calculated(4, 2, 4, 4.5, 40),     // an underride that was interrupted
		calculated(4.5, 3, 0, 3.005, 30), // what was programmed is not told: less than counts
		bolus(4.7, 2), auto, injected, vague, long,
		bolus(24+30, 9), // on a date that does not count
	}
	th := Therapy{Doses: doses}
	r := ReportInsulin(th, time.UTC, 0, hour(24))
	require.Equal(t, Boluses{Days: 1, ByHand: 7, Automatic: 1, Calculated: 5, Corrections: 1, Overrides: 1, Underrides: 1,
		Told: 4, Interrupted: 1, Unspecified: 1, Unknown: 1}, BolusesOf(doses, r, time.UTC))
}

func TestPartsOfADay(t *testing.T) {
	for _, c := range []struct {
		name string
		day  InsulinDay
		want InsulinParts
	}{
		{"nothing", InsulinDay{}, InsulinParts{}},
		{"basal and bolus", InsulinDay{Basal: 18, Bolus: 22, Total: 40}, InsulinParts{Basal: 18, ByHand: 22}},
		{"micro-boluses", InsulinDay{Basal: 10, Bolus: 22, Micro: 8, Automated: 8, Total: 32}, InsulinParts{Basal: 10, ByHand: 14, Automatic: 8}},
		{"a sum of automatic insulin", InsulinDay{Bolus: 20, Automated: 15, Mixed: true, Total: 35}, InsulinParts{ByHand: 20, Automatic: 15}},
		{"a total alone", InsulinDay{Total: 44}, InsulinParts{Undivided: 44}},
		{"a total and boluses", InsulinDay{Bolus: 20, Total: 44}, InsulinParts{ByHand: 20, Undivided: 24}},
		{"the rounding of a total", InsulinDay{Basal: 18, Bolus: 22, Total: 40.1}, InsulinParts{Basal: 18, ByHand: 22.1}},
		{"a total below its parts", InsulinDay{Basal: 18, Bolus: 22, Total: 35}, InsulinParts{Basal: 13, ByHand: 22}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.day.Parts()
			require.InDelta(t, float64(c.want.Basal), float64(got.Basal), 1e-9)
			require.InDelta(t, float64(c.want.ByHand), float64(got.ByHand), 1e-9)
			require.InDelta(t, float64(c.want.Automatic), float64(got.Automatic), 1e-9)
			require.InDelta(t, float64(c.want.Undivided), float64(got.Undivided), 1e-9)
		})
	}
}

func TestPartsAddUpToTheTotal(t *testing.T) {
	amount := rapid.Float64Range(0, 60)
	rapid.Check(t, func(t *rapid.T) {
		th := Therapy{Totals: []*record.DailyTotal{total(0, record.DailyTotal{})}}
		for i := range rapid.IntRange(0, 5).Draw(t, "boluses") {
			b := bolus(float64(i+1), unit.Units(amount.Draw(t, "units")))
			b.Automated = rapid.Bool().Draw(t, "automated")
			th.Doses = append(th.Doses, b)
		}
		for _, of := range []*unit.Units{&th.Totals[0].Total, &th.Totals[0].Basal, &th.Totals[0].Bolus, &th.Totals[0].Automated} {
			if rapid.Bool().Draw(t, "told") {
				*of = unit.Units(amount.Draw(t, "sum"))
			}
		}
		for _, d := range ReportInsulin(th, time.UTC, 0, hour(24)).Days {
			p := d.Parts()
			require.InDelta(t, float64(d.Total), float64(p.Total()), 1e-6)
			for _, part := range []unit.Units{p.Basal, p.ByHand, p.Automatic, p.Undivided} {
				require.GreaterOrEqual(t, float64(part), -1e-9)
			}
		}
	})
}

// A pump that tells only the sum of the day must not look as if it gave no
// basal insulin.
func TestATotalAloneHasNoShareOfBasal(t *testing.T) {
	r := ReportInsulin(Therapy{Totals: []*record.DailyTotal{total(0, record.DailyTotal{Total: 44})}}, time.UTC, 0, hour(24))
	require.InDelta(t, 44, float64(r.Total), 1e-9)
	require.True(t, math.IsNaN(r.BasalPart))
}

func TestByDayAndWeek(t *testing.T) {
	// 1 January 1970 was a Thursday: four days, then a week of Monday.
	var th Therapy
	for day := range 6 {
		th.Doses = append(th.Doses, bolus(24*float64(day)+8, unit.Units(10+day)))
		th.Carbs = append(th.Carbs, &record.Carbs{Common: record.Common{At: hour(24*float64(day) + 8)}, Grams: unit.Grams(100 + 10*day)})
	}
	r := ReportInsulin(th, time.UTC, 0, hour(5*24+12)) // the last date is not over
	days := r.ByDay()
	require.Len(t, days, 6)
	require.Equal(t, InsulinSpan{First: days[2].First, Last: days[2].First, Days: 1, CarbDays: 1, Parts: InsulinParts{ByHand: 12}, Boluses: 1, Carbs: 120}, days[2])
	require.Equal(t, [4]int{0, 1, 0, 1}, [4]int{days[5].Days, days[5].LeftOut, days[5].CarbDays, days[5].CarbsOut})
	weeks := r.ByWeek(int(time.Monday))
	require.Len(t, weeks, 2)
	require.Equal(t, "1970-01-05", weeks[1].First.String())
	require.Equal(t, 4, weeks[0].Days)
	require.InDelta(t, (10+11+12+13)/4.0, float64(weeks[0].Parts.ByHand), 1e-9)
	require.InDelta(t, (100+110+120+130)/4.0, float64(weeks[0].Carbs), 1e-9)
	require.InDelta(t, 14, float64(weeks[1].Parts.ByHand), 1e-9, "the date that is not over is in no mean")
	require.Equal(t, 1, weeks[1].LeftOut)
}

func TestInsulinByHour(t *testing.T) {
	long := bolus(8.5, 20)
	long.Insulin = record.Long
	th := Therapy{
		Doses: []*record.Dose{bolus(8.2, 4), bolus(24+8.9, 6), bolus(20, 2), long},
		Basals: []*record.Basal{basal(record.ScheduledBasal, 0, 1, 24*time.Hour), basal(record.ScheduledBasal, 24, 1, 24*time.Hour),
			basal(record.Suspended, 24+3, 0, 30*time.Minute)},
		Carbs: []*record.Carbs{{Common: record.Common{At: hour(8.2)}, Grams: 60}},
	}
	r := ReportInsulin(th, time.UTC, 0, hour(48))
	by := InsulinByHour(th, r, time.UTC, 0, hour(48))
	require.Equal(t, [3]int{2, 2, 1}, [3]int{by.BolusDays, by.RateDays, by.CarbDays})
	require.InDelta(t, 5, float64(by.Hours[8].Bolus), 1e-9, "the mean of 4 and 6, without what acts all day")
	require.InDelta(t, 1, float64(by.Hours[20].Bolus), 1e-9)
	require.InDelta(t, 60, float64(by.Hours[8].Carbs), 1e-9, "of the one date with carbs")
	require.InDelta(t, 0.75, float64(by.Hours[3].Rate), 1e-9, "half an hour of one of two dates was suspended")
	require.InDelta(t, 1, float64(by.Hours[4].Rate), 1e-9)

	th.Totals = []*record.DailyTotal{total(0, record.DailyTotal{Automated: 9}), total(1, record.DailyTotal{Automated: 9})}
	r = ReportInsulin(th, time.UTC, 0, hour(48))
	by = InsulinByHour(th, r, time.UTC, 0, hour(48))
	require.True(t, math.IsNaN(float64(by.Hours[4].Rate)), "in automatic mode the schedule is not what was delivered")
}

// The hours of the day that summer time begins and ends add up to the day.
func TestInsulinByHourWhenClocksChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for _, d := range []Date{{2026, time.March, 29}, {2026, time.October, 25}} {
		from, until := d.Start(berlin), d.Add(1).Start(berlin)
		th := Therapy{Basals: []*record.Basal{{Common: record.Common{At: from}, Basal: record.ScheduledBasal, Rate: 1, Duration: 25 * time.Hour}}}
		by := InsulinByHour(th, ReportInsulin(th, berlin, from, until), berlin, from, until)
		for h, x := range by.Hours {
			if d.Month == time.March && h == 2 {
				require.True(t, math.IsNaN(float64(x.Rate)), "there is no such hour")
				continue
			}
			require.InDelta(t, 1, float64(x.Rate), 1e-9)
		}
	}
}

func TestLastOnBoard(t *testing.T) {
	a, b, c := bolus(1, 2), bolus(3, 2), bolus(2, 2)
	a.Extra = map[string]string{"BWZ Active Insulin (U)": "2,5"}
	b.Extra = map[string]string{"insulinOnBoard": "1.25"}
	c.Extra = map[string]string{"insulinOnBoard": "lots"}
	_, ok := LastOnBoard([]*record.Common{&c.Common})
	require.False(t, ok)
	got, ok := LastOnBoard([]*record.Common{&b.Common, &a.Common, &c.Common})
	require.True(t, ok)
	require.Equal(t, OnBoard{hour(3), 1.25}, got)
	got, _ = LastOnBoard([]*record.Common{&a.Common, &c.Common})
	require.Equal(t, unit.Units(2.5), got.Units)
}
