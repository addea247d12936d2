package report_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/app/share"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/unit"
)

// sensor is the readings of one source.
type sensor struct {
	serial   string
	every    time.Duration
	readings []record.Reading
}

// sensors is a person with the readings of several sources, and the database.
func sensors(t *testing.T, list ...sensor) (*read.Reader, *store.DB) {
	t.Helper()
	db := storetest.Open(t)
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		person, err := tx.AddPerson(store.Person{Key: "p", Name: "Ana", Zone: "Europe/Berlin", Unit: "mg/dL", Ranges: "standard"})
		require.NoError(t, err)
		upload, err := tx.AddUpload(store.Upload{Key: "u", Person: person, Format: "test", Options: "{}", Report: "{}", Created: at})
		require.NoError(t, err)
		for _, s := range list {
			src, err := tx.Source(person, record.Source{Format: "test", Serial: s.serial, Interval: s.every})
			require.NoError(t, err)
			days := map[int64][]store.Entry{}
			for _, r := range s.readings {
				e := store.Entry{Reading: r, Upload: upload, Received: at, Modified: at}
				days[store.Day(r.At)] = append(days[store.Day(r.At)], e)
			}
			for day, es := range days {
				require.NoError(t, tx.SetPage(person, src.ID, day, es))
			}
		}
		return nil
	}))
	ledger := audit.New(db, make([]byte, 32))
	scope, err := share.New(db, ledger).Scope(t.Context(), share.Viewer{Console: true}, share.View, "p", time.Now())
	require.NoError(t, err)
	r, err := read.New(db, ledger).Open(t.Context(), scope, "test", time.Now())
	require.NoError(t, err)
	return r, db
}

var begin = record.At(time.Date(2024, 3, 20, 22, 10, 0, 0, time.UTC))

// walk is days of a sensor that wanders around center, with a second's jitter
// and holes of all lengths.
func walk(seed uint64, days int, every time.Duration, center, spread float64) (rs []record.Reading) {
	r := rand.New(rand.NewPCG(seed, 14))
	v := center
	step := record.Millis(every.Milliseconds())
	for k := record.Millis(0); len(rs) < days*int(24*time.Hour/every); k++ {
		v += r.NormFloat64()*spread/4 + (center-v)*0.1
		if r.IntN(250) == 0 {
			k += record.Millis(1 << r.IntN(8))
		}
		if r.IntN(4000) == 0 {
			k += record.Millis(20*24*3600) * 1000 / step // the sensor lay in a drawer
		}
		rs = append(rs, record.Reading{At: begin + k*step + record.Millis(r.IntN(3000)), Value: unit.MgDLValue(math.Round(min(max(v, 41), 399)))})
	}
	return rs
}

func loc(t *testing.T) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	return z
}

func merged(t *testing.T, r *read.Reader, z *time.Location) []record.Reading {
	t.Helper()
	rs, err := report.Tally{Zone: z}.Counted(t.Context(), r, report.Period{From: begin, Until: begin + 4*366*86_400_000})
	require.NoError(t, err)
	return rs
}

