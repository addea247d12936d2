package metrics

import (
	"cmp"
	"slices"
	"time"

	"glucokeep/app/record"
)

// DeviceEvent is an event with the source that told it, by any number that
// tells sources apart.
type DeviceEvent struct {
	Source int64
	*record.Event
}

// SessionEnd is how the time of a sensor on the body ended.
type SessionEnd uint8

// The ends.
const (
	NoEnd    SessionEnd = iota // none is told: still worn, as far as the data go
	Ended                      // the source tells it
	Replaced                   // the next sensor of the source began
)

// SensorSession is the time of one sensor on the body, as its source tells.
type SensorSession struct {
	Source  int64
	From    record.Millis // 0 when the start is not told
	Until   record.Millis // 0 with NoEnd
	End     SessionEnd
	Detail  string // what the source says about the end
	Trouble string // the error that the sensor told in its last hours; "" none
}

const (
	// sameStart is how near two starts of one source are the same sensor told
	// twice: apps write "change" and "start".
	sameStart = record.Millis(30 * time.Minute / time.Millisecond)
	// lastHours is how long before its end an error of the sensor may be what
	// ended it.
	lastHours = record.Millis(6 * time.Hour / time.Millisecond)
)

// SensorSessions finds the sessions in the events of any sources, by their
// start. It believes what is told: no session is made up from gaps.
func SensorSessions(events []DeviceEvent) []SensorSession {
	bySource := map[int64][]DeviceEvent{}
	for _, e := range events {
		bySource[e.Source] = append(bySource[e.Source], e)
	}
	var out []SensorSession
	for source, list := range bySource {
		slices.SortStableFunc(list, func(a, b DeviceEvent) int { return cmp.Compare(a.At, b.At) })
		out = append(out, sessionsOf(source, list)...)
	}
	slices.SortFunc(out, func(a, b SensorSession) int {
		return cmp.Or(cmp.Compare(a.begins(), b.begins()), cmp.Compare(a.Source, b.Source))
	})
	return out
}

// begins is what a session is put in order by.
func (s SensorSession) begins() record.Millis {
	if s.From == 0 {
		return s.Until
	}
	return s.From
}

func sessionsOf(source int64, list []DeviceEvent) (out []SensorSession) {
	var now *SensorSession
	var trouble *record.Event
	end := func(at record.Millis, how SessionEnd, detail string) {
		now.Until, now.End, now.Detail = at, how, detail
		if trouble != nil && at-trouble.At <= lastHours {
			now.Trouble = trouble.Detail
		}
		out = append(out, *now)
		now, trouble = nil, nil
	}
	for _, e := range list {
		switch e.Event.Event {
		case record.SensorStart:
			if now != nil {
				if e.At-now.From < sameStart {
					continue
				}
				end(e.At, Replaced, "")
			}
			now, trouble = &SensorSession{Source: source, From: e.At}, nil
		case record.SensorEnd:
			if now == nil {
				if len(out) > 0 {
					continue // a second word about the same end
				}
				now = &SensorSession{Source: source}
			}
			end(e.At, Ended, e.Detail)
		case record.SensorError:
			trouble = e.Event
		}
	}
	if now != nil {
		out = append(out, *now)
	}
	return out
}
