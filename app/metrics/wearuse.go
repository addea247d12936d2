package metrics

import (
	"cmp"
	"slices"
	"time"

	"glucokeep/app/record"
)

// SensorUse is what the readings say about a session within a period.
type SensorUse struct {
	WarmUp   time.Duration // from the start to the first reading; 0 when the start is not in the period, or no reading follows within longestWarmUp
	Coverage float64       // percent of the time after the warm-up that readings stand for; NaN without any time
	Readings int
}

// longestWarmUp is beyond what any sensor needs to warm up.
const longestWarmUp = record.Millis(26 * time.Hour / time.Millisecond)

// UseOf judges a session by the readings of the period from (included) to
// until (not included), in order. until must not lie after the end of what
// can be known, such as now.
func UseOf(s SensorSession, rs []record.Reading, from, until record.Millis) SensorUse {
	u := SensorUse{Coverage: undefined}
	begin, end := max(s.From, from), until
	if s.Until != 0 {
		end = min(end, s.Until)
	}
	i, _ := slices.BinarySearchFunc(rs, begin, func(r record.Reading, at record.Millis) int { return cmp.Compare(r.At, at) })
	k, _ := slices.BinarySearchFunc(rs, end, func(r record.Reading, at record.Millis) int { return cmp.Compare(r.At, at) })
	if begin >= end {
		return u
	}
	within := Counted(rs[i:max(i, k)])
	u.Readings = len(within)
	if len(within) == 0 {
		u.Coverage = 0
		return u
	}
	if first := within[0].At; s.From >= from && first-s.From <= longestWarmUp {
		u.WarmUp = time.Duration(first-s.From) * time.Millisecond
		begin = first
	}
	if begin < end {
		u.Coverage = min(100, 100*CoveredMinutes(within)*float64(minuteMS)/float64(end-begin))
	}
	return u
}

// Stretch is a time in which something went on.
type Stretch struct{ From, Until record.Millis }

// Stretches are the times in which readings follow each other no further
// apart than apart.
func Stretches(rs []record.Reading, apart time.Duration) []Stretch {
	var out []Stretch
	most := record.Millis(apart.Milliseconds())
	for _, r := range rs {
		until := r.At + record.Millis(max(1, int64(r.Every))*minuteMS)
		if n := len(out); n > 0 && r.At-out[n-1].Until <= most {
			out[n-1].Until = max(out[n-1].Until, until)
			continue
		}
		out = append(out, Stretch{r.At, until})
	}
	return out
}
