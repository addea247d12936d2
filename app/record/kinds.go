package record

import (
	"time"

	"glucokeep/app/unit"
)

// Kind names a table of sparse records.
type Kind string

// The kinds of sparse record.
const (
	KindFingerstick Kind = "fingerstick"
	KindCalibration Kind = "calibration"
	KindKetone      Kind = "ketone"
	KindDose        Kind = "dose"
	KindBasal       Kind = "basal"
	KindDailyTotal  Kind = "daily_total"
	KindCarbs       Kind = "carbs"
	KindActivity    Kind = "activity"
	KindNote        Kind = "note"
	KindAlarm       Kind = "alarm"
	KindSetting     Kind = "setting"
	KindEvent       Kind = "event"
)

// Record is any sparse record. Base gives the part that all share; the pointer
// is into the record, so that ingest can set the clock.
type Record interface {
	Kind() Kind
	Base() *Common
}

// Every kind is a Record.
var _ = []Record{
	(*Fingerstick)(nil), (*Calibration)(nil), (*Ketone)(nil), (*Dose)(nil), (*Basal)(nil), (*DailyTotal)(nil),
	(*Carbs)(nil), (*Activity)(nil), (*Note)(nil), (*Alarm)(nil), (*Setting)(nil), (*Event)(nil),
}

// Common is what every sparse record has.
type Common struct {
	At      Millis
	Key     string            // the source's own stable id; "" and ingest makes one from clock and value
	Line    int               // line or object number in the file, for rejects
	Offset  int16             // as in Reading
	Quality Quality           // as in Reading
	Extra   map[string]string // what the source said besides, by the source's own names
}

// Base gives the shared part of the record that c is embedded in.
func (c *Common) Base() *Common { return c }

// Fingerstick is a capillary value from a meter.
type Fingerstick struct {
	Common
	Value unit.Glucose
	Flags Flags // BelowRange, AboveRange of the meter
	Meter string
}

// Calibration is a fingerstick that was told to a sensor. It never counts as
// a second measurement.
type Calibration struct {
	Common
	Value    unit.Glucose
	Rejected bool // the sensor refused it
}

// Ketone is blood ketones in mmol/L.
type Ketone struct {
	Common
	MmolL float64
}

// Insulin is the sort of insulin in a dose.
type Insulin string

// The sorts; Unknown insulin counts as rapid in a daily total.
const (
	UnknownInsulin Insulin = ""
	Rapid          Insulin = "rapid"
	Long           Insulin = "long"
)

// Delivery is how a dose went in.
type Delivery string

// The ways of delivery.
const (
	Normal    Delivery = "normal"    // at once, by pump
	Extended  Delivery = "extended"  // over Duration (square)
	Dual      Delivery = "dual"      // part at once, ExtendedUnits over Duration
	Injection Delivery = "injection" // pen or syringe
)

// Dose is insulin given at once or over a set time: a bolus or an injection.
// Priming the pump is an Event, not a Dose; automatic insulin that a pump
// reports only as a daily sum is a DailyTotal.
type Dose struct {
	Common
	Delivery      Delivery
	Insulin       Insulin
	Units         unit.Units    // delivered in all; meaningless when Unspecified
	Programmed    unit.Units    // what was asked for; 0 when the source does not say
	ExtendedUnits unit.Units    // of Units, the part given over Duration
	Duration      time.Duration // of the extended part
	Automated     bool          // given by the device itself
	Recommended   *unit.Units   // what the device's calculator proposed
	Carbs         unit.Grams    // told to the calculator with this dose; the meal itself is a Carbs record
	Unspecified   bool          // "took insulin" without an amount
}

// BasalKind is how a basal rate came about.
type BasalKind string

// The kinds of basal. ScheduledBasal is the programmed pattern: in automatic
// mode it is not what was delivered.
const (
	ScheduledBasal BasalKind = "scheduled"
	TempBasal      BasalKind = "temp"
	AutomatedBasal BasalKind = "automated"
	Suspended      BasalKind = "suspend"
)

// Basal is a rate that holds from At for Duration, or until the next Basal of
// the source when Duration is 0.
type Basal struct {
	Common
	Basal    BasalKind
	Rate     unit.UnitsPerHour
	Percent  *float64 // of the schedule, when the source says it so; Rate is then 0 if not known
	Duration time.Duration
}

// DailyTotal is insulin that a device reports only as the sum of a civil day.
// At is that day's midnight. It is never a bolus.
type DailyTotal struct {
	Common
	Total     unit.Units // 0 when not given
	Basal     unit.Units
	Bolus     unit.Units
	Automated unit.Units // auto basal and micro-boluses together
}

// Carbs is carbohydrate eaten.
type Carbs struct {
	Common
	Grams       unit.Grams
	Exchanges   float64 // when the device counts exchanges; Grams is then 0 until the person says how many grams one has
	Food        string
	Unspecified bool // "ate" without an amount
}

// Activity is exercise.
type Activity struct {
	Common
	Name      string
	Intensity string // light, medium, heavy or the source's word
	Duration  time.Duration
}

// Note is text that a person wrote.
type Note struct {
	Common
	Text string
}

// Alarm is an alert that a device raised. It is history and rings nowhere.
type Alarm struct {
	Common
	Name    string // as the device names it
	Cleared bool   // this row tells that the user cleared it
}

// Setting is one setting of a device as it stood at At.
type Setting struct {
	Common
	Name  string // e.g. "alert.high", "carb-ratio", "target.low"
	Value string // machine form, point decimal
	Unit  string // "mg/dL", "g/U", "min", "" …
}

// EventKind is what happened to a device.
type EventKind string

// The kinds of device event.
const (
	Prime           EventKind = "prime" // tubing or cannula fill; Amount in units
	Rewind          EventKind = "rewind"
	SiteChange      EventKind = "site-change"
	ReservoirChange EventKind = "reservoir-change"
	SuspendEvent    EventKind = "suspend"
	ResumeEvent     EventKind = "resume"
	SensorStart     EventKind = "sensor-start"
	SensorEnd       EventKind = "sensor-end"
	SensorError     EventKind = "sensor-error" // also error codes that came in place of a reading
	ClockChange     EventKind = "clock-change"
	TempTarget      EventKind = "temp-target"
	OtherEvent      EventKind = "other"
)

// Event is what happened to a device.
type Event struct {
	Common
	Event    EventKind
	Detail   string  // the source's own words or code
	Amount   float64 // e.g. units of a prime; 0 when none
	Duration time.Duration
}

// Kind implements Record.
func (*Fingerstick) Kind() Kind { return KindFingerstick }

// Kind implements Record.
func (*Calibration) Kind() Kind { return KindCalibration }

// Kind implements Record.
func (*Ketone) Kind() Kind { return KindKetone }

// Kind implements Record.
func (*Dose) Kind() Kind { return KindDose }

// Kind implements Record.
func (*Basal) Kind() Kind { return KindBasal }

// Kind implements Record.
func (*DailyTotal) Kind() Kind { return KindDailyTotal }

// Kind implements Record.
func (*Carbs) Kind() Kind { return KindCarbs }

// Kind implements Record.
func (*Activity) Kind() Kind { return KindActivity }

// Kind implements Record.
func (*Note) Kind() Kind { return KindNote }

// Kind implements Record.
func (*Alarm) Kind() Kind { return KindAlarm }

// Kind implements Record.
func (*Setting) Kind() Kind { return KindSetting }

// Kind implements Record.
func (*Event) Kind() Kind { return KindEvent }
