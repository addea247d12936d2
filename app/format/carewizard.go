package format

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"glucokeep/app/record"
)

// joinWizards gives each bolus the calculator's row that proposed it: the
// nearest within half a minute whose estimate is the volume selected. The
// carbs become a record of their own at the time of that row.
func joinWizards(doses []*careDose, wizards []careWizard) []careHeld {
	byVolume := map[int64][]*careDose{}
	for _, d := range doses {
		v := milliUnits(float64(d.row.selected))
		byVolume[v] = append(byVolume[v], d)
	}
	for _, list := range byVolume {
		slices.SortStableFunc(list, func(a, b *careDose) int { return cmp.Compare(a.row.at, b.row.at) })
	}
	var held []careHeld
	for i := range wizards {
		w := &wizards[i]
		list := byVolume[milliUnits(float64(w.estimate))]
		var best *careDose
		if n := nearest(list, w.at, 30*time.Second, (*careDose).at, func(d *careDose) bool {
			return d.dose.Recommended == nil && d.row.source == w.source
		}); n >= 0 {
			best = list[n]
		}
		held = append(held, w.records(best)...)
	}
	for _, d := range doses {
		held = append(held, careHeld{d.row.source, d.dose})
	}
	return held
}

func milliUnits(u float64) int64 { return int64(u*1000 + 0.5) }

// records puts what the row says beside its bolus, or beside its carbs, or
// into an event of its own when the bolus was not given.
func (w *careWizard) records(d *careDose) (held []careHeld) {
	if w.meal != nil {
		held = append(held, careHeld{w.source, w.meal})
	}
	if d != nil {
		d.dose.Recommended = &w.estimate
		if w.meal != nil {
			d.dose.Carbs = w.meal.Grams
		}
		for k, v := range w.extra {
			d.dose.Extra = with(d.dose.Extra, k, v)
		}
		return held
	}
	extra := with(w.extra, "BWZ Estimate", formatNumber(float64(w.estimate)))
	if w.meal != nil {
		w.meal.Extra = extra
		return held
	}
	e := &record.Event{Common: record.Common{At: w.at, Line: w.line, Extra: extra}, Event: record.OtherEvent, Detail: "Bolus Wizard"}
	return append(held, careHeld{w.source, e})
}

// dropAlarmTwins leaves out the second form in which newer pumps write an
// alarm, "X: tone and vibration", when X stands within a minute of it.
func (c *careLink) dropAlarmTwins() {
	type key struct {
		source record.Source
		name   string
	}
	plain := map[key][]record.Millis{}
	for _, h := range c.held {
		if a, ok := h.record.(*record.Alarm); ok && !a.Cleared && !strings.Contains(a.Name, ":") {
			k := key{h.source, a.Name}
			plain[k] = append(plain[k], a.At)
		}
	}
	for _, times := range plain {
		slices.Sort(times)
	}
	kept := c.held[:0]
	for _, h := range c.held {
		if a, ok := h.record.(*record.Alarm); ok && !a.Cleared {
			if name, how, two := strings.Cut(a.Name, ":"); two && isAlarmManner(how) {
				same := func(at record.Millis) record.Millis { return at }
				anyOf := func(record.Millis) bool { return true }
				if nearest(plain[key{h.source, strings.TrimSpace(name)}], a.At, time.Minute, same, anyOf) >= 0 {
					continue
				}
			}
		}
		kept = append(kept, h)
	}
	c.held = kept
}

// isAlarmManner reports whether the words after an alarm's name say how it
// was given, not what it was ("Other Alarm Code: 1003").
func isAlarmManner(s string) bool {
	s = strings.ToLower(s)
	return strings.Contains(s, "tone") || strings.Contains(s, "vibrat") || strings.Contains(s, "silent") || strings.Contains(s, "audio")
}

// nearest finds in list, sorted by time, the free one that lies closest to at
// and within so much of it; -1 if there is none. It looks outwards from at,
// so that a list of hundreds of thousands costs no more than one of ten.
func nearest[T any](list []T, at record.Millis, within time.Duration, timeOf func(T) record.Millis, free func(T) bool) int {
	after := sort.Search(len(list), func(i int) bool { return timeOf(list[i]) >= at })
	before := after - 1
	for {
		down, up := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
		if before >= 0 {
			down = apart(at, timeOf(list[before]))
		}
		if after < len(list) {
			up = apart(at, timeOf(list[after]))
		}
		switch {
		case min(down, up) > within:
			return -1
		case up <= down:
			if free(list[after]) {
				return after
			}
			after++
		default:
			if free(list[before]) {
				return before
			}
			before--
		}
	}
}
