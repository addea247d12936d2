package metrics

import (
	"cmp"
	"math"
	"slices"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Given is a dose or carbs as one source told it.
type Given struct {
	Record   record.Record // a *record.Dose or a *record.Carbs
	Source   int64
	Trust    Trust
	ByHand   bool          // a person wrote it down on a page of the box
	Received record.Millis // when the box first had it
	Written  record.Millis // of what is ByHand: when it was written or changed last
}

const (
	// sameGiven is how far the clocks of two sources may differ about one dose:
	// a pump's clock is set by hand and drifts by minutes.
	sameGiven = record.Millis(10 * time.Minute / time.Millisecond)
	// sameWritten is that between a device and a person, who reads the time
	// from the wall.
	sameWritten = record.Millis(5 * time.Minute / time.Millisecond)
)

// Once finds what several sources told alike. Of each of list it gives the
// place of the one that counts for it: its own, if it counts.
//
// Two sources tell of one dose when sort and amount are the same (what was
// programmed may stand for what was delivered) and the times are at most ten
// minutes apart; of one meal when the grams are. Each of a source stands for
// at most one of another, in the order of time, and never for one of its own:
// what one source told twice was given twice. The more trusted counts, but for
// one that knows more: the sort of insulin, or what was delivered of what was
// programmed.
//
// What somebody wrote down is the same as a device's dose only when the device
// told it later and within five minutes: about one that was there already they
// were asked, and said that theirs is another. What two people wrote down is
// never one.
func Once(list []Given) []int {
	counts := make([]int, len(list))
	groups := givenBySource(list)
	for i := range counts {
		counts[i] = i
	}
	if len(groups) < 2 {
		return counts
	}
	m := onceMerger{list: list, best: slices.Clone(counts), stands: slices.Clone(counts), kept: slices.Clone(groups[0])}
	for _, g := range groups[1:] {
		m.add(g)
	}
	for i := range counts {
		counts[i] = m.best[m.stands[i]]
	}
	return counts
}

// givenBySource is the places of each source's records by time, the most trusted
// source first and what people wrote last.
func givenBySource(list []Given) (groups [][]int) {
	at := map[int64]int{}
	for i, g := range list {
		k, ok := at[g.Source]
		if !ok {
			k = len(groups)
			at[g.Source], groups = k, append(groups, nil)
		}
		groups[k] = append(groups[k], i)
	}
	hand := func(g Given) int {
		if g.ByHand {
			return 1
		}
		return 0
	}
	slices.SortFunc(groups, func(a, b []int) int {
		x, y := list[a[0]], list[b[0]]
		return cmp.Or(cmp.Compare(hand(x), hand(y)), cmp.Compare(x.Trust, y.Trust), cmp.Compare(x.Source, y.Source))
	})
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b int) int { return cmp.Compare(list[a].at(), list[b].at()) })
	}
	return groups
}

func (g *Given) at() record.Millis { return g.Record.Base().At }

// onceMerger adds source after source to what counts.
type onceMerger struct {
	list   []Given
	kept   []int // places of what is not told by a source before, by time
	stands []int // for each place, the one of kept that it is the same as
	best   []int // for each of kept, which of those that are the same counts
}

// add takes in the records of one source. What says exactly the same goes
// first, so that what is merely rounded, or lacks a word, takes nobody's place.
func (m *onceMerger) add(group []int) {
	taken := make([]bool, len(m.kept))
	for _, exact := range []bool{true, false} {
		var rest []int
		first := 0
		for _, i := range group {
			for first < len(m.kept) && m.list[m.kept[first]].at() < m.list[i].at()-sameGiven {
				first++
			}
			if k := m.find(i, first, taken, exact); k >= 0 {
				taken[k] = true
				m.join(m.kept[k], i)
				continue
			}
			rest = append(rest, i)
		}
		group = rest
	}
	m.kept = append(m.kept, group...)
	slices.SortStableFunc(m.kept, func(a, b int) int { return cmp.Compare(m.list[a].at(), m.list[b].at()) })
}

// find is the first of kept, from place first on, that tells of the same as i;
// -1 when none does.
func (m *onceMerger) find(i, first int, taken []bool, exact bool) int {
	g := &m.list[i]
	for k := first; k < len(m.kept) && m.list[m.kept[k]].at() <= g.at()+sameGiven; k++ {
		if j := m.kept[k]; !taken[k] && (m.list[j].same(g, exact) || m.list[m.best[j]].same(g, exact)) {
			return k
		}
	}
	return -1
}

// join notes that i is the same as the one of kept at j.
func (m *onceMerger) join(j, i int) {
	m.stands[i] = j
	if knowsMore(m.list[i].Record, m.list[m.best[j]].Record) {
		m.best[j] = i
	}
}

// same reports whether g tells of the same as the more trusted a.
func (a *Given) same(g *Given, exact bool) bool {
	within := sameGiven
	if g.ByHand {
		within = sameWritten
	}
	if apart := a.at() - g.at(); apart > within || -apart > within || a.ByHand {
		return false
	}
	switch x := a.Record.(type) {
	case *record.Dose:
		y, ok := g.Record.(*record.Dose)
		if !ok || g.ByHand && (x.Automated || g.Written > a.Received) {
			return false
		}
		return sameDose(x, y, exact)
	case *record.Carbs:
		y, ok := g.Record.(*record.Carbs)
		return ok && sameCarbs(x, y, exact)
	}
	return false
}

func sameDose(x, y *record.Dose, exact bool) bool {
	switch {
	case x.Insulin != y.Insulin && (exact || x.Insulin != "" && y.Insulin != ""):
		return false
	case x.Unspecified || y.Unspecified:
		return x.Unspecified == y.Unspecified
	case exact:
		return sameUnits(x.Units, y.Units, exact)
	}
	return sameUnits(x.Units, y.Units, exact) || y.Programmed == 0 && x.Programmed > 0 && sameUnits(x.Programmed, y.Units, exact) ||
		x.Programmed == 0 && y.Programmed > 0 && sameUnits(x.Units, y.Programmed, exact)
}

// sameUnits reports whether two sources can mean one amount: to the two
// decimals that all of them keep or, not exact, to the one that some keep.
func sameUnits(a, b unit.Units, exact bool) bool {
	limit := 0.005
	switch {
	case exact:
	case max(a, b) < 1: // the steps of a pump are of 0.05 U
		limit = 0.025
	default:
		limit = 0.05
	}
	return math.Abs(float64(a-b)) <= limit+1e-9
}

func sameCarbs(x, y *record.Carbs, exact bool) bool {
	if x.Unspecified || y.Unspecified {
		return x.Unspecified == y.Unspecified
	}
	limit := 0.05
	if !exact {
		limit = 0.5 // whole grams
	}
	if x.Grams == 0 && y.Grams == 0 {
		return math.Abs(x.Exchanges-y.Exchanges) <= limit/10+1e-9
	}
	return x.Grams > 0 && y.Grams > 0 && math.Abs(float64(x.Grams-y.Grams)) <= limit+1e-9
}

// knowsMore reports whether a says of the dose b what b does not: the sort of
// insulin, or that less was delivered than programmed.
func knowsMore(a, b record.Record) bool {
	x, ok := a.(*record.Dose)
	y, _ := b.(*record.Dose)
	if !ok || y == nil {
		return false
	}
	if (x.Insulin == "") != (y.Insulin == "") {
		return y.Insulin == ""
	}
	return x.Programmed > 0 && y.Programmed == 0 && !sameUnits(x.Units, y.Units, false)
}
