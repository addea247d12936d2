package format

import (
	"strings"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Glooko's export: a zip of tables, one for each kind of data, or one of
// them alone. Long ranges come in parts (_1, _2) that overlap; what stands
// twice has the same clock and value and is kept once by ingest. Source: real
// sensor and alarm tables; headings of the others as public readers have
// them (English and German).
var _ = register(Format{
	ID:   "glooko-csv",
	Name: "Glooko",
	// The tables of glucose and alarms were seen; insulin and food were not.
	Proven: true,
	Match:  func(h *Head) bool { return h.any(isGlooko) },
	Parse:  parseGlooko,
})

// glookoKind is the sort of table, told by its headings.
type glookoKind uint8

const (
	glookoOther glookoKind = iota
	glookoSensor
	glookoMeter
	glookoAlarm
	glookoBolus
	glookoBasal
	glookoTotal
	glookoCarbs
	glookoManual // insulin logged by hand
	glookoExercise
	glookoNote
)

// glookoColumns are where a row has what, -1 for a column that is missing.
type glookoColumns struct {
	kind                                           glookoKind
	time, serial                                   int
	sensor, meter, manual, alarm                   int
	insulinType, input, carbs, ratio               int
	delivered, initial, extended                   int
	duration, percent, rate                        int
	totalBolus, totalBasal, totalInsulin           int
	carbsAlone, food, insulinName, insulinValue    int
	exerciseName, intensity, exerciseMinutes, note int
}

func findGlookoColumns(h headings) (c glookoColumns, ok bool) {
	c = glookoColumns{
		time: h.find("timestamp", "zeitstempel"), serial: h.find("serial number", "seriennummer"),
		sensor: h.find("cgm glucose value", "cgm-glukosewert"), meter: h.find("glucose value", "glukosewert", "blutzuckerwert"),
		manual: h.find("manual reading", "manuelle messung", "manueller messwert"), alarm: h.find("alarm/event", "alarm/ereignis"),
		insulinType: h.find("insulin type", "insulin-typ"), input: h.find("blood glucose input", "blutzuckereingabe"),
		carbs: h.find("carbs input", "kohlenhydrataufnahme"), ratio: h.find("carbs ratio", "kohlenhydratverhältnis"),
		delivered: h.find("insulin delivered", "abgegebenes insulin"), initial: h.find("initial delivery", "anfängliche abgabe"),
		extended: h.find("extended delivery", "verzögerte abgabe"), duration: h.find("duration (minutes)", "dauer (minuten)", "duration", "dauer"),
		percent: h.find("percentage", "prozentsatz", "prozent"), rate: h.find("rate"),
		totalBolus: h.find("total bolus", "bolus gesamt"), totalBasal: h.find("total basal", "basal gesamt"), totalInsulin: h.find("total insulin", "insulin gesamt"),
		carbsAlone: h.find("carbs", "kohlenhydrate"), food: h.find("name", "food", "description", "beschreibung"),
		insulinName: h.find("medication name", "insulin name", "name"), insulinValue: h.find("value", "units", "wert", "einheiten"),
		exerciseName: h.find("exercise", "name"), intensity: h.find("intensity", "intensität"), exerciseMinutes: h.find("duration (minutes)", "dauer (minuten)"),
		note: h.find("note", "notes", "notiz", "notizen"),
	}
	if c.time < 0 || c.time > 1 {
		return c, false
	}
	switch {
	case c.sensor >= 0:
		c.kind = glookoSensor
	case c.totalInsulin >= 0 && (c.totalBolus >= 0 || c.totalBasal >= 0):
		c.kind = glookoTotal
	case c.rate >= 0 && c.delivered >= 0 && c.duration >= 0:
		c.kind = glookoBasal
	case c.delivered >= 0 && c.initial >= 0:
		c.kind = glookoBolus
	case c.alarm >= 0:
		c.kind = glookoAlarm
	case c.meter >= 0 && c.manual >= 0:
		c.kind = glookoMeter
	case c.intensity >= 0 && c.exerciseMinutes >= 0:
		c.kind = glookoExercise
	case c.insulinType >= 0 && c.insulinValue >= 0:
		c.kind = glookoManual
	case c.carbsAlone >= 0:
		c.kind = glookoCarbs
	case c.note >= 0 && len(h) <= 4:
		c.kind = glookoNote
	default:
		return c, false
	}
	return c, true
}

func isGlookoHead(h headings) bool {
	_, ok := findGlookoColumns(h)
	return ok
}

// isGlooko knows a table by its headings below the line with the person's
// name, or by headings that no other export has.
func isGlooko(h *Head) bool {
	if len(h.Rows) == 0 {
		return false
	}
	first := strings.ToLower(strings.Join(h.Rows[0], ","))
	for _, mark := range []string{"name:", "date range", "datumsbereich", "medical record"} {
		if strings.Contains(first, mark) {
			return len(h.Rows) > 1 && isGlookoHead(newHeadings(h.Rows[1]))
		}
	}
	c, ok := findGlookoColumns(newHeadings(h.Rows[0]))
	return ok && c.serial >= 0 && (c.kind == glookoSensor || c.kind == glookoMeter || c.kind == glookoAlarm || c.kind == glookoBolus || c.kind == glookoBasal || c.kind == glookoTotal)
}

func parseGlooko(in Input, opt Options, out *Sink) error {
	return each(in, out, isGlooko, func(f file) error {
		order, err := f.dateOrder(opt, isGlookoHead, func(s *sheet) ([]byte, int) {
			c, _ := findGlookoColumns(s.head)
			return s.cell(c.time), hourOf(s.cell(c.time))
		})
		if err != nil {
			return err
		}
		s, err := f.sheet(out, isGlookoHead)
		if err != nil {
			return err
		}
		g := glooko{sheet: s, order: order}
		g.col, _ = findGlookoColumns(s.head)
		if g.col.kind == glookoSensor || g.col.kind == glookoMeter {
			var ok bool
			if g.unit, ok = s.head.glucoseUnit(max(g.col.sensor, g.col.meter), opt.Unit); !ok {
				return errNoUnit()
			}
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

// glooko reads one table.
type glooko struct {
	*sheet
	col   glookoColumns
	order DateOrder
	unit  unit.Concentration
}

func (g *glooko) read() error {
	at, zoned, ok := when(g.cell(g.col.time), g.order)
	if !ok || zoned {
		return g.reject(g.col.time, rejectTime)
	}
	// Glooko gathers sensors of many makers: the cadence is not told.
	if err := g.out.Use(record.Source{Serial: g.name(g.col.serial)}, record.Wall, ""); err != nil {
		return err
	}
	if g.col.kind == glookoSensor {
		return g.reading(at)
	}
	return g.sparse(at)
}

// reading is the sensor's value. Glooko writes the codes 1 and 2001 for LOW
// and HIGH, whatever the unit of the column.
func (g *glooko) reading(at record.Millis) error {
	var flags record.Flags
	switch v, _ := whole(g.cell(g.col.sensor)); v {
	case 1:
		flags = record.BelowRange
	case 2001:
		flags = record.AboveRange
	}
	if flags != 0 {
		return g.out.Reading(record.Reading{At: at, Value: dexcomLimits.at(flags), Flags: flags})
	}
	v, flags, ok, err := g.glucose(g.col.sensor, g.unit, dexcomLimits)
	if !ok {
		return err
	}
	return g.out.Reading(record.Reading{At: at, Value: v, Flags: flags})
}
