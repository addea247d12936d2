package format

import (
	"cmp"
	"slices"
	"time"

	"glucokeep/app/record"
)

// suspensions pairs the rows that tell that the pump stopped with the next one
// that tells that it runs again, and gives the basal rate of none in between.
// The events themselves stay. A stop that is not ended in the file has no known
// length and gives nothing; nor has one in which a bolus was given, for then
// the row of its end is missing.
func suspensions(held []careHeld, doses []*careDose) []careHeld {
	type change struct {
		at   record.Millis
		line int
		what record.EventKind // "" for a bolus
	}
	changes := map[record.Source][]change{}
	add := func(src record.Source, c change) { changes[src] = append(changes[src], c) }
	var sources []record.Source // in the order of the file
	for _, h := range held {
		if e, ok := h.record.(*record.Event); ok && (e.Event == record.SuspendEvent || e.Event == record.ResumeEvent) {
			if len(changes[h.source]) == 0 {
				sources = append(sources, h.source)
			}
			add(h.source, change{e.At, e.Line, e.Event})
		}
	}
	for _, d := range doses {
		if len(changes[d.row.source]) > 0 && d.dose.Units > 0 {
			add(d.row.source, change{d.dose.At, 0, ""})
		}
	}
	var found []careHeld
	for _, src := range sources {
		list := changes[src]
		slices.SortStableFunc(list, func(a, b change) int { // of one second, what stands lower: the newest is on top
			return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b.line, a.line))
		})
		var began *change
		for i := range list {
			switch c := &list[i]; {
			case c.what == record.SuspendEvent:
				if began == nil { // another reason while it stands is no new stop
					began = c
				}
			case began == nil:
			case c.what == record.ResumeEvent:
				if c.at > began.at {
					found = append(found, careHeld{src, &record.Basal{
						Common: record.Common{At: began.at, Line: began.line}, Basal: record.Suspended, Duration: apart(c.at, began.at),
					}})
				}
				began = nil
			case apart(c.at, began.at) > time.Minute: // one that the stop broke off may be dated a little later
				began = nil
			}
		}
	}
	return found
}
