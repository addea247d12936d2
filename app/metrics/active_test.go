package metrics

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
)

func TestActiveByThreeFormulas(t *testing.T) {
	from := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	day := steady(from, from.Add(24*time.Hour), 5*time.Minute)
	holed := append(append([]record.Reading(nil), day[:100]...), day[172:]...) // six hours are missing
	for _, c := range []struct {
		name             string
		rs               []record.Reading
		from, until      time.Time
		gaps, spanned, c float64
	}{
		{"a full day", day, from, from.Add(24 * time.Hour), 100, 100, 100},
		{"half of the chosen period", day, from, from.Add(48 * time.Hour), 100, 100, 50},
		{"six hours missing", holed, from, from.Add(24 * time.Hour), 75, 75, 75},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := ActiveOf(c.rs, record.At(c.from), record.At(c.until))
			require.InDelta(t, c.gaps, a.ByGaps, 1e-9)
			require.InDelta(t, c.spanned, a.Spanned, 1e-9)
			require.InDelta(t, c.c, a.Calendar, 1e-9)
		})
	}
	slow := steady(from.Add(24*time.Hour), from.Add(48*time.Hour), 15*time.Minute)
	mixed := ActiveOf(append(append([]record.Reading(nil), day...), slow...), 0, 0)
	require.InDelta(t, 100, mixed.Spanned, 1e-9, "a day of each of two sensors without a gap")

	none := ActiveOf(nil, 0, 1000)
	require.False(t, Defined(none.ByGaps) || Defined(none.Spanned) || Defined(none.Calendar))
	one := ActiveOf(day[:1], record.At(from), record.At(from.Add(50*time.Minute)))
	require.False(t, Defined(one.ByGaps))
	require.InDelta(t, 10, one.Calendar, 1e-9)
}

func TestSufficiency(t *testing.T) {
	from := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	full := steady(from, from.AddDate(0, 0, 14), 5*time.Minute)
	// part keeps the first share of every day.
	part := func(rs []record.Reading, hours int) []record.Reading {
		var out []record.Reading
		for _, r := range rs {
			if r.At.Time().Hour() < hours {
				out = append(out, r)
			}
		}
		return out
	}
	for _, c := range []struct {
		name string
		rs   []record.Reading
		want Sufficiency
	}{
		{"nothing", nil, Sufficiency{}},
		{"an hour", full[:12], Sufficiency{Readings: 12, Days: 1}},
		{"less than a day", full[:287], Sufficiency{Readings: 287, Days: 1, Spread: true}},
		{"a day", full[:288], Sufficiency{Readings: 288, Days: 1, Spread: true, Anything: true}},
		{"seven days draw the curve", full[:7*288], Sufficiency{Readings: 2016, Days: 7, Spread: true, Anything: true, Curve: true}},
		{"fourteen days are enough", full,
			Sufficiency{Readings: 4032, Days: 14, Spread: true, Anything: true, Curve: true, GMI: true, Enough: true}},
		{"fourteen days of 16 hours are not", part(full, 16), Sufficiency{Readings: 14 * 192, Days: 14, Spread: true, Anything: true}},
		{"fourteen days of 17 hours are", part(full, 17),
			Sufficiency{Readings: 14 * 204, Days: 14, Spread: true, Anything: true, Curve: true, GMI: true, Enough: true}},
		{"thirteen are not", full[:13*288], Sufficiency{Readings: 13 * 288, Days: 13, Spread: true, Anything: true, Curve: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := SufficiencyOf(c.rs, time.UTC)
			require.Equal(t, len(c.rs) > 0, Defined(got.Active))
			got.Active = 0
			require.Equal(t, c.want, got)
		})
	}
}

func TestSpacing(t *testing.T) {
	at := func(seconds ...int64) []record.Reading {
		var out []record.Reading
		for _, s := range seconds {
			out = append(out, record.Reading{At: record.Millis(s * 1000)})
		}
		return out
	}
	require.Equal(t, 0, SpacingMinutes(at(0)))
	require.Equal(t, 5, SpacingMinutes(at(0, 301, 600, 901)))
	require.Equal(t, 10, SpacingMinutes(at(0, 300, 1200)), "of two spacings, 5 and 15, the mean")
	require.Equal(t, 2, SpacingMinutes(at(0, 150)), "half to even")
	require.Equal(t, 4, SpacingMinutes(at(0, 210)))
	require.Equal(t, 2000, SpacingMinutes(at(0, 120_000)))
}
