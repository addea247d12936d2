package demo

import (
	"time"

	"glucokeep/app/record"
)

// Happening is what a story tells.
type Happening uint8

// The stories.
const (
	// Low is a fall to an urgent low, lowest at the instant, against which
	// somebody gives juice some minutes later.
	Low Happening = iota
	// High is a rise well above range up to the instant.
	High
	// SensorFails is a sensor that breaks at the instant. The next one is on
	// the body an hour later.
	SensorFails
	// PhoneLost is a phone that is away for eleven hours from the instant
	// on. The sensor remembers the last eight of them and hands them over
	// when the phone is found; what was before is lost.
	PhoneLost
	// SensorOff is the end of a sensor that is not followed by another.
	SensorOff
	// SecondSensor is another sensor worn beside the first for two weeks.
	SecondSensor
	// Present is a signal that is not lost from some hours before the instant
	// to an hour after it.
	Present
)

// Story is something that happens to a person at an instant, whatever chance
// says. Text is what they write down about it, "" nothing.
type Story struct {
	What Happening
	At   time.Time
	Text string
}

// script is the stories of a person.
type script []Story

const (
	nearBy   = 5 * hourMS     // before that of a Present
	building = 150 * minuteMS // before the instant of a Low or High
	juiceIn  = 4 * minuteMS   // after that of a Low
	away     = 11 * hourMS
	memory   = 8 * hourMS
)

// heard reports whether no signal may be lost: while a Low or High is being
// told, around a Present, and while the phone is away, so that what is missing
// then is what its story says.
func (s script) heard(at record.Millis) bool {
	for _, t := range s {
		switch to := record.At(t.At); {
		case t.What == Present && at >= to-nearBy && at < to+hourMS:
			return true
		case t.What == PhoneLost && at >= to && at < to+away:
			return true
		}
	}
	return s.watched(at)
}

// watched reports whether a Low or High is being told: then nobody ends it
// early.
func (s script) watched(at record.Millis) bool {
	for _, t := range s {
		if to := record.At(t.At); (t.What == Low || t.What == High) && at >= to-building && at < to+juiceIn {
			return true
		}
	}
	return false
}

// bend is the change of glucose in a step as a Low or High wants it: at least
// along a slope, never faster than a meal or a bolus would. A sensor lags, so
// the lowest value is held for a while before the story's instant. Elsewhere it is the change that the body made.
func (s script) bend(at record.Millis, glucose, change float64) float64 {
	const fastest = 12 // mg/dL in five minutes
	for _, t := range s {
		until := record.At(t.At)
		if at < until-building || at >= until {
			continue
		}
		left := float64(until-at) / float64(minuteMS)
		switch t.What {
		case Low:
			return min(change, max(-fastest, 44+1.1*max(0, left-25)-glucose))
		case High:
			return max(change, min(fastest, 235-2*left-glucose))
		}
	}
	return change
}

// fail cuts a session of a sensor where it breaks, and gives the part of it
// that an instant lies in.
func (s script) fail(w session, at record.Millis) session {
	for _, t := range s {
		broken := record.At(t.At)
		if t.What != SensorFails || broken <= w.began || broken >= w.until {
			continue
		}
		if at < broken {
			w.until = broken
			continue
		}
		warmUp := w.reads - w.began
		w.ended, w.began, w.bias = broken+2*minuteMS, broken+55*minuteMS, -w.bias
		w.reads = w.began + warmUp
	}
	return w
}

// postpone moves the change of a sensor out of the way of a Low, a High or a
// Present.
func (s script) postpone(change record.Millis) record.Millis {
	for _, t := range s {
		now := t.What == Low || t.What == High || t.What == Present
		if to := record.At(t.At); now && change > to-nearBy && change < to+hourMS {
			return change + nearBy + hourMS
		}
	}
	return change
}

// fetched tells of a reading whether the phone was away when it was taken,
// and if so when the phone fetched it; 0 if never.
func (s script) fetched(taken record.Millis) (when record.Millis, apart bool) {
	for _, t := range s {
		lost := record.At(t.At)
		if found := lost + away; t.What == PhoneLost && taken >= lost && taken < found {
			if taken < found-memory {
				return 0, true
			}
			return found, true
		}
	}
	return 0, false
}

// off is when the last sensor ended; false if it did not by then.
func (s script) off(at record.Millis) (record.Millis, bool) {
	for _, t := range s {
		if ended := record.At(t.At); t.What == SensorOff && at >= ended {
			return ended, true
		}
	}
	return 0, false
}

// second is the session of a second sensor.
func (s script) second() (session, bool) {
	for _, t := range s {
		if t.What == SecondSensor {
			began := record.At(t.At)
			return session{began: began, reads: began + hourMS, until: began + 14*24*hourMS, bias: 0.06, seconds: 41_000}, true
		}
	}
	return session{}, false
}

// overcorrect gives a little too much against a high value: where a Low of
// somebody on rapid insulin comes from.
func (l *life) overcorrect(at record.Millis) {
	v, ok := l.cgm.shown(at)
	if !ok || l.a.therapy == basalOnly || v < l.set.high+40 {
		return
	}
	u := (v-l.set.target())/l.set.isf - l.body.onBoard()
	l.give(at+minuteMS, l.dosable(1.3*u), l.dosable(u), 0)
}

// happen tells what stories bring in this step besides their effect on
// glucose and sensor.
func (l *life) happen(at record.Millis) {
	in := func(t record.Millis) bool { return t >= at && t < at+stepMS }
	for _, t := range l.story {
		then := record.At(t.At)
		told := then + 20*minuteMS // when they write it down
		switch t.What {
		case Low:
			if in(then - building) {
				l.overcorrect(at)
			}
			if given := then + juiceIn; in(given) {
				l.stick(given-minuteMS, false)
				l.sweeten(given, 15)
				l.bell.cleared(given+minuteMS, l)
				l.rescued = given + 30*minuteMS
			}
		case SensorFails:
			if in(then) {
				l.out.sensor(&record.Event{Common: record.Common{At: then}, Event: record.SensorError, Detail: l.p.said("Sensor failed")})
			}
		case PhoneLost:
			told = then + away + 5*minuteMS
		case SecondSensor:
			if in(then) {
				l.out.add(ofSecondSensor, &record.Event{Common: record.Common{At: then}, Event: record.SensorStart})
			}
		}
		if t.Text != "" && in(told) {
			l.out.diary(&record.Note{Common: record.Common{At: told}, Text: l.p.said(t.Text)})
		}
	}
}
