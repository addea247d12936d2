package demo

import (
	"math"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// controller is what gives basal insulin: the schedule of a pump, a closed
// loop, or the even action of a long-acting injection.
type controller struct {
	a         *archetype
	scheduled float64 // units an hour now in the pump, 0 before the first
	eased     record.Millis
	running   segment
	auto      record.Millis // last automatic bolus
}

// segment is a rate of the loop that is not yet told.
type segment struct {
	from record.Millis
	rate float64
	on   bool
}

// basal is the rate of this step in units an hour.
func (c *controller) basal(at record.Millis, hour float64, l *life) float64 {
	plain := c.a.daily * c.a.basalShare / 24
	switch c.a.therapy {
	case pump:
		return c.schedule(at, hour, l)
	case loop:
		return c.steer(at, hour, plain, l)
	}
	return plain
}

// planned is the usual programmed rate at an hour: the daily wave of the need, an
// hour early and in blocks of three hours.
func planned(hour, plain, grain float64) float64 {
	middle := 3*math.Floor(hour/3) + 1.5
	return math.Round(plain*(1+0.18*math.Sin(2*math.Pi*(middle-2)/24))/grain) * grain
}

// schedule follows the programmed rates, halved for two hours from an
// exercise on.
func (c *controller) schedule(at record.Millis, hour float64, l *life) float64 {
	if rate := l.set.rate(hour); rate != c.scheduled {
		c.scheduled = rate
		l.out.pump(&record.Basal{
			Common: record.Common{At: at}, Basal: record.ScheduledBasal, Rate: unit.UnitsPerHour(round3(rate)),
		})
	}
	if at < c.eased {
		return c.scheduled / 2
	}
	return c.scheduled
}

const easing = 2 * time.Hour

// ease halves a pump's rate for an exercise.
func (c *controller) ease(at record.Millis, l *life) {
	if c.a.therapy != pump {
		return
	}
	half := 50.0
	c.eased = at + record.Millis(easing.Milliseconds())
	l.out.pump(&record.Basal{Common: record.Common{At: at}, Basal: record.TempBasal, Percent: &half,
		Rate: unit.UnitsPerHour(round3(c.scheduled / 2)), Duration: easing})
}

// steer is the closed loop: it looks half an hour ahead along the slope of the
// last half hour, raises or lowers the basal rate, and gives a correction on
// its own when a high value lies ahead.
func (c *controller) steer(at record.Millis, hour, plain float64, l *life) float64 {
	rate := l.set.rate(hour)
	if v, slope, ok := l.cgm.slope(at); ok {
		ahead := v + 0.8*slope*30
		wrong := (ahead-l.set.target())/l.set.isf - 0.75*l.body.onBoard()
		rate *= min(max(1+1.1*wrong/(2*plain), 0), 2.5)
		if ahead < 80 {
			rate = 0
		}
		if u := l.dosable(min(0.6*wrong, 2.5)); ahead > 170 && u >= 0.1 && at-c.auto >= 60*minuteMS {
			c.auto = at
			l.bolus += u
			l.out.dose(&record.Dose{
				Common: record.Common{At: at + minuteMS}, Delivery: record.Normal, Insulin: record.Rapid,
				Units: units(u), Automated: true,
			})
		}
	}
	rate = math.Round(rate*20) / 20
	if !c.running.on || rate != c.running.rate || at-c.running.from >= 30*minuteMS {
		c.cut(at, l.out)
		c.running = segment{from: at, rate: rate, on: true}
	}
	return rate
}

// cut ends the running segment and tells it.
func (c *controller) cut(at record.Millis, out *output) {
	if c.running.on && at > c.running.from {
		out.segment(at, &record.Basal{Common: record.Common{At: c.running.from}, Basal: record.AutomatedBasal,
			Rate: unit.UnitsPerHour(round3(c.running.rate)), Duration: time.Duration(at-c.running.from) * time.Millisecond})
	}
	c.running = segment{}
}

func round3(v float64) float64 { return math.Round(v*1000) / 1000 }
