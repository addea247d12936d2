package metrics

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// told is a dose of 4 U of rapid insulin at noon, as changed.
func told(source int64, trust Trust, change ...func(*Given, *record.Dose)) Given {
	d := &record.Dose{Common: record.Common{At: hour(12)}, Delivery: record.Normal, Insulin: record.Rapid, Units: 4}
	g := Given{Record: d, Source: source, Trust: trust}
	for _, c := range change {
		c(&g, d)
	}
	return g
}

func later(minutes float64) func(*Given, *record.Dose) {
	return func(_ *Given, d *record.Dose) { d.At += record.Millis(minutes * 60_000) }
}

func units(u unit.Units) func(*Given, *record.Dose) {
	return func(_ *Given, d *record.Dose) { d.Units = u }
}

func asked(u unit.Units) func(*Given, *record.Dose) {
	return func(_ *Given, d *record.Dose) { d.Programmed = u }
}

func sort(i record.Insulin) func(*Given, *record.Dose) {
	return func(_ *Given, d *record.Dose) { d.Insulin = i }
}

func byItself(_ *Given, d *record.Dose) { d.Automated = true }

func unspecified(_ *Given, d *record.Dose) { d.Unspecified, d.Units = true, 0 }

// byHand was written down, and received is when.
func byHand(written record.Millis) func(*Given, *record.Dose) {
	return func(g *Given, d *record.Dose) {
		g.ByHand, g.Received, g.Written, d.Delivery = true, written, written, record.Injection
	}
}

func received(at record.Millis) func(*Given, *record.Dose) {
	return func(g *Given, _ *record.Dose) { g.Received = at }
}

func meal(source int64, at float64, grams unit.Grams) Given {
	return Given{Record: &record.Carbs{Common: record.Common{At: hour(at)}, Grams: grams}, Source: source, Trust: FromFile}
}

func exchanges(source int64, at, n float64) Given {
	return Given{Record: &record.Carbs{Common: record.Common{At: hour(at)}, Exchanges: n}, Source: source, Trust: FromFile}
}

