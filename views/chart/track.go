package chart

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
	"glucokeep/app/unit"
	"glucokeep/views/figure"
)

// track is what the page's script needs for its read-out. It is written in
// columns, times as differences, since that packs to a third of rows. Without
// script nobody misses it: the table says the same.
type track struct {
	Length  int      `json:"length"`         // of the time shown, in seconds
	Clock   [][2]int `json:"clock"`          // from this second on the wall clock shows this minute of the day, and goes on
	Half    []string `json:"half,omitempty"` // am and pm; none on a clock of 24 hours
	Unit    string   `json:"unit"`
	Classes []string `json:"classes"` // words, by class number
	Kinds   []string `json:"kinds"`   // words, by kind
	Sources []string `json:"sources"` // names; 0 is none
	At      []int    `json:"t"`       // seconds: the first, then the steps
	Top     float64  `json:"top"`     // of the axis, in the unit: a number among the values has its place by it
	Bottom  float64  `json:"bottom"`
	Ends    []int    `json:"ends,omitempty"` // percents from the top, of the values that are no numbers, in order
	Values  string   `json:"v"`              // as printed, parted by |
	Class   string   `json:"c"`              // a digit each
	Kind    string   `json:"k"`              // a digit each: reading, scan, fingerstick
	Source  string   `json:"s"`              // a digit of base 36 each
	Beside  []beside `json:"with,omitempty"`
}

// beside is what happened besides glucose, and how many seconds after what
// stands before it.
type beside struct {
	At   int    `json:"t"`
	Text string `json:"w"`
}

func newTrack(l text.Locale, in DayInput, readings []Reading, span geometry.Span, axis geometry.Axis) string {
	base := span.Since.Truncate(time.Minute)
	second := func(t time.Time) int { return int(t.Sub(base) / time.Second) }
	t := track{Length: second(span.Until), Clock: wallClock(span, base), Unit: figure.Unit(l).String(), Sources: in.Sources,
		Kinds: []string{"", l.T("chart.kind.scan"), l.T("chart.kind.fingerstick")}}
	t.Bottom, t.Top = inUnit(axis.Bottom, axis.Unit), inUnit(axis.Top, axis.Unit)
	if !l.Clock24 {
		noon := l.Clock(time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC))
		midnight := l.Clock(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
		t.Half = []string{strings.TrimPrefix(midnight, "12:00"), strings.TrimPrefix(noon, "12:00")}
	}
	for c := figure.Unclassed; c <= figure.VeryHigh; c++ {
		t.Classes = append(t.Classes, c.Word(l))
	}
	sticks := map[int]bool{}
	all := slices.Clone(readings)
	for _, s := range in.Sticks {
		all = append(all, s.reading())
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
		sticks[i] = i >= len(readings)
	}
	slices.SortStableFunc(order, func(a, b int) int { return all[a].At.Compare(all[b].At) })
	scale := axis.Scale(100)
	var values, class, kind, source strings.Builder
	last := 0
	for n, i := range order {
		r := all[i]
		at := second(r.At)
		t.At, last = append(t.At, at-last), at
		if r.Below || r.Above {
			t.Ends = append(t.Ends, int(scale.At(float64(r.Value.MgDL()))+0.5))
		}
		if n > 0 {
			values.WriteByte('|')
		}
		values.WriteString(r.value(l))
		class.WriteString(strconv.Itoa(int(r.Class)))
		switch {
		case sticks[i]:
			kind.WriteByte('2')
		case r.Scan:
			kind.WriteByte('1')
		default:
			kind.WriteByte('0')
		}
		source.WriteString(digit(r.Source))
	}
	t.Values, t.Class, t.Kind, t.Source = values.String(), class.String(), kind.String(), source.String()
	t.Beside = besides(l, in, span, second)
	b, err := json.Marshal(t)
	if err != nil {
		return "{}" // only numbers and strings are in it
	}
	return string(b)
}

// inUnit is a place of the axis in the reader's unit, to a hundredth.
func inUnit(v unit.MgPerDl, c unit.Concentration) float64 {
	if c == unit.MmolL {
		return math.Round(float64(v.MmolPerL())*100) / 100
	}
	return float64(v)
}

// digit is a source's number as one letter; beyond 35 it is none.
func digit(source int) string {
	if source < 1 || source > 35 {
		return "0"
	}
	return strconv.FormatInt(int64(source), 36)
}

// wallClock tells how the clock on the wall goes through the span, with its
// jumps.
func wallClock(span geometry.Span, base time.Time) (clock [][2]int) {
	for t := base; t.Before(span.Until); {
		clock = append(clock, [2]int{int(t.Sub(base) / time.Second), t.Hour()*60 + t.Minute()})
		_, end := t.ZoneBounds()
		if end.IsZero() {
			break
		}
		t = end.In(base.Location())
	}
	return clock
}

// besides are doses, meals and happenings in words, by time.
func besides(l text.Locale, in DayInput, span geometry.Span, second func(time.Time) int) (list []beside) {
	add := func(at time.Time, words string, source int) {
		if !span.Holds(at) {
			return
		}
		if source > 0 && source <= len(in.Sources) {
			words += " · " + in.Sources[source-1]
		}
		list = append(list, beside{second(at), words})
	}
	for _, d := range in.Doses {
		add(d.At, d.words(l), d.Source)
	}
	for _, m := range in.Meals {
		add(m.At, figure.Grams(l, m.Grams), m.Source)
	}
	for _, h := range in.Happenings {
		add(h.At, h.Text, h.Source)
	}
	slices.SortStableFunc(list, func(a, b beside) int { return a.At - b.At })
	list = list[:min(len(list), mostBeside)]
	for i := len(list) - 1; i > 0; i-- {
		list[i].At -= list[i-1].At
	}
	return list
}

// mostBeside keeps a page small on which a program wrote a note each second.
const mostBeside = 1000
