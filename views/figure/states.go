package figure

import (
	"time"

	"glucokeep/app/text"
	"glucokeep/app/unit"
)

// Sample is one state of a newest value, for the style guide and the tests.
type Sample struct {
	Name   string // for addresses and files
	Latest Latest
}

// States gives a newest value in each of its states. What the
// script alone can know, that the browser is offline or the stream lost, is
// said beside the values and not in them.
func States(l text.Locale) []Sample {
	now := time.Date(2026, 3, 10, 14, 7, 0, 0, time.UTC)
	value := func(v float64, class Class, trend Trend, age time.Duration) Newest {
		delta := unit.MgPerDl(3)
		return Newest{At: now.Add(-age), Value: unit.MgDLValue(v), Class: class, Trend: trend, Delta: &delta, Every: 5 * time.Minute}
	}
	made := func(n Newest) Latest { return NewLatest(l, &n, now) }
	live := func(v float64, c Class, t Trend) Latest { return made(value(v, c, t, 2*time.Minute)) }
	low, high := value(40, VeryLow, NoTrend, 2*time.Minute), value(400, VeryHigh, NoTrend, 2*time.Minute)
	low.Below, high.Above = true, true
	late := made(value(112, InRange, FortyFiveUp, 9*time.Minute))
	stale := made(value(112, InRange, FortyFiveUp, 22*time.Minute))
	besides := value(50, VeryLow, DoubleDown, 2*time.Minute)
	besides.Ahead = 3 * time.Hour
	beside := made(besides)
	of := func(v Latest, w Why) Latest { return v.Explain(l, w, now) }
	return []Sample{
		{"live", live(112, InRange, FortyFiveUp)},
		{"live-low", live(65, Low, SingleDown)},
		{"live-urgent", live(50, VeryLow, DoubleDown)},
		{"live-high", live(210, High, Flat)},
		{"live-very-high", live(290, VeryHigh, SingleUp)},
		{"late", of(late, Why{Heard: now.Add(-8 * time.Minute)})},
		{"stale", stale},
		{"stale-dated", made(value(112, InRange, Flat, 50*time.Hour))},
		{"never", NewLatest(l, nil, now)},
		{"low", made(low)},
		{"high", made(high)},
		{"warm-up", of(stale, Why{Event: SensorStarted, At: now.Add(-35 * time.Minute), WarmUp: time.Hour})},
		{"warm-up-never", of(NewLatest(l, nil, now), Why{Event: SensorStarted, At: now.Add(-35 * time.Minute), WarmUp: time.Hour})},
		{"sensor-ended", of(stale, Why{Event: SensorEnded, At: now.Add(-20 * time.Minute)})},
		{"sensor-failed", of(late, Why{Event: SensorFailed, At: now.Add(-6 * time.Minute)})},
		{"source-broken", of(stale, Why{Heard: now.Add(-17 * time.Minute)})},
		{"source-broken-named", of(stale, Why{Heard: now.Add(-17 * time.Minute), Source: "Dexcom G7"})},
		{"by-file", of(made(value(112, InRange, Flat, 30*time.Hour)), Why{Heard: now.Add(-29 * time.Hour), File: true})},
		{"sharing-ended", NewEnded("Ana")},
		{"clock-wrong", made(value(112, InRange, Flat, -time.Hour))},
		{"clock-wrong-beside", beside},
	}
}
