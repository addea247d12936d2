package metrics

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"glucokeep/app/record"
)

// SettingChange is one setting that became another.
type SettingChange struct {
	At        record.Millis // when the source told the new one
	Source    int64
	Name      string // of the schedule or single setting; "" with First
	First     bool   // the first word of the source about its settings: there is nothing to compare
	Scheduled bool
	Minute    int // of the day from which on, with Scheduled
	Until     int // up to
	Old, New  Value
}

// Value is a setting's value with its unit. Text is "" where there is none.
type Value struct{ Text, Unit string }

// SettingChanges lists what changed up to and with an instant, the newest
// first.
func SettingChanges(told []ToldSetting, until record.Millis) []SettingChange {
	var out []SettingChange
	for _, list := range bySource(told) {
		state := newSettingState(list[0])
		for _, snapshot := range snapshots(list) {
			if snapshot[0].At > until {
				break
			}
			if state.told == 0 {
				out = append(out, SettingChange{At: snapshot[0].At, Source: snapshot[0].Source, First: true})
				state.apply(snapshot)
				continue
			}
			before := state.settings()
			state.apply(snapshot)
			out = append(out, CompareSettings(before, state.settings())...)
		}
	}
	slices.SortStableFunc(out, func(a, b SettingChange) int { return cmp.Compare(b.At, a.At) })
	return out
}

// CompareSettings lists in what two states of one source differ, as changes
// of the time at which the newer one was last told.
func CompareSettings(old, now DeviceSettings) []SettingChange {
	var out []SettingChange
	add := func(c SettingChange) {
		c.At, c.Source = now.Told, now.Source
		out = append(out, c)
	}
	for _, s := range now.Schedules {
		before, _ := old.Schedule(s.Name)
		before.Name = s.Name
		for _, c := range compareSchedules(before, s) {
			add(c)
		}
	}
	for _, s := range old.Schedules {
		if _, still := now.Schedule(s.Name); !still {
			for _, c := range compareSchedules(s, Schedule{Name: s.Name}) {
				add(c)
			}
		}
	}
	for _, s := range now.Singles {
		i := slices.IndexFunc(old.Singles, func(o SingleSetting) bool { return o.Name == s.Name })
		c := SettingChange{Name: s.Name, New: Value{s.Value, s.Unit}}
		if i >= 0 {
			c.Old = Value{old.Singles[i].Value, old.Singles[i].Unit}
		}
		if i < 0 || differ(c.Old.Text, c.Old.Unit, s.Value, s.Unit) {
			add(c)
		}
	}
	return out
}

// compareSchedules gives the times of day at which two schedules differ, those
// with the same change joined.
func compareSchedules(old, now Schedule) (out []SettingChange) {
	if old.Unit == now.Unit && slices.Equal(old.Steps, now.Steps) { // nearly always: uploaders tell everything again
		return nil
	}
	bounds := []int{0, 24 * 60}
	for _, s := range [][]ScheduleStep{old.Steps, now.Steps} {
		for _, step := range s {
			bounds = append(bounds, step.Minute)
		}
	}
	slices.Sort(bounds)
	bounds = slices.Compact(bounds)
	for i := 0; i+1 < len(bounds); i++ {
		x, y := old.step(bounds[i]), now.step(bounds[i])
		if x >= 0 && y >= 0 && old.Unit == now.Unit && old.Steps[x].Value == now.Steps[y].Value {
			continue // mostly, and needs no words
		}
		a, b := old.value(x), now.value(y)
		if !differ(a.Text, a.Unit, b.Text, b.Unit) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Until == bounds[i] && out[n-1].Old == a && out[n-1].New == b {
			out[n-1].Until = bounds[i+1]
			continue
		}
		out = append(out, SettingChange{Name: now.Name, Scheduled: true, Minute: bounds[i], Until: bounds[i+1], Old: a, New: b})
	}
	return out
}

// step is the place of the step that holds at a minute of the day; -1 before
// the first.
func (s Schedule) step(minute int) int {
	i, found := slices.BinarySearchFunc(s.Steps, minute, func(step ScheduleStep, m int) int { return cmp.Compare(step.Minute, m) })
	if !found {
		i--
	}
	return i
}

// value is what a step says; nothing before the first.
func (s Schedule) value(step int) Value {
	if step < 0 {
		return Value{}
	}
	return Value{strconv.FormatFloat(s.Steps[step].Value, 'f', -1, 64), s.Unit}
}

// differ reports whether two values are not the same setting. One that was
// only told in another unit of glucose is the same, within the rounding of the
// coarser unit.
func differ(a, unitA, b, unitB string) bool {
	if unitA == unitB && a == b {
		return false
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil {
		return true
	}
	if unitA == unitB {
		return math.Abs(x-y) > 1e-9 // 0.80 is 0.8
	}
	g, perA, okA := SettingGlucose(x, unitA)
	h, perB, okB := SettingGlucose(y, unitB)
	const rounding = 0.91 // mg/dL: half of a tenth of a mmol/L
	return !okA || !okB || perA != perB || math.Abs(float64(g.MgDL()-h.MgDL())) > rounding
}
