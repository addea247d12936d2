package report

import (
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
)

// leastBeyond is the shortest time that the line through the readings of an
// episode can lie beyond the border: three points of a 5-minute grid span ten
// minutes. A second less, for the rounding of instants.
const leastBeyond = record.Millis(10*60_000 - 1000)

// usualMinutes is the cadence that likely judges; of any other it says yes.
const usualMinutes = 5

// likely reports whether the readings can hold an episode. It is far cheaper
// than to merge and to lay a grid, and says no to a day with a single low
// reading of one 5-minute sensor. It never says no to what is an episode.
func (s sought) likely(series []read.Series) bool {
	if len(series) != 1 { // two may hold one episode in parts
		return len(series) > 1
	}
	rs := metrics.Counted(series[0].Readings)
	usual := metrics.SpacingMinutes(rs) == usualMinutes
	for i := 0; i < len(rs); i++ {
		if !s.beyond(rs[i]) {
			continue
		}
		if !usual || rs[i].Every != usualMinutes {
			return true
		}
		end := s.runFrom(rs, i)
		if s.reaches(rs, i, end) >= leastBeyond {
			return true
		}
		i = end
	}
	return false
}

// runFrom is the last of the readings beyond the border that follow i. One or
// two others between them do not end the run: the grid may not see them.
func (s sought) runFrom(rs []record.Reading, i int) int {
	for end := i; ; {
		next := end + 1
		for next < len(rs) && next < end+4 && !s.beyond(rs[next]) {
			next++
		}
		if next >= len(rs) || next >= end+4 || rs[next].At-rs[end].At > 2*maxGap {
			return end
		}
		end = next
	}
}

// reaches is how long the line through the readings first to last lies beyond
// the border, with the way to their neighbours.
func (s sought) reaches(rs []record.Reading, first, last int) record.Millis {
	since, until := rs[first].At, rs[last].At
	if first > 0 && since-rs[first-1].At <= maxGap {
		since = s.crossing(rs[first-1], rs[first])
	}
	if last+1 < len(rs) && rs[last+1].At-until <= maxGap {
		until = s.crossing(rs[last+1], rs[last])
	}
	return until - since
}

const maxGap = record.Millis(metrics.MaxGap / time.Millisecond)

// beyond also holds for values that no body can have, which statistics leave
// out: what they part belongs together.
func (s sought) beyond(r record.Reading) bool {
	v := r.Statistic()
	if v < 20 || v > 600 {
		return true
	}
	if s.hypo {
		return v < s.border
	}
	return v > s.border
}

// crossing is where the line from a reading that is not beyond the border to
// one that is crosses it.
func (s sought) crossing(from, to record.Reading) record.Millis {
	a, b := from.Statistic(), to.Statistic()
	if a == b {
		return from.At
	}
	part := float64((s.border - a) / (b - a))
	return from.At + record.Millis(min(max(part, 0), 1)*float64(to.At-from.At))
}
