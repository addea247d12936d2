package format

import (
	"strconv"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// entry reads one object of the collection entries: sgv from a sensor, mbg
// from a meter, cal from a calibration of the raw signal.
func (n *nightscout) entry(f fields, number int) error {
	at, err := f.instant("date", "dateString", "sysTime")
	if err != nil {
		return err
	}
	src := record.Source{Device: clip(f.word("device"), maxTextRunes)}
	common := record.Common{At: at, Key: nightscoutKey(f, f.word("type"), at), Line: number}
	switch typ := f.word("type"); {
	case f.has("sgv") && (typ == "sgv" || typ == ""):
		r, event, err := sensorValue(f, common)
		if err != nil {
			return err
		}
		if event != nil {
			n.add(src, event)
			return nil
		}
		r.At = at
		n.reading(src, r)
		return nil
	case f.has("mbg") && (typ == "mbg" || typ == ""):
		v, _, err := f.number("mbg")
		if err != nil {
			return err
		}
		g, err := entryGlucose(f, "mbg", v)
		if err != nil {
			return err
		}
		common.Extra = f.extra("_id", "identifier", "date", "dateString", "sysTime", "device", "mbg", "type")
		n.add(src, &record.Fingerstick{Common: common, Value: g, Meter: src.Device})
		return nil
	case typ == "sgv" || typ == "mbg":
		return faultIn(typ, rejectNumber)
	case typ == "cal":
		return n.rawCalibration(src, f, common)
	default: // an uploader's own
		common.Extra = f.extra("_id", "identifier", "date", "dateString", "sysTime", "device", "type")
		n.add(src, &record.Event{Common: common, Event: record.OtherEvent, Detail: clip(typ, maxTextRunes)})
		return nil
	}
}

// rawCalibration reads a cal entry. Mostly it holds only the slope and the
// intercept of the raw signal, which say nothing to keep; some uploaders add
// the meter's value.
func (n *nightscout) rawCalibration(src record.Source, f fields, common record.Common) error {
	for _, name := range []string{"mbg", "glucose", "sgv"} {
		v, found, err := f.number(name)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		g, err := entryGlucose(f, name, v)
		if err != nil {
			return err
		}
		common.Extra = f.extra("_id", "identifier", "date", "dateString", "sysTime", "device", "type", name)
		n.add(src, &record.Calibration{Common: common, Value: g})
		return nil
	}
	n.skip()
	return nil
}

// The edges of a Dexcom sensor's scale in Nightscout (mg/dL): below the
// smallest stand codes of the sensor, at the smallest and largest LOW and
// HIGH.
const (
	lowSGV  = 39
	highSGV = 401
)

// sensorValue is the reading of an sgv entry, or the event of a sensor error
// that came in its place.
func sensorValue(f fields, common record.Common) (record.Reading, *record.Event, error) {
	v, found, err := f.number("sgv")
	if err != nil || !found {
		return record.Reading{}, nil, faultIn("sgv", rejectNumber)
	}
	g, err := entryGlucose(f, "sgv", v)
	if g.Unit == unit.MgDL && v >= 0 && v < lowSGV {
		return record.Reading{}, sensorError(common, v), nil
	}
	if err != nil {
		return record.Reading{}, nil, err
	}
	r := dexcomReading(g)
	r.Trend = nightscoutTrends[f.word("direction")]
	return r, nil, nil
}

// dexcomReading marks the two values that stand for LOW and HIGH.
func dexcomReading(g unit.Glucose) record.Reading {
	switch g {
	case unit.MgDLValue(lowSGV):
		return record.Reading{Value: unit.MgDLValue(lowSGV + 1), Flags: record.BelowRange}
	case unit.MgDLValue(highSGV):
		return record.Reading{Value: unit.MgDLValue(highSGV - 1), Flags: record.AboveRange}
	}
	return record.Reading{Value: g}
}

// sensorError is the event of a code below 39 that came in place of glucose.
// The code stays in Detail: nothing that was sent is lost.
func sensorError(common record.Common, code float64) *record.Event {
	detail := strconv.FormatFloat(code, 'f', -1, 64)
	return &record.Event{Common: common, Event: record.SensorError, Detail: detail}
}

// entryGlucose is a value of an entry. Nightscout stores mg/dL whatever it
// displays; only API v3 lets an uploader name another unit.
func entryGlucose(f fields, name string, v float64) (unit.Glucose, error) {
	c, err := f.concentration("units", "mg/dL")
	if err != nil {
		return unit.Glucose{}, err
	}
	return possibleGlucose(name, v, c)
}
