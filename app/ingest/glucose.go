package ingest

import (
	"slices"
	"sort"

	"glucokeep/app/record"
	"glucokeep/app/store"
)

// glucose puts readings, whose clocks are repaired, into their day pages.
func (a *accepting) glucose(s *source, rs []record.Reading) error {
	if len(rs) == 0 {
		return nil
	}
	kept := rs[:0]
	var counts glucoseCounts
	for i := range rs {
		r := &rs[i]
		reason := a.impossible(r.At)
		if reason == "" && !r.Value.Possible() {
			reason = "reject.glucose-impossible"
		}
		if reason != "" {
			a.reject(record.Reject{Key: reason})
			continue
		}
		s.report.span(r.At)
		s.report.Glucose++
		a.report.span(r.At)
		counts.add(r)
		if off, ok := s.elsewhere[int64(r.At)+int64(r.Offset)*60_000]; ok && off != r.Offset {
			a.report.Known++
			a.report.OtherZone++
			continue
		}
		kept = append(kept, *r)
	}
	counts.into(&a.report)
	a.tiny += counts.tiny
	sortReadings(kept)
	if s.IntervalMin == 0 {
		s.IntervalMin = cadence(kept)
	}
	if len(kept) == 0 {
		return nil
	}
	stored, err := a.stored(s, store.Day(kept[0].At), store.Day(kept[len(kept)-1].At))
	if err != nil {
		return err
	}
	for start := 0; start < len(kept); {
		day := store.Day(kept[start].At)
		next := store.DayStart(day + 1)
		end := start + sort.Search(len(kept)-start, func(i int) bool { return kept[start+i].At >= next })
		var page []store.Entry
		if stored == nil || stored[day] {
			if page, err = a.tx.Page(a.imp.Person, s.ID, day); err != nil {
				return err
			}
		}
		if err := a.day(s, day, page, kept[start:end]); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// stored gives which days from first to last have a page, so that an import
// of new days asks once and not for each of them; nil, for a single day, is
// not known.
func (a *accepting) stored(s *source, first, last int64) (map[int64]bool, error) {
	if first == last {
		return nil, nil
	}
	days, err := a.tx.PagesOf(a.imp.Person, s.ID, first, last)
	if err != nil {
		return nil, err
	}
	stored := make(map[int64]bool, len(days))
	for _, day := range days {
		stored[day] = true
	}
	return stored, nil
}

// tinyMgDL is below what a file of readings can be full of: numbers under it
// are millimoles under a heading that says milligrams.
const tinyMgDL = 30

// glucoseCounts counts the readings of a batch; a map would cost more than
// the rest of the loop.
type glucoseCounts struct{ all, below, above, scans, tiny int }

func (c *glucoseCounts) add(r *record.Reading) {
	c.all++
	f := r.Flags
	if f == 0 && r.Value.MgDL() < tinyMgDL {
		c.tiny++
	}
	if f.Has(record.BelowRange) {
		c.below++
	}
	if f.Has(record.AboveRange) {
		c.above++
	}
	if f.Has(record.Scan) {
		c.scans++
	}
}

func (c *glucoseCounts) into(r *Report) {
	r.Counts["glucose"] += c.all
	r.Counts["below_range"] += c.below
	r.Counts["above_range"] += c.above
	if c.scans > 0 {
		r.Counts["scan"] += c.scans
	}
}

// sortReadings puts readings in order of time. Files come in order or in
// reverse; of readings at one instant the first of the file stays first.
func sortReadings(rs []record.Reading) {
	byTime := func(x, y record.Reading) int {
		switch {
		case x.At < y.At:
			return -1
		case x.At > y.At:
			return 1
		}
		return 0
	}
	if slices.IsSortedFunc(rs, byTime) {
		return
	}
	slices.SortStableFunc(rs, byTime)
}

// cadence is the minutes between readings: the median gap, 1, 5 or 15 where it
// is nearly that; 0 when there are too few to tell.
func cadence(rs []record.Reading) uint8 {
	var gaps []int64
	before := -1
	for i := range rs {
		if rs[i].Flags.Has(record.Scan) {
			continue
		}
		if before >= 0 && len(gaps) < 1000 {
			gaps = append(gaps, int64(rs[i].At-rs[before].At))
		}
		before = i
	}
	if len(gaps) < 3 {
		return 0
	}
	slices.Sort(gaps)
	median := gaps[len(gaps)/2]
	for _, usual := range []int64{1, 5, 15} {
		if d := median - usual*60_000; 4*max(d, -d) <= usual*60_000 {
			return uint8(usual)
		}
	}
	return uint8(min(max((median+30_000)/60_000, 1), 60))
}

// day merges sorted readings of one day into its page.
func (a *accepting) day(s *source, day int64, page []store.Entry, rs []record.Reading) error {
	merged := slices.Grow(a.merged[:0], len(page)+len(rs))
	changed := false
	i := 0
	for _, r := range rs {
		for i < len(page) && page[i].At < r.At {
			merged = append(merged, page[i])
			i++
		}
		// All of the page and of this batch at the same instant.
		for i < len(page) && page[i].At == r.At {
			merged = append(merged, page[i])
			i++
		}
		did, err := a.place(s, day, &merged, r)
		if err != nil {
			return err
		}
		changed = changed || did
	}
	a.merged = append(merged, page[i:]...)
	if !changed {
		return nil
	}
	return a.tx.SetPage(a.imp.Person, s.ID, day, a.merged)
}

// place puts r at the end of merged, which holds all that is known up to its
// instant, unless it is known; it reports whether merged changed.
func (a *accepting) place(s *source, day int64, merged *[]store.Entry, r record.Reading) (changed bool, err error) {
	es := *merged
	for k := len(es) - 1; k >= 0 && es[k].At == r.At; k-- {
		was := &es[k]
		if was.Flags.Has(record.Scan) != r.Flags.Has(record.Scan) {
			continue
		}
		if was.Offset != r.Offset {
			continue // two wall clocks that different zones put at one instant
		}
		same := was.Value == r.Value && was.Flags&^record.Backfilled == r.Flags&^record.Backfilled
		if !same && r.Flags.Has(record.Scan) {
			continue // two scans of one minute
		}
		if same || was.Upload == a.upload.ID || a.onlyMissing || s.hasConfirmed(day, r.At) {
			if (was.Upload == a.upload.ID && a.imp.Live == "") || s.hasConfirmed(day, r.At) {
				if same {
					a.report.Repeated++
				} else {
					a.report.Clashing++
				}
				return false, nil
			}
			a.report.Known++
			if same {
				s.confirm(day, r.At)
			}
			return false, nil
		}
		if err := a.revise(s, *was); err != nil {
			return false, err
		}
		a.report.Replaced++
		was.Reading, was.Upload, was.Modified, was.Deleted = r, a.upload.ID, a.received, false
		return true, nil
	}
	r.Every = 0
	*merged = append(es, store.Entry{Reading: r, Upload: a.upload.ID, Received: a.received, Modified: a.received})
	a.report.New++
	if !r.Flags.Has(record.Scan) && (!s.fresh || r.At > s.latest) {
		s.fresh, s.latest = true, r.At
	}
	return true, nil
}

func (s *source) confirm(day int64, at record.Millis) {
	s.confirmed[day] = append(s.confirmed[day], uint32(at-store.DayStart(day)))
}

func (s *source) hasConfirmed(day int64, at record.Millis) bool {
	return slices.Contains(s.confirmed[day], uint32(at-store.DayStart(day)))
}

// walls prepares for readings of a source whose wall clock was read in
// another zone before: they are known by their wall clock, wherever that put
// them, so that a second import with another zone does not double them.
func (a *accepting) walls(s *source, b record.Batch) error {
	zone := a.imp.Zone.String()
	if b.Zone != "" {
		zone = b.Zone
	}
	s.elsewhere = nil
	if s.Zone == zone {
		return nil
	}
	if s.Zone == "" {
		s.Zone = zone
		return nil
	}
	s.Zone = store.SeveralZones
	if len(b.Glucose) == 0 {
		return nil
	}
	first, last := b.Glucose[0].At, b.Glucose[0].At
	for _, r := range b.Glucose {
		first, last = min(first, r.At), max(last, r.At)
	}
	days, err := a.tx.PagesOf(a.imp.Person, s.ID, store.Day(first)-1, store.Day(last)+1)
	if err != nil {
		return err
	}
	own := &wallClock{zone: a.imp.Zone}
	s.elsewhere = map[int64]int16{}
	for _, day := range days {
		es, err := a.tx.Page(a.imp.Person, s.ID, day)
		if err != nil {
			return err
		}
		for _, e := range es {
			if e.Quality == record.Zoned || e.Upload == a.upload.ID {
				continue
			}
			wall := int64(e.At) + int64(e.Offset)*60_000
			offsets, n, held := own.candidates(wall)
			off := int64(e.Offset) * 60_000
			if (n > 0 && off == offsets[0]) || (n > 1 && off == offsets[1]) || (n == 0 && off == held) {
				continue // this zone could have put it there too: known by its instant
			}
			s.elsewhere[wall] = e.Offset
		}
	}
	return nil
}
