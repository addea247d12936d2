package format

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// joinBoluses makes one bolus of the rows that the pump writes about it. A row
// that only programmed, and whose end is not in the file, stays: its amount is
// not known. Rows that say the very same are one.
func joinBoluses(rows []careBolus) []careBolus {
	seen := map[careBolusFact]bool{}
	drop := make([]bool, len(rows))
	for i, b := range rows {
		drop[i], seen[b.fact()] = seen[b.fact()], true
	}
	joinNumbered(rows, drop)
	joinUnnumbered(rows, drop)
	kept := rows[:0:0]
	for i, b := range rows {
		if !drop[i] {
			kept = append(kept, b)
		}
	}
	return kept
}

// careBolusFact is all that a row says, its line apart.
type careBolusFact struct {
	source              record.Source
	at                  record.Millis
	number, kind        string
	selected, delivered unit.Units
	hasSelected, done   bool
}

func (b careBolus) fact() careBolusFact {
	return careBolusFact{b.source, b.at, b.number, b.kind, b.selected, b.delivered, b.hasSelected, b.done}
}

// joinNumbered joins the rows that share a bolus number, type and volume
// selected, as far as they name them, and lie no further apart than a bolus
// takes. There is one row at most that only programmed; any other tells what
// was delivered, and the most that was told counts.
func joinNumbered(rows []careBolus, drop []bool) {
	type key struct {
		source record.Source
		number string
	}
	groups := map[key][]int{} // places in rows
	for i, b := range rows {
		if b.number != "" && !drop[i] {
			k := key{b.source, b.number}
			groups[k] = append(groups[k], i)
		}
	}
	for _, list := range groups {
		slices.SortStableFunc(list, func(a, b int) int {
			if c := cmp.Compare(rows[a].at, rows[b].at); c != 0 {
				return c
			}
			return cmp.Compare(volumes(rows[a]), volumes(rows[b])) // what only programmed comes first
		})
		var found []int // one row of each bolus so far, which takes in the others
		for _, i := range list {
			best := -1
			for _, j := range found[max(0, len(found)-8):] {
				if rows[j].takes(rows[i]) && (best < 0 || !rows[j].done || rows[best].done) {
					best = j
				}
			}
			if best < 0 {
				found = append(found, i)
				continue
			}
			rows[best].join(rows[i])
			drop[i] = true
		}
	}
}

// volumes orders rows of one moment: programmed only, both, delivered only.
func volumes(b careBolus) int {
	switch {
	case !b.done:
		return 0
	case b.hasSelected:
		return 1
	}
	return 2
}

// takes reports whether o, a row of the same number, is about the bolus b.
func (b careBolus) takes(o careBolus) bool {
	switch {
	case b.kind != "" && o.kind != "" && b.kind != o.kind,
		b.hasSelected && o.hasSelected && b.selected != o.selected,
		b.programmed && !o.done: // a second one that was programmed is another bolus
		return false
	}
	return apart(b.at, o.at) <= max(b.window(), o.window())
}

// join takes in what another row says of the same bolus.
func (b *careBolus) join(o careBolus) {
	b.programmed = b.programmed || o.programmed
	b.at, b.line = min(b.at, o.at), min(b.line, o.line)
	b.kind, b.cause = cmp.Or(b.kind, o.kind), cmp.Or(b.cause, o.cause)
	b.selected, b.delivered = max(b.selected, o.selected), max(b.delivered, o.delivered)
	b.hasSelected, b.done = b.hasSelected || o.hasSelected, b.done || o.done
	b.duration = max(b.duration, o.duration)
	for k, v := range o.extra {
		b.extra = with(b.extra, k, v)
	}
}

// joinUnnumbered joins the two rows of a bolus that has no number, as older
// pumps write them: same type and volume selected, within a minute, nearest
// first.
func joinUnnumbered(rows []careBolus, drop []bool) {
	type key struct {
		source   record.Source
		kind     string
		selected unit.Units
	}
	open := map[key][]int{} // programmed, not yet found delivered; places in rows
	for i, b := range rows {
		if !drop[i] && b.number == "" && b.hasSelected && !b.done {
			k := key{b.source, b.kind, b.selected}
			open[k] = append(open[k], i)
		}
	}
	for _, list := range open {
		slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(rows[a].at, rows[b].at) })
	}
	for i := range rows {
		b := &rows[i]
		if drop[i] || b.number != "" || !b.done || !b.hasSelected {
			continue
		}
		list := open[key{b.source, b.kind, b.selected}]
		n := nearest(list, b.at, b.window(), func(j int) record.Millis { return rows[j].at }, func(j int) bool { return !drop[j] })
		if n >= 0 {
			drop[list[n]] = true
			b.join(rows[list[n]])
		}
	}
}

