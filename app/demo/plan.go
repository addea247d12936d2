package demo

import (
	"cmp"
	"math"
	"slices"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
)

// deed is something that a person will do.
type deed struct {
	at       record.Millis
	what     doing
	grams    float64 // really eaten
	estimate float64 // what the person thinks it is
	absorb   float64 // minutes to the peak of absorption
	minutes  float64 // how long an exercise lasts
	effect   float64 // mg/dL a step of an exercise
	text     string
}

type doing uint8

const (
	eat doing = iota
	bolusForMeal
	injectLong
	fingerstick
	calibrate
	move
	writeNote
)

// plan is a local date: what was drawn for it at its midnight.
type plan struct {
	date        metrics.Date
	sensitivity float64
	deeds       []deed
	awake       [2]float64 // hours of the local clock
	lost        [2]record.Millis
	press       compression
}

// compression is a night in which the sensor is lain on.
type compression struct {
	from, until record.Millis
	off         float64 // part of the value that is missing
}

// at is an hour of the date's local clock as an instant.
func clockTime(d metrics.Date, hour float64, zone *time.Location) record.Millis {
	return record.At(time.Date(d.Year, d.Month, d.Day, 0, int(math.Floor(hour*60)), 0, 0, zone))
}

// planFor draws a date. Every draw is made whether it is used or not: the
// next ones must not depend on it.
func planFor(p Person, a *archetype, seed uint64, d metrics.Date, zone *time.Location) plan {
	s := newStream(seed, p.ID, "behaviour", d.String())
	weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
	out := plan{date: d, sensitivity: math.Exp(s.normal() * a.sensitivity), awake: [2]float64{6.8, 23}}
	if weekend {
		out.awake[0] = 7.9
	}
	add := func(d deed) { out.deeds = append(out.deeds, d) }
	for i, m := range a.meals {
		hour, grams := m.hour+s.normal()*0.45, m.grams*(1+0.2*s.normal())
		if weekend && i == 0 {
			hour, grams = hour+0.9, grams*1.15
		}
		eaten := s.chance(0.97)
		if snack := s.chance(0.7); m.grams < 25 {
			eaten = snack
		}
		estimate := grams * math.Exp(s.normal()*a.carbError)
		absorb := 45 + 10*math.Floor(s.part()*4)
		late, missed := a.delay+s.normal()*a.delaySpread, s.chance(a.missed)
		if grams > 70 {
			absorb += 15
		}
		if !eaten || grams < 4 {
			continue
		}
		at := clockTime(d, min(max(hour, 0.5), 23.5), zone)
		meal := deed{at: at, what: eat, grams: math.Round(grams), estimate: max(1, math.Round(estimate)), absorb: absorb}
		switch {
		case a.therapy == basalOnly:
			meal.estimate = meal.grams
		case missed:
			meal.estimate = 0 // neither counted nor written down
		default:
			dose := meal
			dose.what, dose.at = bolusForMeal, at+record.Millis(math.Round(min(max(late, -25), 75)))*minuteMS
			add(dose)
		}
		add(meal)
	}
	out.exercise(s, a, zone)
	if a.therapy == pens || a.therapy == basalOnly {
		add(deed{at: clockTime(d, 22+s.between(-0.4, 0.4), zone), what: injectLong})
	}
	out.extras(newStream(seed, p.ID, "devices", d.String()), a, zone)
	slices.SortStableFunc(out.deeds, func(a, b deed) int { return cmp.Compare(a.at, b.at) })
	return out
}

func (p *plan) exercise(s stream, a *archetype, zone *time.Location) {
	hour, minutes, effect := s.between(15.8, 18.5), s.between(25, 60), s.between(0.9, 1.5)
	if s.chance(a.exercise) {
		at := clockTime(p.date, hour, zone)
		p.deeds = append(p.deeds, deed{at: at, what: move, minutes: math.Round(minutes), effect: effect})
	}
}

// extras draws what concerns devices: meter, calibration, notes, lost hours
// of the sensor and the night.
func (p *plan) extras(s stream, a *archetype, zone *time.Location) {
	sticks := int(s.part() * 3)
	for i := range 2 {
		if hour := s.between(7.2, 22.2); i < sticks {
			p.deeds = append(p.deeds, deed{at: clockTime(p.date, hour, zone), what: fingerstick})
		}
	}
	if hour := s.between(7.5, 9.5); s.chance(0.07) && a.sensor.calibrates {
		p.deeds = append(p.deeds, deed{at: clockTime(p.date, hour, zone), what: calibrate})
	}
	hour, which := s.between(9, 21), s.part()
	if s.chance(0.08) {
		text := a.notes[int(which*float64(len(a.notes)))]
		p.deeds = append(p.deeds, deed{at: clockTime(p.date, hour, zone), what: writeNote, text: text})
	}
	if begin, lasts := s.between(7, 10), s.between(7, 11); s.chance(a.lost) {
		p.lost = [2]record.Millis{clockTime(p.date, begin, zone), clockTime(p.date, begin+lasts, zone)}
	}
	begin, lasts, off := s.between(0.5, 5), s.between(20, 55), s.between(0.25, 0.45)
	if s.chance(a.compression) {
		from := clockTime(p.date, begin, zone)
		p.press = compression{from: from, until: from + record.Millis(math.Round(lasts))*minuteMS, off: off}
	}
}
