package metrics

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

func toldAt(h float64, source int64, name, value, of string) ToldSetting {
	return ToldSetting{source, &record.Setting{Common: record.Common{At: hour(h)}, Name: name, Value: value, Unit: of}}
}

func TestSplitSetting(t *testing.T) {
	for _, c := range []struct {
		name, base string
		minute     int
		scheduled  bool
	}{
		{"basal.00:00", "basal", 0, true},
		{"target.low.06:30", "target.low", 390, true},
		{"basal.23:59", "basal", 1439, true},
		{"basal.24:00", "basal.24:00", 0, false},
		{"basal.12:60", "basal.12:60", 0, false},
		{"basal.6:00", "basal.6:00", 0, false},
		{"basal.+1:00", "basal.+1:00", 0, false},
		{".06:00", ".06:00", 0, false},
		{"alert.high", "alert.high", 0, false},
		{"", "", 0, false},
	} {
		base, minute, scheduled := SplitSetting(c.name)
		require.Equal(t, c.base, base, c.name)
		require.Equal(t, c.minute, minute, c.name)
		require.Equal(t, c.scheduled, scheduled, c.name)
	}
}

func TestSettingsInForce(t *testing.T) {
	told := []ToldSetting{
		toldAt(2, 1, "basal.06:00", "1.1", "U/h"), toldAt(2, 1, "basal.00:00", "0.8", "U/h"), toldAt(2, 1, "target.low.00:00", "80", "mg/dL"),
		toldAt(2, 1, "target.high.00:00", "120", "mg/dL"), toldAt(2, 1, "insulin-action", "5", "h"), toldAt(2, 1, "basal.12:00", "a lot", "U/h"),
		toldAt(4, 1, "basal.00:00", "0.9", "U/h"), // told again without a step at six: there is none any more
		toldAt(6, 1, "target.00:00", "100", "mg/dL"),
		toldAt(1, 2, "alert.high", "13.9", "mmol/L"),
	}
	require.Empty(t, SettingsAt(told, hour(0.5)), "nothing is known before the first word")

	at3 := SettingsAt(told, hour(3))
	require.Len(t, at3, 2)
	pump := at3[0]
	require.Equal(t, int64(1), pump.Source, "the newest word first")
	require.Equal(t, []string{"basal", "target.low", "target.high"}, names(pump))
	basal, _ := pump.Schedule("basal")
	require.Equal(t, []ScheduleStep{{0, 0.8}, {360, 1.1}}, basal.Steps, "in order of the day, without what is no number")
	total, ok := basal.DayTotal()
	require.True(t, ok)
	require.InDelta(t, 6*0.8+18*1.1, float64(total), 1e-9)
	require.Equal(t, []SingleSetting{{"insulin-action", "5", "h", hour(2)}}, pump.Singles)

	pump = SettingsAt(told, hour(6))[0]
	require.Equal(t, []string{"basal", "target"}, names(pump), "one target replaces the range")
	basal, _ = pump.Schedule("basal")
	require.Equal(t, []ScheduleStep{{0, 0.9}}, basal.Steps)
	require.Equal(t, hour(4), basal.Since)
	require.Equal(t, hour(6), pump.Told)
	require.Equal(t, hour(2), pump.First)
}

func names(d DeviceSettings) (list []string) {
	for _, s := range d.Schedules {
		list = append(list, s.Name)
	}
	return list
}

func TestDayTotalWantsAWholeDay(t *testing.T) {
	for name, s := range map[string]Schedule{
		"nothing":             {Unit: "U/h"},
		"not from midnight":   {Unit: "U/h", Steps: []ScheduleStep{{360, 1}}},
		"of something else":   {Unit: "g/U", Steps: []ScheduleStep{{0, 10}}},
		"a share of the rate": {Unit: "%", Steps: []ScheduleStep{{0, 10}}},
	} {
		_, ok := s.DayTotal()
		require.False(t, ok, name)
	}
}

