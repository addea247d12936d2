package demo

import (
	"math"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// cgm is the sensor on the body: it lags, it errs, it loses the signal, and
// it is lain on.
type cgm struct {
	sensor  sensor
	of      int // which of the person's sensors
	noise   float64
	unit    unit.Concentration
	session session
	chance  stream
	error   float64       // slow error, standard normal
	silent  record.Millis // no signal until
	recent  []record.Reading
}

// read takes the reading of this step, if there is one, and tells it.
func (c *cgm) read(at record.Millis, l *life) {
	wobble, short, long, lasts := c.chance.normal(), c.chance.part(), c.chance.part(), c.chance.part()
	c.error = quantise(0.9*c.error + math.Sqrt(1-0.81)*wobble)
	if short < 0.004 {
		c.silent = max(c.silent, at+record.Millis(-20*math.Log(1-lasts))*minuteMS)
	}
	if long < 0.00035 {
		c.silent = max(c.silent, at+record.Millis(60+240*lasts)*minuteMS)
	}
	if int64(at)%c.sensor.every.Milliseconds() != 0 {
		return
	}
	when := at + c.session.seconds
	lost := l.today.lost
	if _, off := l.story.off(when); off {
		return
	}
	silent := at < c.silent || (at >= lost[0] && at < lost[1])
	if when < c.session.reads || when >= c.session.until || (silent && !l.story.heard(at)) {
		return
	}
	v := l.body.tissue
	age := float64(when-c.session.began) / 86_400_000
	v *= 1 + c.session.bias*math.Exp(-age)
	v += c.error * c.noise * (0.5 + l.body.tissue/200)
	if !l.story.heard(at) { // and nobody lies on it
		v *= 1 - l.today.press.at(at)
	}
	r := record.Reading{At: when, Value: c.native(math.Round(v))}
	switch v = math.Round(v); {
	case v < c.sensor.low:
		r.Value, r.Flags = c.native(c.sensor.low), record.BelowRange
	case v > c.sensor.high:
		r.Value, r.Flags = c.native(c.sensor.high), record.AboveRange
	}
	fetched, apart := l.story.fetched(when)
	switch {
	case !apart:
		c.keep(&r)
		l.out.reading(c.of, r)
	case fetched > 0: // nobody saw it when it was measured
		r.Flags |= record.Backfilled
		l.out.late(c.of, fetched, r)
	}
}

// at is the part of the value that is missing, with edges of ten minutes.
func (p compression) at(at record.Millis) float64 {
	if at <= p.from || at >= p.until {
		return 0
	}
	edge := float64(min(at-p.from, p.until-at)) / float64(10*minuteMS)
	return p.off * min(1, edge)
}

// native is a value as the device of this person gives it.
func (c *cgm) native(mgdl float64) unit.Glucose { return native(mgdl, c.unit) }

func native(mgdl float64, c unit.Concentration) unit.Glucose {
	if c == unit.MmolL {
		return unit.MmolLValue(math.Round(float64(unit.MgPerDl(mgdl).MmolPerL())*10) / 10)
	}
	return unit.MgDLValue(mgdl)
}

// keep remembers the reading for half an hour and puts the arrow on it.
func (c *cgm) keep(r *record.Reading) {
	kept := c.recent[:0]
	for _, old := range c.recent {
		if old.At > r.At-31*minuteMS {
			kept = append(kept, old)
		}
	}
	before := record.NoTrend
	if len(kept) > 0 {
		before = kept[len(kept)-1].Trend
	}
	r.Every = uint8(c.sensor.every.Minutes())
	kept = append(kept, *r)
	r.Trend = metrics.RateAt(kept, r.At).Arrow(before)
	kept[len(kept)-1].Trend = r.Trend
	c.recent = kept
}

// shown is the value that the person sees, in mg/dL; false when there is none
// of the last quarter of an hour.
func (c *cgm) shown(at record.Millis) (float64, bool) {
	if len(c.recent) == 0 {
		return 0, false
	}
	r := c.recent[len(c.recent)-1]
	return float64(r.Statistic()), at-r.At <= 16*minuteMS
}

// slope is the value shown and its change in mg/dL a minute over the last
// half hour, as far as there are readings.
func (c *cgm) slope(at record.Millis) (value, perMinute float64, ok bool) {
	v, ok := c.shown(at)
	if !ok || len(c.recent) < 2 {
		return v, 0, ok
	}
	first, last := c.recent[0], c.recent[len(c.recent)-1]
	return v, (v - float64(first.Statistic())) / (float64(last.At-first.At) / float64(minuteMS)), true
}
