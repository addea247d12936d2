package demo

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// period are the records of one family member around an instant.
func period(t *testing.T, id string, seed uint64, from, until time.Time) []record.Batch {
	for _, m := range Household(start(t), berlin(t)) {
		if m.ID == id {
			return Generate(m.Person, seed, berlin(t), from, until)
		}
	}
	require.Fail(t, "no such person")
	return nil
}

func lowest(rs []record.Reading) float64 {
	v := 1000.0
	for _, r := range rs {
		v = min(v, float64(r.Statistic()))
	}
	return v
}

func named(as []*record.Alarm, name string, cleared bool) (n int) {
	for _, a := range as {
		if a.Name == name && a.Cleared == cleared {
			n++
		}
	}
	return n
}

func notes(bs []record.Batch) (out []string) {
	for _, n := range sparse[*record.Note](bs) {
		out = append(out, n.Text)
	}
	return out
}

func TestLastNightTheChildWasLow(t *testing.T) {
	night := time.Date(2026, 5, 20, 3, 0, 0, 0, berlin(t))
	for seed := uint64(1); seed <= 8; seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			bs := period(t, "mia", seed, night.Add(-time.Hour), night.Add(time.Hour))
			rs := glucose(bs)
			require.GreaterOrEqual(t, len(rs), 13, "no loss of signal hides it")
			require.LessOrEqual(t, lowest(rs), 54.0)
			before := glucose(period(t, "mia", seed, night.Add(-3*time.Hour), night.Add(time.Hour)))
			for i := 1; i < len(before); i++ {
				require.InDelta(t, float64(before[i-1].Statistic()), float64(before[i].Statistic()), 32, "no body falls faster")
			}
			require.Positive(t, named(sparse[*record.Alarm](bs), urgentLow, false))
			require.Positive(t, named(sparse[*record.Alarm](bs), urgentLow, true))
			juice := 0
			for _, c := range sparse[*record.Carbs](bs) {
				if c.Food == "Juice" && c.At >= record.At(night) {
					juice++
				}
			}
			require.Positive(t, juice)
			require.Contains(t, notes(bs), "Woke up to the alarm, gave juice")
			later := glucose(period(t, "mia", seed, night.Add(50*time.Minute), night.Add(2*time.Hour)))
			if len(later) > 0 {
				require.Greater(t, float64(later[len(later)-1].Statistic()), 65.0, "it ends")
			}
		})
	}
}

func TestBeforeTheNightIsOverTheLastOneIsTold(t *testing.T) {
	zone := berlin(t)
	early := time.Date(2026, 5, 20, 2, 30, 0, 0, zone)
	require.Equal(t, time.Date(2026, 5, 19, 3, 0, 0, 0, zone), Household(early, zone)[0].Stories[0].At)
}

func TestTheSensorOfTheAdultFailed(t *testing.T) {
	broke := time.Date(2026, 5, 18, 10, 40, 0, 0, berlin(t))
	for seed := uint64(1); seed <= 8; seed++ {
		bs := period(t, "jonas", seed, broke.Add(-30*time.Minute), broke.Add(4*time.Hour))
		var kinds []record.EventKind
		for _, e := range sparse[*record.Event](bs) {
			if e.Event == record.SensorError || e.Event == record.SensorEnd || e.Event == record.SensorStart {
				kinds = append(kinds, e.Event)
			}
		}
		require.Equal(t, []record.EventKind{record.SensorError, record.SensorEnd, record.SensorStart}, kinds)
		for _, r := range glucose(bs) {
			require.False(t, r.At >= record.At(broke) && r.At < record.At(broke.Add(85*time.Minute)), "it reads while it is broken or warms up")
		}
		require.Contains(t, notes(bs), "Sensor broke, put on a new one")
	}
}

