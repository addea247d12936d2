package format

import (
	"strings"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Senseonics Eversense's table of the data management system: a kind, a time
// and a value in each row. Source: its headings as public readers name them;
// no file was seen.
var _ = register(Format{
	ID:    "eversense-csv",
	Name:  "Eversense DMS",
	Match: func(h *Head) bool { return h.any(isEversense) },
	Parse: parseEversense,
})

// The Eversense sensor measures 40 to 400 mg/dL.
var eversenseLimits = limits{40, 400}

func isEversenseHead(h headings) bool {
	return h.have("event type", "event time") && h.find("sensor glucose", "glucose", "value") >= 0
}

func isEversense(h *Head) bool {
	for _, row := range h.Rows[:min(len(h.Rows), 15)] {
		if isEversenseHead(newHeadings(row)) {
			return true
		}
	}
	return false
}

func parseEversense(in Input, opt Options, out *Sink) error {
	return each(in, out, isEversense, func(f file) error {
		order, err := f.dateOrder(opt, isEversenseHead, func(s *sheet) ([]byte, int) {
			b := s.cell(s.head.find("event time"))
			return b, hourOf(b)
		})
		if err != nil {
			return err
		}
		s, err := f.sheet(out, isEversenseHead)
		if err != nil {
			return err
		}
		e := eversense{
			sheet: s, order: order, kind: s.head.find("event type"), time: s.head.find("event time"),
			value: s.head.find("sensor glucose", "glucose", "value"), serial: s.head.find("transmitter serial number", "transmitter id", "serial number"),
		}
		var ok bool
		if e.unit, ok = s.head.glucoseUnit(e.value, opt.Unit); !ok {
			return errNoUnit()
		}
		for {
			if ok, err := e.step(); !ok {
				return err
			}
			if err := e.read(); err != nil {
				return err
			}
		}
	})
}

// eversense reads one table.
type eversense struct {
	*sheet
	order                     DateOrder
	unit                      unit.Concentration
	kind, time, value, serial int
}

func (e *eversense) read() error {
	at, zoned, ok := when(e.cell(e.time), e.order)
	if !ok {
		return e.reject(e.time, rejectTime)
	}
	clock := record.Wall
	if zoned {
		clock = record.Instant
	}
	if err := e.out.Use(record.Source{Device: "Eversense", Serial: e.name(e.serial), Interval: 5 * time.Minute}, clock, ""); err != nil {
		return err
	}
	kind := e.name(e.kind)
	switch k := strings.ToLower(kind); {
	case e.has(e.value) && strings.Contains(k, "calibration"):
		g, _, ok, err := e.glucose(e.value, e.unit, eversenseLimits)
		if !ok {
			return err
		}
		return e.out.Add(&record.Calibration{Common: e.common(at), Value: g})
	case e.has(e.value) && (strings.Contains(k, "sensor") || k == "glucose" || k == "cgm"):
		g, flags, ok, err := e.glucose(e.value, e.unit, eversenseLimits)
		if !ok {
			return err
		}
		return e.out.Reading(record.Reading{At: at, Value: g, Flags: flags})
	case strings.Contains(k, "alert") || strings.Contains(k, "alarm"):
		a := &record.Alarm{Common: e.common(at), Name: kind}
		a.Extra = e.extra(e.kind, e.time, e.serial)
		return e.out.Add(a)
	}
	v := &record.Event{Common: e.common(at), Event: record.OtherEvent, Detail: kind}
	v.Extra = e.extra(e.kind, e.time, e.serial)
	return e.out.Add(v)
}
