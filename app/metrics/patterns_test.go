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

// monday is the first local date of the made-up periods below: 2 March 2026.
var monday = Date{2026, time.March, 2}

// lived is readings every five minutes of whole local dates; value gives mg/dL
// by the number of the date and the minute of the wall clock, NaN is a gap.
func lived(loc *time.Location, first Date, days int, value func(day, minute int) float64) []record.Reading {
	return livedIn(unit.MgDLValue, loc, first, days, value)
}

func livedIn(in func(float64) unit.Glucose, loc *time.Location, first Date, days int, value func(day, minute int) float64) (rs []record.Reading) {
	for d := range days {
		date := first.Add(d)
		for at := date.Start(loc); at < date.Add(1).Start(loc); at += 300_000 {
			t := at.Time().In(loc)
			if v := value(d, t.Hour()*60+t.Minute()); !math.IsNaN(v) {
				rs = append(rs, record.Reading{At: at, Value: in(v), Every: 5})
			}
		}
	}
	return rs
}

// dip is a day at base with another value from a minute of the clock on for
// so many minutes, on the first days only.
func dip(base, to float64, from, minutes, days int) func(int, int) float64 {
	return func(d, m int) float64 {
		if d < days && m >= from && m < from+minutes {
			return to
		}
		return base
	}
}

func find(rs []record.Reading, carbs ...*record.Carbs) Patterns {
	return FindPatterns(rs, carbs, Standard(), time.UTC)
}

func of(p Patterns, k PatternKind) (out []Pattern) {
	for _, f := range p.Found {
		if f.Kind == k {
			out = append(out, f)
		}
	}
	return out
}

func TestLowPattern(t *testing.T) {
	const night = 2 * 60
	for _, c := range []struct {
		name  string
		days  int
		value func(day, minute int) float64
		want  *Pattern // Cause, Of and Grave, and how many Days
		found int
	}{
		{"exactly 15 % of days", 20, dip(120, 65, night, 20, 3), &Pattern{Cause: ByEpisodes, Of: 20}, 3},
		{"two days of thirteen", 13, dip(120, 65, night, 20, 2), &Pattern{Cause: ByEpisodes, Of: 13}, 2},
		{"two days of fourteen are less than 15 %", 14, dip(120, 65, night, 20, 2), nil, 0},
		{"one day is none", 7, dip(120, 65, night, 20, 1), nil, 0},
		{"70 is in range", 14, dip(120, 70, night, 20, 14), nil, 0},
		{"fifteen minutes are an episode", 14, dip(120, 69, night, 15, 3), &Pattern{Cause: ByEpisodes, Of: 14}, 3},
		{"ten minutes are none", 14, dip(120, 69, night, 10, 14), nil, 0},
		{"two deep lows of fourteen days", 14, dip(120, 53, night, 20, 2), &Pattern{Cause: ByDeepEpisodes, Of: 14, Grave: 2, Severe: true}, 2},
		{"one deep low is none", 14, dip(120, 53, night, 20, 1), nil, 0},
		{"54 is not very low", 14, dip(120, 54, night, 20, 2), nil, 0},
		{"too few days with data", 6, dip(120, 50, night, 20, 6), nil, 0},
		{"seven days are enough", 7, dip(120, 50, night, 20, 7), &Pattern{Cause: ByDeepEpisodes, Of: 7, Grave: 7, Severe: true}, 7},
		{"a low at the border of the block belongs where it began", 14, dip(120, 65, 6*60-5, 60, 14), &Pattern{Cause: ByEpisodes, Of: 14}, 14},
		{"single readings of very low make the 5th percentile", 14, func(_, m int) float64 {
			if m >= 60 && m < 5*60 && m%60 == 30 {
				return 45
			}
			return 120
		}, &Pattern{Cause: ByFifth, Of: 14, Grave: 14, Severe: true}, 14},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := of(find(lived(time.UTC, monday, c.days, c.value)), LowPattern)
			if c.want == nil {
				require.Empty(t, got)
				return
			}
			require.Len(t, got, 1)
			require.Equal(t, "night", got[0].Block.ID)
			require.Equal(t, []any{c.want.Cause, c.want.Of, c.want.Grave, c.want.Severe}, []any{got[0].Cause, got[0].Of, got[0].Grave, got[0].Severe})
			require.Len(t, got[0].Days, c.found)
			require.Equal(t, monday, got[0].Days[0])
			require.Positive(t, got[0].Minutes)
		})
	}
}

