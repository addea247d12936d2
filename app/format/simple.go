package format

import (
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// The simplest table there is: the heading "time,mgdl" or "time,mgdl,flag",
// sensor glucose in mg/dL by local time without a zone. A flag "low" or
// "high" marks a value that the sensor could not measure, written one outside
// its limit (39, 401, 501) as research data does.
var _ = register(Format{
	ID:     "simple-csv",
	Name:   "Simple CSV (time, mgdl)",
	Proven: true, // it is our own
	Match:  func(h *Head) bool { return h.any(isSimple) },
	Parse:  parseSimple,
})

func isSimple(h *Head) bool { return len(h.Rows) > 0 && isSimpleHead(newHeadings(h.Rows[0])) }

func isSimpleHead(h headings) bool {
	if len(h) < 2 || len(h) > 3 || h[0].full != "time" || h[1].full != "mgdl" {
		return false
	}
	return len(h) == 2 || h[2].full == "flag"
}

func parseSimple(in Input, opt Options, out *Sink) error {
	return each(in, out, isSimple, func(f file) error {
		order, err := f.dateOrder(opt, isSimpleHead, func(s *sheet) ([]byte, int) { return s.cell(0), hourOf(s.cell(0)) })
		if err != nil {
			return err
		}
		s, err := f.sheet(out, isSimpleHead)
		if err != nil {
			return err
		}
		for {
			if ok, err := s.step(); !ok {
				return err
			}
			if err := s.simpleRow(order); err != nil {
				return err
			}
		}
	})
}

func (s *sheet) simpleRow(order DateOrder) error {
	at, zoned, ok := when(s.cell(0), order)
	if !ok {
		return s.reject(0, rejectTime)
	}
	g, flags, ok, err := s.glucose(1, unit.MgDL, dexcomLimits)
	if !ok {
		return err
	}
	if b := s.cell(2); len(b) > 0 {
		f, known := clippedWord(b)
		if !known {
			return s.reject(2, rejectKind)
		}
		if flags |= f; contradicts(g, flags) {
			return s.reject(2, rejectFlag)
		}
		g = limitOf(g)
	}
	clock := record.Wall
	if zoned {
		clock = record.Instant
	}
	if err := s.out.Use(record.Source{}, clock, ""); err != nil {
		return err
	}
	return s.out.Reading(record.Reading{At: at, Value: g, Flags: flags})
}

// limitOf is the limit of the sensor for a value flagged as beyond it that
// research data wrote one outside (39, 401, 501); any other stays as it is.
func limitOf(g unit.Glucose) unit.Glucose {
	switch v := g.Native(); v {
	case dexcomLimits.low - 1:
		return unit.MgDLValue(v + 1)
	case dexcomLimits.high + 1, libreLimits.high + 1:
		return unit.MgDLValue(v - 1)
	}
	return g
}
