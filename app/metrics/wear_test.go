package metrics

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

func happened(h float64, source int64, kind record.EventKind, detail string) DeviceEvent {
	return DeviceEvent{source, &record.Event{Common: record.Common{At: hour(h)}, Event: kind, Detail: detail}}
}

func TestSensorSessions(t *testing.T) {
	const start, end, fault = record.SensorStart, record.SensorEnd, record.SensorError
	for _, c := range []struct {
		name   string
		events []DeviceEvent
		want   []SensorSession
	}{
		{"none", nil, nil},
		{"one that is worn", []DeviceEvent{happened(5, 1, start, "")}, []SensorSession{{Source: 1, From: hour(5)}}},
		{"replaced by the next", []DeviceEvent{happened(5, 1, start, ""), happened(245, 1, start, "")},
			[]SensorSession{{Source: 1, From: hour(5), Until: hour(245), End: Replaced}, {Source: 1, From: hour(245)}}},
		{"a start told twice", []DeviceEvent{happened(5, 1, start, "Sensor Change"), happened(5.2, 1, start, "Sensor Start")},
			[]SensorSession{{Source: 1, From: hour(5)}}},
		{"an end told, in the device's words", []DeviceEvent{happened(5, 1, start, ""), happened(100, 1, end, "fell off"), happened(101, 1, start, "")},
			[]SensorSession{{Source: 1, From: hour(5), Until: hour(100), End: Ended, Detail: "fell off"}, {Source: 1, From: hour(101)}}},
		{"an error in the last hours", []DeviceEvent{happened(5, 1, start, ""), happened(96, 1, fault, "failed"), happened(100, 1, end, "")},
			[]SensorSession{{Source: 1, From: hour(5), Until: hour(100), End: Ended, Trouble: "failed"}}},
		{"an error long before", []DeviceEvent{happened(5, 1, start, ""), happened(50, 1, fault, "failed"), happened(100, 1, end, "")},
			[]SensorSession{{Source: 1, From: hour(5), Until: hour(100), End: Ended}}},
		{"an end without a start", []DeviceEvent{happened(3, 1, end, ""), happened(4, 1, end, "")}, []SensorSession{{Source: 1, Until: hour(3), End: Ended}}},
		{"two sensors at once", []DeviceEvent{happened(5, 1, start, ""), happened(6, 2, start, ""), happened(50, 1, start, "")},
			[]SensorSession{{Source: 1, From: hour(5), Until: hour(50), End: Replaced}, {Source: 2, From: hour(6)}, {Source: 1, From: hour(50)}}},
		{"in any order", []DeviceEvent{happened(245, 1, start, ""), happened(5, 1, start, "")},
			[]SensorSession{{Source: 1, From: hour(5), Until: hour(245), End: Replaced}, {Source: 1, From: hour(245)}}},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, SensorSessions(c.events)) })
	}
}

// evenly is readings every five minutes from one hour up to another.
func evenly(from, until float64) (rs []record.Reading) {
	for at := hour(from); at < hour(until); at += 300_000 {
		rs = append(rs, record.Reading{At: at, Value: unit.MgDLValue(100), Every: 5})
	}
	return rs
}

func TestUseOf(t *testing.T) {
	rs := append(evenly(12, 22), evenly(27, 32)...)
	worn := SensorSession{From: hour(10), Until: hour(40), End: Ended}
	u := UseOf(worn, rs, 0, hour(100))
	require.Equal(t, 2*time.Hour, u.WarmUp)
	require.InDelta(t, 100*15.0/28, u.Coverage, 1e-9, "15 of the 28 hours after the warm-up")
	require.Equal(t, 180, u.Readings)

	u = UseOf(worn, rs, hour(20), hour(30))
	require.Zero(t, u.WarmUp, "the start is not in the period")
	require.InDelta(t, 50, u.Coverage, 1e-9, "5 of 10 hours of the period")

	require.Zero(t, UseOf(worn, nil, 0, hour(100)).Coverage, "no reading")
	require.True(t, math.IsNaN(UseOf(worn, rs, hour(50), hour(60)).Coverage), "not in the period")
	require.InDelta(t, 100, UseOf(SensorSession{From: hour(12)}, rs, 0, hour(22)).Coverage, 1e-9, "worn on")
	late := UseOf(SensorSession{From: hour(1)}, evenly(40, 41), 0, hour(49))
	require.Zero(t, late.WarmUp, "39 hours are a gap")
	require.InDelta(t, 100.0/48, late.Coverage, 1e-9)
}