func TestHighPattern(t *testing.T) {
	const evening = 18 * 60
	// mixed is days of which some are at one value in the evening, others not.
	mixed := func(high float64, days, minutes int) func(int, int) float64 {
		return dip(120, high, evening, minutes, days)
	}
	for _, c := range []struct {
		name        string
		value       func(day, minute int) float64
		cause       PatternCause
		days, grave int
	}{
		{"long highs on half of the days", mixed(200, 7, 90), ByLong, 7, 7},
		{"on fewer than half", mixed(200, 6, 90), "", 0, 0},
		{"not long enough", mixed(200, 7, 85), "", 0, 0},
		{"the median of an hour", mixed(230, 10, 80), ByMedian, 10, 0},
		{"180 is in range", mixed(180, 14, 240), "", 0, 0},
		{"three quarters of readings", mixed(200, 14, 240), ByLower, 14, 14},
		{"the upper quarter above 250", mixed(260, 5, 240), ByUpper, 5, 5},
		{"250 is not above", mixed(250, 5, 240), "", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := of(find(lived(time.UTC, monday, 14, c.value)), HighPattern)
			if c.cause == "" {
				require.Empty(t, got)
				return
			}
			require.Len(t, got, 1)
			require.Equal(t, "evening", got[0].Block.ID)
			require.Equal(t, []any{c.cause, c.days, c.grave, 14}, []any{got[0].Cause, len(got[0].Days), got[0].Grave, got[0].Of})
		})
	}
	t.Run("a high that lasts into the night is one of the night too", func(t *testing.T) {
		got := of(find(lived(time.UTC, monday, 14, func(_, m int) float64 {
			if m >= 21*60 || m < 2*60 {
				return 220
			}
			return 120
		})), HighPattern)
		var ids []string
		for _, p := range got {
			ids = append(ids, p.Block.ID)
		}
		require.ElementsMatch(t, []string{"night", "evening", "late"}, ids)
	})
}

// meals are entries of carbs at a minute of the clock on the first days.
func meals(days, minute int) (carbs []*record.Carbs) {
	for d := range days {
		c := &record.Carbs{Grams: 40}
		c.At = monday.Add(d).Start(time.UTC) + record.Millis(minute)*60_000
		carbs = append(carbs, c)
	}
	return carbs
}

func TestMealPattern(t *testing.T) {
	const noon = 12 * 60
	rising := func(from, rise float64) func(int, int) float64 {
		return func(_, m int) float64 {
			if m > noon && m <= noon+180 {
				return from + rise*math.Min(1, float64(m-noon)/90)
			}
			return from
		}
	}
	for _, c := range []struct {
		name  string
		value func(day, minute int) float64
		carbs []*record.Carbs
		meals int
	}{
		{"a rise of exactly 60 after five meals", rising(110, 60), meals(5, noon), 5},
		{"four meals are too few", rising(110, 60), meals(4, noon), 0},
		{"a rise of 59", rising(110, 59), meals(14, noon), 0},
		{"carbs against a low are no meal", rising(65, 90), meals(14, noon), 0},
		{"seconds are the same meal", rising(110, 70), append(meals(5, noon), meals(5, noon+20)...), 5},
		{"no readings after the meal", func(_, m int) float64 {
			if m > noon+90 && m < 15*60 {
				return math.NaN()
			}
			return rising(110, 70)(0, m)
		}, meals(14, noon), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := of(find(lived(time.UTC, monday, 14, c.value), c.carbs...), MealPattern)
			if c.meals == 0 {
				require.Empty(t, got)
				return
			}
			require.Len(t, got, 1)
			require.Equal(t, "midday", got[0].Block.ID)
			require.Equal(t, []int{c.meals, c.meals}, []int{got[0].Meals, got[0].After})
			require.GreaterOrEqual(t, float64(got[0].Rise), 60.0)
		})
	}
}

