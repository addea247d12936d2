package format

import (
	"strings"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Abbott LibreView's glucose data. Source: real exports of Libre 3; German,
// French and Spanish headings as public readers have them. The order of the
// columns is the same in every language, so an unknown language is read by
// it. The times follow the date order that the account was set to, which
// nothing in a row tells: the file is read twice.
var _ = register(Format{
	ID:     "libreview-csv",
	Name:   "LibreView",
	Proven: true,
	Match:  func(h *Head) bool { return h.any(isLibreView) },
	Parse:  parseLibreView,
})

// libreColumns are where a row has what, -1 for a column that is missing.
type libreColumns struct {
	device, serial, time, kind, historic, scan                int
	rapidMark, rapid, foodMark, grams, servings               int
	longMark, long, notes, strip, ketone, meal, correct, user int
	historicKetone, scanKetone                                int  // of newer files; outside the fixed order
	byPlace                                                   bool // the headings are in a language that we do not know
}

func findLibreColumns(h headings) (c libreColumns, ok bool) {
	c = libreColumns{
		device:         h.find("device", "gerät", "appareil", "dispositivo"),
		serial:         h.find("serial number", "seriennummer", "numéro de série", "número de serie", "numero di serie"),
		time:           h.find("device timestamp", "gerätezeitstempel", "horodatage de l'appareil", "horodatage de l’appareil", "sello de tiempo del dispositivo", "timestamp del dispositivo", "timestamp dispositivo"),
		kind:           h.find("record type", "aufzeichnungstyp", "type d'enregistrement", "type d’enregistrement", "tipo de registro", "tipo di registrazione", "tipo di dato"),
		historic:       h.find("historic glucose", "glukosewert-verlauf", "historique de la glycémie", "historial de glucosa", "storico del glucosio", "glucosio storico"),
		scan:           h.find("scan glucose", "glukose-scan", "numérisation de la glycémie", "scan de glycémie", "escaneo de glucosa", "scansione del glucosio"),
		rapidMark:      h.find("non-numeric rapid-acting insulin", "nicht numerisches schnellwirkendes insulin", "insuline à action rapide sans valeur numérique", "insulina de acción rápida no numérica"),
		rapid:          h.find("rapid-acting insulin", "schnellwirkendes insulin", "insuline à action rapide", "insulina de acción rápida"),
		foodMark:       h.find("non-numeric food", "nicht numerische nahrungsdaten", "alimentation sans valeur numérique", "alimento no numérico"),
		grams:          h.find("carbohydrates (grams)", "kohlenhydrate (gramm)", "glucides (grammes)", "carbohidratos (gramos)"),
		servings:       h.find("carbohydrates (servings)", "kohlenhydrate (portionen)", "glucides (portions)", "carbohidratos (raciones)", "carbohidratos (porciones)"),
		longMark:       h.find("non-numeric long-acting insulin", "nicht numerisches depotinsulin", "insuline à action longue sans valeur numérique", "insulina de acción larga no numérica"),
		long:           h.find("long-acting insulin value", "long-acting insulin", "depotinsulin", "insuline à action longue", "insulina de acción larga"),
		notes:          h.find("notes", "notizen", "notas", "note", "commentaires"),
		strip:          h.find("strip glucose", "glukose-teststreifen", "électrode de glycémie", "tira reactiva para glucosa"),
		ketone:         h.find("ketone", "keton", "cétone", "cuerpos cetónicos", "cetona"),
		meal:           h.find("meal insulin", "mahlzeiteninsulin", "insuline repas", "insulina de comida"),
		correct:        h.find("correction insulin", "korrekturinsulin", "insuline de correction", "insulina de corrección"),
		historicKetone: h.find("historic ketone"), scanKetone: h.find("scan ketone"),
		user: h.find("user change insulin", "insulin-änderung durch anwender", "insuline modifiée par l'utilisateur", "insulina de cambio de usuario"),
	}
	if c.time >= 0 && c.kind >= 0 && c.historic >= 0 && c.scan >= 0 {
		if len(h) >= 19 { // headings that this list does not know stand where they always do
			c.fill()
		}
		return c, true
	}
	if len(h) >= 19 && len(h) <= 21 && h[4].has && h[5].has && h[14].has && h[4].unit == h[5].unit && h[4].unit == h[14].unit {
		c = libreColumns{historicKetone: -1, scanKetone: -1, byPlace: true}
		c.place()
		return c, true
	}
	return c, false
}

// places are the columns in their fixed order.
func (c *libreColumns) places() []*int {
	return []*int{
		&c.device, &c.serial, &c.time, &c.kind, &c.historic, &c.scan, &c.rapidMark, &c.rapid, &c.foodMark, &c.grams,
		&c.servings, &c.longMark, &c.long, &c.notes, &c.strip, &c.ketone, &c.meal, &c.correct, &c.user,
	}
}

// place sets every column to its place in the fixed order.
func (c *libreColumns) place() {
	for i, p := range c.places() {
		*p = i
	}
}

// fill does so for those that were not found, if the others stand in theirs.
func (c *libreColumns) fill() {
	for i, p := range c.places() {
		if *p >= 0 && *p != i {
			return
		}
	}
	c.place()
}

func isLibreHead(h headings) bool {
	_, ok := findLibreColumns(h)
	return ok
}

// isLibreView looks for the headings below the line that says when the file
// was made, below a practice's block about the patient, or at the top.
func isLibreView(h *Head) bool {
	for _, row := range h.Rows[:min(len(h.Rows), 10)] {
		if isLibreHead(newHeadings(row)) {
			return true
		}
	}
	return false
}

func parseLibreView(in Input, opt Options, out *Sink) error {
	return each(in, out, isLibreView, func(f file) error {
		l := libre{gaps: map[string]*libreGaps{}}
		if err := l.survey(f, opt); err != nil {
			return err
		}
		s, err := f.sheet(out, isLibreHead)
		if err != nil {
			return err
		}
		l.sheet = s
		l.col, _ = findLibreColumns(s.head)
		if l.col.byPlace {
			out.Notice(noticeByPlace)
		}
		var ok bool
		if l.unit, ok = s.head.glucoseUnit(l.col.historic, opt.Unit); !ok {
			return errNoUnit()
		}
		for {
			if ok, err := l.step(); !ok {
				return err
			}
			if err := l.read(); err != nil {
				return err
			}
		}
	})
}

// libre reads one file.
type libre struct {
	*sheet
	col   libreColumns
	order DateOrder
	unit  unit.Concentration
	gaps  map[string]*libreGaps // by serial number
}

// libreGaps counts the gaps between automatic readings of one device.
type libreGaps struct {
	last            record.Millis
	five, fifteenth int
}

// survey reads the whole file for the order of its dates and the cadence of
// its devices.
func (l *libre) survey(f file, opt Options) error {
	t, err := f.table()
	if err != nil {
		return err
	}
	var v orderVote
	var head headings
	for t.next() {
		if head = newHeadings(t.texts()); isLibreHead(head) {
			break
		}
		if len(t.row) >= 3 { // "Glucose Data,Generated on,12-04-2021 09:40 UTC,…"
			v.notAfter(t.cell(2))
		}
		head = nil
	}
	if head == nil {
		return errHeading(t.err())
	}
	col, _ := findLibreColumns(head)
	seen := names{}
	for t.next() {
		stamp := t.cell(col.time)
		if len(stamp) == 0 {
			continue
		}
		v.see(stamp, hourOf(stamp))
		if len(t.cell(col.kind)) == 1 && t.cell(col.kind)[0] == '0' {
			l.gap(seen.of(t.cell(col.serial)), stamp)
		}
	}
	if err := t.err(); err != nil {
		return err
	}
	l.order, err = v.decide(opt.DateOrder)
	return err
}

// gap counts the step from the device's reading before, within a day: the
// order of day and month does not matter for it.
func (l *libre) gap(serial string, stamp []byte) {
	_, _, rest, ok := parts(trim(stamp))
	ms, _, ok2 := clock(blanks(rest))
	if !ok || !ok2 {
		return
	}
	g := l.gaps[serial]
	if g == nil {
		if len(l.gaps) >= 1000 {
			return
		}
		g = &libreGaps{}
		l.gaps[serial] = g
	}
	switch step := record.Millis(ms) - g.last; {
	case step >= 4*60_000 && step <= 6*60_000:
		g.five++
	case step >= 13*60_000 && step <= 17*60_000:
		g.fifteenth++
	}
	g.last = record.Millis(ms)
}

// interval is the cadence of the automatic readings: Libre 3 writes every 5
// minutes, Libre and Libre 2 every 15; a phone says only that it is a phone.
func (l *libre) interval(device, serial string) time.Duration {
	switch d := strings.ToLower(device); {
	case strings.Contains(d, "libre 3"):
		return 5 * time.Minute
	case strings.Contains(d, "libre 2"), d == "freestyle libre", strings.Contains(d, "reader"):
		return 15 * time.Minute
	}
	g := l.gaps[serial]
	switch {
	case g == nil || g.five == 0 && g.fifteenth == 0:
		return 0
	case g.five > g.fifteenth:
		return 5 * time.Minute
	}
	return 15 * time.Minute
}