func TestStretches(t *testing.T) {
	rs := append(evenly(1, 2), evenly(2.5, 3)...)
	require.Equal(t, []Stretch{{hour(1), hour(2)}, {hour(2.5), hour(3)}}, Stretches(rs, 20*time.Minute))
	require.Equal(t, []Stretch{{hour(1), hour(3)}}, Stretches(rs, 30*time.Minute))
	require.Empty(t, Stretches(nil, time.Hour))
}

func TestStretchesNeverTouch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := record.Millis(0)
		var rs []record.Reading
		for _, gap := range rapid.SliceOf(rapid.IntRange(1, 300)).Draw(t, "minutes") {
			at += record.Millis(gap) * 60_000
			rs = append(rs, record.Reading{At: at, Every: 5})
		}
		list := Stretches(rs, time.Hour)
		for i, s := range list {
			require.Less(t, s.From, s.Until)
			if i > 0 {
				require.Greater(t, s.From-list[i-1].Until, hour(1))
			}
		}
	})
}

func TestChanges(t *testing.T) {
	sites, reservoirs := Changes([]DeviceEvent{
		happened(10, 1, record.Rewind, ""), happened(10.1, 1, record.Prime, "Tubing Fill"), happened(10.2, 1, record.Prime, "Cannula Fill"),
		happened(82, 1, record.Rewind, ""), happened(82.3, 1, record.Prime, "cannula"),
		happened(180, 1, record.Prime, "fixed"), happened(200, 1, record.Prime, ""),
	})
	require.Equal(t, []record.Millis{hour(10.2), hour(82.3), hour(180)}, sites)
	require.Equal(t, []record.Millis{hour(10), hour(82)}, reservoirs, "filling the tubing belongs to the change")
	require.InDelta(t, (72.1+97.7)/2/24, MedianDays(sites), 1e-9)

	sites, reservoirs = Changes([]DeviceEvent{happened(1, 1, record.SiteChange, ""), happened(1.5, 2, record.SiteChange, ""),
		happened(40, 1, record.Prime, "cannula"), happened(3, 1, record.ReservoirChange, "")})
	require.Equal(t, []record.Millis{hour(1)}, sites, "told by two sources, and a cannula filled again is no change where changes are told")
	require.Equal(t, []record.Millis{hour(3)}, reservoirs)
	require.True(t, math.IsNaN(MedianDays(sites)))

	sites, reservoirs = Changes([]DeviceEvent{happened(10, 1, record.Prime, "cannula"), happened(82, 1, record.Prime, "cannula"),
		happened(82.5, 2, record.SiteChange, ""), happened(150, 1, record.Prime, "cannula"), happened(9, 1, record.Rewind, ""), happened(60, 2, record.ReservoirChange, "")})
	require.Equal(t, []record.Millis{hour(10), hour(82), hour(150)}, sites, "one change that another source tells hides none of a pump that tells fills alone")
	require.Equal(t, []record.Millis{hour(9), hour(60)}, reservoirs)
}

func TestAutomatedShare(t *testing.T) {
	basals := []*record.Basal{basal(record.ScheduledBasal, 0, 1, 6*time.Hour), basal(record.AutomatedBasal, 6, 0.5, 2*time.Hour)}
	percent, known := AutomatedShare(basals, 0, hour(24))
	require.InDelta(t, 25, percent, 1e-9)
	require.Equal(t, 8*time.Hour, known)
	percent, _ = AutomatedShare(basals[:1], 0, hour(24))
	require.True(t, math.IsNaN(percent), "a pump that never tells of a mode has no share in it")
	percent, known = AutomatedShare(nil, 0, hour(24))
	require.True(t, math.IsNaN(percent))
	require.Zero(t, known)
}