// window is how far the rows of a bolus may lie apart: a minute, and for rows
// that share a bolus number also the time that the pump takes, at its slow
// speed of 1.5 U a minute.
func (b careBolus) window() time.Duration {
	if b.number == "" {
		return time.Minute
	}
	return time.Minute + min(b.duration, 8*time.Hour) + time.Duration(float64(max(b.selected, b.delivered))/1.5*float64(time.Minute))
}

func apart(a, b record.Millis) time.Duration {
	return time.Duration(max(a-b, b-a)) * time.Millisecond
}

// joinParts makes one bolus of the two parts of a dual wave, which the file
// calls "Dual (normal part)" and "Dual (square part)", if they begin within a
// minute of each other. Parts that have a number stay two: an export may hold
// one of them alone, and each must meet itself in the next.
func joinParts(rows []careBolus) []*careDose {
	var doses []*careDose
	for _, b := range rows {
		d := b.dose()
		joined := false
		if b.number == "" && (b.isSquarePart() || b.isNormalPart()) {
			for _, o := range doses[max(0, len(doses)-8):] {
				if o.row.source == b.source && o.row.number == "" && apart(o.row.at, b.at) <= time.Minute && !o.joined &&
					(o.dose.Units + d.dose.Units).PossibleDose() &&
					(o.row.isSquarePart() && b.isNormalPart() || o.row.isNormalPart() && b.isSquarePart()) {
					o.dose.At, o.dose.Line = min(o.dose.At, d.dose.At), min(o.dose.Line, d.dose.Line)
					o.dose.Units += d.dose.Units
					o.dose.Programmed += d.dose.Programmed
					o.dose.ExtendedUnits += d.dose.ExtendedUnits
					o.dose.Duration = max(o.dose.Duration, d.dose.Duration)
					o.dose.Unspecified = o.dose.Unspecified && d.dose.Unspecified
					o.joined, joined = true, true
					break
				}
			}
		}
		if !joined {
			doses = append(doses, d)
		}
	}
	return doses
}

func (b careBolus) isSquarePart() bool {
	k := strings.ToLower(b.kind)
	return strings.Contains(k, "dual") && strings.Contains(k, "square")
}

func (b careBolus) isNormalPart() bool {
	k := strings.ToLower(b.kind)
	return strings.Contains(k, "dual") && strings.Contains(k, "normal")
}

// keyBoluses gives the boluses that have a number a key that another export of
// the pump gives them, too, even if it holds only one of their rows: "bolus",
// the number and the night, "bolus 31 2025-03-30". A night runs from noon to
// noon and is named by its first day. Exports are cut at midnight, so one may
// hold the programmed row of a bolus and the next the delivered row; noon is
// far from every cut, the midnight between them is not. The number alone would
// not do: pumps count again from one. Of boluses that share number and night
// the first has that key and the others, should there be any, also their time
// of day. The parts of a dual wave have a key each.
func keyBoluses(doses []*careDose) {
	type key struct {
		source record.Source
		text   string
	}
	var numbered []*careDose
	for _, d := range doses {
		if d.row.number != "" {
			numbered = append(numbered, d)
		}
	}
	slices.SortStableFunc(numbered, func(a, b *careDose) int { return cmp.Compare(a.dose.At, b.dose.At) })
	taken := map[key]bool{}
	for _, d := range numbered {
		at := d.dose.At.Time()
		text := "bolus " + d.row.number + " " + at.Add(-12*time.Hour).Format(time.DateOnly)
		switch {
		case d.row.isNormalPart():
			text += " normal"
		case d.row.isSquarePart():
			text += " square"
		}
		if taken[key{d.row.source, text}] {
			text += " " + at.Format(time.TimeOnly)
		}
		taken[key{d.row.source, text}] = true
		d.dose.Key = text
	}
}
