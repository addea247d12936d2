package format

import (
	"strings"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// The table that xDrip+ exports for SiDiary. Source: xDrip+
// utils/DatabaseUtil.java: dd.MM.yyyy;HH:mm of the phone, always mg/dL, first
// all sensor values, then calibrations, then treatments; a line break in a
// remark is written ||.
var _ = register(Format{
	ID:    "sidiary-csv",
	Name:  "xDrip+ CSV (SiDiary)",
	Match: func(h *Head) bool { return h.any(isSiDiary) },
	Parse: parseSiDiary,
})

func isSiDiaryHead(h headings) bool { return h.have("day", "time", "udt_cgms", "bg_level") }

func isSiDiary(h *Head) bool { return len(h.Rows) > 0 && isSiDiaryHead(newHeadings(h.Rows[0])) }

func parseSiDiary(in Input, _ Options, out *Sink) error {
	return each(in, out, isSiDiary, func(f file) error {
		s, err := f.sheet(out, isSiDiaryHead)
		if err != nil {
			return err
		}
		if err := out.Use(record.Source{Device: "xDrip+"}, record.Wall, ""); err != nil {
			return err
		}
		d := siDiary{
			sheet: s, day: s.head.find("day"), time: s.head.find("time"), sensor: s.head.find("udt_cgms"), bg: s.head.find("bg_level"),
			carbs: s.head.find("ch_gr"), bolus: s.head.find("bolus"), remark: s.head.find("remark"),
		}
		for {
			if ok, err := d.step(); !ok {
				return err
			}
			if err := d.read(); err != nil {
				return err
			}
		}
	})
}

// siDiary reads one table.
type siDiary struct {
	*sheet
	day, time, sensor, bg, carbs, bolus, remark int
}

func (d *siDiary) read() error {
	at, ok := dateAndTime(d.cell(d.day), d.cell(d.time), DayMonthYear)
	if !ok {
		return d.reject(d.day, rejectTime)
	}
	if d.has(d.sensor) {
		g, flags, ok, err := d.glucose(d.sensor, unit.MgDL, dexcomLimits)
		if !ok {
			return err
		}
		if err := d.out.Reading(record.Reading{At: at, Value: g, Flags: flags}); err != nil {
			return err
		}
	}
	if d.has(d.bg) {
		g, flags, ok, err := d.glucose(d.bg, unit.MgDL, limits{20, 600})
		if !ok {
			return err
		}
		if err := d.out.Add(&record.Fingerstick{Common: d.common(at), Value: g, Flags: flags}); err != nil {
			return err
		}
	}
	return d.treatment(at)
}

func (d *siDiary) treatment(at record.Millis) error {
	if d.has(d.carbs) {
		g, ok, err := d.grams(d.carbs)
		if !ok {
			return err
		}
		if err := d.out.Add(&record.Carbs{Common: d.common(at), Grams: g}); err != nil {
			return err
		}
	}
	if d.has(d.bolus) {
		u, ok, err := d.units(d.bolus)
		if !ok {
			return err
		}
		if err := d.out.Add(&record.Dose{Common: d.common(at), Delivery: record.Injection, Units: u}); err != nil {
			return err
		}
	}
	if !d.has(d.remark) {
		return nil
	}
	return d.out.Add(&record.Note{Common: d.common(at), Text: strings.ReplaceAll(d.text(d.remark), "||", "\n")})
}
