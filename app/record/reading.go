package record

import "glucokeep/app/unit"

// Reading is one value of a continuous glucose sensor.
type Reading struct {
	At      Millis
	Value   unit.Glucose // native; a clipped value is the sensor's limit plus a flag
	Flags   Flags
	Trend   Trend   // arrow that the source sent
	Quality Quality // how sure At is; ingest sets it
	Every   uint8   // minutes that the reading stands for; 0 unknown. Read sets it from the source
	Offset  int16   // minutes east of UTC of the device's clock; ingest sets it, 0 for Instant
}

// Flags are facts about one reading.
type Flags uint8

// The flags. BelowRange and AboveRange mean that the sensor could not measure
// further: pages show LOW and HIGH, every statistic counts one unit outside
// the limit. Scan is an extra point that a person took between the automatic
// ones: drawn, never counted.
const (
	BelowRange Flags = 1 << iota
	AboveRange
	Scan
	Backfilled // the source itself says it arrived late
)

// Has reports whether all of f2 are set.
func (f Flags) Has(f2 Flags) bool { return f&f2 == f2 }

// Trend is an arrow as the source sent it, by Nightscout's names.
type Trend uint8

// The arrows; NoTrend also stands for "not computable" and "out of range".
const (
	NoTrend Trend = iota
	DoubleUp
	SingleUp
	FortyFiveUp
	Flat
	FortyFiveDown
	SingleDown
	DoubleDown
	TripleUp   // Medtronic's three arrows
	TripleDown // Medtronic's three arrows
)

// Quality says how the instant of a reading was found.
type Quality uint8

// Zoned: the source knew. AssumedZone: wall clock in the zone chosen at
// import. Ambiguous: wall clock of the hour that occurs twice when summer time
// ends, put in its place by the order of the file. Skipped: wall clock of the
// hour that summer time leaves out, moved forward.
const (
	Zoned Quality = iota
	AssumedZone
	Ambiguous
	Skipped
)

// Statistic is the value in mg/dL that every statistic uses: the reading, or
// one outside the sensor's limit when it was clipped (a limit of 40 counts 39,
// of 400 counts 401).
func (r Reading) Statistic() unit.MgPerDl {
	switch {
	case r.Flags.Has(BelowRange):
		return wholeMgDL(r.Value) - 1
	case r.Flags.Has(AboveRange):
		return wholeMgDL(r.Value) + 1
	}
	return r.Value.MgDL()
}

// wholeMgDL rounds a sensor limit to the whole mg/dL that it is defined in:
// 2.2 mmol/L on a screen is the limit of 40 mg/dL.
func wholeMgDL(g unit.Glucose) unit.MgPerDl {
	return unit.MgPerDl(int(float64(g.MgDL()) + 0.5))
}
