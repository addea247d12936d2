package metrics

import (
	"math"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// MaxGap is the longest distance of two readings that is interpolated; a
// longer one leaves a hole and ends an episode.
const MaxGap = 45 * time.Minute

// LineBreak is the longest distance of two readings of a sensor that a chart
// joins by a line.
func LineBreak(interval time.Duration) time.Duration { return 2*interval + time.Minute }

// Grid is the readings on an even grid: the ground of MODD, CONGA, episodes
// and the profile across days. It is that of CGMS2DayByDay in the R package
// iglu: the step is the median spacing in minutes, points lie at local
// midnight of the first day plus multiples of the step (so that a day is
// (00:00, 24:00]), interpolation is linear and nothing is filled over MaxGap.
type Grid struct {
	Step   time.Duration
	Start  record.Millis  // local midnight of the first day
	Days   int            // ceil(days from first to last reading + 1)
	Values []unit.MgPerDl // by elapsed time: point k lies at Start + (k+1)·Step; NaN in a hole
	ByDay  []GridDay      // the same by wall clock

	mmol []bool // per point: classify it as mmol/L; nil when all are mg/dL
}

// GridDay is one local date of a Grid. Values has a place for each step of a
// 24-hour clock: place k is the clock time (k+1)·Step. What summer time skips
// is NaN; of an hour that comes twice it is the first.
type GridDay struct {
	Date   Date
	Values []unit.MgPerDl
}

// gridMinutes is the step for a median spacing: one that divides the day.
func gridMinutes(spacing int) int {
	d := max(spacing, 1)
	switch {
	case 1440%d == 0:
		return d
	case d > 20:
		return 20
	}
	if rest := d % 5; rest > 2 {
		return d + 5 - rest
	}
	return d - d%5
}

// NewGrid lays the readings on a grid; without readings it has no points.
func NewGrid(rs []record.Reading, loc *time.Location) Grid {
	line := newPolyline(rs)
	if len(line.at) == 0 {
		return Grid{}
	}
	minutes := SpacingMinutes(rs)
	if minutes == 0 {
		minutes = cadenceOf(rs).inferred
	}
	step := int64(gridMinutes(minutes)) * minuteMS
	first, last := line.at[0], line.at[len(line.at)-1]
	date := DateOf(record.Millis(first), loc)
	g := Grid{
		Step: time.Duration(step) * time.Millisecond, Start: date.Start(loc),
		Days: int(math.Ceil(float64(last-first)/float64(dayMS) + 1)),
	}
	g.Values = make([]unit.MgPerDl, int64(g.Days)*dayMS/step)
	if line.anyMmol {
		g.mmol = make([]bool, len(g.Values))
	}
	for k := range g.Values {
		v, left := line.value(int64(g.Start) + int64(k+1)*step)
		g.Values[k] = unit.MgPerDl(v)
		if g.mmol != nil && left >= 0 {
			g.mmol[k] = line.mmol[left]
		}
	}
	g.ByDay = make([]GridDay, g.Days)
	line.rewind()
	local := newClock(loc)
	for i := range g.ByDay {
		g.ByDay[i] = line.day(date.Add(i), loc, local, step)
	}
	return g
}

// Present is the number of points that have a value.
func (g Grid) Present() int {
	n := 0
	for _, v := range g.Values {
		if Defined(v) {
			n++
		}
	}
	return n
}

// At is the instant of point k of Values.
func (g Grid) At(k int) record.Millis {
	return g.Start + record.Millis(int64(k+1)*g.Step.Milliseconds())
}

// OnTheHour is the profile across days at each full clock hour: place h is
// the clock time (h+1):00, place 23 the midnight that ends the day. N counts
// days. A grid whose step does not meet the hour has no values there.
func (g Grid) OnTheHour() [24]Percentiles {
	var out [24]Percentiles
	for h := range out {
		var v []weighted
		if after := time.Duration(h+1) * time.Hour; g.Step > 0 && after%g.Step == 0 {
			for _, d := range g.ByDay {
				if x := d.Values[after/g.Step-1]; Defined(x) {
					v = append(v, weighted{float64(x), 1})
				}
			}
		}
		var q [5]float64
		weightedQuantiles(v, percentiles[:], q[:])
		out[h] = percentilesFrom(len(v), q)
	}
	return out
}

// polyline is the counted readings as points in time, with a place from which
// the next look-up goes on: look-ups must not go back without rewind.
type polyline struct {
	at      []int64
	glucose []float64
	mmol    []bool
	anyMmol bool
	next    int // index of the first point not before the last look-up
}

func newPolyline(rs []record.Reading) *polyline {
	p := &polyline{at: make([]int64, 0, len(rs)), glucose: make([]float64, 0, len(rs)), mmol: make([]bool, 0, len(rs))}
	same := 0.0 // readings at the last instant: several count as their mean
	for _, r := range rs {
		if !counted(r) {
			continue
		}
		v, n := float64(r.Statistic()), len(p.at)
		if n > 0 && p.at[n-1] == int64(r.At) {
			same++
			p.glucose[n-1] += (v - p.glucose[n-1]) / same
			continue
		}
		same = 1
		mmol := native(r).Unit == unit.MmolL
		p.at, p.glucose, p.mmol = append(p.at, int64(r.At)), append(p.glucose, v), append(p.mmol, mmol)
		p.anyMmol = p.anyMmol || mmol
	}
	return p
}

func (p *polyline) rewind() { p.next = 0 }

// value is the line at an instant and the index of the point on or left of
// it; NaN and -1 outside the line and in a hole.
func (p *polyline) value(at int64) (float64, int) {
	for p.next < len(p.at) && p.at[p.next] < at {
		p.next++
	}
	k := p.next
	switch {
	case k == len(p.at):
		return undefined, -1
	case p.at[k] == at:
		return p.glucose[k], k
	case k == 0 || p.at[k]-p.at[k-1] > MaxGap.Milliseconds():
		return undefined, -1
	}
	f := float64(at-p.at[k-1]) / float64(p.at[k]-p.at[k-1])
	return between(p.glucose[k-1], p.glucose[k], f), k - 1
}

// day reads the line at the clock steps of one local date.
func (p *polyline) day(d Date, loc *time.Location, local *clock, step int64) GridDay {
	out := GridDay{Date: d, Values: make([]unit.MgPerDl, dayMS/step)}
	for k := range out.Values {
		out.Values[k] = missing()
	}
	end := int64(d.Add(1).Start(loc))
	for at := int64(d.Start(loc)) + step; at <= end; at += step {
		v, _ := p.value(at)
		wall := local.wall(record.Millis(at))
		wall -= floorDiv(wall, dayMS) * dayMS
		if at == end {
			wall = dayMS
		}
		if k := wall/step - 1; wall%step == 0 && k >= 0 && !Defined(out.Values[k]) {
			out.Values[k] = unit.MgPerDl(v)
		}
	}
	return out
}
