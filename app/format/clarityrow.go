package format

import (
	"strings"
	"time"

	"glucokeep/app/fault"
	"glucokeep/app/record"
)

type clarityKind uint8

const (
	clarityUnknown clarityKind = iota
	clarityEGV
	clarityCalibration
	clarityMeter
	clarityInsulin
	clarityCarbs
	clarityActivity
	clarityHealth
	clarityAlert
	clarityNote
)

// clarityKinds are the event types by the words of the languages.
var clarityKinds = map[string]clarityKind{
	"EGV":         clarityEGV,
	"Calibration": clarityCalibration, "Kalibrierung": clarityCalibration, "Étalonnage": clarityCalibration, "Calibración": clarityCalibration, "Calibrazione": clarityCalibration,
	"Blood Glucose": clarityMeter, "Blutzucker": clarityMeter,
	"Insulin": clarityInsulin, "Insuline": clarityInsulin, "Insulina": clarityInsulin,
	"Carbs": clarityCarbs, "Kohlenhydrate": clarityCarbs, "Glucides": clarityCarbs, "Carbohidratos": clarityCarbs, "Carboidrati": clarityCarbs,
	"Exercise": clarityActivity, "Activity": clarityActivity, "Bewegung": clarityActivity, "Sport": clarityActivity, "Aktivität": clarityActivity, "Exercice": clarityActivity, "Activité": clarityActivity, "Ejercicio": clarityActivity, "Actividad": clarityActivity, "Esercizio": clarityActivity, "Attività": clarityActivity,
	"Health": clarityHealth, "Gesundheit": clarityHealth, "Santé": clarityHealth, "Salud": clarityHealth, "Salute": clarityHealth,
	"Alert": clarityAlert, "Alarm": clarityAlert, "Warnung": clarityAlert, "Alerte": clarityAlert, "Alerta": clarityAlert, "Avviso": clarityAlert,
	"Notes": clarityNote, "Note": clarityNote, "Notizen": clarityNote, "Notiz": clarityNote, "Notas": clarityNote, "Nota": clarityNote,
}

// aboutPerson reads a row without a time. Only alerts are kept.
func (c *clarity) aboutPerson() error {
	if clarityKinds[string(c.cell(c.col.kind))] == clarityAlert {
		c.settings = append(c.settings, c.alertSettings()...)
		for len(c.devices) < len(c.settings) {
			c.devices = append(c.devices, c.name(c.col.device))
		}
	}
	if len(c.settings) > maxSettings {
		return errTooLarge(faultManyRows, "limit", maxSettings)
	}
	return nil
}

// maxSettings is how many settings may wait for a time.
const maxSettings = 10_000

// alertSettings is an Alert row: the threshold, the rate and the delay that
// are filled in, each a setting.
func (c *clarity) alertSettings() []*record.Setting {
	name := "alert." + slug(c.text(c.col.subtype))
	switch f, _ := clippedWord(c.cell(c.col.subtype)); f { // in any language
	case record.BelowRange:
		name = "alert.low"
	case record.AboveRange:
		name = "alert.high"
	}
	var list []*record.Setting
	add := func(suffix, value, unit string) {
		list = append(list, &record.Setting{Common: c.common(0), Name: name + suffix, Value: value, Unit: unit})
	}
	if v, ok := number(c.cell(c.col.glucose)); ok {
		add("", formatNumber(v), c.unit.String())
	}
	if v, ok := number(c.cell(c.col.rate)); ok {
		add("", formatNumber(v), c.unit.String()+"/min")
	}
	if d, ok := span(c.cell(c.col.duration)); ok {
		suffix := ""
		if len(list) > 0 {
			suffix = ".delay"
		}
		add(suffix, formatNumber(d.Minutes()), "min")
	}
	if len(list) == 0 {
		add("", "", "")
	}
	return list
}

// slug is a setting's name for machines: "Urgent Low Soon" is
// "urgent-low-soon".
func slug(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), "-") }

// giveSettings hands on the settings that waited, as of the first time of the
// file. That time is another in every export, so their key is what they say:
// a setting that has not changed is the same record, whatever the export.
func (c *clarity) giveSettings(at record.Millis) error {
	for i, set := range c.settings {
		set.At = at
		set.Key = clip(strings.TrimRight("setting "+set.Name+" "+set.Value+" "+set.Unit, " "), maxTextRunes)
		if err := c.use(c.devices[i]); err != nil {
			return err
		}
		if err := c.out.Add(set); err != nil {
			return err
		}
	}
	c.settings, c.devices = nil, nil
	return nil
}

