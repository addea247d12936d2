package format

import (
	"time"

	"glucokeep/app/record"
)

// deviceEvent reads what happened to a device, by its subType.
func (t *tidepool) deviceEvent(f fields, c record.Common) (record.Record, error) {
	kind := f.word("subType")
	switch kind {
	case "calibration":
		return t.calibration(f, c)
	case "alarm":
		c.Extra = besides(f, "alarmType", "subType")
		return &record.Alarm{Common: c, Name: clip(f.word("alarmType"), maxTextRunes)}, nil
	}
	e := &record.Event{Event: record.OtherEvent, Detail: clip(kind, maxTextRunes)}
	switch kind {
	case "prime":
		amount, _, err := f.units("volume")
		if err != nil {
			return nil, err
		}
		e.Event, e.Amount, e.Detail = record.Prime, float64(amount), clip(f.word("primeTarget"), maxTextRunes)
	case "reservoirChange":
		e.Event = record.ReservoirChange
	case "timeChange":
		e.Event, e.Detail = record.ClockChange, clip(clockChange(f), maxTextRunes)
	case "status":
		e.Detail = clip(f.word("status"), maxTextRunes)
		switch e.Detail {
		case "suspended":
			e.Event = record.SuspendEvent
		case "resumed":
			e.Event = record.ResumeEvent
		}
	}
	var err error
	if e.Duration, err = eventDuration(f, kind); err != nil {
		return nil, err
	}
	c.Extra = besides(f, "subType", "duration", "volume", "primeTarget")
	e.Common = c
	return e, nil
}

// eventDuration is in milliseconds, but in seconds for an override of the
// pump's settings (TidepoolApi, deviceevent/pumpsettingsoverride).
func eventDuration(f fields, kind string) (time.Duration, error) {
	if kind == "pumpSettingsOverride" {
		if v, found, err := f.number("duration"); err == nil && found && v > (7*24*time.Hour).Seconds() {
			return 0, nil // "until I end it", written as a very long time
		}
		return f.duration("duration", time.Second)
	}
	return f.duration("duration", time.Millisecond)
}

// clockChange is the old and the new time of a device. New data has from and
// to as objects, old data a change of from and to.
func clockChange(f fields) string {
	from, to := f.inner("from").word("time"), f.inner("to").word("time")
	if c := f.inner("change"); c != nil {
		from, to = c.word("from"), c.word("to")
	}
	if from == "" && to == "" {
		return ""
	}
	return from + " → " + to
}

func (t *tidepool) food(f fields, c record.Common) (record.Record, error) {
	carbs := f.inner("nutrition").inner("carbohydrate")
	g, found, err := carbs.grams("net")
	if err != nil {
		return nil, err
	}
	name := f.word("name")
	if name == "" {
		name = f.word("meal")
	}
	c.Extra = besides(f, "name")
	return &record.Carbs{Common: c, Grams: g, Food: clip(name, maxNoteRunes), Unspecified: !found}, nil
}

func (t *tidepool) activity(f fields, c record.Common) (record.Record, error) {
	a := &record.Activity{Name: clip(f.word("name"), maxTextRunes), Intensity: clip(f.word("reportedIntensity"), maxTextRunes)}
	switch a.Intensity {
	case "low":
		a.Intensity = "light"
	case "high":
		a.Intensity = "heavy"
	}
	long := f.inner("duration")
	per := map[string]time.Duration{"hours": time.Hour, "minutes": time.Minute, "seconds": time.Second}[long.word("units")]
	var err error
	if a.Duration, err = long.duration("value", per); err != nil {
		return nil, err
	}
	c.Extra = besides(f, "name", "reportedIntensity", "duration")
	a.Common = c
	return a, nil
}
