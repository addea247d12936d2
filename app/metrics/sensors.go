package metrics

import (
	"cmp"
	"slices"
	"time"

	"glucokeep/app/record"
)

// separate takes from each sensor the readings of the dates on which another
// sensor counts, and tells which dates had several and which one counts. The
// sensors are in order of trust.
func separate(sensors []*sensor, loc *time.Location, prefer map[Date]string) map[Date]string {
	if len(sensors) < 2 {
		return nil
	}
	local := newClock(loc)
	type stretch struct {
		of       int // sensor
		readings []kept
	}
	byDate := map[int64][]stretch{}
	for i, g := range sensors {
		for from := 0; from < len(g.readings); {
			day := local.day(g.readings[from].At)
			upto := from + 1
			for upto < len(g.readings) && local.day(g.readings[upto].At) == day {
				upto++
			}
			byDate[day] = append(byDate[day], stretch{i, g.readings[from:upto]})
			from = upto
		}
	}
	chosen := map[Date]string{}
	drop := make([]map[int64]bool, len(sensors))
	for day, all := range byDate {
		date := dateOfDay(day)
		wanted, choice := prefer[date]
		slices.SortStableFunc(all, func(a, b stretch) int {
			if choice && (sensors[a.of].name == wanted) != (sensors[b.of].name == wanted) {
				if sensors[a.of].name == wanted {
					return -1
				}
				return 1
			}
			return cmp.Compare(automatic(b.readings), automatic(a.readings))
		})
		for i := 1; i < len(all); i++ {
			for _, other := range all[:i] {
				if drop[other.of][day] || overlap(other.readings, all[i].readings) <= mostOverlap {
					continue
				}
				if drop[all[i].of] == nil {
					drop[all[i].of] = map[int64]bool{}
				}
				drop[all[i].of][day] = true
				if _, told := chosen[date]; !told {
					chosen[date] = sensors[other.of].name
				}
				break
			}
		}
	}
	for i, g := range sensors {
		if drop[i] != nil {
			g.readings = slices.DeleteFunc(slices.Clone(g.readings), func(r kept) bool { return drop[i][local.day(r.At)] })
		}
	}
	return chosen
}

func automatic(rs []kept) int {
	n := 0
	for _, r := range rs {
		if !r.Flags.Has(record.Scan) {
			n++
		}
	}
	return n
}

// overlap is how many minutes readings of b stand for that have a reading of
// a as near as a's interval.
func overlap(a, b []kept) float64 {
	minutes, k := 0.0, 0
	for _, r := range b {
		if r.Flags.Has(record.Scan) {
			continue
		}
		for k < len(a) && a[k].At < r.At && int64(r.At-a[k].At) > reach(a[k]) {
			k++
		}
		if k < len(a) && distance(a[k], r) <= reach(a[k]) {
			minutes += float64(reach(r)) / float64(minuteMS)
		}
	}
	return minutes
}

// reach is the interval of a reading in ms.
func reach(r kept) int64 { return r.blackout + blackoutLess.Milliseconds() }
