package format

import (
	"strings"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

func (c *careLink) basalRate(at record.Millis) error {
	column := c.col.basal
	cell := c.cell(column)
	if !c.take(column) {
		// The layout of 2014 has the rate in its raw values, and also the
		// rates of patterns that were only edited: those are not delivered.
		if c.col.rawType < 0 || !strings.EqualFold(string(c.cell(c.col.rawType)), "BasalProfileStart") {
			return nil
		}
		column = c.col.rawValues
		if cell = rawValue(c.cell(column), "RATE"); cell == nil {
			return nil
		}
	}
	v, ok := number(cell)
	if !ok {
		return c.reject(column, rejectNumber)
	}
	if !unit.UnitsPerHour(v).Possible() {
		return c.reject(column, rejectDose)
	}
	return c.hold(&record.Basal{Common: c.common(at), Basal: record.ScheduledBasal, Rate: unit.UnitsPerHour(v)})
}

// rawValue finds a value in "RATE=0.9, PATTERN_NAME=standard".
func rawValue(b []byte, name string) []byte {
	for part := range strings.SplitSeq(string(b), ",") {
		if k, v, ok := strings.Cut(strings.TrimSpace(part), "="); ok && k == name {
			return []byte(v)
		}
	}
	return nil
}

func (c *careLink) tempBasal(at record.Millis) error {
	if !c.take(c.col.tempAmount) {
		return nil
	}
	v, ok := number(c.cell(c.col.tempAmount))
	if !ok || v < 0 {
		return c.reject(c.col.tempAmount, rejectNumber)
	}
	b := &record.Basal{Common: c.common(at), Basal: record.TempBasal}
	if c.take(c.col.tempDuration) {
		if b.Duration, ok = span(c.cell(c.col.tempDuration)); !ok {
			return c.reject(c.col.tempDuration, rejectNumber)
		}
	}
	if c.take(c.col.tempType) && strings.EqualFold(c.name(c.col.tempType), "percent") {
		if v > 500 {
			return c.reject(c.col.tempAmount, rejectDose)
		}
		b.Percent = &v
	} else if b.Rate = unit.UnitsPerHour(v); !b.Rate.Possible() {
		return c.reject(c.col.tempAmount, rejectDose)
	}
	if b.Duration == 0 { // a temp basal of no length is the end of one
		return c.hold(&record.Event{Common: c.common(at), Event: record.OtherEvent, Detail: "Temp basal ended"})
	}
	return c.hold(b)
}

func (c *careLink) alarms(at record.Millis) error {
	for _, i := range []int{c.col.alarm, c.col.alert} {
		if c.take(i) {
			if err := c.hold(&record.Alarm{Common: c.common(at), Name: c.name(i)}); err != nil {
				return err
			}
		}
	}
	if c.take(c.col.cleared) {
		return c.hold(&record.Alarm{Common: c.common(at), Name: c.name(c.col.cleared), Cleared: true})
	}
	return nil
}

// pumping is suspend, resume, rewind and prime. A prime fills the tubing; it
// is no dose.
func (c *careLink) pumping(at record.Millis) error {
	if c.take(c.col.suspend) {
		e := &record.Event{Common: c.common(at), Event: record.SuspendEvent, Detail: c.name(c.col.suspend)}
		if e.Detail == "NORMAL_PUMPING" {
			e.Event = record.ResumeEvent
		}
		if err := c.hold(e); err != nil {
			return err
		}
	}
	if c.take(c.col.rewind) {
		if err := c.hold(&record.Event{Common: c.common(at), Event: record.Rewind}); err != nil {
			return err
		}
	}
	kind, volume := c.take(c.col.primeType), c.take(c.col.prime)
	if !kind && !volume {
		return nil
	}
	e := &record.Event{Common: c.common(at), Event: record.Prime, Detail: c.name(c.col.primeType)}
	if volume {
		u, ok, err := c.units(c.col.prime)
		if !ok {
			return err
		}
		e.Amount = float64(u)
	}
	return c.hold(e)
}

// total is the insulin of a day (layout of 2014).
func (c *careLink) total(at record.Millis) error {
	if !c.take(c.col.dailyTotal) {
		return nil
	}
	u, ok, err := c.dayUnits(c.col.dailyTotal)
	if !ok {
		return err
	}
	return c.hold(&record.DailyTotal{Common: c.common(midnight(at)), Total: u})
}

// dayUnits reads the insulin of a whole day, which may be more than a dose.
func (c *careLink) dayUnits(i int) (unit.Units, bool, error) {
	v, ok := number(c.cell(i))
	if !ok {
		return 0, false, c.reject(i, rejectNumber)
	}
	if v < 0 || v > maxDayUnits {
		return 0, false, c.reject(i, rejectDose)
	}
	return unit.Units(v), true, nil
}

// maxDayUnits is more insulin than the reservoirs that a pump could empty in
// a day hold.
const maxDayUnits = 1000

func midnight(at record.Millis) record.Millis {
	day := at / dayMillis
	if at%dayMillis < 0 {
		day--
	}
	return day * dayMillis
}
