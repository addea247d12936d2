package demo

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// latest are the settings in force at an instant, by name: those of the
// beginning and the changes since.
func latest(t *testing.T, p Person, seed uint64, from, until time.Time) map[string]*record.Setting {
	out := map[string]*record.Setting{}
	for _, s := range append(sparse[*record.Setting](Settings(p, seed, berlin(t), from)), sparse[*record.Setting](Generate(p, seed, berlin(t), from, until))...) {
		out[s.Name] = s
	}
	return out
}

func number(t *testing.T, s *record.Setting) float64 {
	require.NotNil(t, s)
	v, err := strconv.ParseFloat(s.Value, 64)
	require.NoError(t, err)
	return v
}

// The law of settings: those told since the beginning are those that a fresh
// look finds, at any instant.
func TestSettingsToldAreSettingsInForce(t *testing.T) {
	zone := berlin(t)
	from := time.Date(2026, 2, 19, 14, 3, 0, 0, zone)
	s := newStream(1, "test", "instants", "")
	for _, p := range cast() {
		for range 3 {
			at := from.Add(time.Duration(s.between(1, 89*24*3600)) * time.Second).Truncate(step).Add(step)
			want := map[string]string{}
			for _, x := range sparse[*record.Setting](Settings(p, 2, zone, at)) {
				want[x.Name] = x.Value + " " + x.Unit
			}
			got := map[string]string{}
			for name, x := range latest(t, p, 2, from, at.Add(time.Second)) {
				got[name] = x.Value + " " + x.Unit
			}
			require.Equal(t, want, got, "%s at %s", p.ID, at)
		}
	}
}

func TestAPumpHasAllSettings(t *testing.T) {
	for _, p := range cast() {
		byName := latest(t, p, 1, start(t), start(t))
		require.Contains(t, byName, "alert.low")
		require.Contains(t, byName, "alert.urgent-low")
		require.Contains(t, byName, "alert.high")
		a, _ := archetypeByID(p.Archetype)
		if a.therapy != pump && a.therapy != loop {
			require.Len(t, byName, 3, "pens have no settings")
			continue
		}
		for _, name := range []string{"basal.00:00", "basal.03:00", "basal.21:00", "carb-ratio.00:00", "carb-ratio.11:00", "carb-ratio.17:00",
			"sensitivity.00:00", "target.low.00:00", "target.high.00:00", "insulin-action"} {
			require.Contains(t, byName, name)
		}
		require.Equal(t, p.Unit.String()+"/U", byName["sensitivity.00:00"].Unit)
		require.Equal(t, "h", byName["insulin-action"].Unit)
		require.Equal(t, p.Unit.String(), byName["alert.low"].Unit)
	}
}

func TestSettingsChangeNowAndThen(t *testing.T) {
	for _, p := range cast() {
		a, _ := archetypeByID(p.Archetype)
		if a.therapy != pump && a.therapy != loop {
			continue
		}
		instants, values := map[record.Millis]bool{}, map[string]map[string]bool{}
		for _, s := range sparse[*record.Setting](Generate(p, 1, berlin(t), start(t).AddDate(0, 0, -90), start(t))) {
			instants[s.At] = true
			if values[s.Name] == nil {
				values[s.Name] = map[string]bool{}
			}
			values[s.Name][s.Value] = true
		}
		require.True(t, len(instants) >= 3 && len(instants) <= 5, "%d changes", len(instants))
		changed := 0
		for name, v := range values {
			if strings.HasPrefix(name, "basal.") && len(v) > 1 {
				changed++
			}
		}
		require.Positive(t, changed, "a basal rate")
	}
}

// What the pump gives is what its settings say.
func TestThePumpDeliversItsSettings(t *testing.T) {
	zone := berlin(t)
	p := Person{ID: "mia", Archetype: "child-pump"}
	from := time.Date(2026, 2, 19, 14, 0, 0, 0, zone)
	n := 0
	for _, b := range sparse[*record.Basal](Generate(p, 1, zone, from, from.AddDate(0, 0, 60))) {
		if b.Basal != record.ScheduledBasal {
			continue
		}
		local := b.At.Time().In(zone)
		set := Settings(p, 1, zone, b.At.Time())
		for _, s := range sparse[*record.Setting](set) {
			if s.Name == "basal."+strconv.Itoa(100 + local.Hour()/3*3)[1:]+":00" {
				require.InDelta(t, number(t, s), float64(b.Rate), 1e-9, "%s", local)
				n++
			}
		}
	}
	require.Greater(t, n, 200)
}

// What the calculator proposes is carbs over the ratio in force, plus a
// correction by sensitivity and target, less the insulin on board: a dose
// without a reading shows the ratio alone.
func TestTheCalculatorUsesItsSettings(t *testing.T) {
	zone := berlin(t)
	p := Person{ID: "mia", Archetype: "child-pump"}
	from := time.Date(2026, 2, 19, 0, 0, 0, 0, zone)
	bs := Generate(p, 1, zone, from, from.AddDate(0, 0, 60))
	rs := glucose(bs)
	seen, n := func(at record.Millis) bool {
		for _, r := range rs {
			if r.At > at-17*minuteMS && r.At <= at+minuteMS {
				return true
			}
		}
		return false
	}, 0
	for _, d := range sparse[*record.Dose](bs) {
		if d.Carbs == 0 || seen(d.At) {
			continue
		}
		hour := d.At.Time().In(zone).Hour()
		name := map[bool]string{true: "carb-ratio.00:00", false: "carb-ratio.11:00"}[hour < 11]
		ratio := number(t, latest(t, p, 1, d.At.Time().Truncate(step), d.At.Time().Truncate(step))[name])
		require.InDelta(t, math.Round(float64(d.Carbs)/ratio*20)/20, float64(*d.Recommended), 1e-9)
		n++
	}
	require.Greater(t, n, 3)
}

func TestAlarmsRingWhereTheyAreSet(t *testing.T) {
	zone := berlin(t)
	for _, p := range cast() {
		from := time.Date(2026, 2, 19, 0, 0, 0, 0, zone)
		bs := Generate(p, 1, zone, from, from.AddDate(0, 0, 60))
		byAt := map[record.Millis]record.Reading{}
		for _, r := range glucose(bs) {
			byAt[r.At-r.At%stepMS] = r
		}
		rang := 0
		for _, a := range sparse[*record.Alarm](bs) {
			r, ok := byAt[a.At-a.At%stepMS]
			if a.Cleared || a.Name != high || !ok {
				continue
			}
			set := latest(t, p, 1, a.At.Time().Truncate(step), a.At.Time().Truncate(step))["alert.high"]
			require.Greater(t, float64(r.Statistic()), float64(unit.Glucose{Milli: int32(number(t, set) * 1000), Unit: p.Unit}.MgDL()))
			rang++
		}
		if p.Archetype != "pregnancy-aid" { // hardly ever that high
			require.Positive(t, rang, p.ID)
		}
	}
}
