package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func berlin(t require.TestingT) *time.Location {
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	return loc
}

func person(archetype string) Person { return Person{ID: "golden", Archetype: archetype} }

// cast is one person of each archetype, some of them in millimoles.
func cast() []Person {
	return []Person{
		{ID: "mia", Archetype: "child-pump"}, {ID: "jonas", Archetype: "adult-aid"}, {ID: "elena", Archetype: "adult-mdi", Unit: unit.MmolL},
		{ID: "walter", Archetype: "older-t2"}, {ID: "sofia", Archetype: "pregnancy-aid", Unit: unit.MmolL},
	}
}

func glucose(bs []record.Batch) []record.Reading {
	var out []record.Reading
	for _, b := range bs {
		out = append(out, b.Glucose...)
	}
	return out
}

func sparse[T record.Record](bs []record.Batch) []T {
	var out []T
	for _, b := range bs {
		for _, r := range b.Sparse {
			if x, ok := r.(T); ok {
				out = append(out, x)
			}
		}
	}
	return out
}

// lines is every record as text, by source and then in order.
func lines(t require.TestingT, bs []record.Batch) []string {
	var out []string
	for _, b := range bs {
		for _, r := range b.Glucose {
			out = append(out, text(t, b.Source, r))
		}
		for _, r := range b.Sparse {
			out = append(out, text(t, b.Source, r.Kind(), r))
		}
	}
	return out
}

