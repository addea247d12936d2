package format

import (
	"bytes"
	"strings"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// The two-part table of the Nightscout exporter tool: a part of CGM entries
// and a part of treatments, each with a line of its own that begins with #
// and a heading. Times are the wall clock of the browser that made it.
var _ = register(Format{
	ID:     "nightscout-exporter-csv",
	Name:   "Nightscout exporter CSV",
	Proven: true,
	Match:  func(h *Head) bool { return h.any(isNightscoutExporter) },
	Parse:  parseNightscoutExporter,
})

func isNightscoutExporter(h *Head) bool {
	if len(h.Rows) < 2 || len(h.Rows[0]) == 0 || !strings.HasPrefix(h.Rows[0][0], "#") {
		return false
	}
	heads := newHeadings(h.Rows[1])
	return heads.have("date", "time", "id") && (heads.have("glucose", "trend") || heads.have("event type", "insulin (u)"))
}

func parseNightscoutExporter(in Input, opt Options, out *Sink) error {
	return each(in, out, isNightscoutExporter, func(f file) error {
		e := exporter{opt: opt, nightscout: nightscout{feed: feed{out: out, clock: record.Wall}}}
		var vote orderVote
		american := true
		err := e.rows(f, func(t *table) error {
			d, c := t.cell(e.heads.find("date")), t.cell(e.heads.find("time"))
			vote.see(d, hourOfClock(c))
			american = american && (bytes.HasSuffix(c, []byte("AM")) || bytes.HasSuffix(c, []byte("PM")))
			return nil
		})
		if err != nil {
			return err
		}
		chosen := opt.DateOrder
		if chosen == AnyOrder && american { // capital AM and PM come of no other English than the American
			chosen = MonthDayYear
		}
		if e.order, err = vote.decide(chosen); err != nil {
			return err
		}
		if err := e.rows(f, e.row); err != nil {
			return err
		}
		return e.finish()
	})
}

func hourOfClock(b []byte) int {
	ms, _, ok := clock(b)
	if !ok {
		return -1
	}
	return int(ms / 3_600_000)
}

// exporter reads one file.
type exporter struct {
	nightscout
	opt   Options
	order DateOrder
	heads headings // of the part that is being read
}

// rows hands on the rows of both parts, with heads set.
func (e *exporter) rows(f file, read func(*table) error) error {
	t, err := f.table()
	if err != nil {
		return err
	}
	heading := false
	for t.next() {
		switch {
		case t.blank():
		case bytes.HasPrefix(t.cell(0), []byte("#")):
			heading = true
		case heading:
			e.heads, heading = newHeadings(t.texts()), false
		default:
			if err := read(t); err != nil {
				return err
			}
		}
	}
	return t.err()
}

func (e *exporter) cell(t *table, names ...string) string {
	return cellText(t.cell(e.heads.find(names...)))
}

func (e *exporter) row(t *table) error {
	if t.quoted || t.unended && len(t.row) < len(e.heads) {
		e.reject(t.line, "", rejectTruncated)
		return e.took(0)
	}
	if len(t.row) > len(e.heads) {
		e.reject(t.line, "", rejectColumns, "want", len(e.heads), "got", len(t.row))
		return e.took(0)
	}
	at, ok := dateAndTime(t.cell(e.heads.find("date")), t.cell(e.heads.find("time")), e.order)
	if !ok {
		e.reject(t.line, e.heads.raw(e.heads.find("date")), rejectTime)
		return e.took(0)
	}
	var err error
	if e.heads.find("event type") >= 0 {
		err = e.treatment(t, at)
	} else {
		err = e.reading(t, at)
	}
	if bad, ok := err.(*fieldFault); ok { //nolint:errorlint // made here, unwrapped
		e.reject(t.line, bad.column, bad.key)
		err = nil
	}
	if err != nil {
		return err
	}
	return e.took(0)
}

func (e *exporter) reading(t *table, at record.Millis) error {
	column := e.heads.find("glucose")
	u, ok := e.heads.glucoseUnit(column, e.opt.Unit)
	if !ok {
		return faultIn(e.heads.raw(column), rejectUnitMissing)
	}
	value, ok := number(t.cell(column))
	if !ok {
		return faultIn(e.heads.raw(column), rejectNumber)
	}
	c := record.Common{At: at, Key: clip(e.cell(t, "id"), maxTextRunes), Line: t.line}
	src := record.Source{Device: clip(e.cell(t, "device"), maxTextRunes)}
	if u == unit.MgDL && value >= 0 && value < lowSGV && e.cell(t, "type") == "sgv" {
		e.add(src, sensorError(c, value))
		return nil
	}
	g, err := possibleGlucose(e.heads.raw(column), value, u)
	if err != nil {
		return err
	}
	if e.cell(t, "type") == "mbg" {
		e.add(src, &record.Fingerstick{Common: c, Value: g, Meter: src.Device})
		return nil
	}
	if e.cell(t, "type") == "cal" {
		e.add(src, &record.Calibration{Common: c, Value: g})
		return nil
	}
	r := dexcomReading(g)
	r.At, r.Trend = at, nightscoutTrends[e.cell(t, "trend")]
	e.nightscout.reading(src, r)
	return nil
}

// treatment reads a row of the second part. The table tells neither the rate
// nor the length of a temporary basal: it stays an event.
func (e *exporter) treatment(t *table, at record.Millis) error {
	kind := e.cell(t, "event type")
	c := record.Common{At: at, Key: clip(e.cell(t, "id"), maxTextRunes), Line: t.line}
	f := fields{"notes": e.cell(t, "notes")}
	for member, heading := range map[string]string{"insulin": "insulin (u)", "carbs": "carbs (g)"} {
		column := e.heads.find(heading)
		cell := t.cell(column)
		if len(cell) == 0 {
			continue
		}
		if _, ok := number(cell); !ok {
			return faultIn(e.heads.raw(column), rejectNumber)
		}
		f[member] = strings.ReplaceAll(cellText(cell), ",", ".")
	}
	if strings.HasPrefix(kind, "Temp Basal") {
		e.add(record.Source{}, &record.Event{Common: c, Event: record.OtherEvent, Detail: clip(kind, maxTextRunes)})
		return nil
	}
	f["eventType"] = kind
	return e.treated(record.Source{}, treatment{fields: f, event: kind, common: c})
}
