package figure

import (
	"time"

	"glucokeep/app/text"
)

// Why is what is known about why nothing newer than the newest reading is
// here. The zero value knows nothing.
type Why struct {
	Event  Event
	At     time.Time     // of the event, in the zone of the person
	WarmUp time.Duration // how long the sensor warms up after a start

	Heard  time.Time // when the source last brought anything; zero when not known
	Source string    // what the source is called; "" for a phone
	File   bool      // it came with a file, so nothing is to be expected by itself
}

// Event is what happened to a sensor since its last reading.
type Event uint8

// The events.
const (
	NoEvent Event = iota
	SensorStarted
	SensorEnded
	SensorFailed
)

// Note is a sentence beside a newest value. The zero value is none.
type Note struct {
	Kind  string // "warm-up", "ended", "failed", "heard", "file"
	Text  string // the sentence as of now
	Words string // the sentence with {age} where its age goes on; "" when none does
	Since string // RFC 3339, what {age} counts from
}

// OnlyLate reports whether the note is one that stands beside a late or stale
// value only.
func (n Note) OnlyLate() bool { return n.Kind == "heard" || n.Kind == "file" }

// Explain puts the reason into words. What happened to the sensor is said
// always, the link that was last heard of for a late or stale value.
func (v Latest) Explain(l text.Locale, w Why, now time.Time) Latest {
	at := func() string {
		c, _ := Clock(l, w.At, now)
		return c
	}
	ready := w.At.Add(w.WarmUp)
	switch {
	case w.Event == SensorStarted && now.Before(ready):
		c, _ := Clock(l, roundUp(ready), now)
		v.Note = Note{Kind: "warm-up", Text: l.T("value.warm-up", "clock", c)}
	case w.Event == SensorEnded:
		v.Note = Note{Kind: "ended", Text: l.T("value.sensor-ended", "clock", at())}
	case w.Event == SensorFailed:
		v.Note = Note{Kind: "failed", Text: l.T("value.sensor-failed", "clock", at())}
	case w.Heard.IsZero() || v.State == Never:
	default:
		kind, key, args := "heard", "value.heard", []any(nil)
		switch {
		case w.File:
			kind, key = "file", "value.by-file"
		case w.Source != "":
			key, args = "value.heard-from", []any{"source", w.Source}
		}
		v.Note = Note{Kind: kind, Since: w.Heard.UTC().Format(time.RFC3339),
			Words: l.T(key, append(args, "age", "{age}")...), Text: l.T(key, append(args, "age", l.Span(max(now.Sub(w.Heard), 0)))...)}
	}
	return v
}

// roundUp is the next five minutes: nobody knows it better.
func roundUp(t time.Time) time.Time {
	const step = 5 * time.Minute
	if r := t.Truncate(step); r.Before(t) {
		return r.Add(step)
	}
	return t
}
