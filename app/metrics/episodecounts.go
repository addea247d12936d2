package metrics

import (
	"time"

	"glucokeep/app/unit"
)

// EpisodeCount sums up the episodes of one kind.
type EpisodeCount struct {
	Type, Level  string // Level also "lv1_excl": level 1 episodes that hold no level 2 episode
	Total        int
	PerDay       float64       // per day with data, not per calendar day; NaN without data
	MeanDuration time.Duration // 0 without episodes
	MeanGlucose  unit.MgPerDl  // mean of the episodes' means; NaN without episodes
}

// EpisodeReport is all episodes of a period.
type EpisodeReport struct {
	Episodes []Episode      // by rule, then by time; level 1 includes level 2
	Counts   []EpisodeCount // by rule, then the exclusive level 1 of hypo and hyper
}

// EpisodeReport finds and counts the episodes of every rule.
func (g Grid) EpisodeReport() EpisodeReport {
	days := float64(g.Present()) * g.Step.Hours() / 24
	var out EpisodeReport
	found := map[string][]Episode{}
	for _, rule := range EpisodeRules() {
		es := g.Episodes(rule)
		found[rule.Type+rule.Level] = es
		out.Episodes = append(out.Episodes, es...)
		out.Counts = append(out.Counts, countEpisodes(rule.Type, rule.Level, es, days))
	}
	for _, kind := range []string{"hypo", "hyper"} {
		alone := without(found[kind+"lv1"], found[kind+"lv2"])
		out.Counts = append(out.Counts, countEpisodes(kind, "lv1_excl", alone, days))
	}
	return out
}

func countEpisodes(kind, level string, es []Episode, days float64) EpisodeCount {
	c := EpisodeCount{Type: kind, Level: level, Total: len(es), PerDay: undefined, MeanGlucose: missing()}
	if days > 0 {
		c.PerDay = float64(len(es)) / days
	}
	if len(es) == 0 {
		return c
	}
	sum, glucose := time.Duration(0), unit.MgPerDl(0)
	for _, e := range es {
		sum += e.Duration
		glucose += e.Mean
	}
	c.MeanDuration = sum / time.Duration(len(es))
	c.MeanGlucose = glucose / unit.MgPerDl(len(es))
	return c
}

// without is the episodes of outer that share no point with one of inner.
// Both are in order of time.
func without(outer, inner []Episode) []Episode {
	var out []Episode
	k := 0
	for _, e := range outer {
		for k < len(inner) && inner[k].last < e.first {
			k++
		}
		if k == len(inner) || inner[k].first > e.last {
			out = append(out, e)
		}
	}
	return out
}
