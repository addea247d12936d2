package demo

import (
	"math"

	"glucokeep/app/record"
)

// bell is the alarms of the device that shows the sensor.
type bell struct {
	chance  stream
	ringing string        // the state that was last told
	clear   record.Millis // when the person will clear it; 0 never
}

// The alarms as devices call them, most urgent first.
const (
	urgentLow = "Urgent low"
	low       = "Low glucose"
	high      = "High glucose"
)

// listen rings when the value enters a worse band, and tells when the person
// cleared the alarm: quickly by day, slowly at night, sometimes never.
func (b *bell) listen(at record.Millis, awake bool, l *life) {
	answers, after := b.chance.chance(0.88), -math.Log(1-b.chance.part())
	if b.clear > 0 && b.clear < at+stepMS {
		if b.clear >= at {
			l.out.sensor(&record.Alarm{Common: record.Common{At: b.clear}, Name: b.ringing, Cleared: true})
		}
		b.clear = 0
	}
	v, ok := l.cgm.shown(at)
	if !ok {
		return
	}
	state := b.ringing
	switch {
	case v <= 55:
		state = urgentLow
	case v < 70 && b.ringing != urgentLow:
		state = low
	case v > 250:
		state = high
	case v >= 80 && v < 235:
		state = ""
	}
	if state == b.ringing {
		return
	}
	b.ringing, b.clear = state, 0
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
