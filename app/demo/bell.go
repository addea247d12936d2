package demo

import (
	"math"

	"glucokeep/app/record"
)

// bell is the alarms of the device that shows the sensor.
type bell struct {
	chance  stream
	ringing string        // the state that was last told
	open    bool          // it rang and nobody cleared it
	clear   record.Millis // when the person will clear it; 0 never
}

// The alarms as devices call them, most urgent first.
const (
	urgentLow = "Urgent low"
	low       = "Low glucose"
	high      = "High glucose"
)

// Where they are set to ring, in mg/dL; that of high glucose is a setting
// that changes.
const (
	urgentLowAt = 55
	lowAt       = 70
	calm        = 80 // after a low
	relief      = 15 // below the high one, after a high
)

// listen rings when the value enters a worse band, and tells when the person
// cleared the alarm: quickly by day, slowly at night, sometimes never.
func (b *bell) listen(at record.Millis, awake bool, l *life) {
	answers, after := b.chance.chance(0.88), -math.Log(1-b.chance.part())
	if b.clear > 0 && b.clear < at+stepMS {
		if b.clear >= at {
			b.cleared(b.clear, l)
		}
		b.clear = 0
	}
	v, ok := l.cgm.shown(at)
	if !ok {
		return
	}
	state, tooHigh := b.ringing, float64(l.set.alertHigh.MgDL())
	switch {
	case v <= urgentLowAt:
		state = urgentLow
	case v < lowAt && b.ringing != urgentLow:
		state = low
	case v > tooHigh:
		state = high
	case v >= calm && v < tooHigh-relief:
		state = ""
	}
	if state == b.ringing {
		return
	}
	b.ringing, b.clear, b.open = state, 0, state != ""
	if state == "" {
		return
	}
	l.out.sensor(&record.Alarm{Common: record.Common{At: at + minuteMS}, Name: state})
	if answers {
		mean := 18.0
		if awake {
			mean = 6
		}
		b.clear = at + record.Millis(2+math.Round(mean*after))*minuteMS
	}
}

// cleared tells that the person cleared the alarm, if one is open.
func (b *bell) cleared(at record.Millis, l *life) {
	if b.open {
		l.out.sensor(&record.Alarm{Common: record.Common{At: at}, Name: b.ringing, Cleared: true})
	}
	b.open, b.clear = false, 0
}
