package metrics

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// ToldSetting is a setting with the source that told it, by any number that
// tells sources apart.
type ToldSetting struct {
	Source int64
	*record.Setting
}

// Schedule is a setting that changes over the clock day: a value from each
// step on until the next.
type Schedule struct {
	Name  string // "basal", "carb-ratio", "sensitivity", "target.low", "target.high", "target" or a source's own
	Unit  string // "U/h", "g/U", "U/exchange", "mg/dL/U", "mmol/L/U", "mg/dL", "mmol/L" …
	Steps []ScheduleStep
	Since record.Millis // it has been like this since, as far as is told
}

// ScheduleStep is one value of a schedule.
type ScheduleStep struct {
	Minute int // of the day, from which on it holds
	Value  float64
}

// SingleSetting is a setting that is the same all day.
type SingleSetting struct {
	Name, Value, Unit string
	Since             record.Millis
}

// DeviceSettings is what a source tells of the settings in force at an
// instant.
type DeviceSettings struct {
	Source    int64
	Profile   string        // the device's name for the schedules; "" when it gives none
	First     record.Millis // the first word about any setting
	Told      record.Millis // the newest word
	Schedules []Schedule    // basal, carb ratios, sensitivities, targets, then others by name
	Singles   []SingleSetting
}

// scheduleOrder is how people read a pump's settings.
var scheduleOrder = []string{"basal", "carb-ratio", "sensitivity", "target.low", "target.high", "target"}

// Schedule finds a schedule by its name.
func (d DeviceSettings) Schedule(name string) (Schedule, bool) {
	i := slices.IndexFunc(d.Schedules, func(s Schedule) bool { return s.Name == name })
	if i < 0 {
		return Schedule{}, false
	}
	return d.Schedules[i], true
}

// SettingsAt gives the settings in force at an instant, a device each, the one
// with the newest word first. A source that tells a schedule again replaces
// all of it, since a step that it left out is no longer there; what it does
// not mention stays.
func SettingsAt(told []ToldSetting, at record.Millis) []DeviceSettings {
	var out []DeviceSettings
	for _, list := range bySource(told) {
		state := newSettingState(list[0])
		for _, snapshot := range snapshots(list) {
			if snapshot[0].At > at {
				break
			}
			state.apply(snapshot)
		}
		if state.told != 0 {
			out = append(out, state.settings())
		}
	}
	slices.SortStableFunc(out, func(a, b DeviceSettings) int { return cmp.Compare(b.Told, a.Told) })
	return out
}

// bySource sorts settings by source and time.
func bySource(told []ToldSetting) (out [][]ToldSetting) {
	sources := map[int64][]ToldSetting{}
	for _, t := range told {
		sources[t.Source] = append(sources[t.Source], t)
	}
	for _, id := range slices.Sorted(maps.Keys(sources)) {
		list := sources[id]
		slices.SortStableFunc(list, func(a, b ToldSetting) int { return cmp.Compare(a.At, b.At) })
		out = append(out, list)
	}
	return out
}

// snapshots cuts a source's settings into those told at one instant.
func snapshots(list []ToldSetting) (out [][]ToldSetting) {
	for from := 0; from < len(list); {
		upto := from
		for upto < len(list) && list[upto].At == list[from].At {
			upto++
		}
		out = append(out, list[from:upto])
		from = upto
	}
	return out
}

// SplitSetting takes the time of day off the name of a setting: "basal.06:30"
// is the step of "basal" from minute 390 on.
func SplitSetting(name string) (base string, minute int, scheduled bool) {
	i := strings.LastIndexByte(name, '.')
	if i <= 0 || len(name)-i != len(".15:04") || name[i+3] != ':' {
		return name, 0, false
	}
	h, err1 := strconv.ParseUint(name[i+1:i+3], 10, 8)
	m, err2 := strconv.ParseUint(name[i+4:], 10, 8)
	if err1 != nil || err2 != nil || h > 23 || m > 59 {
		return name, 0, false
	}
	return name[:i], int(h*60 + m), true
}

// DayTotal is the insulin of a basal schedule over a day of 24 hours; ok is
// false for another schedule, and when it does not say what runs from
// midnight on.
func (s Schedule) DayTotal() (total unit.Units, ok bool) {
	if s.Unit != "U/h" || len(s.Steps) == 0 || s.Steps[0].Minute != 0 {
		return 0, false
	}
	for i := range s.Steps {
		total += unit.Units(s.Steps[i].Value * float64(s.Until(i)-s.Steps[i].Minute) / 60)
	}
	return total, true
}

// Until is the minute of the day at which step i ends.
func (s Schedule) Until(i int) int {
	if i+1 < len(s.Steps) {
		return s.Steps[i+1].Minute
	}
	return 24 * 60
}

// SettingGlucose reads a value whose unit is one of glucose, alone or per
// something: "mmol/L/U" is 2.5 mmol/L per "/U".
func SettingGlucose(value float64, of string) (g unit.Glucose, per string, ok bool) {
	if per, ok = strings.CutPrefix(of, unit.MgDL.String()); ok {
		return unit.MgDLValue(value), per, true
	}
	if per, ok = strings.CutPrefix(of, unit.MmolL.String()); ok {
		return unit.MmolLValue(value), per, true
	}
	return g, "", false
}