func TestSettingChanges(t *testing.T) {
	told := []ToldSetting{
		toldAt(1, 1, "basal.00:00", "0.8", "U/h"), toldAt(1, 1, "basal.06:00", "1.1", "U/h"), toldAt(1, 1, "alert.high", "250", "mg/dL"),
		toldAt(2, 1, "basal.00:00", "0.80", "U/h"), toldAt(2, 1, "basal.06:00", "1.1", "U/h"), // the same, written otherwise
		toldAt(3, 1, "basal.00:00", "0.8", "U/h"), toldAt(3, 1, "basal.06:00", "1", "U/h"), toldAt(3, 1, "basal.09:00", "1.1", "U/h"),
		toldAt(3, 1, "alert.high", "13.9", "mmol/L"), // the same in the other unit
		toldAt(4, 1, "alert.high", "12", "mmol/L"), toldAt(4, 1, "alert.low", "4", "mmol/L"),
	}
	require.Equal(t, []SettingChange{
		{At: hour(4), Source: 1, Name: "alert.high", Old: Value{"13.9", "mmol/L"}, New: Value{"12", "mmol/L"}},
		{At: hour(4), Source: 1, Name: "alert.low", New: Value{"4", "mmol/L"}},
		{At: hour(3), Source: 1, Name: "basal", Scheduled: true, Minute: 360, Until: 540, Old: Value{"1.1", "U/h"}, New: Value{"1", "U/h"}},
		{At: hour(1), Source: 1, First: true},
	}, SettingChanges(told, hour(9)))
	require.Len(t, SettingChanges(told, hour(3)), 2, "only what was told by then")
}

func TestATargetThatBecomesOneValue(t *testing.T) {
	told := []ToldSetting{toldAt(1, 1, "target.low.00:00", "80", "mg/dL"), toldAt(1, 1, "target.high.00:00", "120", "mg/dL"),
		toldAt(2, 1, "target.00:00", "100", "mg/dL")}
	require.Equal(t, []SettingChange{
		{At: hour(2), Source: 1, Name: "target", Scheduled: true, Until: 1440, New: Value{"100", "mg/dL"}},
		{At: hour(2), Source: 1, Name: "target.low", Scheduled: true, Until: 1440, Old: Value{"80", "mg/dL"}},
		{At: hour(2), Source: 1, Name: "target.high", Scheduled: true, Until: 1440, Old: Value{"120", "mg/dL"}},
	}, SettingChanges(told, hour(2))[:3])
}

// What is listed as changed is exactly the minutes at which the two differ.
func TestComparedSchedulesDifferWhereTheySay(t *testing.T) {
	schedule := rapid.Custom(func(t *rapid.T) []ToldSetting {
		var told []ToldSetting
		for _, h := range rapid.SliceOfNDistinct(rapid.IntRange(0, 23), 0, 6, rapid.ID[int]).Draw(t, "hours") {
			told = append(told, toldAt(1, 1, fmt.Sprintf("basal.%02d:00", h), strconv.Itoa(rapid.IntRange(1, 3).Draw(t, "rate")), "U/h"))
		}
		return append(told, toldAt(1, 1, "x", "1", ""))
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := SettingsAt(schedule.Draw(t, "a"), hour(1))[0], SettingsAt(schedule.Draw(t, "b"), hour(1))[0]
		require.Empty(t, CompareSettings(a, a))
		changed := map[int]bool{}
		for _, c := range CompareSettings(a, b) {
			require.NotEqual(t, c.Old, c.New)
			for m := c.Minute; m < c.Until; m += 60 {
				require.False(t, changed[m], "told twice")
				changed[m] = true
			}
		}
		x, _ := a.Schedule("basal")
		y, _ := b.Schedule("basal")
		for m := 0; m < 1440; m += 60 {
			require.Equal(t, x.value(x.step(m)).Text != y.value(y.step(m)).Text, changed[m], "minute %d", m)
		}
	})
}

func TestSettingGlucose(t *testing.T) {
	g, per, ok := SettingGlucose(2.5, "mmol/L/U")
	require.True(t, ok)
	require.Equal(t, unit.MmolLValue(2.5), g)
	require.Equal(t, "/U", per)
	require.InDelta(t, 45.039, float64(g.MgDL()), 1e-9, "by 18.0156")
	_, _, ok = SettingGlucose(10, "g/U")
	require.False(t, ok)
}
