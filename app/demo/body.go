package demo

import (
	"math"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
)

// steps that a dose acts: six hours.
const actingSteps = 72

// body is glucose, and what acts on it. Everything is per step of 5 minutes.
type body struct {
	a         *archetype
	plasma    float64 // mg/dL
	tissue    float64 // mg/dL, what a sensor sees
	walk      float64 // slow unexplained drift
	boluses   [actingSteps]float64
	basals    [actingSteps]float64 // insulin given, newest first
	acting    [actingSteps]float64 // part of a dose that acts in the n-th step after it
	left      [actingSteps]float64 // part of a dose that is left at the n-th step
	digesting []digestion
}

// digestion is a meal on its way.
type digestion struct{ grams, peak, minutes float64 }

func newBody(a *archetype) *body {
	b := &body{a: a, plasma: a.target + 15, tissue: a.target + 15}
	curve := metrics.Exponential{Duration: actingSteps * step, Peak: a.peak}
	for n := range b.acting {
		b.left[n] = curve.Left(time.Duration(n) * step)
		b.acting[n] = b.left[n] - curve.Left(time.Duration(n+1)*step)
		b.basals[n] = a.perStep()
	}
	return b
}

// eat begins to digest a meal whose absorption peaks after so many minutes.
func (b *body) eat(grams, peak float64) {
	b.digesting = append(b.digesting, digestion{grams: grams, peak: peak})
}

// onBoard is the insulin of boluses that is still to act.
func (b *body) onBoard() float64 {
	sum := 0.0
	for n, u := range b.boluses {
		sum += u * b.left[n]
	}
	return sum
}

// absorbed is the carbohydrate that reaches the blood in this step: the share
// of the kernel t·e^(−t/T) between two moments.
func (b *body) absorbed() float64 {
	sum, kept := 0.0, b.digesting[:0]
	done := func(d digestion) float64 { x := d.minutes / d.peak; return 1 - (1+x)*math.Exp(-x) }
	for _, d := range b.digesting {
		before := done(d)
		d.minutes += step.Minutes()
		sum += d.grams * (done(d) - before)
		if d.minutes < 10*d.peak {
			kept = append(kept, d)
		}
	}
	b.digesting = kept
	return sum
}

// given takes the insulin of this step.
func (b *body) given(bolus, basal float64) {
	copy(b.boluses[1:], b.boluses[:actingSteps-1])
	copy(b.basals[1:], b.basals[:actingSteps-1])
	b.boluses[0], b.basals[0] = bolus, basal
}

// influence is what acts on the body from outside in one step.
type influence struct {
	hour        float64 // local clock
	sensitivity float64 // of the day; above 1 is resistant
	exercising  float64 // mg/dL that exercise takes
	tender      bool    // around exercise insulin works better
	strength    float64 // of the infusion site
	chance      float64 // standard normal
	at          record.Millis
	story       script
}

// live moves the body on by one step.
func (b *body) live(in influence) {
	a := b.a
	carbs := b.absorbed()
	b.walk = 0.985*b.walk + a.walk*in.chance
	dawn := a.dawn / (1.6 * math.Sqrt(2*math.Pi)) * math.Exp(-math.Pow((in.hour-5.2)/1.6, 2)/2) * step.Hours()
	g, d := b.plasma, b.walk
	if a.therapy == basalOnly {
		d += a.gain*a.isf/a.ratio*carbs - 0.034*(g-a.target*in.sensitivity) + 0.8*dawn
	} else {
		effective := a.isf / in.sensitivity
		if in.tender {
			effective *= 1.35
		}
		effective *= in.strength
		bolus, basal := 0.0, 0.0
		for n, part := range b.acting {
			bolus += part * b.boluses[n]
			basal += part * b.basals[n]
		}
		need := a.perStep() * (1 + 0.18*math.Sin(2*math.Pi*(in.hour-3)/24))
		d += a.isf/a.ratio*carbs - effective*bolus + 0.9*(need*a.isf-effective*basal) + dawn - 0.006*(g-a.target-15)
	}
	d -= in.exercising
	if g > 180 {
		d -= (g - 180) * 0.013
	}
	if g < 75 {
		d += (75 - g) * 0.055
	}
	if g < 55 {
		d += (55 - g) * 0.12
	}
	b.plasma = quantise(max(32, g+in.story.bend(in.at, g, d)))
	b.tissue = quantise(b.tissue + (b.plasma-b.tissue)*(1-math.Exp(-step.Minutes()/7)))
	b.walk = quantise(b.walk)
}
