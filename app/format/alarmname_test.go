package format

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatAnAlarmMeans(t *testing.T) {
	for name, want := range map[string][2]string{
		"Urgent low":                    {"urgent-low", ""},
		"Urgent Low Soon":               {"urgent-low-soon", ""},
		"LOW SG":                        {"low", ""},
		"LOW PREDICTED":                 {"low-expected", ""},
		"ALERT ON LOW":                  {"low", ""},
		"ALERT ON LOW: tone, vibration": {"low", ""},
		"CHANGE SENSOR2":                {"sensor-change", ""},
		"LOST SENSOR1":                  {"signal-lost", ""},
		"CAL REMINDER ALERT":            {"calibrate-soon", ""},
		"low_insulin":                   {"insulin-low", ""},
		"tandem_control_low":            {"low-expected", ""},
		"Low Glucose Alert":             {"low", ""},
		"Other Alarm Code: 1003":        {"code", "1003"},
		"Other Alarm Code: ":            {"", ""},
		"Other Alarm Code: 1003 x":      {"", ""},
		// What holds a known name and more may mean another thing.
		"Low Sensor Glucose. Delivery Stopped": {"", ""},
		"not low":                              {"", ""},
		"42":                                   {"", ""},
		"":                                     {"", ""},
		"نقص السكر":                            {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			kind, code := AlarmKind(name)
			require.Equal(t, want, [2]string{kind, code})
		})
	}
}

// One name is of one kind, so that what is shown does not depend on the order
// of a map.
func TestANameOfAnAlarmHasOneKind(t *testing.T) {
	for range 20 {
		kind, _ := AlarmKind("sensor failure")
		require.Equal(t, "sensor-error", kind)
	}
	require.Contains(t, AlarmKinds(), "code")
}
