package metrics

import "glucokeep/app/unit"

// Goal is a limit on a share of time in percent. The zero Goal is none: the
// consensus gives no number there and a page prints none.
type Goal struct {
	Percent float64
	Over    bool // the share should be above Percent; else below
}

// Set reports whether there is a goal at all.
func (g Goal) Set() bool { return g.Percent > 0 }

// Goals are the goals of a profile. Below and Above are for both levels
// together: print them beside the bracket that joins the two.
type Goals struct {
	Target   Goal
	Below    Goal // very low and low
	VeryLow  Goal
	Above    Goal // high and very high
	VeryHigh Goal
}

// Standard is the profile for most people with type 1 or type 2 diabetes
// (Battelino et al. 2019, table 1).
func Standard() Profile {
	return Profile{
		ID: "standard", MgDL: limits(unit.MgDLValue, 54, 70, 180, 250, 70, 140),
		MmolL: limits(unit.MmolLValue, 3.0, 3.9, 10.0, 13.9, 3.9, 7.8),
		Goals: Goals{Target: over(70), Below: under(4), VeryLow: under(1), Above: under(25), VeryHigh: under(5)},
	}
}

// Older is the profile for older people and people at high risk: the same
// ranges, other goals, none of its own for very low (Battelino et al. 2019).
func Older() Profile {
	p := Standard()
	p.ID = "older"
	p.Goals = Goals{Target: over(50), Below: under(1), Above: under(50), VeryHigh: under(10)}
	return p
}

// Pregnancy is the profile for pregnancy with type 1 diabetes: 63 to 140
// mg/dL, one level above (Battelino et al. 2019).
func Pregnancy() Profile {
	return Profile{
		ID: "pregnancy", MgDL: limits(unit.MgDLValue, 54, 63, 140, 0, 70, 140),
		MmolL: limits(unit.MmolLValue, 3.0, 3.5, 7.8, 0, 3.9, 7.8),
		Goals: Goals{Target: over(70), Below: under(4), VeryLow: under(1), Above: under(25)},
	}
}

// PregnancyOther is the profile for gestational and type 2 diabetes in
// pregnancy: the ranges of Pregnancy, for which the consensus gives no goals.
func PregnancyOther() Profile {
	p := Pregnancy()
	p.ID, p.Goals = "pregnancy-other", Goals{}
	return p
}

// Profiles are the presets in the order of a choice on a page.
func Profiles() []Profile { return []Profile{Standard(), Older(), Pregnancy(), PregnancyOther()} }

// ProfileByID is the preset of that ID.
func ProfileByID(id string) (Profile, bool) {
	for _, p := range Profiles() {
		if p.ID == id {
			return p, true
		}
	}
	return Profile{}, false
}

func limits(in func(float64) unit.Glucose, veryLow, low, high, veryHigh, tightLow, tightHigh float64) Limits {
	return Limits{
		VeryLow: in(veryLow), TargetLow: in(low), TargetHigh: in(high), VeryHigh: in(veryHigh),
		TightLow: in(tightLow), TightHigh: in(tightHigh),
	}
}

func over(percent float64) Goal  { return Goal{Percent: percent, Over: true} }
func under(percent float64) Goal { return Goal{Percent: percent} }