func TestOnce(t *testing.T) {
	const pump, relay, other, hand, hand2 = 1, 2, 3, 8, 9
	for _, c := range []struct {
		name string
		list []Given
		want []int
	}{
		{"nothing", nil, []int{}},
		{"twice by one source is twice", []Given{told(pump, FromFile), told(pump, FromFile)}, []int{0, 1}},
		{"by two sources is once, and the nearer one counts", []Given{told(relay, FromRelay), told(pump, FromFile)}, []int{1, 1}},
		{"by three sources", []Given{told(other, FromRelay), told(relay, FromRelay, later(-3)), told(pump, FromFile, later(4))}, []int{2, 2, 2}},
		{"clocks that differ by ten minutes", []Given{told(pump, FromFile), told(relay, FromRelay, later(10))}, []int{0, 0}},
		{"by more than that", []Given{told(pump, FromFile), told(relay, FromRelay, later(10.01))}, []int{0, 1}},
		{"another amount", []Given{told(pump, FromFile), told(relay, FromRelay, units(4.2))}, []int{0, 1}},
		{"one decimal less", []Given{told(pump, FromFile, units(4.35)), told(relay, FromRelay, units(4.4))}, []int{0, 0}},
		{"the steps of a pump are not rounding", []Given{told(pump, FromFile, units(0.1)), told(relay, FromRelay, units(0.15))}, []int{0, 1}},
		{"what is exact goes before what is rounded", []Given{told(pump, FromFile, units(4.04)), told(pump, FromFile, later(1)),
			told(relay, FromRelay, later(2))}, []int{0, 1, 1}},
		{"given twice and told twice by each", []Given{told(pump, FromFile), told(pump, FromFile, later(6)),
			told(relay, FromRelay, later(3)), told(relay, FromRelay, later(9))}, []int{0, 1, 0, 1}},
		{"given twice, and the relay missed one", []Given{told(pump, FromFile), told(pump, FromFile, later(6)), told(relay, FromRelay, later(6))}, []int{0, 1, 0}},
		{"long-acting is another dose", []Given{told(pump, FromFile), told(relay, FromRelay, sort(record.Long))}, []int{0, 1}},
		{"who knows the sort counts", []Given{told(pump, FromFile, sort("")), told(relay, FromRelay, sort(record.Long))}, []int{1, 1}},
		{"who knows what was delivered counts", []Given{told(pump, FromFile, units(5)), told(relay, FromRelay, units(3.2), asked(5))}, []int{1, 1}},
		{"and stays when it is the nearer one", []Given{told(pump, FromFile, units(3.2), asked(5)), told(relay, FromRelay, units(5))}, []int{0, 0}},
		{"without an amount", []Given{told(pump, FromFile, unspecified), told(relay, FromRelay, unspecified)}, []int{0, 0}},
		{"with and without an amount", []Given{told(pump, FromFile), told(relay, FromRelay, unspecified)}, []int{0, 1}},
		{"written down before the file of the pump came", []Given{told(hand, FromFile, later(5), byHand(100)), told(pump, FromFile, received(200))}, []int{1, 1}},
		{"but six minutes from it", []Given{told(hand, FromFile, later(6), byHand(100)), told(pump, FromFile, received(200))}, []int{0, 1}},
		{"written down when the pump had told it: they were asked", []Given{told(hand, FromFile, byHand(300)), told(pump, FromFile, received(200))}, []int{0, 1}},
		{"written down and similar", []Given{told(hand, FromFile, units(4.5), byHand(100)), told(pump, FromFile, received(200))}, []int{0, 1}},
		{"written down beside what the pump gave by itself", []Given{told(hand, FromFile, byHand(100)), told(pump, FromFile, byItself, received(200))}, []int{0, 1}},
		{"written down by two", []Given{told(hand, FromFile, byHand(100)), told(hand2, FromFile, byHand(200))}, []int{0, 1}},
		{"written down by two, once told by a pump", []Given{told(hand, FromFile, byHand(100)), told(hand2, FromFile, byHand(101)),
			told(pump, FromFile, received(200))}, []int{2, 2, 2}},
		{"a meal", []Given{meal(pump, 12, 40), meal(relay, 12.05, 40)}, []int{0, 0}},
		{"two meals", []Given{meal(pump, 12, 40), meal(relay, 12.05, 45)}, []int{0, 1}},
		{"a meal in whole grams", []Given{meal(pump, 12, 40.4), meal(relay, 12.05, 40)}, []int{0, 0}},
		{"a meal in exchanges", []Given{exchanges(pump, 12, 3), exchanges(relay, 12.05, 3)}, []int{0, 0}},
		{"exchanges and grams cannot be compared", []Given{exchanges(pump, 12, 3), meal(relay, 12.05, 36)}, []int{0, 1}},
		{"a meal is not a dose", []Given{told(pump, FromFile), meal(relay, 12, 4)}, []int{0, 1}},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, Once(c.list)) })
	}
}

// pumpDays is what one device tells: mostly the small steps of a closed loop,
// where many doses are alike.
func pumpDays(t *rapid.T, source int64, trust Trust) (list []Given) {
	at := record.Millis(0)
	for range rapid.IntRange(0, 30).Draw(t, "doses") {
		at += record.Millis(rapid.IntRange(0, 12*60).Draw(t, "seconds")) * 1000
		d := &record.Dose{Common: record.Common{At: at}, Insulin: rapid.SampledFrom([]record.Insulin{"", record.Rapid, record.Long}).Draw(t, "sort"),
			Units: unit.Units(rapid.SampledFrom([]float64{0.05, 0.1, 0.12, 1, 1.04, 4}).Draw(t, "units")), Automated: rapid.Bool().Draw(t, "automated")}
		if rapid.IntRange(0, 5).Draw(t, "cut") == 0 {
			d.Programmed = d.Units + 1
		}
		list = append(list, Given{Record: d, Source: source, Trust: trust, Received: 5})
	}
	return list
}

