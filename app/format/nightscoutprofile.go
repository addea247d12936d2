package format

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// profile reads one object of the collection profile: the settings of its
// default profile as they stood at startDate. A schedule gives one setting
// for each time of day at which it changes, named "basal.06:00".
func (n *nightscout) profile(f fields, number int) error {
	at, err := f.instant("startDate", "created_at", "mills", "date")
	if err != nil {
		return err
	}
	store := f.inner("store")
	name := f.word("defaultProfile")
	p := store.inner(name)
	if p == nil && len(store) == 1 {
		for only := range store {
			name, p = only, store.inner(only)
		}
	}
	if p == nil {
		return faultIn("defaultProfile", rejectObject)
	}
	s := settings{at: at, key: nightscoutKey(f, "profile", at), line: number, by: map[string]string{"profile": clip(name, maxTextRunes)}, out: n}
	if by := f.word("enteredBy"); by != "" {
		s.by["enteredBy"] = clip(by, maxTextRunes)
	}
	glucose := p.word("units")
	if glucose == "" {
		glucose = f.word("units")
	}
	c, err := fields{"units": glucose}.concentration("units", n.unit)
	if err != nil {
		return err
	}
	basal := func(v float64) bool { return unit.UnitsPerHour(v).Possible() }
	ratio := func(v float64) bool { return v > 0 && v <= 1000 }
	target := func(v float64) bool { _, err := possibleGlucose("", v, c); return err == nil }
	s.schedule("basal", "U/h", p, "basal", basal)
	s.schedule("carb-ratio", "g/U", p, "carbratio", ratio)
	s.schedule("sensitivity", c.String()+"/U", p, "sens", ratio)
	s.schedule("target.low", c.String(), p, "target_low", target)
	s.schedule("target.high", c.String(), p, "target_high", target)
	s.number("insulin-action", "h", p, "dia", func(v float64) bool { return v > 0 && v <= 24 })
	s.number("carb-absorption", "g/h", p, "carbs_hr", ratio)
	if zone := p.word("timezone"); zone != "" {
		s.add("time-zone", clip(zone, maxTextRunes), "")
	}
	return nil
}

// settings turns the members of one object into settings.
type settings struct {
	at   record.Millis
	key  string
	line int
	src  record.Source
	by   map[string]string
	out  interface {
		add(record.Source, record.Record)
		reject(line int, column, key string, args ...any)
	}
}

func (s settings) add(name, value, per string) {
	c := record.Common{At: s.at, Line: s.line, Extra: maps.Clone(s.by)}
	if s.key != "" {
		c.Key = s.key + "/" + name
	}
	s.out.add(s.src, &record.Setting{Common: c, Name: name, Value: value, Unit: per})
}

// number adds a setting that is one number, if possible holds for it.
func (s settings) number(name, per string, f fields, member string, possible func(float64) bool) {
	v, found, err := f.number(member)
	switch {
	case err == nil && !found:
	case err != nil || !possible(v):
		s.out.reject(s.line, member, rejectNumber)
	default:
		s.add(name, strconv.FormatFloat(v, 'f', -1, 64), per)
	}
}

// schedule adds a setting for each step of a schedule; one number instead of
// a list holds for the whole day.
func (s settings) schedule(name, per string, f fields, member string, possible func(float64) bool) {
	if !f.has(member) {
		return
	}
	if _, list := f[member].([]any); !list {
		s.number(name+".00:00", per, f, member, possible)
		return
	}
	for _, step := range f.list(member) {
		from, ok := timeOfDay(step)
		if !ok {
			s.out.reject(s.line, member, rejectTime)
			continue
		}
		if !step.has("value") {
			s.out.reject(s.line, member, rejectNumber)
			continue
		}
		s.number(name+"."+from, per, step, "value", possible)
	}
}

// timeOfDay is when a step of a schedule begins, as "15:04".
func timeOfDay(step fields) (string, bool) {
	if s, found, err := step.number("timeAsSeconds"); err == nil && found && s >= 0 && s < 86400 {
		return fmt.Sprintf("%02d:%02d", int(s)/3600, int(s)/60%60), true
	}
	h, m, ok := strings.Cut(step.word("time"), ":")
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m[:min(2, len(m))])
	if !ok || err1 != nil || err2 != nil || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return "", false
	}
	return fmt.Sprintf("%02d:%02d", hour, minute), true
}