// A search finds what a list of all episodes has, in both directions, from
// anywhere: to skip days and to look at parts must not lose one.
func TestASearchFindsWhatTheListHas(t *testing.T) {
	z := loc(t)
	rules := map[report.Kind]int{report.FindLow: 0, report.FindVeryLow: 1, report.FindHigh: 3, report.FindVeryHigh: 4}
	cases := map[string][]sensor{
		"around low":                  {{"1", 5 * time.Minute, walk(1, 40, 5*time.Minute, 74, 8)}},
		"around low, noisy":           {{"1", 5 * time.Minute, walk(2, 40, 5*time.Minute, 72, 20)}},
		"around very low":             {{"1", 5 * time.Minute, walk(3, 40, 5*time.Minute, 57, 10)}},
		"around high, with long ones": {{"1", 5 * time.Minute, walk(4, 60, 5*time.Minute, 195, 40)}},
		"around very high":            {{"1", 5 * time.Minute, walk(5, 40, 5*time.Minute, 250, 30)}},
		"a quarter of an hour":        {{"1", 15 * time.Minute, walk(6, 60, 15*time.Minute, 80, 20)}},
		"an unknown cadence":          {{"1", 0, walk(7, 40, 5*time.Minute, 74, 10)}},
		"two copies of one sensor":    {{"1", 5 * time.Minute, walk(8, 30, 5*time.Minute, 74, 10)[:2500]}, {"1b", 5 * time.Minute, walk(8, 30, 5*time.Minute, 74, 10)[2000:]}},
	}
	for name, list := range cases {
		t.Run(name, func(t *testing.T) {
			r, _ := sensors(t, list...)
			f := report.Finder{Reader: r, Zone: z}
			grid := metrics.NewGrid(merged(t, r, z), z)
			for kind, rule := range rules {
				want := grid.Episodes(metrics.EpisodeRules()[rule])
				after := record.Millis(0)
				for i, e := range want {
					found, ok, err := f.Episode(t.Context(), kind, after, true)
					require.NoError(t, err)
					require.True(t, ok, "%s %d", kind, i)
					require.Equal(t, report.Period{From: e.Start, Until: e.End}, found.Period, "%s %d", kind, i)
					require.Equal(t, e.Extreme, found.Extreme)
					back, ok, err := f.Episode(t.Context(), kind, e.Start+1, false)
					require.NoError(t, err)
					require.True(t, ok)
					require.Equal(t, found, back, "%s %d backward", kind, i)
					after = e.End
				}
				_, ok, err := f.Episode(t.Context(), kind, after, true)
				require.NoError(t, err)
				require.False(t, ok, "%s: none is made up", kind)
				_, ok, err = f.Episode(t.Context(), kind, begin, false)
				require.NoError(t, err)
				require.False(t, ok)
			}
		})
	}
}

func TestASearchFindsEveryGap(t *testing.T) {
	z := loc(t)
	for name, list := range map[string][]sensor{
		"one sensor":                              {{"1", 5 * time.Minute, walk(11, 70, 5*time.Minute, 120, 20)}},
		"a quarter of an hour":                    {{"1", 15 * time.Minute, walk(12, 70, 15*time.Minute, 120, 20)}},
		"two sensors, one dropped":                {{"1", 5 * time.Minute, walk(13, 10, 5*time.Minute, 120, 20)}, {"2", 5 * time.Minute, walk(14, 12, 5*time.Minute, 150, 20)[1500:]}},
		"each minute":                             {{"1", time.Minute, walk(15, 20, time.Minute, 120, 20)}},
		"each minute, of a source that says five": {{"1", 5 * time.Minute, walk(15, 20, time.Minute, 120, 20)}},
		"each minute, of one that does not say":   {{"1", 0, walk(16, 20, time.Minute, 120, 20)}},
		"nothing is ever missing":                 {{"1", 5 * time.Minute, whole(9)}},
		"a single reading":                        {{"1", 5 * time.Minute, whole(9)[:1]}},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := sensors(t, list...)
			rows, err := r.Days(t.Context(), 0, begin*2)
			require.NoError(t, err)
			f := report.Finder{Reader: r, Zone: z}
			rs := merged(t, r, z)
			after := record.Millis(0)
			for i := 1; i < len(rs); i++ {
				if rs[i].At-rs[i-1].At <= record.Millis(report.LeastGap.Milliseconds()) {
					continue
				}
				want := report.Found{Kind: report.FindGap, Period: report.Period{From: rs[i-1].At, Until: rs[i].At}}
				found, ok, err := f.Gap(t.Context(), rows, after, true)
				require.NoError(t, err)
				require.True(t, ok)
				require.Equal(t, want, found)
				found, ok, err = f.Gap(t.Context(), rows, rs[i-1].At+1, false)
				require.NoError(t, err)
				require.True(t, ok)
				require.Equal(t, want, found, "backward")
				after = rs[i].At
			}
			_, ok, err := f.Gap(t.Context(), rows, after, true)
			require.NoError(t, err)
			require.False(t, ok)
			_, ok, err = f.Gap(t.Context(), rows, begin, false)
			require.NoError(t, err)
			require.False(t, ok)
		})
	}
}

func whole(days int) (rs []record.Reading) {
	for k := range days * 288 {
		rs = append(rs, record.Reading{At: begin + record.Millis(k)*300_000, Value: unit.MgDLValue(120)})
	}
	return rs
}

