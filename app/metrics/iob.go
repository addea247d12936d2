package metrics

import (
	"math"
	"time"
)

// Exponential is how much of a dose of insulin is still to act after some
// time, as Loop and oref0 have it: an activity that peaks at Peak and ends at
// Duration. People are shown only what a device says of insulin on board; the
// made-up people of a demo need the curve. Peak must be less than half of Duration.
type Exponential struct {
	Duration, Peak time.Duration
	Delay          time.Duration // nothing acts before; Loop 10 min, oref0 none
}

// Ends is Duration after the delay: from then on nothing is left.
func (e Exponential) Ends() time.Duration { return e.Duration + e.Delay }

// Left is the part of a dose still to act; NaN for a curve that cannot be.
func (e Exponential) Left(after time.Duration) float64 {
	d, p := e.Duration.Minutes(), e.Peak.Minutes()
	t := (after - e.Delay).Minutes()
	switch {
	case !(p > 0 && p < d/2):
		return undefined
	case t <= 0:
		return 1
	case t >= d:
		return 0
	}
	tau, a, s := e.shape()
	return 1 - s*(1-a)*((t*t/(tau*d*(1-a))-t/tau-1)*math.Exp(-t/tau)+1)
}

// Activity is the part of a dose that acts per minute.
func (e Exponential) Activity(after time.Duration) float64 {
	d, t := e.Duration.Minutes(), (after - e.Delay).Minutes()
	if t <= 0 || t >= d {
		return 0
	}
	tau, _, s := e.shape()
	return s / (tau * tau) * t * (1 - t/d) * math.Exp(-t/tau)
}

func (e Exponential) shape() (tau, a, s float64) {
	d, p := e.Duration.Minutes(), e.Peak.Minutes()
	tau = p * (1 - p/d) / (1 - 2*p/d)
	a = 2 * tau / d
	s = 1 / (1 - a + (1+a)*math.Exp(-d/tau))
	return tau, a, s
}
