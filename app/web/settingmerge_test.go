package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/metrics"
	"glucokeep/app/text"
	"glucokeep/views/page"
)

func TestMergeOfASchedule(t *testing.T) {
	sv := settingsView{visit: &visit{locale: text.Locale{Lang: "en", Unit: "mg/dL", Clock24: true}}}
	for name, c := range map[string]struct {
		unit   string
		steps  []metrics.ScheduleStep
		rows   []page.NamedFigure
		merged bool
	}{
		"neighbours of one value are one row": {"g/U", []metrics.ScheduleStep{{Minute: 0, Value: 8}, {Minute: 360, Value: 8}, {Minute: 720, Value: 9}},
			[]page.NamedFigure{{Name: "00:00–12:00", Value: "8\u00a0g per U"}, {Name: "12:00–24:00", Value: "9\u00a0g per U"}}, true},
		"a value that comes back is a row of its own": {"g/U", []metrics.ScheduleStep{{Minute: 0, Value: 8}, {Minute: 360, Value: 9}, {Minute: 720, Value: 8}},
			[]page.NamedFigure{{Name: "00:00–06:00", Value: "8\u00a0g per U"}, {Name: "06:00–12:00", Value: "9\u00a0g per U"}, {Name: "12:00–24:00", Value: "8\u00a0g per U"}}, false},
		"all day the same": {"g/U", []metrics.ScheduleStep{{Minute: 0, Value: 8}, {Minute: 360, Value: 8}, {Minute: 720, Value: 8}},
			[]page.NamedFigure{{Name: "All day", Value: "8\u00a0g per U"}}, true},
		"what only prints alike stays two": {"mg/dL/U", []metrics.ScheduleStep{{Minute: 0, Value: 45}, {Minute: 360, Value: 45.2}},
			[]page.NamedFigure{{Name: "00:00–06:00", Value: "45\u00a0mg/dL per U"}, {Name: "06:00–24:00", Value: "45\u00a0mg/dL per U"}}, false},
		"a time that is not told stays open": {"g/U", []metrics.ScheduleStep{{Minute: 60, Value: 8}, {Minute: 360, Value: 8}},
			[]page.NamedFigure{{Name: "01:00–24:00", Value: "8\u00a0g per U"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			one, merged := merge(metrics.Schedule{Name: "carb-ratio", Unit: c.unit, Steps: c.steps})
			require.Equal(t, c.merged, merged)
			require.Equal(t, c.rows, sv.table(one).Rows)
		})
	}
	low := metrics.Schedule{Name: "target.low", Unit: "mg/dL", Steps: []metrics.ScheduleStep{{Minute: 0, Value: 90}, {Minute: 360, Value: 90}, {Minute: 720, Value: 90}}}
	high := metrics.Schedule{Name: "target.high", Unit: "mg/dL", Steps: []metrics.ScheduleStep{{Minute: 0, Value: 110}, {Minute: 360, Value: 120}, {Minute: 720, Value: 120}}}
	targets, merged := sv.targets(metrics.DeviceSettings{Schedules: []metrics.Schedule{low, high}})
	require.True(t, merged)
	require.Equal(t, []page.NamedFigure{{Name: "00:00–06:00", Value: "90–110\u00a0mg/dL"}, {Name: "06:00–24:00", Value: "90–120\u00a0mg/dL"}}, targets.Rows,
		"targets are one row only where both are the same")
}