// Figures added up from months are those of all readings at once, and a month
// that was kept is not believed when its readings or the ranges changed.
func TestMonthsAddUp(t *testing.T) {
	z := loc(t)
	rs := walk(21, 200, 5*time.Minute, 110, 60)
	r, db := sensors(t, sensor{"1", 5 * time.Minute, rs})
	tally, months := report.Tally{Zone: z, Ranges: metrics.Standard()}, report.NewMonths()
	p := report.Period{From: rs[0].At + 5*86_400_000, Until: rs[len(rs)-1].At - 3*86_400_000}
	look := func() (report.Sum, []report.Part) {
		rows, err := r.Days(t.Context(), p.From-86_400_000, p.Until+86_400_000)
		require.NoError(t, err)
		got, parts, err := months.Parts(t.Context(), tally, r, p, rows)
		require.NoError(t, err)
		return got, parts
	}
	check := func() {
		counted, err := tally.Counted(t.Context(), r, p)
		require.NoError(t, err)
		want, _ := tally.Parts(counted, p, nil)
		for range 2 { // the second time from what was kept
			got, parts := look()
			require.Equal(t, want.N, got.N)
			require.InDelta(t, float64(want.Mean()), float64(got.Mean()), 1e-9)
			require.InDelta(t, want.Minutes, got.Minutes, 1e-6)
			for c := metrics.VeryLow; c <= metrics.VeryHigh; c++ {
				require.InDelta(t, want.Share(c, c), got.Share(c, c), 1e-9)
			}
			require.Equal(t, [2]int{want.Lows, want.VeryLows}, [2]int{got.Lows, got.VeryLows})
			require.Equal(t, want.Lowest.Value, got.Lowest.Value)
			require.Equal(t, want.Highest.Value, got.Highest.Value)
			require.Equal(t, p.From, parts[0].From)
			require.Equal(t, p.Until, parts[len(parts)-1].Until)
			for i := 1; i < len(parts); i++ {
				require.Equal(t, parts[i-1].Until, parts[i].From, "months meet")
			}
		}
	}
	check()
	own := metrics.LimitsOf(metrics.Standard())
	for _, low := range []int32{90_000, 110_000} { // own limits that change keep their name
		own.MgDL[metrics.LowLimit] = low
		tally.Ranges = metrics.Own(own)
		check()
	}
	pregnant, _ := metrics.ProfileByID("pregnancy")
	for _, tally.Ranges = range []metrics.Profile{pregnant, metrics.Standard()} {
		check()
	}
	before, _ := look()
	day := store.Day(rs[20_000].At)
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		es, err := tx.Page(1, 1, day)
		require.NoError(t, err)
		for i := range es {
			es[i].Value = unit.MgDLValue(50)
		}
		return tx.SetPage(1, 1, day, es)
	}))
	check()
	after, _ := look()
	require.Greater(t, after.Of[metrics.VeryLow], before.Of[metrics.VeryLow])
}

// A column's percentiles are those of its readings but for the width of a
// step, its extremes are exact, and no reading is in two columns.
func TestColumns(t *testing.T) {
	rs := walk(31, 90, 5*time.Minute, 130, 70)
	r, _ := sensors(t, sensor{"1", 5 * time.Minute, rs})
	p := report.Period{From: rs[0].At, Until: rs[len(rs)-1].At + 1}
	rows, err := r.Days(t.Context(), p.From, p.Until)
	require.NoError(t, err)
	for _, most := range []int{1, 7, 40, 5000} {
		t.Run(fmt.Sprint(most), func(t *testing.T) {
			columns := report.Columns(rows, p, most)
			require.LessOrEqual(t, len(columns), most+1)
			n := 0
			for i, c := range columns {
				require.True(t, i == 0 || columns[i-1].Until <= c.From)
				var values []float64
				low := 0
				for _, r := range rs {
					if r.At >= c.From && r.At < c.Until {
						values = append(values, float64(r.Statistic()))
						if r.Statistic() < 70 {
							low++
						}
					}
				}
				slices.SortFunc(values, cmp.Compare)
				require.Len(t, values, c.N)
				n += c.N
				require.Equal(t, low, c.Low+c.VeryLow)
				require.Equal(t, []float64{values[0], values[len(values)-1]}, []float64{float64(c.Min), float64(c.Max)})
				for part, got := range map[float64]unit.MgPerDl{0.05: c.P05, 0.25: c.P25, 0.5: c.P50, 0.75: c.P75, 0.95: c.P95} {
					k := int(part * float64(len(values)))
					near := values[max(0, k-1):min(len(values), k+2)]
					require.GreaterOrEqual(t, float64(got), near[0]-5)
					require.LessOrEqual(t, float64(got), near[len(near)-1]+5)
				}
			}
			require.Equal(t, len(rs), n)
		})
	}
	require.Empty(t, report.Columns(nil, p, 10))
}
