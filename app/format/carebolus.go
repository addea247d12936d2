package format

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// careBolus is one row about a bolus. A pump of the 600 and 700 series writes
// two: one when it is programmed, with the volume selected, and one when it
// is done, with the volume delivered as well.
type careBolus struct {
	source              record.Source
	line                int
	at                  record.Millis
	number, kind, cause string
	selected, delivered unit.Units
	hasSelected, done   bool
	programmed          bool // a row that only programmed it is among its rows
	duration            time.Duration
	extra               map[string]string
}

// careWizard is one row of the bolus calculator.
type careWizard struct {
	source   record.Source
	line     int
	at       record.Millis
	estimate unit.Units
	meal     *record.Carbs // nil when no carbs were told
	extra    map[string]string
}

const careAutoInsulin = "CLOSED_LOOP_AUTO_INSULIN"

// bolus reads the bolus cells of a row. Automatic insulin summed by day looks
// like a bolus at midnight and is none.
func (c *careLink) bolus(at record.Millis) error {
	selected, done := c.take(c.col.selected), c.take(c.col.delivered)
	if !selected && !done {
		return nil
	}
	b := careBolus{source: c.source, line: c.table.line, at: at, hasSelected: selected, done: done, programmed: !done}
	if c.take(c.col.bolusSource) {
		b.cause = c.name(c.col.bolusSource)
	}
	if c.take(c.col.bolusType) {
		b.kind = c.name(c.col.bolusType)
	}
	if c.daily || b.cause == careAutoInsulin {
		column := c.col.delivered
		if !done {
			column = c.col.selected
		}
		u, ok, err := c.dayUnits(column)
		if !ok {
			return err
		}
		return c.hold(&record.DailyTotal{Common: c.common(midnight(at)), Automated: u})
	}
	if c.take(c.col.number) {
		b.number = c.name(c.col.number)
	}
	var ok bool
	var err error
	if selected {
		if b.selected, ok, err = c.units(c.col.selected); !ok {
			return err
		}
	}
	if done {
		if b.delivered, ok, err = c.units(c.col.delivered); !ok {
			return err
		}
	}
	if c.take(c.col.duration) {
		if b.duration, ok = span(c.cell(c.col.duration)); !ok {
			return c.reject(c.col.duration, rejectNumber)
		}
	}
	c.boluses = append(c.boluses, b)
	return nil
}

// wizard reads the bolus calculator's cells of a row.
func (c *careLink) wizard(at record.Millis) error {
	if !c.take(c.col.estimate) {
		return nil
	}
	w := careWizard{source: c.source, line: c.table.line, at: at}
	var ok bool
	var err error
	if w.estimate, ok, err = c.units(c.col.estimate); !ok {
		return err
	}
	if c.take(c.col.carbs) {
		v, ok := number(c.cell(c.col.carbs))
		if !ok {
			return c.reject(c.col.carbs, rejectNumber)
		}
		if v != 0 {
			if w.meal, ok = c.meal(v, c.col.carbsInExchanges); !ok {
				return c.reject(c.col.carbs, rejectCarbs)
			}
			w.meal.Common = c.common(at)
		}
	}
	c.wizards = append(c.wizards, w)
	return nil
}

// finish joins what belongs together and hands all that was held on, in the
// order of the file.
func (c *careLink) finish() error {
	c.dropAlarmTwins()
	doses := joinParts(joinBoluses(c.boluses))
	keyBoluses(doses)
	c.held = append(c.held, suspensions(c.held, doses)...)
	c.held = append(c.held, joinWizards(doses, c.wizards)...)
	slices.SortStableFunc(c.held, func(a, b careHeld) int { return cmp.Compare(a.record.Base().Line, b.record.Base().Line) })
	for _, h := range c.held {
		if err := c.out.Use(h.source, record.Wall, ""); err != nil {
			return err
		}
		if err := c.out.Add(h.record); err != nil {
			return err
		}
	}
	return nil
}

// careDose is a bolus with all its rows.
type careDose struct {
	row    careBolus // of a dual wave, one of its parts
	dose   *record.Dose
	joined bool // with its other part
}

func (d *careDose) at() record.Millis { return d.row.at }

func (b careBolus) dose() *careDose {
	d := &record.Dose{
		Common:     record.Common{At: b.at, Line: b.line, Extra: b.extra},
		Delivery:   record.Normal,
		Insulin:    record.Rapid,
		Units:      b.delivered,
		Programmed: b.selected,
		Automated:  b.cause == "CLOSED_LOOP_AUTO_BOLUS",
	}
	d.Unspecified = !b.done
	if b.cause != "" {
		d.Extra = with(d.Extra, "Bolus Source", b.cause)
	}
	if b.number != "" {
		d.Extra = with(d.Extra, "Bolus Number", b.number)
	}
	switch k := strings.ToLower(b.kind); {
	case strings.Contains(k, "dual"):
		d.Delivery, d.Duration = record.Dual, b.duration
		if b.isSquarePart() {
			d.ExtendedUnits = b.delivered
		}
	case strings.Contains(k, "square"):
		d.Delivery, d.Duration, d.ExtendedUnits = record.Extended, b.duration, b.delivered
	}
	return &careDose{row: b, dose: d}
}

func with(m map[string]string, name, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[name] = value
	return m
}
