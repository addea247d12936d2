package metrics

import (
	"cmp"
	"math"
	"slices"
	"time"

	"glucokeep/app/record"
)

// Trust is how near a source is to the sensor. Where two sources tell of the
// same moment the nearer one is believed.
type Trust uint8

// The degrees of trust, nearest first.
const (
	FromDevice Trust = iota // read from the device itself
	FromCloud               // the vendor's cloud or phone app
	FromFile                // the vendor's export file
	FromRelay               // passed on by a third party, such as Nightscout
)

// Stream is the readings of one source.
type Stream struct {
	Trust    Trust
	Sensor   string        // serial number; "" when the source does not say
	Interval time.Duration // cadence; 0 when the source does not say
	Readings []record.Reading
}

// MergeOptions are what the caller may choose; the zero value is for a chart.
type MergeOptions struct {
	Thin   bool            // for statistics: streams faster than 5 minutes are thinned, impossible values left out
	Prefer map[Date]string // sensor to use on a date on which several ran
}

// Merged is the readings of all streams without the same moment twice.
type Merged struct {
	Readings []record.Reading // sorted by At; the caller owns it
	Dropped  int              // readings that another source or sensor told better
	Chosen   map[Date]string  // dates on which several sensors ran, and the one that counts
}

const (
	blackoutLess   = 10 * time.Second
	mostOverlap    = 30 // minutes; sensors that overlap longer on a date are not mixed
	pairWithin     = 60_000
	fewestPairs    = 6
	fewestByPair   = 12 // pairs that show two serial numbers to be one sensor
	alike          = 0.9
	alikeMgDL      = 1.0
	thinnedMinutes = 5
)

// Merge joins the readings of several sources.
//
// A source is thinned against itself only where it says a thing twice within
// half a minute, which no sensor does. A reading
// of a less trusted source is dropped when a kept one of the same sensor lies
// within its interval less ten seconds (Tidepool's rule). Different sensors
// that overlap on a local date for more than 30 minutes are not mixed: the
// one with more readings counts for that date.
func Merge(streams []Stream, loc *time.Location, opt MergeOptions) Merged {
	var out Merged
	var sensors []*sensor
	ordered := slices.Clone(streams)
	slices.SortStableFunc(ordered, func(a, b Stream) int { return cmp.Compare(a.Trust, b.Trust) })
	total := 0
	for _, s := range ordered {
		p, echoes := prepare(s, opt.Thin)
		total += len(p) + echoes
		if len(p) == 0 {
			continue
		}
		home := slices.IndexFunc(sensors, func(g *sensor) bool { return g.is(s.Sensor, p) })
		if home < 0 {
			home = len(sensors)
			sensors = append(sensors, &sensor{name: s.Sensor})
		}
		sensors[home].add(s.Sensor, p)
	}
	out.Chosen = separate(sensors, loc, opt.Prefer)
	var all []kept
	for _, g := range sensors {
		all = join(all, g.readings)
	}
	out.Readings = make([]record.Reading, len(all))
	for i := range all {
		out.Readings[i] = all[i].Reading
	}
	out.Dropped = total - len(all)
	return out
}

// kept is a reading with the time around it that it blacks out, in ms.
type kept struct {
	record.Reading
	blackout int64
}

// prepare sorts a copy of a stream and works out its blackouts.
func prepare(s Stream, thinned bool) (out []kept, echoes int) {
	rs := slices.Clone(s.Readings)
	slices.SortStableFunc(rs, func(a, b record.Reading) int { return cmp.Compare(a.At, b.At) })
	rs = withoutEchoes(rs)
	echoes = len(s.Readings) - len(rs)
	interval := int(s.Interval / time.Minute)
	if interval == 0 {
		interval = cadenceOf(rs).inferred
	}
	if thinned {
		rs = slices.DeleteFunc(rs, func(r record.Reading) bool { return counted(r) && !possible(r) })
		rs = thin(rs, interval)
	}
	out = make([]kept, len(rs))
	for i, r := range rs {
		every := interval
		if r.Every > 0 {
			every = int(r.Every)
		}
		out[i] = kept{r, max(0, int64(every)*minuteMS-blackoutLess.Milliseconds())}
	}
	return out, echoes
}

// echo is the time within which two automatic readings of one source are one
// that was sent twice: no sensor measures more often than once a minute.
const echo = 30 * time.Second

// withoutEchoes leaves out readings that follow the one before within echo.
func withoutEchoes(rs []record.Reading) []record.Reading {
	last := record.Millis(math.MinInt64)
	return slices.DeleteFunc(rs, func(r record.Reading) bool {
		if !counted(r) {
			return false
		}
		if last != math.MinInt64 && r.At-last < record.Millis(echo.Milliseconds()) {
			return true
		}
		last = r.At
		return false
	})
}

// sensor is the streams of one sensor, joined.
type sensor struct {
	name     string // "" as long as no stream names it
	readings []kept
}

// is reports whether a stream is of the sensor: by its serial number, or
// because it says the same values at the same times. A stream without a
// serial number is taken for the sensor unless its values say otherwise.
func (g *sensor) is(name string, p []kept) bool {
	if name != "" && name == g.name {
		return true
	}
	pairs, equal := compare(g.readings, p)
	same := float64(equal) >= alike*float64(pairs)
	if name == "" || g.name == "" {
		return same || pairs < fewestPairs
	}
	return same && pairs >= fewestByPair
}

func (g *sensor) add(name string, p []kept) {
	if g.name == "" {
		g.name = name
	}
	g.readings = join(g.readings, p)
}

// compare counts the readings of b that have one of a within a minute, and
// those of them that say the same value.
func compare(a, b []kept) (pairs, equal int) {
	k := 0
	for _, r := range b {
		for k < len(a) && a[k].At < r.At-pairWithin {
			k++
		}
		best := -1
		for j := k; j < len(a) && a[j].At <= r.At+pairWithin; j++ {
			if best < 0 || distance(a[j], r) < distance(a[best], r) {
				best = j
			}
		}
		if best < 0 {
			continue
		}
		pairs++
		if d := a[best].Statistic() - r.Statistic(); d <= alikeMgDL && d >= -alikeMgDL {
			equal++
		}
	}
	return pairs, equal
}

func distance(a, b kept) int64 {
	if a.At > b.At {
		return int64(a.At - b.At)
	}
	return int64(b.At - a.At)
}

// join adds to a, which is trusted more, the readings of b that no reading of
// a blacks out. A scan is an extra point: only another scan of the same minute
// blacks it out, and it blacks out no automatic reading.
func join(a, b []kept) []kept {
	if len(a) == 0 {
		return b
	}
	out := make([]kept, 0, len(a)+len(b))
	widest := int64(pairWithin)
	for _, r := range a {
		widest = max(widest, r.blackout)
	}
	k, next := 0, 0
	for _, r := range b {
		for k < len(a) && int64(r.At-a[k].At) > widest {
			k++
		}
		hidden := false
		for j := k; j < len(a) && int64(a[j].At-r.At) <= widest && !hidden; j++ {
			hidden = hides(a[j], r)
		}
		if hidden {
			continue
		}
		for next < len(a) && a[next].At <= r.At {
			out = append(out, a[next])
			next++
		}
		out = append(out, r)
	}
	return append(out, a[next:]...)
}

func hides(a, b kept) bool {
	scan := a.Flags.Has(record.Scan)
	switch {
	case scan != b.Flags.Has(record.Scan):
		return false
	case scan:
		return distance(a, b) < pairWithin
	}
	return distance(a, b) < max(a.blackout, 1)
}
