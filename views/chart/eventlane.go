package chart

import (
	"strconv"
	"time"

	geometry "glucokeep/app/chart"
)

// Happening is something that the lane of notes and devices shows as a mark
// with a number; the list beside the chart says what it was.
type Happening struct {
	At, Until time.Time // Until is zero or that of something that lasted
	Kind      string    // HappeningNote …
	Number    int
	Text      string // short, for the read-out and the table
	Source    int
}

// The kinds of happening; each has a shape of its own.
const (
	HappeningNote     = "note"
	HappeningActivity = "activity"
	HappeningDevice   = "device"
	HappeningAlarm    = "alarm"
)

// eventLane is the marks at their places and the numbers beside them, set
// once for phones and once for broad screens.
type eventLane struct {
	Ticks         []mark
	Bars          []lasting
	Narrow, Broad []key
}

// lasting is something that went on for a while.
type lasting struct{ X, End string }

// key is a number on the lane, with how many more it stands for.
type key struct {
	X, Text string
	Row     int
}

// keyRows is how many rows of numbers the lane has room for.
const keyRows = 2

// desk is the narrowest drawing, in pixels, on a screen that is not a phone.
const desk = 560.0

func newEventLane(list []Happening, span geometry.Span) (lane eventLane) {
	var xs []float64
	var numbers []int
	for _, h := range list {
		if !h.Until.IsZero() && h.Until.After(h.At) {
			lane.Bars = append(lane.Bars, lasting{percent(span.X(h.At, 100)), percent(span.X(h.Until, 100))})
		}
		if !span.Holds(h.At) && h.Until.IsZero() {
			continue
		}
		x := span.X(h.At, 100)
		xs, numbers = append(xs, x), append(numbers, h.Number)
		tick := mark{X: percent(geometry.Round(x)), Kind: h.Kind}
		if n := len(lane.Ticks); n == 0 || lane.Ticks[n-1] != tick { // two at the same place are one sign
			lane.Ticks = append(lane.Ticks, tick)
		}
	}
	lane.Narrow, lane.Broad = keysOn(xs, numbers, phone), keysOn(xs, numbers, desk)
	return lane
}

// keysOn sets the numbers on a drawing that is so many pixels wide.
func keysOn(xs []float64, numbers []int, pixels float64) (keys []key) {
	words := func(first, count int) string {
		s := strconv.Itoa(numbers[first])
		if count > 1 {
			s += " +" + strconv.Itoa(count-1)
		}
		return s
	}
	width := func(first, count int) float64 {
		const gap = 10 // before and after, in pixels
		return 100 * (float64(len(words(first, count)))*glyph + gap) / pixels
	}
	for _, k := range geometry.Keys(xs, width, keyRows, 100) {
		keys = append(keys, key{X: percent(k.X), Text: words(k.First, k.Count), Row: k.Row})
	}
	return keys
}

// offset is how far below the lane's top the letters of a key stand.
func (k key) offset() string { return strconv.Itoa(12 + 16*k.Row) }

// sign is the shape of a kind on the lane's line.
func sign(kind string) string {
	switch kind {
	case HappeningNote:
		return "M-3 -3H3V3H-3Z"
	case HappeningActivity:
		return "M-3.5 2.5L0 -3.5L3.5 2.5Z"
	case HappeningAlarm:
		return "M-3 -3L3 3M3 -3L-3 3"
	}
	return "M0 -3A3 3 0 1 1 0 3A3 3 0 1 1 0 -3Z"
}
