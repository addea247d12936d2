package metrics

import (
	"math"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// InsulinCurve is how much of a dose is still to act after some time: 1 at
// once, 0 after its duration.
type InsulinCurve interface {
	Left(after time.Duration) float64
	Ends() time.Duration // from then on nothing is left
}

// Exponential is the curve of Loop and oref0: an activity that peaks at Peak
// and ends at Duration. Peak must be less than half of Duration.
type Exponential struct {
	Duration, Peak time.Duration
	Delay          time.Duration // nothing acts before; Loop 10 min, oref0 none
}

// RapidAdult is rapid insulin in adults, as Loop and oref0 set it, without
// delay.
func RapidAdult() Exponential { return Exponential{Duration: 6 * time.Hour, Peak: 75 * time.Minute} }

// RapidChild is rapid insulin in children.
func RapidChild() Exponential { return Exponential{Duration: 6 * time.Hour, Peak: 65 * time.Minute} }

// UltraRapid is Fiasp and its like.
func UltraRapid() Exponential { return Exponential{Duration: 6 * time.Hour, Peak: 55 * time.Minute} }

// Ends is Duration after the delay.
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

// Bilinear is Nightscout's default curve for a duration of insulin action.
type Bilinear struct{ DIA time.Duration }

// Ends is the duration of insulin action.
func (b Bilinear) Ends() time.Duration { return b.DIA }

// Left is the part of a dose still to act.
func (b Bilinear) Left(after time.Duration) float64 {
	m := after.Minutes() * 3 / b.DIA.Hours()
	switch {
	case after <= 0:
		return 1
	case m < 75:
		x := m/5 + 1
		return 1 - 0.001852*x*x + 0.001852*x
	case m < 180:
		x := (m - 75) / 5
		return max(0, 0.001323*x*x-0.054233*x+0.55556)
	}
	return 0
}

// extendedPiece is the length that an extended bolus is cut into.
const extendedPiece = 5 * time.Minute

// BolusOnBoard is the insulin of boluses and rapid injections still to act at
// a moment. Basal is not counted: label it "active insulin from boluses". A
// device that reports its own figure is believed instead, with its age shown.
func BolusOnBoard(doses []*record.Dose, at record.Millis, curve InsulinCurve) unit.Units {
	left := 0.0
	for _, d := range doses {
		if d.Unspecified || d.Insulin == record.Long || d.At > at ||
			time.Duration(at-d.At)*time.Millisecond > curve.Ends()+d.Duration {
			continue
		}
		slow := 0.0
		if d.Duration > 0 {
			slow = extendedUnits(d)
		}
		left += (float64(d.Units) - slow) * curve.Left(time.Duration(at-d.At)*time.Millisecond)
		if slow > 0 {
			left += extendedLeft(d, slow, at, curve)
		}
	}
	return unit.Units(left)
}

// extendedUnits is the part of d given over its duration.
func extendedUnits(d *record.Dose) float64 {
	if d.ExtendedUnits == 0 && d.Delivery == record.Extended {
		return float64(d.Units)
	}
	return min(float64(d.ExtendedUnits), float64(d.Units))
}

// extendedLeft is what is left of the extended part of d: pieces that were
// already given; those still to come are not on board.
func extendedLeft(d *record.Dose, units float64, at record.Millis, curve InsulinCurve) float64 {
	pieces := int((d.Duration + extendedPiece - 1) / extendedPiece)
	left := 0.0
	for k := range pieces {
		given := time.Duration(k) * d.Duration / time.Duration(pieces)
		after := time.Duration(at-d.At)*time.Millisecond - given
		if after < 0 {
			break
		}
		left += units / float64(pieces) * curve.Left(after)
	}
	return left
}