func TestReboundPattern(t *testing.T) {
	// after is a low of 20 minutes and, so many minutes after its end, a high.
	after := func(minutes, days int) func(int, int) float64 {
		return func(d, m int) float64 {
			end := 10*60 + 20
			switch {
			case m >= 10*60 && m < end:
				return 60
			case d < days && m >= end+minutes && m < end+minutes+30:
				return 200
			}
			return 120
		}
	}
	for name, c := range map[string]struct{ minutes, days, want int }{
		"within two hours on two days": {60, 2, 2}, "at two hours": {120, 3, 3}, "five minutes too late": {125, 14, 0}, "on one day": {60, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := of(find(lived(time.UTC, monday, 14, after(c.minutes, c.days))), ReboundPattern)
			if c.want == 0 {
				require.Empty(t, got)
				return
			}
			require.Equal(t, []int{c.want, 14}, []int{len(got[0].Days), got[0].Of})
		})
	}
}

func TestDawnPattern(t *testing.T) {
	rising := func(rise float64) func(int, int) float64 {
		return func(_, m int) float64 { return 110 + rise*math.Max(0, math.Min(1, float64(m-180)/240)) }
	}
	for _, c := range []struct {
		name  string
		rise  float64
		carbs []*record.Carbs
		of    int
	}{
		{"exactly 30", 30, nil, 14},
		{"29", 29, nil, 0},
		{"carbs in the night explain it", 30, meals(14, 5*60), 0},
		{"five days without carbs are enough", 30, meals(9, 5*60), 5},
		{"four are not", 30, meals(10, 5*60), 0},
		{"breakfast at seven does not count", 30, meals(14, 7*60), 14},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := of(find(lived(time.UTC, monday, 14, rising(c.rise)), c.carbs...), DawnPattern)
			if c.of == 0 {
				require.Empty(t, got)
				return
			}
			require.Equal(t, []int{c.of, c.of}, []int{len(got[0].Days), got[0].Of})
			require.InDelta(t, c.rise, float64(got[0].Rise), 1e-9)
		})
	}
}

func TestVariablePattern(t *testing.T) {
	spread := func(minutes int, by float64) func(int, int) float64 {
		return func(d, m int) float64 {
			if m >= 13*60 && m < 13*60+minutes && d%2 == 0 {
				return 90 + by
			}
			return 90
		}
	}
	require.Empty(t, of(find(lived(time.UTC, monday, 14, spread(120, 100))), VariablePattern), "100 is not more than 100")
	require.Empty(t, of(find(lived(time.UTC, monday, 14, spread(30, 130))), VariablePattern), "half an hour")
	got := of(find(lived(time.UTC, monday, 14, spread(240, 130))), VariablePattern)
	require.Len(t, got, 1)
	require.Equal(t, Block{From: 13, To: 17}, got[0].Block)
	require.Len(t, got[0].Days, 14)
}

func TestWeekendPattern(t *testing.T) {
	// out is weekends that are above range for so many minutes of each day.
	out := func(minutes int) func(int, int) float64 {
		return func(d, m int) float64 {
			if d%7 >= 5 && m < minutes {
				return 200
			}
			return 120
		}
	}
	require.Empty(t, of(find(lived(time.UTC, monday, 14, out(140))), WeekendPattern), "9.7 points")
	got := of(find(lived(time.UTC, monday, 20, out(145))), WeekendPattern)
	require.Len(t, got, 1, "10.07 points")
	require.Equal(t, []Date{{2026, 3, 7}, {2026, 3, 8}, {2026, 3, 14}, {2026, 3, 15}, {2026, 3, 21}}, got[0].Days)
	require.InDelta(t, 100, got[0].Weekdays.Target, 1e-9)
	require.Empty(t, of(find(lived(time.UTC, monday, 6, out(1440))), WeekendPattern), "six days")
	require.Empty(t, of(find(lived(time.UTC, monday, 7, func(d, m int) float64 {
		if d == 6 && m >= 30 {
			return math.NaN()
		}
		return 120 + 100*float64(d/5)
	})), WeekendPattern), "one day of the weekend")
}

