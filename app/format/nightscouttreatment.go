package format

import (
	"time"

	"glucokeep/app/record"
)

// treatment reads one object of the collection treatments. Its eventType says
// what the uploader meant, its members what there is: one treatment can be a
// dose, a meal and a fingerstick at once. What is wrong with one of them does
// not cost the others.
func (n *nightscout) treatment(f fields, number int) error {
	at, err := f.instant("created_at", "timestamp", "date", "mills")
	if err != nil {
		return err
	}
	t := treatment{fields: f, event: f.word("eventType")}
	t.common = record.Common{At: at, Key: nightscoutKey(f, t.event, at), Line: number}
	src := record.Source{Device: clip(f.word("pumpType"), maxTextRunes), Serial: clip(f.word("pumpSerial"), maxTextRunes)}
	return n.treated(src, t)
}

// treated adds the records of a treatment. Of several, the first carries what
// the treatment said besides.
func (n *nightscout) treated(src record.Source, t treatment) error {
	if t.event == "Sensor Start" || t.event == "Sensor Change" {
		n.sensorStart(src, t)
		return nil
	}
	found := false
	for _, read := range []func(treatment) (record.Record, error){
		treatment.device, treatment.basal, treatment.dose, treatment.carbs, n.fingerstick, treatment.note, treatment.activity,
	} {
		r, err := read(t)
		if bad, ok := err.(*fieldFault); ok { //nolint:errorlint // made here, unwrapped
			n.reject(t.common.Line, bad.column, bad.key)
			found = true
			continue
		}
		if r == nil {
			continue
		}
		c := r.Base()
		if *c = t.common; !found {
			c.Extra = t.rest(r)
		} else if t.event != "" {
			c.Extra = map[string]string{"eventType": t.event}
		}
		if m, ok := r.(*record.Carbs); ok {
			c.At += t.eatenLater(m)
		}
		found = true
		n.add(src, r)
	}
	if !found {
		e := &record.Event{Common: t.common, Event: record.OtherEvent, Detail: clip(t.event, maxTextRunes)}
		d, err := t.lasts()
		if err != nil {
			return err
		}
		e.Duration, e.Extra = d, t.rest(e)
		n.add(src, e)
	}
	return nil
}

// treatment is one object of the collection.
type treatment struct {
	fields
	event  string // eventType
	common record.Common
}

// rest is what no field of r holds.
func (t treatment) rest(r record.Record) map[string]string {
	used := []string{"_id", "identifier", "created_at", "date", "mills", "timestamp", "insulin", "carbs", "pumpType", "pumpSerial"}
	switch r := r.(type) {
	case *record.Event:
		used = append(used, "durationInMilliseconds", "duration")
		if t.fields["eventType"] == r.Detail {
			used = append(used, "eventType")
		}
	case *record.Basal:
		used = append(used, "duration", "durationInMilliseconds", "absolute", "rate", "percent")
	case *record.Note, *record.Activity:
		used = append(used, "notes")
	}
	return t.extra(used...)
}

// lasts is the duration of a treatment: minutes, or milliseconds by AAPS.
func (t treatment) lasts() (time.Duration, error) {
	if t.has("durationInMilliseconds") {
		return t.duration("durationInMilliseconds", time.Millisecond)
	}
	return t.duration("duration", time.Minute)
}

// eatenLater is how long after its dose a meal came, when the treatment has
// both and says so (preBolus, minutes).
func (t treatment) eatenLater(*record.Carbs) record.Millis {
	v, found, err := t.number("preBolus")
	if err != nil || !found || !t.has("insulin") || v < -120 || v > 120 {
		return 0
	}
	return record.Millis(v * 60_000)
}

// treatmentEvents are the treatments that something happened to a device.
var treatmentEvents = map[string]record.EventKind{
	"Site Change": record.SiteChange, "Insulin Change": record.ReservoirChange, "Sensor Stop": record.SensorEnd,
	"Suspend Pump": record.SuspendEvent, "Resume Pump": record.ResumeEvent,
	"Temporary Target": record.TempTarget, "Temporary Target Cancel": record.TempTarget,
}

