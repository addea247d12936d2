package format

import (
	"strings"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// sparse reads a row of any table but that of the sensor.
func (g *glooko) sparse(at record.Millis) error {
	switch g.col.kind {
	case glookoMeter:
		return g.meterReading(at)
	case glookoAlarm:
		return g.out.Add(&record.Alarm{Common: g.common(at), Name: g.name(g.col.alarm)})
	case glookoBolus:
		return g.bolus(at)
	case glookoBasal:
		return g.basal(at)
	case glookoTotal:
		return g.total(at)
	case glookoCarbs:
		return g.meal(at)
	case glookoManual:
		return g.injection(at)
	case glookoExercise:
		return g.exercise(at)
	}
	if !g.has(g.col.note) {
		return g.reject(g.col.note, rejectEmpty)
	}
	return g.out.Add(&record.Note{Common: g.common(at), Text: g.text(g.col.note)})
}

func (g *glooko) meterReading(at record.Millis) error {
	v, flags, ok, err := g.glucose(g.col.meter, g.unit, limits{20, 600})
	if !ok {
		return err
	}
	r := &record.Fingerstick{Common: g.common(at), Value: v, Flags: flags}
	r.Extra = g.extra(g.col.time, g.col.meter, g.col.serial)
	return g.out.Add(r)
}

// bolus is a row of the pump's boluses. The carbs told to the calculator may
// stand in the table of carbs as well: here they stay beside the dose.
func (g *glooko) bolus(at record.Millis) error {
	d := &record.Dose{Common: g.common(at), Delivery: record.Normal, Insulin: record.Rapid}
	var ok bool
	var err error
	if d.Units, ok, err = g.units(g.col.delivered); !ok {
		return err
	}
	if g.has(g.col.extended) {
		if d.ExtendedUnits, ok, err = g.units(g.col.extended); !ok {
			return err
		}
	}
	if d.ExtendedUnits > d.Units {
		return g.reject(g.col.extended, rejectDose)
	}
	if d.ExtendedUnits > 0 {
		d.Delivery = record.Dual
		if d.ExtendedUnits == d.Units {
			d.Delivery = record.Extended
		}
	}
	if g.has(g.col.carbs) {
		if d.Carbs, ok, err = g.grams(g.col.carbs); !ok {
			return err
		}
	}
	d.Extra = g.extra(g.col.time, g.col.delivered, g.col.extended, g.col.carbs, g.col.serial)
	if err := g.out.Add(d); err != nil || d.Carbs == 0 {
		return err
	}
	return g.out.Add(&record.Carbs{Common: g.common(at), Grams: d.Carbs})
}

func (g *glooko) basal(at record.Millis) error {
	b := &record.Basal{Common: g.common(at), Basal: record.ScheduledBasal}
	switch t := strings.ToLower(g.text(g.col.insulinType)); {
	case strings.Contains(t, "temp"):
		b.Basal = record.TempBasal
	case strings.Contains(t, "suspend"):
		b.Basal = record.Suspended
	case strings.Contains(t, "auto"):
		b.Basal = record.AutomatedBasal
	}
	if g.has(g.col.duration) {
		v, ok := number(g.cell(g.col.duration))
		if !ok || v < 0 || v > 7*24*60 {
			return g.reject(g.col.duration, rejectNumber)
		}
		b.Duration = time.Duration(v * float64(time.Minute))
	}
	if g.has(g.col.percent) {
		v, ok := number(g.cell(g.col.percent))
		if !ok || v < 0 || v > 500 {
			return g.reject(g.col.percent, rejectNumber)
		}
		b.Percent = &v
	}
	switch {
	case g.has(g.col.rate):
		r, ok, err := g.rate(g.col.rate)
		if !ok {
			return err
		}
		b.Rate = r
	case b.Percent == nil && b.Basal != record.Suspended:
		return g.reject(g.col.rate, rejectEmpty)
	}
	b.Extra = g.extra(g.col.time, g.col.duration, g.col.percent, g.col.rate, g.col.serial)
	return g.out.Add(b)
}

func (g *glooko) total(at record.Millis) error {
	t := &record.DailyTotal{Common: g.common(midnight(at))}
	for _, p := range []struct {
		column int
		into   *unit.Units
	}{{g.col.totalInsulin, &t.Total}, {g.col.totalBolus, &t.Bolus}, {g.col.totalBasal, &t.Basal}} {
		if !g.has(p.column) {
			continue
		}
		v, ok := number(g.cell(p.column))
		if !ok || v < 0 || v > maxDayUnits {
			return g.reject(p.column, rejectDose)
		}
		*p.into = unit.Units(v)
	}
	return g.out.Add(t)
}

func (g *glooko) meal(at record.Millis) error {
	v, ok, err := g.grams(g.col.carbsAlone)
	if !ok {
		return err
	}
	return g.out.Add(&record.Carbs{Common: g.common(at), Grams: v, Food: clip(g.text(g.col.food), maxTextRunes)})
}

func (g *glooko) injection(at record.Millis) error {
	d := &record.Dose{Common: g.common(at), Delivery: record.Injection}
	var ok bool
	var err error
	if d.Units, ok, err = g.units(g.col.insulinValue); !ok {
		return err
	}
	d.Insulin = insulinSort(g.text(g.col.insulinType))
	d.Extra = g.extra(g.col.time, g.col.insulinValue, g.col.serial)
	return g.out.Add(d)
}

func (g *glooko) exercise(at record.Millis) error {
	a := &record.Activity{Common: g.common(at), Name: g.name(g.col.exerciseName), Intensity: strings.ToLower(g.name(g.col.intensity))}
	if g.has(g.col.exerciseMinutes) {
		v, ok := number(g.cell(g.col.exerciseMinutes))
		if !ok || v < 0 || v > 24*60 {
			return g.reject(g.col.exerciseMinutes, rejectNumber)
		}
		a.Duration = time.Duration(v * float64(time.Minute))
	}
	return g.out.Add(a)
}
