package format

import (
	"bytes"
	"strings"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Medtronic CareLink Personal's CSV, of which many versions are about: 39
// columns with raw values (2014), 48 of Guardian Connect (2021, seen), 54 of
// the 700 series (2025). Source: a real export of Guardian Connect; published
// headings for the others. A row holds one fact or a few, newest first; what
// belongs together stands in rows of its own, up to a minute apart.
var _ = register(Format{
	ID:     "carelink-csv",
	Name:   "Medtronic CareLink Personal",
	Proven: true,
	Match:  func(h *Head) bool { return h.any(isCareLink) },
	Parse:  parseCareLink,
})

// isCareLink looks for the headings, at the top of the file or below the
// preamble and a line of dashes.
func isCareLink(h *Head) bool {
	for _, row := range h.Rows {
		if isCareHead(newHeadings(row)) {
			return true
		}
	}
	return false
}

func isCareHead(h headings) bool {
	return len(h) > 20 && h[0].full == "index" && h[1].full == "date" && h[2].full == "time" &&
		(h.find("sensor glucose") >= 0 || h.find("bolus volume delivered") >= 0 || h.find("bg reading") >= 0)
}

func parseCareLink(in Input, opt Options, out *Sink) error {
	return each(in, out, isCareLink, func(f file) error {
		order, err := careOrder(f, opt)
		if err != nil {
			return err
		}
		t, err := f.table()
		if err != nil {
			return err
		}
		c := careLink{sheet: &sheet{table: t, out: out, seen: names{}}, order: order, exchange: opt.GramsPerExchange, unit: opt.Unit}
		c.source.Interval = careInterval
		for t.next() {
			if err := c.line(); err != nil {
				return err
			}
		}
		if err := t.err(); err != nil {
			return err
		}
		if !c.headed {
			return errHeading(nil)
		}
		return c.finish()
	})
}

// careOrder reads the dates of the rows, with the range of the preamble as a
// hint: it follows the account's language and the rows need not.
func careOrder(f file, opt Options) (DateOrder, error) {
	t, err := f.table()
	if err != nil {
		return AnyOrder, err
	}
	var v orderVote
	headed := false
	for t.next() {
		if len(t.row) > 20 && isCareHead(newHeadings(t.texts())) {
			headed = true
			continue
		}
		if !headed {
			if len(t.row) >= 8 {
				v.notAfter(t.cell(5))
			}
			continue
		}
		if d := t.cell(1); len(t.row) > 5 && len(d) > 0 {
			ms, _, ok := clock(t.cell(2))
			hour := -1
			if ok {
				hour = int(ms / 3_600_000)
			}
			if !v.see(d, hour) {
				break
			}
		}
	}
	if err := t.err(); err != nil {
		return AnyOrder, err
	}
	return v.decide(opt.DateOrder)
}

// careInterval is the cadence of every Guardian sensor.
const careInterval = 5 * time.Minute

// careLink reads one file.
type careLink struct {
	*sheet
	col      careColumns
	order    DateOrder
	exchange float64 // grams, 0 when the person did not say
	unit     string  // Options.Unit
	headed   bool
	source   record.Source
	daily    bool // in the section of automatic insulin by day
	used     []int
	held     []careHeld
	heldText int // bytes of extra in what is held
	boluses  []careBolus
	wizards  []careWizard
}

// careHeld is a record that waits for the end of the file, so that the rows
// of one bolus find each other however they stand.
type careHeld struct {
	source record.Source
	record record.Record
}

var careDashes = []byte("-------")

// line deals with a line of any kind.
func (c *careLink) line() error {
	switch {
	case bytes.HasPrefix(c.cell(0), careDashes):
		// "-------;Guardian Connect;Sensor;SERIAL;-------": model, kind, serial, title
		c.source = record.Source{Device: c.name(1), Serial: c.name(3), Interval: careInterval}
		c.daily = strings.Contains(strings.ToLower(c.name(4)), "aggregated auto insulin")
		c.head = nil
		return c.out.Use(c.source, record.Wall, "")
	case len(c.row) > 20 && len(c.cell(0)) <= 20 && strings.EqualFold(cleanHeading(cellText(c.cell(0))), "index"):
		if h := newHeadings(c.texts()); isCareHead(h) {
			c.head, c.col, c.headed = h, findCareColumns(h), true
			return c.out.Use(c.source, record.Wall, "")
		}
	}
	if c.head == nil {
		return c.preamble()
	}
	if ok, err := c.usable(); !ok {
		return err
	}
	return c.read()
}

// preamble keeps the model and serial number of the first two lines for a
// file whose line of dashes was cut away. The names beside them are not read.
func (c *careLink) preamble() error {
	switch {
	case c.headed && !c.blank(): // a section without its headings
		return c.out.Reject(c.table.line, "", rejectHeading)
	case len(c.row) < 8 || c.headed:
	case c.table.line == 1:
		c.source = record.Source{Device: c.name(7), Interval: careInterval}
	case c.table.line == 2:
		c.source.Serial = c.name(7)
	}
	return nil
}

// careColumns are where a row has what, -1 for a column that is missing.
type careColumns struct {
	newTime, bgSource, bg, meter, basal                      int
	tempAmount, tempType, tempDuration                       int
	bolusType, selected, delivered, duration                 int
	number, cancel, bolusSource                              int
	primeType, prime                                         int
	alarm, alert, cleared, suspend, rewind                   int
	estimate, carbs                                          int
	calibration, calibrationRejected, glucose, isig          int
	marker, exception, state, dailyTotal, rawType, rawValues int
	carbsInExchanges                                         bool
}

func findCareColumns(h headings) careColumns {
	c := careColumns{
		newTime: h.find("new device time"), bgSource: h.find("bg source"), bg: h.find("bg reading"), meter: h.find("linked bg meter id"),
		basal: h.find("basal rate"), tempAmount: h.find("temp basal amount"), tempType: h.find("temp basal type"), tempDuration: h.find("temp basal duration"),
		bolusType: h.find("bolus type"), selected: h.find("bolus volume selected"), delivered: h.find("bolus volume delivered"),
		duration: h.find("bolus duration", "programmed bolus duration"), number: h.find("bolus number"),
		cancel: h.find("bolus cancellation reason"), bolusSource: h.find("bolus source"),
		primeType: h.find("prime type"), prime: h.find("prime volume delivered"),
		alarm: h.find("alarm"), alert: h.find("alert"), cleared: h.find("user cleared alerts"),
		suspend: h.find("suspend"), rewind: h.find("rewind"),
		estimate: h.find("bwz estimate"), carbs: h.find("bwz carb input"),
		calibration: h.find("sensor calibration bg"), calibrationRejected: h.find("sensor calibration rejected reason"),
		glucose: h.find("sensor glucose"), isig: h.find("isig value"),
		marker: h.find("event marker"), exception: h.find("sensor exception"), state: h.find("sensor state"),
		dailyTotal: h.find("daily insulin total"), rawType: h.find("raw-type"), rawValues: h.find("raw-values"),
	}
	c.carbsInExchanges = c.carbs >= 0 && strings.Contains(h[c.carbs].full, "exchange")
	return c
}

// glucoseIn reads a glucose cell in the unit of its heading.
func (c *careLink) glucoseIn(i int) (g unit.Glucose, f record.Flags, ok bool, err error) {
	u, known := c.head.glucoseUnit(i, c.unit)
	if !known {
		return g, 0, false, errNoUnit()
	}
	return c.sheet.glucose(i, u, medtronicLimits)
}