func (t treatment) device() (record.Record, error) {
	kind, ok := treatmentEvents[t.event]
	if t.word("type") == "PRIMING" { // AAPS: insulin that filled the tube
		kind, ok = record.Prime, true
	}
	if !ok {
		return nil, nil
	}
	e := &record.Event{Event: kind, Detail: clip(t.event, maxTextRunes)}
	if t.event == "Temporary Target" {
		e.Detail = clip(t.word("reason"), maxTextRunes)
	}
	amount, _, err := t.units("insulin")
	if err != nil {
		return nil, err
	}
	e.Amount = float64(amount)
	if e.Duration, err = t.lasts(); err != nil {
		return nil, err
	}
	return e, nil
}

func (t treatment) carbs() (record.Record, error) {
	g, found, err := t.grams("carbs")
	if err != nil || !found || g == 0 {
		return nil, err
	}
	return &record.Carbs{Grams: g, Food: clip(t.word("foodType"), maxNoteRunes)}, nil
}

// fingerstick is the glucose of a check, or of a dose when it says that a
// finger was pricked. A value taken from the sensor is no fingerstick.
func (n *nightscout) fingerstick(t treatment) (record.Record, error) {
	kind := t.word("glucoseType")
	check := t.event == "BG Check" || t.event == "Mbg"
	if !t.has("glucose") || kind == "Sensor" || !check && kind != "Finger" {
		return nil, nil
	}
	v, found, err := t.number("glucose")
	if err != nil || !found {
		return nil, err
	}
	c, err := t.concentration("units", n.unit)
	if err != nil {
		return nil, err
	}
	g, err := possibleGlucose("glucose", v, c)
	if err != nil {
		return nil, err
	}
	return &record.Fingerstick{Value: g}, nil
}

// noted are the treatments whose notes a person wrote; automatic uploaders
// put their own words into the notes of others.
var noted = map[string]bool{
	"": true, "<none>": true, "Note": true, "Announcement": true, "Question": true, "D.A.D. Alert": true, "BG Check": true,
	"Snack Bolus": true, "Meal Bolus": true, "Correction Bolus": true, "Combo Bolus": true, "Carb Correction": true,
}

func (t treatment) note() (record.Record, error) {
	text, err := t.text("notes")
	if err != nil || text == "" || !noted[t.event] {
		return nil, err
	}
	return &record.Note{Text: clip(text, maxNoteRunes)}, nil
}

func (t treatment) activity() (record.Record, error) {
	if t.event != "Exercise" {
		return nil, nil
	}
	d, err := t.lasts()
	if err != nil {
		return nil, err
	}
	return &record.Activity{Name: clip(t.word("notes"), maxTextRunes), Duration: d}, nil
}

// sensorSession is a start of a sensor that was read already.
type sensorSession struct{ began, seen record.Millis }

// sensorStart reads the start of a sensor. Some uploaders send the start of
// the running sensor again and again, each time a little off: starts within
// five minutes of each other that were sent within a day are one. Its key is
// made of the time, so that another export, which begins with another of
// them, gives the same record.
func (n *nightscout) sensorStart(src record.Source, t treatment) {
	const near, day = 5 * 60_000, 24 * 60 * 60_000
	began, seen := t.common.At, t.common.At
	if at, err := t.instant("sessionStartDate"); err == nil {
		began = at
	}
	for i, s := range n.sessions {
		if absolute(s.began-began) <= near && absolute(s.seen-seen) <= day {
			n.sessions[i].seen = seen
			n.skip()
			return
		}
	}
	if len(n.sessions) == 1000 {
		n.sessions = n.sessions[1:]
	}
	n.sessions = append(n.sessions, sensorSession{began, seen})
	e := &record.Event{Common: t.common, Event: record.SensorStart, Detail: t.event}
	e.At, e.Extra = began, t.rest(e)
	e.Key = "sensor-start/" + e.At.Time().Truncate(10*time.Minute).Format(time.RFC3339)
	n.add(src, e)
}

func absolute(m record.Millis) record.Millis { return max(m, -m) }
