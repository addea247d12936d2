package format

// Copy me: a file format in one file. The underscore keeps this one out of
// the build; a test compiles it all the same, so that it stays true.
//
// Checklist: find columns by heading, not by place · the heading decides the
// unit, and if none does, ask · comma and semicolon, decimal comma, byte order
// mark and line breaks come from sheet · a bad row is a reject with its line,
// good rows still count · synthetic sample and golden batch in testdata,
// listed in samples_test.go · a fuzz target in fuzz_test.go · the vendor's
// file seen, or Proven stays false.

import (
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Acme Reports' export of glucose. Source: Acme One user guide, rev. C, page
// 31. Local time without a zone.
var _ = register(Format{
	ID:    "acme-csv", // stable for ever: it is part of a record's identity
	Name:  "Acme Reports",
	Match: func(h *Head) bool { return h.any(isAcme) },
	Parse: parseAcme,
})

// isAcmeHead knows the row of headings.
func isAcmeHead(h headings) bool { return h.have("acme time", "acme glucose") }

// isAcme knows the file by it. h.Rows are the first rows as cells.
func isAcme(h *Head) bool { return len(h.Rows) > 0 && isAcmeHead(newHeadings(h.Rows[0])) }

func parseAcme(in Input, opt Options, out *Sink) error {
	// each opens the file whether it came alone, in a gzip or in a zip.
	return each(in, out, isAcme, func(f file) error {
		order, err := f.dateOrder(opt, isAcmeHead, func(s *sheet) ([]byte, int) {
			b := s.cell(s.head.find("acme time"))
			return b, hourOf(b)
		})
		if err != nil {
			return err
		}
		s, err := f.sheet(out, isAcmeHead)
		if err != nil {
			return err
		}
		a := acme{sheet: s, order: order, time: s.head.find("acme time"), value: s.head.find("acme glucose"), serial: s.head.find("serial")}
		var ok bool
		if a.unit, ok = s.head.glucoseUnit(a.value, opt.Unit); !ok {
			return errNoUnit()
		}
		for {
			if ok, err := a.step(); !ok {
				return err
			}
			if err := a.read(); err != nil {
				return err
			}
		}
	})
}

// acme reads one file.
type acme struct {
	*sheet
	order               DateOrder
	unit                unit.Concentration
	time, value, serial int // columns, -1 for one that is missing
}

// The Acme One measures 40 to 400 mg/dL and writes LOW and HIGH beyond.
var acmeLimits = limits{40, 400}

func (a *acme) read() error {
	at, zoned, ok := when(a.cell(a.time), a.order)
	if !ok || zoned {
		return a.reject(a.time, rejectTime)
	}
	g, flags, ok, err := a.glucose(a.value, a.unit, acmeLimits)
	if !ok {
		return err // nil when the row was rejected
	}
	src := record.Source{Device: "Acme One", Serial: a.name(a.serial), Interval: 5 * time.Minute}
	if err := a.out.Use(src, record.Wall, ""); err != nil {
		return err
	}
	return a.out.Reading(record.Reading{At: at, Value: g, Flags: flags})
}