// copyOf is the same list as another source tells it, by a clock that differs.
func copyOf(list []Given, source int64, trust Trust, apart record.Millis) (out []Given) {
	for _, g := range list {
		d := *g.Record.(*record.Dose)
		d.At += apart
		g.Record, g.Source, g.Trust = &d, source, trust
		out = append(out, g)
	}
	return out
}

func counting(list []Given) (n int, u unit.Units) {
	for i, k := range Once(list) {
		if i == k {
			n, u = n+1, u+list[i].Record.(*record.Dose).Units
		}
	}
	return n, u
}

// A source alone is untouched, and what it tells once more under another name,
// by a clock of its own and in any order, changes nothing.
func TestOnceOfACopyChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := pumpDays(t, 2, FromFile)
		counts := Once(list)
		for i := range counts {
			require.Equal(t, i, counts[i])
		}
		n, u := counting(list)
		apart := record.Millis(rapid.IntRange(-600, 600).Draw(t, "apart")) * 1000
		both := append(slices.Clone(list), copyOf(list, 1, rapid.SampledFrom([]Trust{FromDevice, FromFile, FromRelay}).Draw(t, "trust"), apart)...)
		r := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "order")))
		both = append(both, copyOf(list, 3, FromRelay, 0)...)
		if apart != 0 { // of one instant the order says which is first
			r.Shuffle(len(both), func(i, j int) { both[i], both[j] = both[j], both[i] })
		}
		again, v := counting(both)
		require.Equal(t, n, again)
		require.InDelta(t, float64(u), float64(v), 1e-9)
	})
}

// Of any sources: what counts for another counts for itself, nobody stands for
// two of one source, and there are no fewer doses than the fullest source has.
func TestOnceLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lists := [][]Given{pumpDays(t, 1, FromFile), pumpDays(t, 2, FromRelay), pumpDays(t, 3, FromDevice)}
		all := slices.Concat(lists...)
		counts := Once(all)
		type pair struct {
			counts int
			source int64
		}
		seen := map[pair]bool{}
		for i, k := range counts {
			require.Equal(t, k, counts[k])
			p := pair{k, all[i].Source}
			require.False(t, seen[p])
			seen[p] = true
		}
		n, _ := counting(all)
		for _, l := range lists {
			require.GreaterOrEqual(t, n, len(l))
		}
	})
}

// Basal rates need no such thing: at each instant one rate runs, whoever told
// it, so the same rates told again change nothing.
func TestBasalToldTwiceIsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []*record.Basal
		h := 0.0
		for range rapid.IntRange(0, 20).Draw(t, "rates") {
			h += float64(rapid.IntRange(0, 4).Draw(t, "quarters")) / 4
			kind := rapid.SampledFrom([]record.BasalKind{record.ScheduledBasal, record.TempBasal, record.AutomatedBasal, record.Suspended}).Draw(t, "kind")
			list = append(list, basal(kind, h, unit.UnitsPerHour(rapid.IntRange(0, 3).Draw(t, "rate")), time.Duration(rapid.IntRange(0, 3).Draw(t, "lasts"))*30*time.Minute))
		}
		sum := func(spans []BasalSpan) (u float64, ms record.Millis) {
			for _, s := range spans {
				u, ms = u+float64(s.Units()), ms+s.Until-s.From
			}
			return u, ms
		}
		once, ms := sum(BasalSpans(list, 0, hour(h+30)))
		twice, again := sum(BasalSpans(append(slices.Clone(list), list...), 0, hour(h+30)))
		require.InDelta(t, once, twice, 1e-9)
		require.Equal(t, ms, again)
	})
}
