package metrics

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// stretch is n readings of v+i%7 mg/dL from a moment on.
func stretch(from string, n int, step time.Duration, v float64) []record.Reading {
	at, err := time.Parse(time.RFC3339, from)
	if err != nil {
		panic(err)
	}
	out := make([]record.Reading, n)
	for i := range out {
		out[i] = record.Reading{At: record.At(at.Add(time.Duration(i) * step)), Value: unit.MgDLValue(v + float64(i%7))}
	}
	return out
}

func shifted(rs []record.Reading, d time.Duration) []record.Reading {
	out := slices.Clone(rs)
	for i := range out {
		out[i].At += record.Millis(d.Milliseconds())
	}
	return out
}

func TestMerge(t *testing.T) {
	day := stretch("2024-05-01T00:00:00Z", 288, 5*time.Minute, 100)
	other := stretch("2024-05-01T00:02:00Z", 288, 5*time.Minute, 180)
	for _, c := range []struct {
		name    string
		streams []Stream
		opt     MergeOptions
		want    []record.Reading
		chosen  string
	}{
		{"nothing", nil, MergeOptions{}, []record.Reading{}, ""},
		{"what one source says twice within half a minute counts once",
			[]Stream{{Readings: append(shifted(day, 9*time.Second), day...)}}, MergeOptions{}, day, ""},
		{"a source that is early now and then is left as it is",
			[]Stream{{Readings: []record.Reading{day[0], shifted(day, -4*time.Minute)[1], day[1]}}}, MergeOptions{},
			[]record.Reading{day[0], shifted(day, -4*time.Minute)[1], day[1]}, ""},
		{"the relay of the same sensor adds nothing",
			[]Stream{{Trust: FromRelay, Readings: shifted(day, 7*time.Second)}, {Trust: FromFile, Sensor: "A", Readings: day}},
			MergeOptions{}, day, ""},
		{"it fills the gap of the better source",
			[]Stream{
				{Trust: FromRelay, Readings: day},
				{Trust: FromDevice, Sensor: "A", Readings: append(slices.Clone(day[:100]), day[150:]...)},
			},
			MergeOptions{}, day, ""},
		{"one sensor under two serial numbers is known by its values",
			[]Stream{
				{Trust: FromDevice, Sensor: "receiver", Readings: day[:100]},
				{Trust: FromFile, Sensor: "transmitter", Readings: shifted(day, 3*time.Second)},
			},
			MergeOptions{}, append(slices.Clone(day[:100]), shifted(day[100:], 3*time.Second)...), ""},
		{"of two sensors on one day the one with more readings counts",
			[]Stream{{Sensor: "A", Readings: day[:200]}, {Sensor: "B", Readings: other}}, MergeOptions{}, other, "B"},
		{"the person may choose the other",
			[]Stream{{Sensor: "A", Readings: day[:200]}, {Sensor: "B", Readings: other}},
			MergeOptions{Prefer: map[Date]string{{2024, 5, 1}: "A"}}, day[:200], "A"},
		{"equally many: the more trusted",
			[]Stream{{Trust: FromFile, Sensor: "A", Readings: day}, {Trust: FromDevice, Sensor: "B", Readings: other}},
			MergeOptions{}, other, "B"},
		{"a change of sensor with half an hour of both keeps both",
			[]Stream{{Sensor: "A", Readings: day[:103]}, {Sensor: "B", Readings: other[100:]}}, MergeOptions{},
			append(slices.Clone(day[:103]), other[103:]...), ""},
		{"scans are kept beside automatic readings and not doubled",
			[]Stream{
				{Sensor: "A", Readings: []record.Reading{day[0], scan(day[0], time.Minute), day[1]}},
				{Trust: FromRelay, Readings: []record.Reading{scan(day[0], 70*time.Second)}},
			},
			MergeOptions{}, []record.Reading{day[0], scan(day[0], time.Minute), day[1]}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := Merge(c.streams, time.UTC, c.opt)
			require.Equal(t, c.want, m.Readings)
			require.Equal(t, c.chosen, m.Chosen[Date{2024, 5, 1}])
			total := 0
			for _, s := range c.streams {
				total += len(s.Readings)
			}
			require.Equal(t, total-len(c.want), m.Dropped)
		})
	}
}