// use sets the source of what the phone or receiver recorded itself.
func (c *clarity) use(device string) error {
	return c.out.Use(record.Source{Device: device}, record.Wall, "")
}

// other reads a row with a time that is not a sensor reading.
func (c *clarity) other(at record.Millis, kind clarityKind) error {
	if kind == clarityUnknown && len(c.cell(c.col.glucose)) > 0 && len(c.cell(c.col.ticks)) > 0 {
		return c.egv(at) // a reading under the word of a language that we do not know
	}
	records, err := c.records(at, kind)
	if err != nil || len(records) == 0 {
		return err
	}
	if err := c.use(c.name(c.col.device)); err != nil {
		return err
	}
	for _, r := range records {
		if err := c.out.Add(r); err != nil {
			return err
		}
	}
	return nil
}

// records is what the row holds; empty after a reject.
func (c *clarity) records(at record.Millis, kind clarityKind) ([]record.Record, error) {
	switch kind {
	case clarityCalibration, clarityMeter:
		g, flags, ok, err := c.glucose(c.col.glucose, c.unit, dexcomLimits)
		if !ok {
			return nil, err
		}
		if kind == clarityMeter {
			return []record.Record{&record.Fingerstick{Common: c.common(at), Value: g, Flags: flags}}, nil
		}
		return []record.Record{&record.Calibration{Common: c.common(at), Value: g}}, nil
	case clarityInsulin:
		d := &record.Dose{Common: c.common(at), Delivery: record.Injection, Insulin: insulinSort(c.text(c.col.subtype))}
		if d.Unspecified = !c.has(c.col.insulin); !d.Unspecified {
			var ok bool
			var err error
			if d.Units, ok, err = c.units(c.col.insulin); !ok {
				return nil, err
			}
		}
		return []record.Record{d}, nil
	case clarityCarbs:
		m := &record.Carbs{Common: c.common(at)}
		if m.Unspecified = !c.has(c.col.carbs); !m.Unspecified {
			var ok bool
			var err error
			if m.Grams, ok, err = c.grams(c.col.carbs); !ok {
				return nil, err
			}
		}
		return []record.Record{m}, nil
	case clarityActivity:
		a := &record.Activity{Common: c.common(at), Intensity: strings.ToLower(c.text(c.col.subtype))}
		var ok bool
		if a.Duration, ok = c.length(); !ok {
			return nil, c.reject(c.col.duration, rejectNumber)
		}
		return []record.Record{a}, nil
	case clarityAlert:
		var list []record.Record
		for _, set := range c.alertSettings() {
			set.At = at
			list = append(list, set)
		}
		return list, nil
	case clarityNote:
		n := &record.Note{Common: c.common(at), Text: c.text(c.col.subtype)}
		n.Extra = c.extra(0, c.col.time, c.col.kind, c.col.subtype, c.col.patient, c.col.device)
		return []record.Record{n}, nil
	}
	// Health entries, and kinds that came after this was written.
	e := &record.Event{Common: c.common(at), Event: record.OtherEvent, Detail: strings.Trim(c.text(c.col.kind)+": "+c.text(c.col.subtype), ": ")}
	e.Extra = c.extra(0, c.col.time, c.col.kind, c.col.subtype, c.col.patient, c.col.device)
	return []record.Record{e}, nil
}

// length is the cell of the duration; empty is none.
func (c *clarity) length() (time.Duration, bool) {
	if !c.has(c.col.duration) {
		return 0, true
	}
	return span(c.cell(c.col.duration))
}

func insulinSort(subtype string) record.Insulin {
	switch s := strings.ToLower(subtype); {
	case strings.Contains(s, "long") || strings.Contains(s, "lang") || strings.Contains(s, "lent") || strings.Contains(s, "lunga") || strings.Contains(s, "prolong"):
		return record.Long
	case strings.Contains(s, "fast") || strings.Contains(s, "schnell") || strings.Contains(s, "rapid") || strings.Contains(s, "rápid"):
		return record.Rapid
	}
	return record.UnknownInsulin
}

// errNoUnit: nothing says the unit of glucose, so the person must.
func errNoUnit() error { return fault.New(fault.Invalid, faultUnit) }