// Exactly ten points: 144 of 1440 minutes cannot be had in steps of five, but
// a sensor of 12 minutes has them.
func TestExactlyTenPoints(t *testing.T) {
	var rs []record.Reading
	for d := range 14 {
		for k := range 120 {
			v := 120.0
			if d%7 >= 5 && k < 12 {
				v = 200
			}
			rs = append(rs, record.Reading{At: monday.Add(d).Start(time.UTC) + record.Millis(k)*720_000, Value: unit.MgDLValue(v), Every: 12})
		}
	}
	require.Len(t, of(find(rs), WeekendPattern), 1)
}

func TestPatternsInTheNativeUnit(t *testing.T) {
	mmol := func(base, to float64) []record.Reading {
		return livedIn(unit.MmolLValue, time.UTC, monday, 14, dip(base, to, 120, 60, 14))
	}
	require.Empty(t, of(find(mmol(6, 3.9)), LowPattern), "3.9 mmol/L is in range")
	require.Equal(t, ByEpisodes, of(find(mmol(6, 3.8)), LowPattern)[0].Cause)
	require.Equal(t, ByEpisodes, of(find(mmol(6, 3.0)), LowPattern)[0].Cause, "3.0 mmol/L is not very low")
	require.Equal(t, ByDeepEpisodes, of(find(mmol(6, 2.9)), LowPattern)[0].Cause)
	require.Empty(t, of(find(mmol(10, 10)), HighPattern), "10.0 mmol/L is in range, though it is 180.156 mg/dL")
	require.Equal(t, ByLower, of(find(mmol(10.1, 10.1)), HighPattern)[0].Cause)
	require.Equal(t, ByLower, of(find(mmol(13.9, 13.9)), HighPattern)[0].Cause, "13.9 mmol/L is not very high")
	require.Equal(t, ByUpper, of(find(mmol(14, 14)), HighPattern)[0].Cause)
}

// The nights in which clocks change are nights like others.
func TestPatternsInNightsOfDST(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for name, first := range map[string]Date{"spring": {2026, time.March, 23}, "autumn": {2026, time.October, 19}} {
		t.Run(name, func(t *testing.T) {
			rs := lived(loc, first, 14, dip(120, 60, 2*60, 120, 14)) // 2:00 to 4:00: one hour in spring, three in autumn
			got := of(FindPatterns(rs, nil, Standard(), loc), LowPattern)
			require.Len(t, got, 1)
			require.Equal(t, "night", got[0].Block.ID)
			require.Equal(t, []int{14, 14}, []int{len(got[0].Days), got[0].Of})
			minutes := 14 * 120.0
			if name == "spring" {
				minutes -= 60
			} else {
				minutes += 60
			}
			require.InDelta(t, minutes, got[0].Minutes, 1e-9)
		})
	}
}

func TestOrderOfPatterns(t *testing.T) {
	got := find(lived(time.UTC, monday, 14, func(d, m int) float64 {
		switch {
		case m >= 7*60 && m < 9*60:
			return 210 // a high of two hours in the morning
		case m >= 12*60 && m < 12*60+20:
			return 65 // a short low at midday
		case m >= 15*60 && m < 15*60+60:
			return 65 // a longer one in the afternoon
		case m >= 23*60 && m < 23*60+20:
			return 50 // a very low one late
		case m >= 18*60 && m < 21*60:
			return 210 // a high of three hours
		}
		return 120
	}))
	var ids []string
	for _, p := range got.Found[:5] {
		ids = append(ids, string(p.Kind)+" "+p.Block.ID)
	}
	require.Equal(t, []string{"low late", "low afternoon", "low midday", "high evening", "high morning"}, ids)
	require.Len(t, got.Top(), 3)
	require.Equal(t, got.Found[:3], got.Top())
}

