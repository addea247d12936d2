package demo

import (
	"math"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

func units(v float64) unit.Units { return unit.Units(math.Round(v*1000) / 1000) }

// dosable rounds to what the device can give: a pump 0.05 U, a pen 0.5 U.
func (l *life) dosable(u float64) float64 {
	if l.a.therapy == pens {
		return max(0, math.Round(u*2)/2)
	}
	return max(0, math.Round(u*20)/20)
}

// doseMeal gives the bolus for a meal: carbs over ratio, plus a correction
// when the sensor shows a value, less the insulin on board.
func (l *life) doseMeal(d deed) {
	u := d.estimate / l.set.gramsPerUnit(l.hour)
	if v, ok := l.cgm.shown(d.at); ok {
		u += (v-l.set.target())/l.set.isf - l.body.onBoard()
	}
	recommended := l.dosable(u)
	given := recommended
	if changes, by := l.acts.chance(0.08), l.acts.between(0.8, 1.2); changes {
		given = l.dosable(recommended * by)
	}
	l.give(d.at, given, recommended, d.estimate)
}

// give injects or pumps a bolus that a person asked for.
func (l *life) give(at record.Millis, given, recommended, carbs float64) {
	if given <= 0 {
		return
	}
	d := &record.Dose{
		Common: record.Common{At: at}, Delivery: record.Normal, Insulin: record.Rapid, Units: units(given), Carbs: unit.Grams(carbs),
	}
	if l.a.therapy == pens {
		d.Delivery = record.Injection
	} else {
		proposed := units(recommended)
		d.Programmed, d.Recommended = d.Units, &proposed
	}
	l.out.dose(d)
	l.bolus += given
	l.dosed = at
}

// correct gives a bolus against a high value that has lasted.
func (l *life) correct(at record.Millis, awake bool) {
	willing := l.acts.chance(l.a.correct)
	v, ok := l.cgm.shown(at)
	if !ok || !willing || !awake || v <= l.a.correctAt || at-l.dosed <= 150*minuteMS {
		return
	}
	if u := l.dosable((v-l.set.target())/l.set.isf - l.body.onBoard()); u > 0 {
		l.give(at+minuteMS, u, u, 0)
	}
}

// treat eats something sweet against a low. Asleep it is often noticed late.
func (l *life) treat(at record.Millis, awake bool) {
	acts, checks, grams, pause := l.acts.part(), l.acts.chance(0.4), l.acts.normal(), l.acts.between(25, 40)
	v, ok := l.cgm.shown(at)
	chance := 0.16
	switch {
	case awake:
		chance = 0.55
	case l.a.therapy == loop:
		chance = 0.3 // its alarm is heard
	}
	if !ok { // no sensor: the low has to be felt
		v, chance = l.body.plasma, chance/2
	}
	if v >= l.a.lowAt || at < l.rescued || acts >= chance || l.story.watched(at) {
		return
	}
	if checks {
		l.stick(at+minuteMS, false)
	}
	l.sweeten(at+2*minuteMS, max(5, math.Round(l.a.treat+3*grams)))
	l.rescued = at + record.Millis(math.Round(pause))*minuteMS
}

// sweeten drinks juice against a low.
func (l *life) sweeten(at record.Millis, grams float64) {
	l.body.eat(grams, 18)
	l.out.carbs(at, grams, l.p.said("Juice"))
}
