package metrics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

func TestOwnLimitsInTheOtherUnit(t *testing.T) {
	cases := map[string]struct {
		unit       unit.Concentration
		values     [4]float64
		mgdl, mmol [4]int32
	}{
		"the borders of the consensus, from mg/dL":      {unit.MgDL, [4]float64{54, 70, 180, 250}, [4]int32{54000, 70000, 180000, 250000}, [4]int32{3000, 3900, 10000, 13900}},
		"the borders of the consensus, from mmol/L":     {unit.MmolL, [4]float64{3.0, 3.9, 10.0, 13.9}, [4]int32{54000, 70000, 180000, 250000}, [4]int32{3000, 3900, 10000, 13900}},
		"those of pregnancy: 7.8 is 140, though 140.5":  {unit.MmolL, [4]float64{3.0, 3.5, 7.8, 0}, [4]int32{54000, 63000, 140000, 0}, [4]int32{3000, 3500, 7800, 0}},
		"any other is converted as the unit writes it":  {unit.MgDL, [4]float64{60, 80, 160, 240}, [4]int32{60000, 80000, 160000, 240000}, [4]int32{3300, 4400, 8900, 13300}},
		"any other from mmol/L is a whole mg/dL":        {unit.MmolL, [4]float64{3.3, 4.4, 8.9, 13.3}, [4]int32{59000, 79000, 160000, 240000}, [4]int32{3300, 4400, 8900, 13300}},
		"a huge number is held, and no other's problem": {unit.MgDL, [4]float64{54, 70, 180, 1e300}, [4]int32{54000, 70000, 180000, 10_000_000}, [4]int32{3000, 3900, 10000, 555100}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := OwnLimits{}.With(c.unit, c.values)
			require.Equal(t, c.mgdl, o.MgDL)
			require.Equal(t, c.mmol, o.MmolL)
		})
	}
}

func TestWhichOwnLimitsCanBe(t *testing.T) {
	type verdict struct {
		border    int
		order, ok bool
	}
	cases := map[string]struct {
		values [4]float64
		want   verdict
	}{
		"the consensus":                             {[4]float64{54, 70, 180, 250}, verdict{0, false, true}},
		"without a very high band":                  {[4]float64{54, 63, 140, 0}, verdict{0, false, true}},
		"below 54 is never mild":                    {[4]float64{53, 70, 180, 250}, verdict{VeryLowLimit, false, false}},
		"nothing at all":                            {[4]float64{}, verdict{VeryLowLimit, false, false}},
		"low not above very low":                    {[4]float64{70, 70, 180, 250}, verdict{LowLimit, true, false}},
		"low and very low are one in mmol/L":        {[4]float64{70, 71, 180, 250}, verdict{LowLimit, true, false}},
		"a low above what everybody's target holds": {[4]float64{54, 101, 180, 250}, verdict{LowLimit, false, false}},
		"a high below it":                           {[4]float64{54, 70, 119, 250}, verdict{HighLimit, false, false}},
		"a very high that is lower":                 {[4]float64{54, 70, 200, 190}, verdict{VeryHighLimit, true, false}},
		"a very high that no sensor shows":          {[4]float64{54, 70, 180, 401}, verdict{VeryHighLimit, false, false}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			border, order, ok := OwnLimits{}.With(unit.MgDL, c.values).Wrong()
			require.Equal(t, c.want, verdict{border, order, ok})
		})
	}
}

func TestOwnLimitsOfAPresetAreThePreset(t *testing.T) {
	for _, p := range Profiles() {
		own := Own(LimitsOf(p))
		require.Equal(t, p.MgDL, own.MgDL, p.ID)
		require.Equal(t, p.MmolL, own.MmolL, p.ID)
		require.Zero(t, own.Goals, "goals are of the consensus' own ranges")
		_, _, ok := LimitsOf(p).Wrong()
		require.True(t, ok, p.ID)
	}
}

// Whatever can be is a valid profile in both units, classifies both borders
// of its target as in range, and does not move when it is sent again in
// either unit.
func TestOwnLimitsLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]unit.Concentration{unit.MgDL, unit.MmolL}).Draw(t, "unit")
		var values [4]float64
		for i := range values {
			if c == unit.MgDL {
				values[i] = float64(rapid.IntRange(40, 420).Draw(t, "value"))
			} else {
				values[i] = float64(rapid.IntRange(22, 230).Draw(t, "value")) / 10
			}
		}
		o := OwnLimits{}.With(c, values)
		if _, _, ok := o.Wrong(); !ok {
			return
		}
		p := Own(o)
		require.True(t, p.Valid())
		for _, u := range []unit.Concentration{unit.MgDL, unit.MmolL} {
			l := p.Limits(u)
			require.Equal(t, Target, p.Classify(record.Reading{Value: l.TargetLow}))
			require.Equal(t, Target, p.Classify(record.Reading{Value: l.TargetHigh}))
			require.Equal(t, VeryLow, p.Class(unit.Glucose{Milli: l.VeryLow.Milli - 1, Unit: u}))
			var again [4]float64
			for i, v := range o.In(u) {
				again[i] = float64(v) / 1000
			}
			require.Equal(t, o, o.With(u, again))
		}
		require.Equal(t, VeryLow, p.Class(unit.MgDLValue(53.9)), "below 54 mg/dL is very low, whatever was chosen")
	})
}

// The sentences of a form name what may be typed in each unit, so all of it
// can be.
func TestEveryAllowedLimitIsAccepted(t *testing.T) {
	for c, step := range map[unit.Concentration]float64{unit.MgDL: 1, unit.MmolL: 0.1} {
		for i := range 4 {
			least, most := Allowed(i)
			from, until := least.MgDL, most.MgDL
			if c == unit.MmolL {
				from, until = least.MmolL, most.MmolL
			}
			for n := range int(math.Round((until-from)/step)) + 1 {
				v := math.Round((from+float64(n)*step)*10) / 10
				o := LimitsOf(Standard())
				values := [4]float64{}
				for j, milli := range o.In(c) {
					values[j] = float64(milli) / 1000
				}
				values[i] = v
				o = o.With(c, values)
				require.Equal(t, int32(math.Round(v*1000)), o.In(c)[i], "what was typed is kept")
				if border, order, ok := o.Wrong(); !ok {
					require.True(t, order, "%v %s is refused as border %d", v, c, border)
				}
			}
		}
	}
}

func TestHowFineALimitIs(t *testing.T) {
	require.True(t, LimitFits(unit.MgDL, 95))
	require.False(t, LimitFits(unit.MgDL, 95.5))
	require.True(t, LimitFits(unit.MmolL, 5.3))
	require.True(t, LimitFits(unit.MmolL, 10))
	require.False(t, LimitFits(unit.MmolL, 5.34))
}