func TestAFoundPhoneFetchesWhatTheSensorRemembers(t *testing.T) {
	lost := time.Date(2026, 5, 16, 8, 40, 0, 0, berlin(t))
	found, remembered := lost.Add(11*time.Hour), lost.Add(3*time.Hour)
	for seed := uint64(1); seed <= 8; seed++ {
		require.Empty(t, glucose(period(t, "walter", seed, lost, found)), "nothing comes in while it is lost")
		fetched := 0
		for _, r := range glucose(period(t, "walter", seed, lost, found.Add(time.Minute))) {
			if r.At >= record.At(found) {
				continue
			}
			require.GreaterOrEqual(t, r.At, record.At(remembered))
			require.True(t, r.Flags.Has(record.Backfilled))
			fetched++
		}
		require.True(t, fetched > 60 && fetched <= 96, "%d", fetched)
		require.Contains(t, notes(period(t, "walter", seed, found, found.Add(time.Hour))), "Left the phone at the practice, found it in the evening")
	}
}

func TestTheBoardOfTheHouseholdHasSomethingToTell(t *testing.T) {
	for seed := uint64(1); seed <= 8; seed++ {
		rs := glucose(period(t, "jonas", seed, start(t).Add(-20*time.Minute), start(t)))
		require.NotEmpty(t, rs)
		require.Greater(t, float64(rs[len(rs)-1].Statistic()), 180.0)
	}
}

// The story is told at any hour: no change of a sensor comes in between.
func TestStoriesOfNowAreTrueAtAnyHour(t *testing.T) {
	zone := berlin(t)
	for hour := range 24 {
		now := time.Date(2026, 5, 20, hour, 3, 17, 0, zone)
		clinic := Clinic(now, zone)
		for seed := uint64(1); seed <= 3; seed++ {
			rs := glucose(Generate(clinic[4].Person, seed, zone, now.Add(-20*time.Minute), now))
			require.NotEmpty(t, rs, "at %d", hour)
			require.LessOrEqual(t, float64(rs[len(rs)-1].Statistic()), 56.0, "at %d", hour)
			for _, m := range Household(now, zone) {
				rs = glucose(Generate(m.Person, seed, zone, now.Add(-2*time.Hour), now))
				require.Greater(t, rs[len(rs)-1].At, record.At(now.Add(-16*time.Minute)), "%s at %d", m.ID, hour)
			}
			rs = glucose(Generate(Household(now, zone)[1].Person, seed, zone, now.Add(-20*time.Minute), now))
			require.Greater(t, float64(rs[len(rs)-1].Statistic()), 180.0, "at %d", hour)
		}
	}
}

// A demo of the same date has the same data: only what must be true of now
// hangs on the hour.
func TestAnHourLaterTheDaysBeforeAreTheSame(t *testing.T) {
	zone, now := berlin(t), start(t)
	from, until := now.AddDate(0, 0, -30), now.Add(-6*time.Hour)
	later := Household(now.Add(time.Hour), zone)
	for i, m := range Household(now, zone) {
		for seed := uint64(1); seed <= 3; seed++ {
			require.Equal(t, lines(t, Generate(m.Person, seed, zone, from, until)), lines(t, Generate(later[i].Person, seed, zone, from, until)), m.ID)
		}
	}
	clinic := Clinic(now, zone)
	for i, m := range Clinic(now.Add(time.Hour), zone)[7:12] {
		require.Equal(t, clinic[7+i], m)
	}
}

func TestAClinicHasWhatABoardMustTell(t *testing.T) {
	zone, now := berlin(t), start(t)
	clinic := Clinic(now, zone)
	require.Len(t, clinic, ClinicSize)
	names, ids := map[string]bool{}, map[string]bool{}
	for _, m := range clinic {
		require.False(t, names[m.Name] || ids[m.ID], m.Name)
		names[m.Name], ids[m.ID] = true, true
	}
	week := func(i int) []record.Batch { return Generate(clinic[i].Person, 1, zone, now.AddDate(0, 0, -7), now) }
	require.Empty(t, week(0), "nothing yet")
	for _, r := range glucose(week(1)) {
		require.Less(t, r.At, record.At(now.AddDate(0, 0, -3)), "the sensor is off")
	}
	require.NotEmpty(t, glucose(week(1)))
	for _, r := range glucose(week(2)) {
		require.Equal(t, unit.MmolL, r.Value.Unit)
	}
	sensors := map[string]int{}
	for _, b := range week(3) {
		if len(b.Glucose) > 0 {
			sensors[b.Source.Serial] += len(b.Glucose)
		}
	}
	require.Len(t, sensors, 2)
	for _, n := range sensors {
		require.Greater(t, n, 400)
	}
}
