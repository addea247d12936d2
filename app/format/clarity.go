package format

import (
	"bytes"
	"strings"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Dexcom Clarity's CSV of a person. Source: real exports of G6 and G7; German
// headings as public readers have them; other languages fall back to the
// order of the columns, which never changed. Rows without a time at the top
// are about the person, whose name is not kept, and the alerts as set.
var _ = register(Format{
	ID:     "clarity-csv",
	Name:   "Dexcom Clarity",
	Proven: true,
	Match:  func(h *Head) bool { return h.any(isClarity) },
	Parse:  parseClarity,
})

// clarityColumns are where a row has what, -1 for a column that is missing.
type clarityColumns struct {
	time, kind, subtype, patient, info, device, glucose, insulin, carbs, duration, rate, ticks, transmitter int

	byPlace bool // the headings are in a language that we do not know
}

func findClarityColumns(h headings) (c clarityColumns, ok bool) {
	c = clarityColumns{
		time:        h.find("timestamp", "zeitstempel", "horodatage", "marca temporal", "marca de tiempo", "data e ora", "timestamp evento"),
		kind:        h.find("event type", "ereignistyp", "type d'événement", "type d’événement", "tipo de evento", "tipo di evento", "tipo evento"),
		subtype:     h.find("event subtype", "ereignissubtyp", "ereignis-subtyp", "ereignisuntertyp", "sous-type d'événement", "sous-type d’événement", "subtipo de evento", "sottotipo di evento", "sottotipo evento"),
		patient:     h.find("patient info", "patienteninfo", "patienteninformationen", "infos patient", "información del paciente", "informazioni paziente", "informazioni sul paziente"),
		info:        h.find("device info", "geräteinfo", "geräteinformationen", "infos appareil", "infos sur l'appareil", "información del dispositivo", "informazioni dispositivo", "informazioni sul dispositivo"),
		device:      h.find("source device id", "id des quellgeräts", "quellgerät-id", "quellgeräte-id", "id de l'appareil source", "id. de dispositivo de origen", "id del dispositivo de origen", "id dispositivo di origine", "id dispositivo origine"),
		glucose:     h.find("glucose value", "glukosewert", "valeur du glucose", "valeur de glycémie", "valor de glucosa", "valore del glucosio", "valore glucosio"),
		insulin:     h.find("insulin value", "insulinwert", "valeur de l'insuline", "valeur d'insuline", "valor de insulina", "valore dell'insulina", "valore insulina"),
		carbs:       h.find("carb value", "kohlenhydratwert", "valeur des glucides", "valeur de glucides", "valor de carbohidratos", "valore dei carboidrati", "valore carboidrati"),
		duration:    h.find("duration", "dauer", "durée", "duración", "durata"),
		rate:        h.find("glucose rate of change", "glukoseänderungsrate", "glukose-änderungsrate", "taux de variation du glucose", "índice de variación de la glucosa", "tasa de cambio de glucosa", "velocità di variazione del glucosio"),
		ticks:       h.find("transmitter time", "transmitterzeit", "heure du transmetteur", "durée du transmetteur", "tiempo del transmisor", "hora del transmisor", "ora trasmettitore", "tempo del trasmettitore"),
		transmitter: h.find("transmitter id", "transmitter-id", "id du transmetteur", "id. del transmisor", "id del transmisor", "id trasmettitore", "id del trasmettitore"),
	}
	if c.time >= 0 && c.kind >= 0 && c.glucose >= 0 {
		return c, true
	}
	// A language that we do not know: 14 columns, a time with its layout in
	// brackets, and two columns in the same unit of glucose.
	if len(h) == 14 && strings.Contains(h[1].full, "hh:mm:ss") && h[7].has && h[11].has && h[7].unit == h[11].unit {
		return clarityColumns{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, true}, true
	}
	return c, false
}

func isClarityHead(h headings) bool {
	c, ok := findClarityColumns(h)
	return ok && len(h) >= 8 && (c.ticks >= 0 || c.transmitter >= 0 || strings.Contains(h[c.time].full, "hh:mm:ss"))
}

func isClarity(h *Head) bool {
	return len(h.Rows) > 0 && isClarityHead(newHeadings(h.Rows[0]))
}

func parseClarity(in Input, opt Options, out *Sink) error {
	return each(in, out, isClarity, func(f file) error {
		order, err := f.dateOrder(opt, isClarityHead, func(s *sheet) ([]byte, int) {
			c, _ := findClarityColumns(s.head)
			return s.cell(c.time), hourOf(s.cell(c.time))
		})
		if err != nil {
			return err
		}
		s, err := f.sheet(out, isClarityHead)
		if err != nil {
			return err
		}
		c := clarity{sheet: s, order: order}
		c.col, _ = findClarityColumns(s.head)
		if c.col.byPlace {
			out.Notice(noticeByPlace)
		}
		var ok bool
		if c.unit, ok = s.head.glucoseUnit(c.col.glucose, opt.Unit); !ok {
			return errNoUnit()
		}
		for {
			if ok, err := c.step(); !ok {
				if err != nil {
					return err
				}
				return c.finish()
			}
			if err := c.read(); err != nil {
				return err
			}
		}
	})
}

// clarity reads one file.
type clarity struct {
	*sheet
	col                   clarityColumns
	order                 DateOrder
	unit                  unit.Concentration
	settings              []*record.Setting // wait for the first row with a time
	devices               []string          // whose they are
	lastDevice, lastModel string
	kind                  clarityKind
	kindCell              []byte // that kind was read from
	phone, transmitter    clarityName
	had                   [256]clarityTick // readings of the last day, by transmitter time
}

// clarityName is the name in a column that says the same in nearly all rows.
type clarityName struct {
	cell []byte
	name string
}

// same is name for a column whose last name is in last.
func (c *clarity) same(last *clarityName, i int) string {
	if cell := c.cell(i); !bytes.Equal(cell, last.cell) {
		last.cell, last.name = append(last.cell[:0], cell...), c.name(i)
	}
	return last.name
}

// clarityTick is one reading by the transmitter's own clock. Phone and
// receiver both upload it; it is one reading all the same.
type clarityTick struct {
	ticks       int64
	transmitter string
}

func (c *clarity) read() error {
	stamp := c.cell(c.col.time)
	if len(stamp) == 0 {
		return c.aboutPerson()
	}
	at, zoned, ok := when(stamp, c.order)
	if !ok || zoned {
		return c.reject(c.col.time, rejectTime)
	}
	if len(c.settings) > 0 {
		if err := c.giveSettings(at); err != nil {
			return err
		}
	}
	if cell := c.cell(c.col.kind); !bytes.Equal(cell, c.kindCell) {
		c.kindCell, c.kind = append(c.kindCell[:0], cell...), clarityKinds[string(cell)]
	}
	if c.kind == clarityEGV {
		return c.egv(at)
	}
	return c.other(at, c.kind)
}

func (c *clarity) egv(at record.Millis) error {
	cell, i := c.cell(c.col.glucose), c.col.glucose
	if len(cell) == 0 {
		cell, i = c.cell(c.col.subtype), c.col.subtype
	}
	if len(cell) == 0 { // the sensor had no value then (metrics: a gap), which is no fault of the row
		return nil
	}
	g, flags, key := readGlucose(cell, c.unit, dexcomLimits)
	if key != "" {
		return c.reject(i, key)
	}
	transmitter := c.same(&c.transmitter, c.col.transmitter)
	if t, ok := whole(c.cell(c.col.ticks)); ok && t > 0 {
		tick := clarityTick{t, transmitter}
		slot := &c.had[t/300%int64(len(c.had))]
		if *slot == tick {
			return nil
		}
		*slot = tick
	}
	src := record.Source{Device: c.model(c.same(&c.phone, c.col.device)), Serial: transmitter, Interval: 5 * time.Minute}
	if err := c.out.Use(src, record.Wall, ""); err != nil {
		return err
	}
	return c.out.Reading(record.Reading{At: at, Value: g, Flags: flags})
}

// model is dexcomModel, remembered for the rows that follow.
func (c *clarity) model(device string) string {
	if device != c.lastDevice {
		c.lastDevice, c.lastModel = device, dexcomModel(device)
	}
	return c.lastModel
}

// dexcomModel is the generation of the sensor in the name of the phone or
// receiver that uploaded ("android G6"). The phone is left out: a new phone is
// not a new source.
func dexcomModel(device string) string {
	for _, m := range [...]string{"ONE+", "ONE", "Stelo", "G7", "G6", "G5", "G4"} {
		if strings.HasSuffix(device, m) || strings.Contains(device, m+" ") {
			return "Dexcom " + m
		}
	}
	return ""
}

// finish rejects settings of a file without a single time.
func (c *clarity) finish() error {
	for _, set := range c.settings {
		if err := c.out.Reject(set.Line, c.head.raw(c.col.time), rejectTime); err != nil {
			return err
		}
	}
	return nil
}
