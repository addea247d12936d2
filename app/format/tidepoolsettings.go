package format

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// pumpSettings reads the schedules that were active: basal rates, carb
// ratios, sensitivities and targets.
func (t *tidepool) pumpSettings(f fields, c record.Common) (record.Record, error) {
	active := f.word("activeSchedule")
	s := t.settings(c, active)
	glucose, err := f.inner("units").concentration("bg", "mmol/L") // what Tidepool stores
	if err != nil {
		return nil, err
	}
	ratio := func(v float64) bool { return v > 0 && v <= 1000 }
	basal := func(v float64) bool { return unit.UnitsPerHour(v).Possible() }
	for _, step := range steps(f, active, "basalSchedules") {
		s.step(step, "basal", "U/h", "rate", basal)
	}
	carbs := "g/U"
	if f.inner("units").word("carb") == "exchanges" {
		carbs = "U/exchange"
	}
	for _, step := range steps(f, active, "carbRatios", "carbRatio") {
		s.step(step, "carb-ratio", carbs, "amount", ratio)
	}
	for _, step := range steps(f, active, "insulinSensitivities", "insulinSensitivity") {
		s.glucose(step, "sensitivity", "/U", "amount", glucose, ratio)
	}
	for _, step := range steps(f, active, "bgTargets", "bgTarget") {
		for _, member := range []string{"low", "high", "target"} {
			name := map[string]string{"low": "target.low", "high": "target.high", "target": "target"}[member]
			s.glucose(step, name, "", member, glucose, func(v float64) bool { return tidepoolGlucose(v, glucose).Possible() })
		}
	}
	return nil, nil
}

// cgmSettings reads at which values a sensor was set to warn.
func (t *tidepool) cgmSettings(f fields, c record.Common) (record.Record, error) {
	s := t.settings(c, "")
	fallback := f.word("units")
	if fallback == "" {
		fallback = "mmol/L" // what Tidepool stores
	}
	alerts := map[string]fields{"low": f.inner("lowAlerts"), "high": f.inner("highAlerts")}
	for name, a := range f.inner("defaultAlerts") {
		if a, ok := a.(fields); ok && slices.Contains([]string{"low", "high", "urgentLow"}, name) {
			alerts[name] = a
		}
	}
	for _, name := range slices.Sorted(maps.Keys(alerts)) {
		a := alerts[name]
		if a == nil || a["enabled"] == false || !a.has("level") {
			continue
		}
		unit, err := a.concentration("units", fallback)
		if err != nil {
			s.out.reject(s.line, name, rejectUnit)
			continue
		}
		s.value(a, "alert."+map[string]string{"low": "low", "high": "high", "urgentLow": "urgent-low"}[name], "", "level", unit,
			func(v float64) bool { return tidepoolGlucose(v, unit).Possible() })
	}
	return nil, nil
}

func (t *tidepool) settings(c record.Common, profile string) settings {
	by := map[string]string{}
	if profile != "" {
		by["profile"] = clip(profile, maxTextRunes)
	}
	return settings{at: c.At, key: c.Key, line: c.Line, src: t.src, by: by, out: t}
}

// steps are the steps of the active schedule in the first of the members that
// is there: a list, or lists by the name of the schedule.
func steps(f fields, active string, members ...string) []fields {
	for _, m := range members {
		if byName := f.inner(m); byName != nil {
			return byName.list(active)
		}
		if f.has(m) {
			return f.list(m)
		}
	}
	return nil
}

// stepName adds the time of day at which a step begins; ok is false without
// a usable one.
func stepName(step fields, name string) (string, bool) {
	ms, found, err := step.number("start")
	if err != nil || !found || ms < 0 || ms >= float64(24*time.Hour/time.Millisecond) {
		return name, false
	}
	return name + "." + time.Unix(0, 0).UTC().Add(time.Duration(ms)*time.Millisecond).Format("15:04"), true
}

func (s settings) step(step fields, name, per, member string, possible func(float64) bool) {
	name, ok := stepName(step, name)
	if !ok {
		s.out.reject(s.line, "start", rejectTime)
		return
	}
	s.number(name, per, step, member, possible)
}

func (s settings) glucose(step fields, name, per, member string, c unit.Concentration, possible func(float64) bool) {
	if !step.has(member) {
		return
	}
	name, ok := stepName(step, name)
	if !ok {
		s.out.reject(s.line, "start", rejectTime)
		return
	}
	s.value(step, name, per, member, c, possible)
}

// value adds a glucose value in the unit of the device that it came from.
func (s settings) value(f fields, name, per, member string, c unit.Concentration, possible func(float64) bool) {
	v, found, err := f.number(member)
	if err != nil || !found || !possible(v) {
		s.out.reject(s.line, member, rejectNumber)
		return
	}
	g := tidepoolGlucose(v, c)
	s.add(name, strconv.FormatFloat(g.Native(), 'f', -1, 64), g.Unit.String()+per)
}
