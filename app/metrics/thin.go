package metrics

import (
	"slices"

	"glucokeep/app/record"
)

// Thin keeps of each five minutes the reading nearest to the full five
// minutes (:00, :05 …), so that a 1-minute stream weighs no more in a
// statistic than a 5-minute sensor. What it keeps stands for five minutes.
// Readings of slower sensors and scans stay as they are. rs is sorted; the result is a new slice.
func Thin(rs []record.Reading) []record.Reading {
	return thin(slices.Clone(rs), cadenceOf(rs).inferred)
}

// thin is Thin where readings that do not say what they stand for stand for
// interval minutes. Those of five minutes and more are not touched. The result
// lies in rs: it is never longer than what was read of it.
func thin(rs []record.Reading, interval int) []record.Reading {
	const slot = int64(thinnedMinutes) * minuteMS
	out := rs[:0]
	best, slotOfBest := -1, int64(0) // place in out of the fast reading of the slot
	for _, r := range rs {
		every := int(r.Every)
		if every == 0 {
			every = interval
		}
		if !counted(r) || every >= thinnedMinutes {
			out = append(out, r)
			continue
		}
		r.Every = thinnedMinutes
		s := floorDiv(int64(r.At)+slot/2, slot)
		if best < 0 || s != slotOfBest {
			best, slotOfBest = len(out), s
			out = append(out, r)
			continue
		}
		if offMark(r.At, s*slot) < offMark(out[best].At, s*slot) {
			// Others may lie between: take the old one out so that order stays.
			out = append(append(out[:best], out[best+1:]...), r)
			best = len(out) - 1
		}
	}
	return out
}

func offMark(at record.Millis, mark int64) int64 {
	if d := int64(at) - mark; d > 0 {
		return d
	}
	return mark - int64(at)
}
