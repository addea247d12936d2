package ingest

import (
	"time"

	"glucokeep/app/record"
)

// wallClock turns a device's wall clock into instants of one zone. It keeps
// the stretch of constant offset that it is in, since readings come in order
// and a zone look-up each would cost more than the rest of an import.
type wallClock struct {
	zone *time.Location

	offset     int64 // ms east of UTC, valid for walls in [from, until)
	from       int64
	until      int64
	transition bool // the wall lies near a change of offset and is never cached
}

// continuous is the longest silence that still lets two neighbouring rows
// tell on which side of a repeated hour they lie: three missed readings of a
// 5-minute sensor.
const continuous = 20 * 60 * 1000

// window finds the stretch of constant offset that wall w lies in.
func (c *wallClock) window(w int64) {
	if w >= c.from && w < c.until {
		return
	}
	const margin = 25 * 3600 * 1000 // no zone differs more from UTC, no change of offset is larger
	_, off := time.UnixMilli(w).In(c.zone).Zone()
	start, end := time.UnixMilli(w).In(c.zone).ZoneBounds()
	c.offset, c.transition = int64(off)*1000, true
	c.from, c.until = w, w+1
	lo, hi := int64(-1<<62), int64(1<<62)
	if !start.IsZero() {
		lo = start.UnixMilli() + margin
	}
	if !end.IsZero() {
		hi = end.UnixMilli() - margin
	}
	if w >= lo && w < hi {
		c.from, c.until, c.transition = lo, hi, false
	}
}

// candidates gives the offsets (ms) that wall w can have: one mostly, two in
// the hour that repeats when summer time ends (the earlier instant first),
// none in the hour that is left out; then before is the offset that held
// until the gap.
func (c *wallClock) candidates(w int64) (offsets [2]int64, n int, before int64) {
	c.window(w)
	if !c.transition {
		return [2]int64{c.offset}, 1, c.offset
	}
	offsetAt := func(t int64) int64 {
		_, off := time.UnixMilli(t).In(c.zone).Zone()
		return int64(off) * 1000
	}
	early := offsetAt(w - 25*3600*1000)
	late := offsetAt(w + 25*3600*1000)
	near := offsetAt(w - early)
	for _, off := range [...]int64{early, near, late} {
		if offsetAt(w-off) != off || (n > 0 && offsets[0] == off) || (n > 1 && offsets[1] == off) || n == 2 {
			continue
		}
		offsets[n] = off
		n++
	}
	if n == 2 && offsets[0] < offsets[1] { // the larger offset is the earlier instant
		offsets[0], offsets[1] = offsets[1], offsets[0]
	}
	return offsets, n, early
}

// stamp is where resolve puts what it found.
type stamp struct {
	at      *record.Millis
	offset  *int16
	quality *record.Quality
}

// resolve turns n walls, given in the order of the file, into instants. In
// the repeated hour the order of the rows decides: where the clock steps
// back, the second pass begins; rows that follow without a silence from the
// time before are in the first pass, rows that run on into the time after in
// the second.
func (c *wallClock) resolve(n int, get func(i int) stamp) {
	if n == 0 {
		return
	}
	index := func(i int) int { return i }
	if *get(0).at > *get(n - 1).at { // newest first, as most exports
		index = func(i int) int { return n - 1 - i }
	}
	wall := func(i int) int64 { return int64(*get(index(i)).at) }
	set := func(i int, w, offset int64, q record.Quality) {
		s := get(index(i))
		*s.at, *s.offset, *s.quality = record.Millis(w-offset), int16(offset/60_000), q
	}
	before := int64(-1 << 62) // wall of the row before
	for i := 0; i < n; {
		w := wall(i)
		if !c.transition && w >= c.from && w < c.until { // nearly always
			set(i, w, c.offset, record.AssumedZone)
			before, i = w, i+1
			continue
		}
		offsets, k, held := c.candidates(w)
		switch k {
		case 1:
			set(i, w, offsets[0], record.AssumedZone)
			before, i = w, i+1
		case 0:
			set(i, w, held, record.Skipped)
			before, i = w, i+1
		default:
			end := i
			for end < n {
				if _, k, _ := c.candidates(wall(end)); k != 2 {
					break
				}
				end++
			}
			second := c.secondFrom(i, end, n, before, wall)
			before = wall(end - 1)
			for ; i < end; i++ {
				w := wall(i)
				offsets, _, _ := c.candidates(w)
				off := offsets[0]
				if i >= second {
					off = offsets[1]
				}
				set(i, w, off, record.Ambiguous)
			}
		}
	}
}

// secondFrom finds the first row of the second pass among the rows [i, end)
// of a repeated hour; end if all are in the first.
func (c *wallClock) secondFrom(i, end, n int, before int64, wall func(int) int64) int {
	for k := i + 1; k < end; k++ {
		if wall(k) < wall(k-1) {
			return k
		}
	}
	runsOn := end < n && wall(end)-wall(end-1) <= continuous
	if runsOn && wall(i)-before > continuous {
		return i
	}
	return end
}

// repair brings the clock of a batch to instants in zone. A batch whose file
// names its own zone is read in that one.
func repair(b *record.Batch, zone *time.Location) error {
	if b.Clock == record.Instant {
		return nil
	}
	if b.Zone != "" {
		own, err := time.LoadLocation(b.Zone)
		if err != nil {
			return err
		}
		zone = own
	}
	c := &wallClock{zone: zone}
	c.resolve(len(b.Glucose), func(i int) stamp {
		r := &b.Glucose[i]
		return stamp{&r.At, &r.Offset, &r.Quality}
	})
	c.resolve(len(b.Sparse), func(i int) stamp {
		r := b.Sparse[i].Base()
		return stamp{&r.At, &r.Offset, &r.Quality}
	})
	return nil
}
