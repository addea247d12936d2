package format

import (
	"math"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// tidepoolMgPerMmol is the factor by which Tidepool turns mg/dL into the
// mmol/L that it stores (tidepool-org/platform, data/blood/glucose).
const tidepoolMgPerMmol = 18.01559

// tidepoolGlucose is a value as the device gave it. Tidepool stores mmol/L
// whatever the device measures in; a number that is a whole mg/dL divided by
// its factor was mg/dL on the device. One decimal or none is what a device in
// mmol/L shows.
func tidepoolGlucose(v float64, c unit.Concentration) unit.Glucose {
	if c == unit.MgDL {
		return unit.MgDLValue(v)
	}
	whole := math.Round(v * tidepoolMgPerMmol)
	tenths := math.Abs(v*10-math.Round(v*10)) < 1e-9
	if !tenths && math.Abs(whole/tidepoolMgPerMmol-v) <= 1e-3 {
		return unit.MgDLValue(whole)
	}
	return unit.MmolLValue(v)
}

// glucose is the value of an object in the unit that the object names, with
// the sensor's limit in place of a value outside it.
func (t *tidepool) glucose(f fields) (unit.Glucose, record.Flags, error) {
	v, found, err := f.number("value")
	if err != nil || !found {
		return unit.Glucose{}, 0, faultIn("value", rejectNumber)
	}
	c, err := f.concentration("units", t.unit)
	if err != nil {
		return unit.Glucose{}, 0, err
	}
	g := tidepoolGlucose(v, c)
	limit, flags, err := outOfRange(f, g)
	if err != nil {
		return g, 0, err
	}
	if !limit.Possible() {
		return limit, 0, faultIn("value", rejectGlucose)
	}
	return limit, flags, nil
}

// outOfRange gives the limit for a value annotated as outside it. Tidepool
// stores the limit ∓ 1 and names the limit in mg/dL (TidepoolApi,
// docs/device-data/oor-values.md).
func outOfRange(f fields, g unit.Glucose) (unit.Glucose, record.Flags, error) {
	for _, a := range f.list("annotations") {
		if a.word("code") != "bg/out-of-range" {
			continue
		}
		flags, step := record.BelowRange, 1.0
		switch a.word("value") {
		case "low":
		case "high":
			flags, step = record.AboveRange, -1
		default:
			return g, 0, faultIn("annotations", rejectObject)
		}
		limit, found, err := a.number("threshold")
		if err != nil {
			return g, 0, faultIn("annotations", rejectNumber)
		}
		if !found {
			limit = math.Round(float64(g.MgDL())) + step
		}
		return unit.MgDLValue(limit), flags, nil
	}
	return g, 0, nil
}

// tidepoolTrends are Tidepool's words for the arrows.
var tidepoolTrends = map[string]record.Trend{
	"constant": record.Flat, "slowRise": record.FortyFiveUp, "moderateRise": record.SingleUp, "rapidRise": record.DoubleUp,
	"slowFall": record.FortyFiveDown, "moderateFall": record.SingleDown, "rapidFall": record.DoubleDown,
}

// sensor reads a cbg.
func (t *tidepool) sensor(f fields, c record.Common) (record.Record, error) {
	g, flags, err := t.glucose(f)
	if err != nil {
		return nil, err
	}
	if f.is("backfilled") {
		flags |= record.Backfilled
	}
	every, err := f.duration("sampleInterval", time.Millisecond)
	if err != nil {
		return nil, err
	}
	t.src.Interval = every.Truncate(time.Minute)
	t.reading(t.src, record.Reading{At: c.At, Value: g, Flags: flags, Trend: tidepoolTrends[f.word("trend")]})
	return nil, nil
}

// meter reads an smbg. A scanned one is a Libre sensor read by hand between
// its automatic values.
func (t *tidepool) meter(f fields, c record.Common) (record.Record, error) {
	g, flags, err := t.glucose(f)
	if err != nil {
		return nil, err
	}
	if f.word("subType") == "scanned" {
		t.reading(t.src, record.Reading{At: c.At, Value: g, Flags: flags | record.Scan})
		return nil, nil
	}
	c.Extra = besides(f, "value", "units", "annotations")
	return &record.Fingerstick{Common: c, Value: g, Flags: flags, Meter: t.src.Serial}, nil
}

func (t *tidepool) ketone(f fields, c record.Common) (record.Record, error) {
	v, found, err := f.number("value")
	if err != nil || !found {
		return nil, faultIn("value", rejectNumber)
	}
	if v < 0 || v > 20 {
		return nil, faultIn("value", rejectKetone)
	}
	c.Extra = besides(f, "value", "units")
	return &record.Ketone{Common: c, MmolL: v}, nil
}

func (t *tidepool) calibration(f fields, c record.Common) (record.Record, error) {
	g, _, err := t.glucose(f)
	if err != nil {
		return nil, err
	}
	c.Extra = besides(f, "value", "units", "subType")
	return &record.Calibration{Common: c, Value: g}, nil
}
