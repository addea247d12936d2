package figure

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/text"
	"glucokeep/app/unit"
)

var (
	mgdl = text.Locale{Lang: "en", Unit: "mg/dL", Clock24: true}
	mmol = text.Locale{Lang: "de", Unit: "mmol/L", Clock24: true}
)

func TestGlucoseInTheReadersUnit(t *testing.T) {
	require.Equal(t, "112", Glucose(mgdl, unit.MgDLValue(112)))
	require.Equal(t, "6,2", Glucose(mmol, unit.MgDLValue(112)))
	require.Equal(t, "7,8", Glucose(mmol, unit.MmolLValue(7.8)))
	require.Equal(t, "141", Glucose(mgdl, unit.MmolLValue(7.8)))
	require.Equal(t, "70", Bound(mgdl, 70))
	require.Equal(t, "10,0", Bound(mmol, 10))
	require.Equal(t, unit.MgDL, Unit(text.Locale{}), "mg/dL when nothing was chosen")
}

func TestDelta(t *testing.T) {
	cases := map[string]struct {
		l    text.Locale
		d    unit.MgPerDl
		want string
	}{
		"up":                           {mgdl, 3, "+3"},
		"down, with a true minus sign": {mgdl, -12, "−12"},
		"none":                         {mgdl, 0, "±0"},
		"too small to print":           {mgdl, -0.3, "±0"},
		"up in mmol":                   {mmol, 4, "+0,2"},
		"down in mmol":                 {mmol, -18.0156, "−1,0"},
		"too small to print in mmol":   {mmol, 0.5, "±0,0"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, Delta(c.l, c.d)) })
	}
}

func TestWords(t *testing.T) {
	require.Equal(t, "4.5\u00a0U", Units(mgdl, 4.5))
	require.Equal(t, "4,5\u00a0IE", Units(mmol, 4.5))
	require.Equal(t, "45\u00a0g", Grams(mgdl, 45))
	for c := VeryLow; c <= VeryHigh; c++ {
		require.NotEmpty(t, c.Word(mgdl))
		require.NotEmpty(t, c.Name())
	}
	require.Empty(t, Unclassed.Word(mgdl))
	require.Empty(t, NoTrend.Word(mgdl))
	for a := DoubleUp; a <= TripleDown; a++ {
		require.NotEmpty(t, a.Word(mmol))
	}
}

func TestLatest(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Madrid")
	require.NoError(t, err)
	now := time.Date(2026, 3, 10, 14, 7, 0, 0, zone)
	delta := unit.MgPerDl(3)
	newest := func(age time.Duration) *Newest {
		return &Newest{At: now.Add(-age), Value: unit.MgDLValue(112), Class: InRange, Trend: Flat, Delta: &delta, Every: 5 * time.Minute}
	}
	ages := map[string]struct {
		age  time.Duration
		want State
	}{
		"just now":                       {0, Live},
		"six minutes are still live":     {6 * time.Minute, Live},
		"the first missed reading":       {6*time.Minute + time.Second, Late},
		"fifteen minutes are late":       {15 * time.Minute, Late},
		"a second more is stale":         {15*time.Minute + time.Second, Stale},
		"days":                           {72 * time.Hour, Stale},
		"a clock that is a little ahead": {-2 * time.Minute, Live},
	}
	for name, c := range ages {
		t.Run(name, func(t *testing.T) {
			v := NewLatest(mgdl, newest(c.age), now)
			require.Equal(t, c.want, v.State)
			require.Equal(t, "112", v.Value)
			require.Empty(t, v.Ahead)
			if c.want == Stale {
				require.Equal(t, Unclassed, v.Class)
				require.Equal(t, NoTrend, v.Trend)
				require.Empty(t, v.Delta)
			} else {
				require.Equal(t, InRange, v.Class)
				require.Equal(t, "+3", v.Delta)
			}
		})
	}
	t.Run("a sensor of 15 minutes is not late before its next reading is", func(t *testing.T) {
		n := newest(14 * time.Minute)
		n.Every = 15 * time.Minute
		v := NewLatest(mgdl, n, now)
		require.Equal(t, Live, v.State)
		require.Equal(t, 16, v.LateAt)
	})
	t.Run("below the sensor's limit", func(t *testing.T) {
		n := newest(time.Minute)
		n.Value, n.Below, n.Class = unit.MgDLValue(40), true, VeryLow
		v := NewLatest(mmol, n, now)
		require.Equal(t, "LOW", v.Value)
		require.Equal(t, "unter 2,2 mmol/L", v.Bound)
		require.Equal(t, NoTrend, v.Trend, "no arrow from a clipped value")
		require.Empty(t, v.Delta, "no change from a clipped value")
		require.Equal(t, VeryLow, v.Class)
	})
	t.Run("above the sensor's limit", func(t *testing.T) {
		n := newest(time.Minute)
		n.Value, n.Above, n.Class = unit.MgDLValue(400), true, VeryHigh
		require.Equal(t, "above 400 mg/dL", NewLatest(mgdl, n, now).Bound)
		require.Equal(t, "HIGH", NewLatest(mgdl, n, now).Value)
	})
	t.Run("nothing yet", func(t *testing.T) {
		require.Equal(t, Latest{State: Never, Unit: "mg/dL"}, NewLatest(mgdl, nil, now))
	})
	t.Run("a clock an hour ahead", func(t *testing.T) {
		v := NewLatest(mgdl, newest(-time.Hour), now)
		require.Equal(t, "1\u00a0h", v.Ahead)
		require.Equal(t, "0\u00a0min", v.Age)
	})
	t.Run("another day is named", func(t *testing.T) {
		require.Equal(t, "Mon 9 Mar, 13:07", NewLatest(mgdl, newest(25*time.Hour), now).Clock)
		require.True(t, NewLatest(mgdl, newest(25*time.Hour), now).Dated)
		require.Equal(t, "14:05", NewLatest(mgdl, newest(2*time.Minute), now).Clock)
		require.False(t, NewLatest(mgdl, newest(2*time.Minute), now).Dated)
	})
	t.Run("another year is named", func(t *testing.T) {
		require.Equal(t, "10 Mar 2025, 14:07", NewLatest(mgdl, newest(365*24*time.Hour), now).Clock)
	})
	t.Run("minutes ago need no day at midnight", func(t *testing.T) {
		n := newest(0)
		n.At = time.Date(2026, 3, 9, 23, 58, 0, 0, zone)
		require.Equal(t, "23:58", NewLatest(mgdl, n, n.At.Add(4*time.Minute)).Clock)
		require.Equal(t, "Mon 9 Mar, 23:58", NewLatest(mgdl, n, n.At.Add(16*time.Minute)).Clock)
	})
}
