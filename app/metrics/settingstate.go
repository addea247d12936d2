package metrics

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"glucokeep/app/record"
)

// settingState is what is known of a source's settings while its words are
// read in order of time.
type settingState struct {
	source      int64
	first, told record.Millis
	profile     string
	schedules   map[string]Schedule
	singles     map[string]SingleSetting
}

func newSettingState(of ToldSetting) *settingState {
	return &settingState{source: of.Source, schedules: map[string]Schedule{}, singles: map[string]SingleSetting{}}
}

func (s *settingState) apply(snapshot []ToldSetting) {
	at := snapshot[0].At
	if s.told == 0 {
		s.first = at
	}
	s.told = at
	fresh := map[string]Schedule{}
	for _, t := range snapshot {
		if profile := t.Extra["profile"]; profile != "" {
			s.profile = profile
		}
		name, minute, scheduled := SplitSetting(t.Name)
		if !scheduled {
			single := SingleSetting{Name: t.Name, Value: t.Value, Unit: t.Unit, Since: at}
			if old, ok := s.singles[t.Name]; ok && !differ(old.Value, old.Unit, t.Value, t.Unit) {
				single.Since = old.Since
			}
			s.singles[t.Name] = single
			continue
		}
		v, err := strconv.ParseFloat(t.Value, 64)
		if err != nil {
			continue // no number: nothing that a device could work by
		}
		f := fresh[name]
		f.Name, f.Unit, f.Since = name, t.Unit, at
		f.Steps = append(f.Steps, ScheduleStep{minute, v})
		fresh[name] = f
	}
	s.replace(fresh)
}

// replace puts whole schedules in the place of the old ones. Targets of all
// forms are one schedule: a pump that has one value now has no range any more.
func (s *settingState) replace(fresh map[string]Schedule) {
	before := maps.Clone(s.schedules)
	for name := range fresh {
		maps.DeleteFunc(s.schedules, func(old string, _ Schedule) bool { return family(old) == family(name) })
	}
	for name, f := range fresh {
		slices.SortStableFunc(f.Steps, func(a, b ScheduleStep) int { return cmp.Compare(a.Minute, b.Minute) })
		f.Steps = slices.CompactFunc(f.Steps, func(a, b ScheduleStep) bool { return a.Minute == b.Minute })
		if old, ok := before[name]; ok && len(compareSchedules(old, f)) == 0 {
			f.Since = old.Since
		}
		s.schedules[name] = f
	}
}

func family(name string) string {
	if name == "target" || strings.HasPrefix(name, "target.") {
		return "target"
	}
	return name
}

func (s *settingState) settings() DeviceSettings {
	d := DeviceSettings{Source: s.source, Profile: s.profile, First: s.first, Told: s.told,
		Schedules: slices.Collect(maps.Values(s.schedules)), Singles: slices.Collect(maps.Values(s.singles))}
	place := func(name string) int {
		if i := slices.Index(scheduleOrder, name); i >= 0 {
			return i
		}
		return len(scheduleOrder)
	}
	slices.SortFunc(d.Schedules, func(a, b Schedule) int {
		return cmp.Or(cmp.Compare(place(a.Name), place(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	slices.SortFunc(d.Singles, func(a, b SingleSetting) int { return cmp.Compare(a.Name, b.Name) })
	return d
}
