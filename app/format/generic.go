package format

import (
	"slices"
	"strings"

	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// GenericID is the ID of the format for tables of any origin.
const GenericID = "generic-csv"

// The fields that Options.Columns may name a heading for. Time holds date and
// time, or the time of day when Date has a column of its own. Glucose is a
// sensor's, Fingerstick a meter's; Unit is a column that names their unit row
// by row. Bolus and Long are units of insulin, Basal is units an hour, Carbs
// are grams.
const (
	FieldTime        = "time"
	FieldDate        = "date"
	FieldGlucose     = "glucose"
	FieldFingerstick = "fingerstick"
	FieldUnit        = "unit"
	FieldBolus       = "bolus"
	FieldLong        = "long"
	FieldBasal       = "basal"
	FieldCarbs       = "carbs"
	FieldNote        = "note"
	FieldDevice      = "device"
	FieldSerial      = "serial"
)

// GenericFields are all of them, in the order for a page.
func GenericFields() []string {
	return []string{
		FieldTime, FieldDate, FieldGlucose, FieldFingerstick, FieldUnit, FieldBolus, FieldLong, FieldBasal, FieldCarbs,
		FieldNote, FieldDevice, FieldSerial,
	}
}

// Any table whose columns a person mapped, or whose headings leave no doubt:
// a time and exactly one glucose with its unit.
var _ = register(Format{
	ID:    GenericID,
	Name:  "CSV",
	Match: func(h *Head) bool { return h.any(isGeneric) },
	Parse: parseGeneric,
})

// isGeneric leaves every file that another format knows to that one.
func isGeneric(h *Head) bool {
	if len(h.Rows) < 2 {
		return false
	}
	i := headingRow(h.Rows)
	if _, ok := suggest(newHeadings(h.Rows[i]))[FieldGlucose]; !ok {
		return false
	}
	return !slices.ContainsFunc(formats, func(f Format) bool { return f.ID != GenericID && f.Match(h) })
}

func parseGeneric(in Input, opt Options, out *Sink) error {
	return each(in, out, isGeneric, func(f file) error {
		isHead, err := genericHead(f.head, opt)
		if err != nil {
			return err
		}
		g := generic{opt: opt}
		if g.order, err = f.dateOrder(opt, isHead, func(s *sheet) ([]byte, int) { return genericDate(s, genericColumns(s.head, opt)) }); err != nil {
			return err
		}
		if g.sheet, err = f.sheet(out, isHead); err != nil {
			return err
		}
		g.col = genericColumns(g.head, opt)
		if err := g.chooseUnit(f, isHead); err != nil {
			return err
		}
		for {
			if ok, err := g.step(); !ok {
				return err
			}
			if err := g.read(); err != nil {
				return err
			}
		}
	})
}

// genericHead is the test for the row of headings: it holds every heading
// that was mapped, or is the one that speaks for itself.
func genericHead(h *Head, opt Options) (func(headings) bool, error) {
	if len(opt.Columns) == 0 {
		if len(h.Rows) == 0 || suggest(newHeadings(h.Rows[headingRow(h.Rows)]))[FieldGlucose] == "" {
			return nil, fault.New(fault.Invalid, faultMapping, "column", FieldTime)
		}
		return func(h headings) bool { return suggest(h)[FieldGlucose] != "" }, nil
	}
	if opt.Columns[FieldTime] == "" {
		return nil, fault.New(fault.Invalid, faultMapping, "column", FieldTime)
	}
	var wanted []string
	for _, c := range opt.Columns {
		if c != "" {
			wanted = append(wanted, newHeading(c).full)
		}
	}
	return func(h headings) bool {
		for _, w := range wanted {
			if !slices.ContainsFunc(h, func(h heading) bool { return h.full == w }) {
				return false
			}
		}
		return true
	}, nil
}

// genericColumns gives the column of each field.
func genericColumns(h headings, opt Options) map[string]int {
	chosen := opt.Columns
	if len(chosen) == 0 {
		chosen = suggest(h)
	}
	col := map[string]int{}
	for _, field := range GenericFields() {
		col[field] = -1
		if chosen[field] != "" {
			full := newHeading(chosen[field]).full
			col[field] = slices.IndexFunc(h, func(h heading) bool { return h.full == full })
		}
	}
	return col
}

// genericDate is the cell that begins with the date, and the hour.
func genericDate(s *sheet, col map[string]int) ([]byte, int) {
	if d := col[FieldDate]; d >= 0 {
		ms, _, ok := clock(s.cell(col[FieldTime]))
		if !ok {
			return s.cell(d), -1
		}
		return s.cell(d), int(ms / 3_600_000)
	}
	return s.cell(col[FieldTime]), hourOf(s.cell(col[FieldTime]))
}

// generic reads one table.
type generic struct {
	*sheet
	opt   Options
	col   map[string]int
	order DateOrder
	unit  unit.Concentration
}

// chooseUnit finds the unit of the glucose columns in their headings, in the
// person's answer or in a column of its own. Numbers alone never decide: a
// file of nothing but lows would be read as eighteen times too high.
func (g *generic) chooseUnit(f file, isHead func(headings) bool) error {
	if g.col[FieldUnit] >= 0 || g.col[FieldGlucose] < 0 && g.col[FieldFingerstick] < 0 {
		return nil
	}
	column := g.col[FieldGlucose]
	if column < 0 {
		column = g.col[FieldFingerstick]
	}
	var ok bool
	if g.unit, ok = g.head.glucoseUnit(column, g.opt.Unit); ok {
		return nil
	}
	s, err := f.sheet(nil, isHead)
	if err != nil {
		return err
	}
	var values []float64
	for len(values) < 10_000 && s.next() {
		if v, ok := number(s.cell(column)); ok {
			values = append(values, v)
		}
	}
	if s.err() != nil {
		return s.err()
	}
	if len(values) == 0 {
		return errNoUnit()
	}
	slices.Sort(values)
	likely := unit.MgDL
	if values[len(values)/2] < 30 {
		likely = unit.MmolL
	}
	return fault.New(fault.Invalid, faultUnitGuess, "unit", likely.String())
}

func (g *generic) read() error {
	var at record.Millis
	var zoned, ok bool
	if g.col[FieldDate] >= 0 {
		at, ok = dateAndTime(g.cell(g.col[FieldDate]), g.cell(g.col[FieldTime]), g.order)
	} else {
		at, zoned, ok = when(g.cell(g.col[FieldTime]), g.order)
	}
	if !ok {
		return g.reject(g.col[FieldTime], rejectTime)
	}
	clock := record.Wall
	if zoned {
		clock = record.Instant
	}
	src := record.Source{Device: g.name(g.col[FieldDevice]), Serial: g.name(g.col[FieldSerial])}
	if err := g.out.Use(src, clock, ""); err != nil {
		return err
	}
	if g.has(g.col[FieldUnit]) {
		if g.unit, ok = unitOf(g.name(g.col[FieldUnit])); !ok {
			return g.reject(g.col[FieldUnit], rejectUnit)
		}
	} else if g.col[FieldUnit] >= 0 && (g.has(g.col[FieldGlucose]) || g.has(g.col[FieldFingerstick])) {
		return g.reject(g.col[FieldUnit], rejectUnit)
	}
	if g.has(g.col[FieldGlucose]) {
		v, flags, ok, err := g.glucose(g.col[FieldGlucose], g.unitFor(FieldGlucose), dexcomLimits)
		if !ok {
			return err
		}
		if err := g.out.Reading(record.Reading{At: at, Value: v, Flags: flags}); err != nil {
			return err
		}
	}
	return g.sparse(at)
}

// unitFor is the unit of one glucose column: its own heading's before the
// file's.
func (g *generic) unitFor(field string) unit.Concentration {
	if u, ok := g.head.glucoseUnit(g.col[field], ""); ok && g.col[FieldUnit] < 0 {
		return u
	}
	return g.unit
}

func (g *generic) sparse(at record.Millis) error {
	var found []record.Record
	if i := g.col[FieldFingerstick]; g.has(i) {
		v, flags, ok, err := g.glucose(i, g.unitFor(FieldFingerstick), limits{20, 600})
		if !ok {
			return err
		}
		found = append(found, &record.Fingerstick{Common: g.common(at), Value: v, Flags: flags})
	}
	for _, d := range []struct {
		field string
		sort  record.Insulin
	}{{FieldBolus, record.Rapid}, {FieldLong, record.Long}} {
		if i := g.col[d.field]; g.has(i) {
			u, ok, err := g.units(i)
			if !ok {
				return err
			}
			if u > 0 {
				found = append(found, &record.Dose{Common: g.common(at), Delivery: record.Injection, Insulin: d.sort, Units: u})
			}
		}
	}
	if i := g.col[FieldBasal]; g.has(i) {
		r, ok, err := g.rate(i)
		if !ok {
			return err
		}
		found = append(found, &record.Basal{Common: g.common(at), Basal: record.ScheduledBasal, Rate: r})
	}
	if i := g.col[FieldCarbs]; g.has(i) {
		m, ok, err := g.grams(i)
		if !ok {
			return err
		}
		if m > 0 {
			found = append(found, &record.Carbs{Common: g.common(at), Grams: m})
		}
	}
	if i := g.col[FieldNote]; g.has(i) {
		found = append(found, &record.Note{Common: g.common(at), Text: strings.TrimSpace(g.text(i))})
	}
	for _, r := range found {
		if err := g.out.Add(r); err != nil {
			return err
		}
	}
	return nil
}
