package metrics

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

func TestClassify(t *testing.T) {
	low, high := record.BelowRange, record.AboveRange
	for _, c := range []struct {
		name    string
		profile Profile
		reading record.Reading
		want    Class
		tight   bool
	}{
		{"70 mg/dL is in range", Standard(), record.Reading{Value: unit.MgDLValue(70)}, Target, true},
		{"69.999 mg/dL of a simulation is low", Standard(), record.Reading{Value: unit.MgDLValue(69.999)}, Low, false},
		{"180.4 mg/dL of a simulation is high", Standard(), record.Reading{Value: unit.MgDLValue(180.4)}, High, false},
		{"10.0 mmol/L is in range though it is 180.2 mg/dL", Standard(), record.Reading{Value: unit.MmolLValue(10)}, Target, false},
		{"7.8 mmol/L is in the tight range though it is 140.5 mg/dL", Standard(), record.Reading{Value: unit.MmolLValue(7.8)}, Target, true},
		{"13.9 mmol/L is high and not very high", Standard(), record.Reading{Value: unit.MmolLValue(13.9)}, High, false},
		{"LOW of a sensor is very low", Standard(), record.Reading{Value: unit.MgDLValue(40), Flags: low}, VeryLow, false},
		{"LOW of a sensor in mmol/L is very low", Standard(), record.Reading{Value: unit.MmolLValue(2.2), Flags: low}, VeryLow, false},
		{"HIGH of a sensor is very high", Standard(), record.Reading{Value: unit.MgDLValue(400), Flags: high}, VeryHigh, false},
		{"a device whose upper limit is 250 counts 251", Standard(), record.Reading{Value: unit.MgDLValue(250), Flags: high}, VeryHigh, false},
		{"63 mg/dL is in range in pregnancy", Pregnancy(), record.Reading{Value: unit.MgDLValue(63)}, Target, false},
		{"141 mg/dL is high in pregnancy", Pregnancy(), record.Reading{Value: unit.MgDLValue(141)}, High, false},
		{"300 mg/dL has no second level in pregnancy", Pregnancy(), record.Reading{Value: unit.MgDLValue(300)}, High, false},
		{"3.5 mmol/L is in range in pregnancy", Pregnancy(), record.Reading{Value: unit.MmolLValue(3.5)}, Target, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, c.profile.Classify(c.reading))
			require.Equal(t, c.tight, c.profile.Tight(c.reading))
		})
	}
}

func TestPresetsAreThoseOfTheConsensus(t *testing.T) {
	for _, p := range Profiles() {
		require.True(t, p.Valid(), p.ID)
		again, ok := ProfileByID(p.ID)
		require.True(t, ok)
		require.Equal(t, p, again)
	}
	_, ok := ProfileByID("no such")
	require.False(t, ok)

	require.False(t, Older().Goals.VeryLow.Set(), "no goal of its own for very low")
	require.False(t, PregnancyOther().Goals.Target.Set(), "no goals for gestational diabetes")

	upside := Standard()
	upside.MmolL.TargetHigh = unit.MmolLValue(3.0)
	require.False(t, upside.Valid())
}

func TestSharesOfNothing(t *testing.T) {
	s := SharesOf(nil, Standard())
	require.Zero(t, s.N)
	require.False(t, Defined(s.Target))
	require.False(t, Defined(s.Below()))
}

func TestScansAreNeverCounted(t *testing.T) {
	rs := every(5*time.Minute, unit.MgDLValue, 100, 100, 100, 100)
	with := append([]record.Reading(nil), rs[:2]...)
	with = append(with, record.Reading{At: rs[1].At + 60_000, Value: unit.MgDLValue(40), Flags: record.Scan})
	with = append(with, rs[2:]...)
	require.Equal(t, Summarize(rs), Summarize(with))
	require.Equal(t, SharesOf(rs, Standard()), SharesOf(with, Standard()))
	require.Equal(t, Hourly(rs, time.UTC)[0].N, Hourly(with, time.UTC)[0].N)
	require.Equal(t, Daily(rs, Standard(), time.UTC), Daily(with, Standard(), time.UTC))
	require.Equal(t, NewGrid(rs, time.UTC).Present(), NewGrid(with, time.UTC).Present())
	require.Equal(t, RateAt(rs, rs[3].At), RateAt(with, rs[3].At))
}

// readings draws up to n readings, sorted, of any cadence, unit and flags.
func readings(n int) *rapid.Generator[[]record.Reading] {
	return rapid.Custom(func(t *rapid.T) []record.Reading {
		at := record.Millis(rapid.Int64Range(1_600_000_000, 1_800_000_000).Draw(t, "start") * 1000)
		whole := rapid.Bool().Draw(t, "whole")
		out := make([]record.Reading, rapid.IntRange(0, n).Draw(t, "n"))
		for i := range out {
			at += record.Millis(rapid.SampledFrom([]int64{60_000, 299_000, 300_000, 301_000, 900_000, 7_200_000}).Draw(t, "gap"))
			r := record.Reading{At: at, Every: rapid.SampledFrom([]uint8{0, 1, 5, 5, 5, 15}).Draw(t, "every")}
			switch {
			case whole:
				r.Value = unit.MgDLValue(float64(rapid.IntRange(40, 400).Draw(t, "mgdl")))
			case rapid.Bool().Draw(t, "mmol"):
				r.Value = unit.MmolLValue(float64(rapid.IntRange(22, 222).Draw(t, "tenths")) / 10)
			default:
				r.Value = unit.MgDLValue(rapid.Float64Range(40, 400).Draw(t, "fraction"))
			}
			r.Flags = rapid.SampledFrom([]record.Flags{0, 0, 0, record.BelowRange, record.AboveRange, record.Scan}).Draw(t, "flags")
			out[i] = r
		}
		return out
	})
}

func TestSharesAddToOneHundred(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rs := readings(60).Draw(t, "readings")
		for _, p := range Profiles() {
			s := SharesOf(rs, p)
			if s.N == 0 {
				require.False(t, Defined(s.Target))
				continue
			}
			require.InDelta(t, 100, s.Below()+s.Target+s.Above(), 1e-9)
			sum := 0
			for _, n := range s.Counts {
				sum += n
			}
			require.Equal(t, s.N, sum)
			for c := VeryLow; c <= VeryHigh; c++ {
				require.Equal(t, s.Counts[c] > 0, s.Of(c) > 0, "a band is 0 % only without readings")
			}
		}
	})
}

func TestClassDoesNotDependOnTheUnitShown(t *testing.T) {
	// A sensor value and the same one as its device prints it in the other
	// unit are two native values; each is judged by its own unit's limits, and
	// reading the printed text never changes the class of the stored one.
	rapid.Check(t, func(t *rapid.T) {
		p := Standard()
		r := record.Reading{Value: unit.MmolLValue(float64(rapid.IntRange(22, 278).Draw(t, "tenths")) / 10)}
		before := p.Classify(r)
		_ = r.Value.Format(unit.MgDL, "") // what a page does
		require.Equal(t, before, p.Classify(r))
		require.Equal(t, p.Class(r.Value), before)
		tenths := r.Value.Milli / 100
		want := VeryHigh
		switch {
		case tenths < 30:
			want = VeryLow
		case tenths < 39:
			want = Low
		case tenths <= 100:
			want = Target
		case tenths <= 139:
			want = High
		}
		require.Equal(t, want, before)
	})
}