func text(t require.TestingT, v ...any) string {
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

func TestThreeDaysAreTheSameBytesForEver(t *testing.T) {
	loc := berlin(t)
	from := time.Date(2024, 3, 30, 0, 0, 0, 0, loc) // over the change to summer time
	var got strings.Builder
	for _, id := range Archetypes() {
		all := strings.Join(lines(t, Generate(person(id), 7, loc, from, from.AddDate(0, 0, 3))), "\n")
		sum := sha256.Sum256([]byte(all))
		got.WriteString(id + " " + hex.EncodeToString(sum[:]) + "\n")
	}
	for _, m := range Household(start(t), loc) { // with stories, and settings that change
		all := lines(t, append(Settings(m.Person, 7, loc, start(t).AddDate(0, 0, -5)), Generate(m.Person, 7, loc, start(t).AddDate(0, 0, -5), start(t))...))
		sum := sha256.Sum256([]byte(strings.Join(all, "\n")))
		got.WriteString(m.ID + " " + hex.EncodeToString(sum[:]) + "\n")
	}
	golden := filepath.Join("testdata", "threedays.sha256")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(golden, []byte(got.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got.String())
}

// TestPeopleAreBelievable compares the mean of four seeds over 90 days with
// the ranges of the reference on demo data, section 2, and each of the four
// with those ranges widened by three quarters to either side.
func TestPeopleAreBelievable(t *testing.T) {
	loc := berlin(t)
	from := time.Date(2024, 2, 1, 0, 0, 0, 0, loc)
	until := from.AddDate(0, 0, 90)
	type span [2]float64
	type spans struct{ mean, cv, target, below, veryHigh, active, daily, basal, carbs span }
	for id, want := range map[string]spans{
		"child-pump": {span{158, 167}, span{35, 37}, span{55, 62}, span{1, 4}, span{4, 9},
			span{93, 97}, span{13, 18}, span{40, 55}, span{130, 200}},
		"adult-aid": {span{146, 152}, span{29, 31}, span{74, 77}, span{1, 3}, span{1, 3},
			span{93, 98}, span{38, 46}, span{40, 55}, span{150, 220}},
		"adult-mdi": {span{152, 164}, span{39, 42}, span{56, 62}, span{3, 6.5}, span{6, 11},
			span{93, 97}, span{44, 52}, span{45, 55}, span{190, 250}},
		"older-t2": {span{163, 169}, span{28, 30}, span{57, 62}, span{0.5, 2.5}, span{2, 6},
			span{93, 97}, span{29, 31}, span{100, 100}, span{160, 200}},
		"pregnancy-aid": {span{122, 127}, span{23, 25}, span{93, 96}, span{1, 3.5}, span{0, 0.5},
			span{93, 97}, span{39, 47}, span{42, 55}, span{140, 180}},
	} {
		t.Run(id, func(t *testing.T) {
			const seeds = 4
			sums := map[string]float64{}
			ranges := map[string]span{
				"mean": want.mean, "cv": want.cv, "target": want.target, "below": want.below, "very high": want.veryHigh,
				"active": want.active, "daily insulin": want.daily, "basal part": want.basal, "carbs": want.carbs,
			}
			for seed := uint64(1); seed <= seeds; seed++ {
				for name, v := range measure(Generate(person(id), seed, loc, from, until), loc, from, until) {
					sums[name] += v / seeds
					if r, judged := ranges[name]; judged {
						wide := max(r[1]-r[0], 3) * 0.75
						require.GreaterOrEqual(t, v, r[0]-wide, "%s of seed %d", name, seed)
						require.LessOrEqual(t, v, r[1]+wide, "%s of seed %d", name, seed)
					}
				}
			}
			for name, r := range ranges {
				require.GreaterOrEqual(t, sums[name], r[0], name)
				require.LessOrEqual(t, sums[name], r[1], name)
			}
		})
	}
}

func measure(bs []record.Batch, loc *time.Location, from, until time.Time) map[string]float64 {
	rs := glucose(bs)
	s, shares := metrics.Summarize(rs), metrics.SharesOf(rs, metrics.Standard())
	in := metrics.ReportInsulin(metrics.Therapy{
		Doses: sparse[*record.Dose](bs), Basals: sparse[*record.Basal](bs), Carbs: sparse[*record.Carbs](bs),
	}, loc, record.At(from), record.At(until))
	return map[string]float64{
		"mean": float64(s.Mean), "cv": s.CV, "target": shares.Target, "below": shares.Below(), "very high": shares.VeryHigh,
		"active":        metrics.ActiveOf(rs, record.At(from), record.At(until)).Calendar,
		"daily insulin": float64(in.Total), "basal part": in.BasalPart, "carbs": float64(in.Carbs),
	}
}

func TestNothingImpossibleIsMade(t *testing.T) {
	loc := berlin(t)
	from := time.Date(2024, 1, 10, 9, 17, 0, 0, loc)
	until := from.AddDate(0, 0, 90)
	for _, p := range cast() {
		t.Run(p.ID, func(t *testing.T) {
			a, ok := archetypeByID(p.Archetype)
			require.True(t, ok)
			bs := Generate(p, 3, loc, from, until)
			require.NotEmpty(t, bs)
			kinds := map[record.Kind]int{}
			for _, b := range bs {
				require.Equal(t, Format, b.Source.Format)
				require.NotEmpty(t, b.Source.Serial)
				require.Equal(t, record.Instant, b.Clock)
				require.Empty(t, b.Rejects)
				last := record.Millis(0)
				for _, r := range b.Glucose {
					require.Greater(t, r.At, last, "readings rise in time")
					last = r.At
					requireMeasurable(t, a.sensor, p.Unit, r)
					require.True(t, r.At >= record.At(from) && r.At < record.At(until))
				}
				last = 0
				for _, r := range b.Sparse {
					kinds[r.Kind()]++
					at := r.Base().At
					require.GreaterOrEqual(t, at, last)
					last = at
					require.True(t, at >= record.At(from)-30*minuteMS && at < record.At(until))
					requirePossible(t, r)
				}
			}
			for _, k := range []record.Kind{record.KindFingerstick, record.KindDose, record.KindCarbs, record.KindActivity,
				record.KindNote, record.KindAlarm, record.KindEvent} {
				require.Positive(t, kinds[k], "%s", k)
			}
			pumps := a.therapy == pump || a.therapy == loop
			require.Equal(t, pumps, kinds[record.KindBasal] > 0)
			require.Equal(t, a.sensor.calibrates, kinds[record.KindCalibration] > 0)
		})
	}
}

func requireMeasurable(t *testing.T, s sensor, u unit.Concentration, r record.Reading) {
	require.Equal(t, u, r.Value.Unit)
	v := float64(r.Value.MgDL())
	if u == unit.MmolL {
		v = float64(int(v + 0.5)) // one decimal of mmol/L is coarser than the limit
	}
	require.True(t, v >= s.low && v <= s.high, "the sensor cannot show it")
	if r.Flags.Has(record.BelowRange) {
		require.Equal(t, unit.MgPerDl(s.low-1), r.Statistic())
	}
	if r.Flags.Has(record.AboveRange) {
		require.Equal(t, unit.MgPerDl(s.high+1), r.Statistic())
	}
}

func requirePossible(t *testing.T, r record.Record) {
	switch r := r.(type) {
	case *record.Dose:
		require.True(t, r.Units > 0 && r.Units.PossibleDose() && r.Units <= 35)
		require.True(t, r.Carbs.Possible())
	case *record.Basal:
		require.True(t, r.Rate >= 0 && r.Rate <= 6)
	case *record.Carbs:
		require.True(t, r.Grams > 0 && r.Grams < 400)
	case *record.Fingerstick:
		require.True(t, r.Value.Possible())
	}
}

func TestThePartsOfAPeriodAreTheWhole(t *testing.T) {
	zone := berlin(t)
	border := metrics.Date{Year: 1970, Month: time.January, Day: 1}.Add(blockDays * 218).Start(zone).Time()
	day := time.Date(2024, 5, 1, 0, 0, 0, 0, zone)
	type split struct {
		name            string
		begin, cut, end time.Time
	}
	splits := []split{
		{"at the border of two blocks", border.Add(-3 * time.Hour), border, border.Add(3 * time.Hour)},
		{"a minute before it", border.Add(-3 * time.Hour), border.Add(-time.Minute), border.Add(3 * time.Hour)},
		{"at midnight", day.Add(-5 * time.Hour), day, day.Add(5 * time.Hour)},
		{"on a step", day.Add(time.Minute), day.Add(5 * time.Minute), day.Add(9 * time.Minute)},
		{"over the change to summer time", time.Date(2024, 3, 30, 20, 0, 0, 0, zone), time.Date(2024, 3, 31, 3, 0, 0, 0, zone),
			time.Date(2024, 3, 31, 20, 0, 0, 0, zone)},
	}
	s := newStream(1, "test", "splits", "")
	for range 12 {
		begin := day.Add(time.Duration(s.between(0, 400*24*3600)) * time.Second)
		end := begin.Add(time.Duration(s.between(60, 5*24*3600)) * time.Second)
		splits = append(splits, split{"anywhere", begin, begin.Add(time.Duration(float64(end.Sub(begin)) * s.part())), end})
	}
	for i, c := range splits {
		for _, p := range []Person{cast()[i%5], cast()[1]} {
			t.Run(p.ID+" "+c.name, func(t *testing.T) {
				whole := lines(t, Generate(p, 11, zone, c.begin, c.end))
				require.NotEmpty(t, whole)
				parts := append(lines(t, Generate(p, 11, zone, c.begin, c.cut)), lines(t, Generate(p, 11, zone, c.cut, c.end))...)
				slices.Sort(whole)
				slices.Sort(parts)
				require.Equal(t, whole, parts)
			})
		}
	}
}

func TestAPeriodOverTwoBlocksHasNoSeam(t *testing.T) {
	zone := berlin(t)
	d := metrics.Date{Year: 1970, Month: time.January, Day: 1}.Add(blockDays * 218)
	seam := d.Start(zone).Time()
	rs := glucose(Generate(person("adult-aid"), 5, zone, seam.Add(-24*time.Hour), seam.Add(24*time.Hour)))
	require.Greater(t, len(rs), 300)
	for i := 1; i < len(rs); i++ {
		if gap := rs[i].At - rs[i-1].At; gap < 6*minuteMS {
			require.InDelta(t, float64(rs[i-1].Statistic()), float64(rs[i].Statistic()), 60)
		}
	}
}

func TestSeedsPersonsAndUnitsDiffer(t *testing.T) {
	loc := berlin(t)
	from := time.Date(2024, 5, 1, 0, 0, 0, 0, loc)
	until := from.AddDate(0, 0, 2)
	one := lines(t, Generate(person("adult-mdi"), 1, loc, from, until))
	require.Equal(t, one, lines(t, Generate(person("adult-mdi"), 1, loc, from, until)))
	require.NotEqual(t, one, lines(t, Generate(person("adult-mdi"), 2, loc, from, until)), "another seed")
	other := person("adult-mdi")
	other.ID = "other"
	require.NotEqual(t, one, lines(t, Generate(other, 1, loc, from, until)), "another person of the same sort")
	require.NotEqual(t, one, lines(t, Generate(person("adult-aid"), 1, loc, from, until)), "another sort")
	other = person("adult-mdi")
	other.Unit = unit.MmolL
	mmol := Generate(other, 1, loc, from, until)
	require.NotEmpty(t, mmol)
	for _, b := range mmol {
		for _, r := range b.Glucose {
			require.Equal(t, unit.MmolL, r.Value.Unit)
		}
	}
	other = person("adult-mdi")
	other.Name = "Somebody"
	require.Equal(t, one, lines(t, Generate(other, 1, loc, from, until)), "a name changes nothing")
	require.Empty(t, Generate(person("no such"), 1, loc, from, until))
	require.Empty(t, Generate(person("adult-mdi"), 1, loc, until, from))
}

func TestANoisierSensorMovesNoMeal(t *testing.T) {
	loc := berlin(t)
	a, _ := archetypeByID("child-pump")
	noisy := a
	noisy.noise, noisy.compression, noisy.lost = 20, 0.9, 0.5
	for n := range 30 {
		d := metrics.Date{Year: 2024, Month: 5, Day: 1}.Add(n)
		meals := func(p plan) []deed {
			var out []deed
			for _, x := range p.deeds {
				if x.what == eat || x.what == bolusForMeal || x.what == move {
					out = append(out, x)
				}
			}
			return out
		}
		require.Equal(t, meals(planFor(person("child-pump"), &a, 1, d, loc)), meals(planFor(person("child-pump"), &noisy, 1, d, loc)))
	}
}

func TestBreakfastStaysAtItsHourOverSummerTime(t *testing.T) {
	loc := berlin(t)
	breakfast := func(from time.Time) float64 {
		sum, n := 0.0, 0
		for _, c := range sparse[*record.Carbs](Generate(person("older-t2"), 1, loc, from, from.AddDate(0, 0, 21))) {
			local := c.At.Time().In(loc)
			if h := float64(local.Hour()) + float64(local.Minute())/60; c.Food == "" && h < 11 {
				sum += h
				n++
			}
		}
		require.Greater(t, n, 15)
		return sum / float64(n)
	}
	require.InDelta(t, breakfast(time.Date(2024, 3, 9, 0, 0, 0, 0, loc)), breakfast(time.Date(2024, 4, 1, 0, 0, 0, 0, loc)), 0.45)
}

func TestChanceIsFixed(t *testing.T) {
	s := newStream(1, "p", "behaviour", "2024-05-01")
	again := newStream(1, "p", "behaviour", "2024-05-01")
	sum, squares := 0.0, 0.0
	const n = 20_000
	for range n {
		v := s.normal()
		require.Equal(t, v, again.normal())
		sum += v
		squares += v * v
	}
	require.InDelta(t, 0, sum/n, 0.03)
	require.InDelta(t, 1, squares/n, 0.05)
	require.NotEqual(t, newStream(1, "p", "sensor", "2024-05-01").part(), newStream(1, "p", "behaviour", "2024-05-01").part())
}

func BenchmarkFiveMinutesMore(b *testing.B) {
	at := time.Date(2024, 2, 1, 0, 0, 0, 0, berlin(b))
	life := Begin(person("adult-aid"), 1, berlin(b), at)
	for b.Loop() {
		at = at.Add(5 * time.Minute)
		life.Next(at)
	}
}

func BenchmarkGenerate90Days(b *testing.B) {
	loc := berlin(b)
	from := time.Date(2024, 2, 1, 0, 0, 0, 0, loc)
	for b.Loop() {
		Generate(person("adult-aid"), 1, loc, from, from.AddDate(0, 0, 90))
	}
}
