package metrics

import (
	"math"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// EpisodeRule says what counts as an episode (Battelino et al. 2023, as the R
// package iglu 4.3 implements it): it begins when the grid is beyond From for
// Least, it ends before the glucose is back across End for 15 minutes; a
// shorter recovery stays inside it.
type EpisodeRule struct {
	Type  string // "hypo" or "hyper"
	Level string // "lv1", "lv2" or "extended"
	From  Border
	End   Border
	Least time.Duration // at least this long …
	Over  bool          // … or longer than it
}

// Border is a threshold in both units. A hypo is below it, a hyper above it.
type Border struct {
	MgDL  unit.MgPerDl
	MmolL unit.MmolPerL
}

const recovery = 15 * time.Minute

// EpisodeRules are the rules in the order of a report. Level 1 includes level
// 2. Extended hypo is below 70 mg/dL for more than 120 minutes, extended hyper
// above 250 until 180 again.
func EpisodeRules() []EpisodeRule {
	b54, b70 := Border{54, 3.0}, Border{70, 3.9}
	b180, b250 := Border{180, 10.0}, Border{250, 13.9}
	return []EpisodeRule{
		{Type: "hypo", Level: "lv1", From: b70, End: b70, Least: recovery},
		{Type: "hypo", Level: "lv2", From: b54, End: b54, Least: recovery},
		{Type: "hypo", Level: "extended", From: b70, End: b70, Least: 2 * time.Hour, Over: true},
		{Type: "hyper", Level: "lv1", From: b180, End: b180, Least: recovery},
		{Type: "hyper", Level: "lv2", From: b250, End: b250, Least: recovery},
		{Type: "hyper", Level: "extended", From: b250, End: b180, Least: 2 * time.Hour, Over: true},
	}
}

// Episode is one run of low or high glucose.
type Episode struct {
	Type, Level string
	Start, End  record.Millis // of the first point; of the last point plus one step
	Duration    time.Duration // points × step
	Mean        unit.MgPerDl
	Extreme     unit.MgPerDl // nadir or peak
	Points      int          // of the grid
	Broken      bool         // a hole in the data or the end of the period cut it: it may have been longer
	first, last int          // points of the grid, both included
}

// Episodes finds the episodes of one rule in the grid, in order of time.
func (g Grid) Episodes(rule EpisodeRule) []Episode {
	if g.Step <= 0 {
		return nil
	}
	var out []Episode
	for from := 0; from < len(g.Values); from++ {
		if !Defined(g.Values[from]) {
			continue
		}
		upto := from
		for upto < len(g.Values) && Defined(g.Values[upto]) {
			upto++
		}
		for _, span := range rule.find(from, upto, g.Step, g.beyond) {
			out = append(out, g.episode(rule, span, upto))
		}
		from = upto
	}
	return out
}

// find gives the episodes among the points from up to (not including) upto,
// which have no hole, as pairs of first and last point.
func (rule EpisodeRule) find(from, upto int, step time.Duration, beyond func(k int, hypo bool, b Border) bool) [][2]int {
	hypo := rule.Type == "hypo"
	least := points(rule.Least, step)
	if rule.Over {
		least = int(math.Ceil(float64(rule.Least)/float64(step) + 1))
	}
	back := points(recovery, step)
	var out [][2]int
	for k := from; k < upto; {
		run := k
		for run < upto && beyond(run, hypo, rule.From) {
			run++
		}
		if run-k < least {
			k = max(run, k+1)
			continue
		}
		// Inside: look for the first recovery that lasts.
		end, calm := upto, 0
		for j := run; j < upto; j++ {
			if beyond(j, hypo, rule.End) {
				calm = 0
			} else if calm++; calm == back {
				end = j - back + 1
				break
			}
		}
		out = append(out, [2]int{k, end - 1})
		k = end
	}
	return out
}

// points is how many grid points span a duration, at least one.
func points(d, step time.Duration) int { return max(1, int((d+step-1)/step)) }

// beyond reports whether point k lies below (hypo) or above a border, in the
// unit that its readings came in.
func (g Grid) beyond(k int, hypo bool, b Border) bool {
	limit := b.MgDL
	if g.mmol != nil && g.mmol[k] {
		limit = b.MmolL.MgPerDl()
	}
	if hypo {
		return g.Values[k] < limit
	}
	return g.Values[k] > limit
}

func (g Grid) episode(rule EpisodeRule, span [2]int, upto int) Episode {
	e := Episode{
		Type: rule.Type, Level: rule.Level, first: span[0], last: span[1], Points: span[1] - span[0] + 1,
		Start: g.At(span[0]), End: g.At(span[1] + 1), Broken: span[1] == upto-1, Extreme: g.Values[span[0]],
	}
	e.Duration = time.Duration(e.Points) * g.Step
	sum := unit.MgPerDl(0)
	for _, v := range g.Values[span[0] : span[1]+1] {
		sum += v
		if (v < e.Extreme) == (rule.Type == "hypo") {
			e.Extreme = v
		}
	}
	e.Mean = sum / unit.MgPerDl(e.Points)
	return e
}
