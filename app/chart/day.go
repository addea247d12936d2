package chart

import "time"

// Day is the civil day of t in its zone, from its first instant to the first
// of the next day: 23 or 25 hours long when the clocks change.
func Day(t time.Time) Span {
	y, m, d := t.Date()
	return Span{Since: firstInstant(y, m, d, t.Location()), Until: firstInstant(y, m, d+1, t.Location())}
}

// firstInstant finds where a civil day begins. time.Date alone does not: in
// some zones midnight is left out or occurs twice when the clocks change.
func firstInstant(y int, m time.Month, d int, zone *time.Location) time.Time {
	const step = 15 * time.Minute
	want := time.Date(y, m, d, 12, 0, 0, 0, zone)
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	for t.Day() != want.Day() {
		t = t.Add(step)
	}
	for before := t.Add(-step); before.Day() == want.Day(); before = before.Add(-step) {
		t = before
	}
	return t
}

// Hours are the instants in s at which a clock in the zone of s shows a whole
// hour that every divides. When the clocks go back an hour occurs twice; only
// the first is given.
func Hours(s Span, every int) []time.Time {
	const step = 15 * time.Minute
	var ticks []time.Time
	for t := s.Since.Truncate(step); t.Before(s.Until); t = t.Add(step) {
		if t.Before(s.Since) || t.Minute() != 0 || t.Hour()%every != 0 {
			continue
		}
		if n := len(ticks); n > 0 && ticks[n-1].Hour() == t.Hour() && ticks[n-1].Day() == t.Day() {
			continue
		}
		ticks = append(ticks, t)
	}
	return ticks
}

// Night is from one hour of the clock up to another. The zero value is from 22
// to 6.
type Night struct{ From, Until int }

// Holds reports whether the hour h of a clock belongs to the night.
func (n Night) Holds(h int) bool {
	if n == (Night{}) {
		n = Night{22, 6}
	}
	if n.From < n.Until {
		return h >= n.From && h < n.Until
	}
	return h >= n.From || h < n.Until
}

// Hours are the parts of a clock day of 24 hours that belong to the night, as
// hours from and until.
func (n Night) Hours() (parts [][2]int) {
	for h := range 24 {
		switch k := len(parts); {
		case !n.Holds(h):
		case k > 0 && parts[k-1][1] == h:
			parts[k-1][1] = h + 1
		default:
			parts = append(parts, [2]int{h, h + 1})
		}
	}
	return parts
}

// Spans are the parts of s that belong to the night by the clock in the zone
// of s.
func (n Night) Spans(s Span) []Span {
	var nights []Span
	const step = 15 * time.Minute
	for t := s.Since.Truncate(step); t.Before(s.Until); t = t.Add(step) {
		if !n.Holds(t.Hour()) {
			continue
		}
		part := Span{t, t.Add(step)}
		if part.Since.Before(s.Since) {
			part.Since = s.Since
		}
		if part.Until.After(s.Until) {
			part.Until = s.Until
		}
		if k := len(nights); k > 0 && nights[k-1].Until.Equal(t) {
			nights[k-1].Until = part.Until
		} else {
			nights = append(nights, part)
		}
	}
	return nights
}