func TestTooFewDaysForPatterns(t *testing.T) {
	got := find(lived(time.UTC, monday, 6, dip(120, 50, 120, 60, 6)))
	require.False(t, got.Enough())
	require.Empty(t, got.Found)
	require.Equal(t, 6, got.Days)
	require.Len(t, got.Blocks, len(Blocks()))
	require.Empty(t, find(nil).Found)
	// One block without data does not stop the others.
	got = find(lived(time.UTC, monday, 14, func(d, m int) float64 {
		if d >= 6 && m < 360 {
			return math.NaN()
		}
		return dip(120, 60, 8*60, 60, 14)(d, m)
	}))
	require.True(t, got.Enough())
	require.Equal(t, []int{6, 14}, []int{got.Blocks[0].Days, got.Blocks[1].Days})
	require.Equal(t, "morning", got.Found[0].Block.ID)
}

func TestBestDay(t *testing.T) {
	day := func(n int, active, target, low float64, sd unit.MgPerDl) Day {
		return Day{Date: monday.Add(n), Active: active, Mean: 120, SD: sd, Shares: Shares{Target: target, Low: low}}
	}
	for _, c := range []struct {
		name string
		days []Day
		want int // -1 is none
	}{
		{"the most in range", []Day{day(0, 95, 80, 0, 30), day(1, 95, 90, 0, 30), day(2, 95, 85, 0, 30)}, 1},
		{"only well covered days", []Day{day(0, 95, 80, 0, 30), day(1, 89.9, 99, 0, 30)}, 0},
		{"exactly 90 % are well covered", []Day{day(0, 90, 80, 0, 30)}, 0},
		{"of equal ones that with fewer lows", []Day{day(0, 95, 80, 1, 30), day(1, 95, 80, 0, 30), day(2, 95, 80, 2, 30)}, 1},
		{"then the steadiest", []Day{day(0, 95, 80, 1, 20), day(1, 95, 80, 1, 30)}, 0},
		{"then the latest", []Day{day(0, 95, 80, 1, 20), day(1, 95, 80, 1, 20)}, 1},
		{"exactly 70 % can be told", []Day{day(0, 95, 70, 0, 30)}, 0},
		{"none below 70 %", []Day{day(0, 95, 69.9, 0, 30)}, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := bestDay(c.days)
			if c.want < 0 {
				require.Nil(t, got)
				return
			}
			require.Equal(t, monday.Add(c.want), got.Date)
		})
	}
}

// Whatever the readings are: the same call finds the same, it happened on no
// more days than there were, on days of the period, each named once; and what
// the unit of the page is cannot matter, for it is not asked.
func TestPatternsKeepTheirPromises(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.IntRange(1, 21).Draw(t, "days")
		levels := rapid.SliceOfN(rapid.SampledFrom([]float64{math.NaN(), 45, 60, 90, 120, 170, 200, 270}), 24, 24*7).Draw(t, "levels")
		in := rapid.SampledFrom([]func(float64) unit.Glucose{unit.MgDLValue, func(v float64) unit.Glucose { return unit.MmolLValue(math.Round(v/1.8) / 10) }}).Draw(t, "unit")
		first := Date{2026, time.March, rapid.IntRange(15, 28).Draw(t, "first")}
		rs := livedIn(in, loc, first, days, func(d, m int) float64 { return levels[(d*24+m/60)%len(levels)] })
		carbs := meals(days, rapid.IntRange(0, 1439).Draw(t, "meal"))
		got := FindPatterns(rs, carbs, Standard(), loc)
		require.Equal(t, got, FindPatterns(rs, carbs, Standard(), loc))
		require.LessOrEqual(t, len(got.Top()), 3)
		rank := -1
		for _, p := range got.Found {
			require.GreaterOrEqual(t, p.rank(), rank, "in order")
			rank = p.rank()
			require.NotEmpty(t, p.Days)
			require.LessOrEqual(t, p.Grave, len(p.Days))
			if p.Kind != MealPattern {
				require.LessOrEqual(t, len(p.Days), p.Of)
			}
			require.LessOrEqual(t, p.After, p.Meals)
			for i, d := range p.Days {
				require.False(t, d.Start(loc) < first.Start(loc) || d.Start(loc) >= first.Add(days).Start(loc))
				require.True(t, i == 0 || p.Days[i-1].compare(d) < 0, "in order, each once")
			}
		}
		if days < LeastPatternDays {
			require.Empty(t, got.Found)
		}
		if got.Best != nil {
			require.GreaterOrEqual(t, got.Best.Shares.Target, bestTarget)
		}
	})
}
