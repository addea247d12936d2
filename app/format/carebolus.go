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
	b := careBolus{source: c.source, line: c.table.line, at: at, hasSelected: selected, done: done}
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
	for _, j := range joinWizards(joinParts(joinBoluses(c.boluses)), c.wizards) {
		c.held = append(c.held, j)
	}
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

// joinBoluses makes one bolus of the two rows that the pump writes. A row that
// only programmed, and whose end is not in the file, stays: its amount is not
// known. Rows that say the very same are one.
func joinBoluses(rows []careBolus) []careBolus {
	type key struct {
		source       record.Source
		number, kind string
		selected     unit.Units
	}
	open := map[key][]int{} // programmed, not yet found delivered; places in rows
	seen := map[careBolusFact]bool{}
	drop := make([]bool, len(rows))
	for i, b := range rows {
		if f := b.fact(); seen[f] {
			drop[i] = true
		} else {
			seen[f] = true
		}
		if !drop[i] && b.hasSelected && !b.done {
			k := key{b.source, b.number, b.kind, b.selected}
			open[k] = append(open[k], i)
		}
	}
	for _, list := range open {
		slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(rows[a].at, rows[b].at) })
	}
	for i := range rows {
		b := &rows[i]
		if drop[i] || !b.done || !b.hasSelected {
			continue
		}
		list := open[key{b.source, b.number, b.kind, b.selected}]
		n := nearest(list, b.at, b.window(), func(j int) record.Millis { return rows[j].at }, func(j int) bool { return !drop[j] })
		if n < 0 {
			continue
		}
		best := list[n]
		p := rows[best]
		drop[best] = true
		b.at, b.line = min(b.at, p.at), min(b.line, p.line)
		b.duration = max(b.duration, p.duration)
		if b.cause == "" {
			b.cause = p.cause
		}
	}
	kept := rows[:0:0]
	for i, b := range rows {
		if !drop[i] {
			kept = append(kept, b)
		}
	}
	return kept
}

// careBolusFact is all that a row says, its line apart.
type careBolusFact struct {
	source              record.Source
	at                  record.Millis
	number, kind        string
	selected, delivered unit.Units
	hasSelected, done   bool
}

func (b careBolus) fact() careBolusFact {
	return careBolusFact{b.source, b.at, b.number, b.kind, b.selected, b.delivered, b.hasSelected, b.done}
}

// window is how far the two rows of a bolus may lie apart: a minute, and for
// rows that share a bolus number also the time that the pump takes, at its
// slow speed of 1.5 U a minute.
func (b careBolus) window() time.Duration {
	if b.number == "" {
		return time.Minute
	}
	return time.Minute + min(b.duration, 8*time.Hour) + time.Duration(float64(b.selected)/1.5*float64(time.Minute))
}

func apart(a, b record.Millis) time.Duration {
	return time.Duration(max(a-b, b-a)) * time.Millisecond
}

// joinParts makes one bolus of the two parts of a dual wave, which the file
// calls "Dual (normal part)" and "Dual (square part)".
func joinParts(rows []careBolus) []*careDose {
	var doses []*careDose
	for _, b := range rows {
		d := b.dose()
		joined := false
		if b.isSquarePart() || b.isNormalPart() {
			for _, o := range doses[max(0, len(doses)-8):] {
				if o.row.source == b.source && apart(o.row.at, b.at) <= time.Minute && !o.joined &&
					(o.dose.Units + d.dose.Units).PossibleDose() &&
					(o.row.isSquarePart() && b.isNormalPart() || o.row.isNormalPart() && b.isSquarePart()) {
					o.dose.Units += d.dose.Units
					o.dose.Programmed += d.dose.Programmed
					o.dose.ExtendedUnits += d.dose.ExtendedUnits
					o.dose.Duration = max(o.dose.Duration, d.dose.Duration)
					o.joined, joined = true, true
					break
				}
			}
		}
		if !joined {
			doses = append(doses, d)
		}
	}
	return doses
}

func (b careBolus) isSquarePart() bool {
	k := strings.ToLower(b.kind)
	return strings.Contains(k, "dual") && strings.Contains(k, "square")
}

func (b careBolus) isNormalPart() bool {
	k := strings.ToLower(b.kind)
	return strings.Contains(k, "dual") && strings.Contains(k, "normal")
}

// careDose is a bolus with all its rows.
type careDose struct {
	row    careBolus
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
