package format

import (
	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// The record types of LibreView.
const (
	libreHistoric = '0' // written by the sensor on its own
	libreScan     = '1' // read by the person in between, or streamed to the phone
	libreStrip    = '2'
	libreKetone   = '3'
	libreInsulin  = '4'
	libreFood     = '5'
	libreNote     = '6' // also exercise and clock changes; often with nothing in it
)

func (l *libre) read() error {
	kind := l.cell(l.col.kind)
	if len(kind) != 1 || kind[0] < libreHistoric || kind[0] > libreNote {
		return l.reject(l.col.kind, rejectKind)
	}
	at, zoned, ok := when(l.cell(l.col.time), l.order)
	if !ok || zoned {
		return l.reject(l.col.time, rejectTime)
	}
	device, serial := l.name(l.col.device), l.name(l.col.serial)
	src := record.Source{Device: device, Serial: serial, Interval: l.interval(device, serial)}
	if err := l.out.Use(src, record.Wall, ""); err != nil {
		return err
	}
	switch kind[0] {
	case libreHistoric:
		return l.reading(at, l.col.historic, 0)
	case libreScan:
		return l.reading(at, l.col.scan, record.Scan)
	}
	return l.sparse(at, kind[0])
}

func (l *libre) reading(at record.Millis, column int, flags record.Flags) error {
	g, clipped, ok, err := l.glucose(column, l.unit, libreLimits)
	if !ok {
		return err
	}
	return l.out.Reading(record.Reading{At: at, Value: g, Flags: flags | clipped})
}

// sparse gives what the other columns of the row hold. One row may hold more
// than one thing.
func (l *libre) sparse(at record.Millis, kind byte) error {
	n := 0
	add := func(r record.Record) error {
		n++
		return l.out.Add(r)
	}
	for _, part := range []func(record.Millis, func(record.Record) error) (bool, error){l.strip, l.ketoneRow, l.insulin, l.food} {
		if ok, err := part(at, add); !ok {
			return err // rejected: the row may have shifted, nothing more is taken from it
		}
	}
	if l.has(l.col.notes) {
		return add(&record.Note{Common: l.common(at), Text: l.text(l.col.notes)})
	}
	if n > 0 || kind == libreNote {
		return nil
	}
	return l.reject(-1, rejectEmpty)
}

func (l *libre) strip(at record.Millis, add func(record.Record) error) (bool, error) {
	if !l.has(l.col.strip) {
		return true, nil
	}
	u, ok := l.head.glucoseUnit(l.col.strip, l.unit.String())
	if !ok {
		u = l.unit
	}
	g, flags, ok, err := l.glucose(l.col.strip, u, limits{20, 500})
	if !ok {
		return false, err
	}
	return true, add(&record.Fingerstick{Common: l.common(at), Value: g, Flags: flags})
}

func (l *libre) ketoneRow(at record.Millis, add func(record.Record) error) (bool, error) {
	for _, i := range []int{l.col.ketone, l.col.historicKetone, l.col.scanKetone} {
		if !l.has(i) {
			continue
		}
		v, ok, err := l.ketone(i)
		if !ok {
			return false, err
		}
		if err := add(&record.Ketone{Common: l.common(at), MmolL: v}); err != nil {
			return false, err
		}
	}
	return true, nil
}

// insulin is each amount of the row as its own dose. Meal, correction and
// user change are the calculator's parts of one rapid dose: they count only
// when the row does not give the dose itself.
func (l *libre) insulin(at record.Millis, add func(record.Record) error) (bool, error) {
	for _, c := range []struct {
		amount, mark int
		sort         record.Insulin
	}{{l.col.rapid, l.col.rapidMark, record.Rapid}, {l.col.long, l.col.longMark, record.Long}} {
		d := &record.Dose{Common: l.common(at), Delivery: record.Injection, Insulin: c.sort}
		switch {
		case l.has(c.amount):
			var ok bool
			var err error
			if d.Units, ok, err = l.units(c.amount); !ok {
				return false, err
			}
		case l.has(c.mark):
			d.Unspecified = true
		default:
			continue
		}
		if c.sort == record.Rapid {
			d.Extra = l.dosePart()
		}
		if err := add(d); err != nil {
			return false, err
		}
	}
	if l.has(l.col.rapid) || l.has(l.col.rapidMark) {
		return true, nil
	}
	return l.partsOfDose(at, add)
}

// partsOfDose adds meal, correction and change to one dose.
func (l *libre) partsOfDose(at record.Millis, add func(record.Record) error) (bool, error) {
	d := &record.Dose{Common: l.common(at), Delivery: record.Injection, Insulin: record.Rapid}
	found := false
	for _, i := range []int{l.col.meal, l.col.correct, l.col.user} {
		if !l.has(i) {
			continue
		}
		v, ok := number(l.cell(i))
		if !ok || v < -100 || v > 100 { // a correction or change may be negative
			return false, l.reject(i, rejectDose)
		}
		d.Units += unit.Units(v)
		found = true
	}
	if !found {
		return true, nil
	}
	if !d.Units.PossibleDose() {
		return false, l.reject(l.col.meal, rejectDose)
	}
	d.Extra = l.dosePart()
	return true, add(d)
}

// dosePart keeps the calculator's parts by their headings.
func (l *libre) dosePart() map[string]string {
	var m map[string]string
	for _, i := range []int{l.col.meal, l.col.correct, l.col.user} {
		if l.has(i) {
			if m == nil {
				m = map[string]string{}
			}
			m[l.head.raw(i)] = l.text(i)
		}
	}
	return m
}

func (l *libre) food(at record.Millis, add func(record.Record) error) (bool, error) {
	m := &record.Carbs{Common: l.common(at)}
	switch {
	case l.has(l.col.grams):
		var ok bool
		var err error
		if m.Grams, ok, err = l.grams(l.col.grams); !ok {
			return false, err
		}
	case l.has(l.col.servings):
		v, ok := number(l.cell(l.col.servings))
		if !ok || v < 0 || v > 100 {
			return false, l.reject(l.col.servings, rejectCarbs)
		}
		m.Exchanges = v
	case l.has(l.col.foodMark):
		m.Unspecified = true
	default:
		return true, nil
	}
	return true, add(m)
}

// errHeading is a file in which the headings of the format were not found, or
// what kept us from finding them.
func errHeading(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.Invalid, faultHeading)
}