func scan(r record.Reading, later time.Duration) record.Reading {
	r.At += record.Millis(later.Milliseconds())
	r.Flags |= record.Scan
	return r
}

func TestSensorsAreChosenByLocalDate(t *testing.T) {
	// Sensor A has the whole of 1 May in Tokyo and an hour of 2 May, B the
	// reverse. In UTC both dates would look different.
	loc, err := time.LoadLocation("Asia/Tokyo")
	require.NoError(t, err)
	a := stretch("2024-04-30T15:00:00Z", 288+12, 5*time.Minute, 100)
	b := stretch("2024-05-01T13:02:00Z", 24+288, 5*time.Minute, 180)
	m := Merge([]Stream{{Sensor: "A", Readings: a}, {Sensor: "B", Readings: b}}, loc, MergeOptions{})
	require.Equal(t, append(slices.Clone(a[:288]), b[24:]...), m.Readings)
	require.Equal(t, map[Date]string{{2024, 5, 1}: "A", {2024, 5, 2}: "B"}, m.Chosen)
}

func TestThin(t *testing.T) {
	minute := stretch("2024-05-01T08:00:10Z", 12, time.Minute, 100) // 8:00:10 … 8:11:10
	thin := Thin(minute)
	var at []string
	for _, r := range thin {
		at = append(at, r.At.Time().Format("15:04:05"))
		require.Equal(t, uint8(5), r.Every)
	}
	require.Equal(t, []string{"08:00:10", "08:05:10", "08:10:10"}, at)
	require.Equal(t, thin, Thin(thin), "what is thin stays")

	half := stretch("2024-05-01T08:00:00Z", 4, 15*time.Minute, 100)
	require.Equal(t, half, Thin(half), "a slow sensor stays")
	with := append(slices.Clone(minute[:3]), scan(minute[2], time.Second))
	require.Len(t, Thin(append(with, minute[3:]...)), 4, "a scan stays")

	m := Merge([]Stream{{Sensor: "A", Interval: time.Minute, Readings: minute}}, time.UTC, MergeOptions{Thin: true})
	require.Equal(t, thin, m.Readings)
}

func TestMergingASourceWithItselfChangesNothing(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		rs := readings(60).Draw(t, "readings")
		s := Stream{Trust: FromFile, Sensor: rapid.SampledFrom([]string{"", "A"}).Draw(t, "sensor"), Readings: rs}
		once := Merge([]Stream{s}, loc, MergeOptions{})
		require.Equal(t, len(rs), len(once.Readings))
		for i := range rs {
			require.Equal(t, rs[i], once.Readings[i])
		}
		s.Trust = FromRelay
		twice := Merge([]Stream{{Trust: FromFile, Sensor: s.Sensor, Readings: rs}, s}, loc, MergeOptions{})
		require.Equal(t, once.Readings, twice.Readings)
		require.Empty(t, twice.Chosen)
	})
}

func TestMergeKeepsOrderAndInventsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var streams []Stream
		have := map[record.Reading]int{}
		n := 0
		for range rapid.IntRange(0, 4).Draw(t, "streams") {
			rs := readings(40).Draw(t, "readings")
			for _, r := range rs {
				have[r]++
				n++
			}
			streams = append(streams, Stream{
				Trust:  Trust(rapid.IntRange(0, 3).Draw(t, "trust")),
				Sensor: rapid.SampledFrom([]string{"", "A", "B"}).Draw(t, "sensor"), Readings: rs,
			})
		}
		m := Merge(streams, time.UTC, MergeOptions{})
		require.True(t, slices.IsSortedFunc(m.Readings, func(a, b record.Reading) int { return int(a.At - b.At) }))
		for _, r := range m.Readings {
			have[r]--
			require.GreaterOrEqual(t, have[r], 0)
		}
		require.Equal(t, n, m.Dropped+len(m.Readings))
	})
}
