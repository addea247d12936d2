package format

import (
	"strings"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// read takes every fact out of a row of data.
func (c *careLink) read() error {
	at, ok := dateAndTime(c.cell(1), c.cell(2), c.order)
	if !ok {
		return c.reject(1, rejectTime)
	}
	c.used = append(c.used[:0], 0, 1, 2)
	before := len(c.held) + len(c.boluses) + len(c.wizards)
	sensor := c.take(c.col.glucose)
	if sensor {
		if err := c.reading(at); err != nil {
			return err
		}
	}
	for _, fact := range []func(record.Millis) error{
		c.bolus, c.wizard, c.meterReading, c.calibrationRow, c.eventMarker, c.basalRate, c.tempBasal, c.alarms, c.pumping, c.clockChange, c.sensorTrouble, c.total,
	} {
		if err := fact(at); err != nil {
			return err
		}
	}
	if len(c.held)+len(c.boluses)+len(c.wizards) > maxSparse {
		return errTooLarge(faultManyRows, "limit", maxSparse)
	}
	return c.rest(at, sensor || len(c.held)+len(c.boluses)+len(c.wizards) > before)
}

// take reports whether column i holds anything, and notes that it was read.
func (c *careLink) take(i int) bool {
	if i < 0 || !c.has(i) {
		return false
	}
	c.used = append(c.used, i)
	return true
}

func (c *careLink) hold(r record.Record) error {
	c.held = append(c.held, careHeld{c.source, r})
	return nil
}

// reading is the sensor's value. The file has no word for LOW and HIGH: a
// value beyond the sensor's limits stands there as the limit itself.
func (c *careLink) reading(at record.Millis) error {
	g, flags, ok, err := c.glucoseIn(c.col.glucose)
	if !ok {
		return err
	}
	switch {
	case flags != 0: // the cell said it already
	case g.Unit == unit.MgDL && g.Milli == 40_000, g.Unit == unit.MmolL && g.Milli == 2_200:
		flags |= record.BelowRange
	case g.Unit == unit.MgDL && g.Milli == 400_000, g.Unit == unit.MmolL && g.Milli == 22_200:
		flags |= record.AboveRange
	}
	if err := c.out.Use(c.source, record.Wall, ""); err != nil {
		return err
	}
	c.take(c.col.isig)
	return c.out.Reading(record.Reading{At: at, Value: g, Flags: flags})
}

func (c *careLink) meterReading(at record.Millis) error {
	if !c.take(c.col.bg) {
		return nil
	}
	g, flags, ok, err := c.glucoseIn(c.col.bg)
	if !ok {
		return err
	}
	r := &record.Fingerstick{Common: c.common(at), Value: g, Flags: flags}
	if c.take(c.col.meter) {
		r.Meter = c.name(c.col.meter)
	}
	return c.hold(r)
}

// calibrationRow is a meter reading told to the sensor: not a second one.
func (c *careLink) calibrationRow(at record.Millis) error {
	if !c.take(c.col.calibration) {
		return nil
	}
	g, _, ok, err := c.glucoseIn(c.col.calibration)
	if !ok {
		return err
	}
	rejected := c.take(c.col.calibrationRejected)
	return c.hold(&record.Calibration{Common: c.common(at), Value: g, Rejected: rejected})
}

// clockChange tells that the pump's clock was set: rows newer than this one
// are in the new time.
func (c *careLink) clockChange(at record.Millis) error {
	if !c.take(c.col.newTime) {
		return nil
	}
	e := &record.Event{Common: c.common(at), Event: record.ClockChange, Detail: c.name(c.col.newTime)}
	if to, _, ok := when(c.cell(c.col.newTime), c.order); ok {
		e.Detail = to.Time().Format("2006-01-02T15:04:05")
	} else if ms, _, ok := clock(c.cell(c.col.newTime)); ok { // the time of day alone
		day := at - at%dayMillis
		e.Detail = (day + record.Millis(ms)).Time().Format("2006-01-02T15:04:05")
	}
	return c.hold(e)
}

// sensorTrouble is what the sensor says in place of a value.
func (c *careLink) sensorTrouble(at record.Millis) error {
	if c.take(c.col.exception) {
		if err := c.hold(&record.Event{Common: c.common(at), Event: record.SensorError, Detail: c.name(c.col.exception)}); err != nil {
			return err
		}
	}
	if c.take(c.col.state) && !c.has(c.col.glucose) && c.name(c.col.state) != "NO_ERROR_MESSAGE" {
		return c.hold(&record.Event{Common: c.common(at), Event: record.SensorError, Detail: c.name(c.col.state)})
	}
	return nil
}

// eventMarker is what people log by hand: all insulin and carbs of Guardian
// Connect, which has no pump, stand here ("Insulin: 27,00", "Meal:
// 60,00grams", "BG: 123").
func (c *careLink) eventMarker(at record.Millis) error {
	if !c.take(c.col.marker) {
		return nil
	}
	text := c.text(c.col.marker)
	if text == "Start of the day" || text == "End of the day" {
		return nil
	}
	kind, amount, told := strings.Cut(text, ":")
	digits := strings.TrimRight(strings.ToLower(amount), "abcdefghijklmnopqrstuvwxyz/ ")
	v, ok := number([]byte(digits))
	switch kind = strings.ToLower(strings.TrimSpace(kind)); {
	case kind == "insulin" && ok:
		if !unit.Units(v).PossibleDose() {
			return c.reject(c.col.marker, rejectDose)
		}
		return c.hold(&record.Dose{Common: c.common(at), Delivery: record.Injection, Units: unit.Units(v)})
	case kind == "meal" && ok:
		m, ok := c.meal(v, strings.HasSuffix(amount, "exchanges"))
		if !ok {
			return c.reject(c.col.marker, rejectCarbs)
		}
		m.Common = c.common(at)
		return c.hold(m)
	case kind == "bg" && told:
		return c.markedGlucose(at, amount)
	case kind == "exercise":
		a := &record.Activity{Common: c.common(at), Name: strings.TrimSpace(amount)}
		if ok && v >= 0 && v < 24*60 {
			a.Name, a.Duration = "", time.Duration(v*float64(time.Minute))
		}
		return c.hold(a)
	}
	return c.hold(&record.Event{Common: c.common(at), Event: record.OtherEvent, Detail: clip(text, maxTextRunes)})
}

// markedGlucose is a meter's value that somebody logged by hand ("BG: 123"),
// in the unit that it names itself, else in that of the headings.
func (c *careLink) markedGlucose(at record.Millis, amount string) error {
	digits := strings.TrimSpace(amount)
	u, known := c.head.glucoseUnit(c.col.bg, "")
	if !known {
		u, known = c.head.glucoseUnit(c.col.glucose, c.unit)
	}
	for _, own := range []unit.Concentration{unit.MgDL, unit.MmolL} {
		if n := len(digits) - len(own.String()); n > 0 && strings.EqualFold(digits[n:], own.String()) {
			digits, u, known = strings.TrimSpace(digits[:n]), own, true
		}
	}
	if !known {
		return errNoUnit()
	}
	g, flags, key := readGlucose([]byte(digits), u, medtronicLimits)
	if key != "" {
		return c.reject(c.col.marker, key)
	}
	return c.hold(&record.Fingerstick{Common: c.common(at), Value: g, Flags: flags})
}

// meal is v grams, or v exchanges with the grams that the person says one has.
func (c *careLink) meal(v float64, exchanges bool) (*record.Carbs, bool) {
	if !exchanges {
		return &record.Carbs{Grams: unit.Grams(v)}, unit.Grams(v).Possible()
	}
	m := &record.Carbs{Exchanges: v, Grams: unit.Grams(v * c.exchange)}
	return m, v >= 0 && v <= 100 && m.Grams.Possible()
}

// rest keeps what stands in columns that nothing above read: beside the
// record of the row, or as an event of its own.
func (c *careLink) rest(at record.Millis, found bool) error {
	extra := c.extra(c.used...)
	if len(extra) == 0 {
		return nil
	}
	for k, v := range extra {
		c.heldText += len(k) + len(v)
	}
	if c.heldText > maxHeldText {
		return errTooLarge(faultHeldText, "limit", maxHeldText)
	}
	if found {
		c.attach(extra)
		return nil
	}
	e := &record.Event{Common: c.common(at), Event: record.OtherEvent}
	e.Extra = extra
	if c.has(c.col.rawType) {
		e.Detail = c.name(c.col.rawType)
	}
	return c.hold(e)
}

// attach puts extra beside the newest record of the present row, if there is
// one: a sensor reading has no room for it.
func (c *careLink) attach(extra map[string]string) {
	if n := len(c.boluses); n > 0 && c.boluses[n-1].line == c.table.line {
		c.boluses[n-1].extra = extra
	} else if n := len(c.wizards); n > 0 && c.wizards[n-1].line == c.table.line {
		c.wizards[n-1].extra = extra
	} else if n := len(c.held); n > 0 && c.held[n-1].record.Base().Line == c.table.line {
		c.held[n-1].record.Base().Extra = extra
	}
}
