package report

import (
	"cmp"
	"slices"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Episode is one low or high, by the consensus rule of metrics.EpisodeRules
// with the person's own limits in the place of 70 and 180.
type Episode struct {
	From, Until record.Millis
	Low         bool
	Severe      bool           // it reached the second level: very low or very high
	Extreme     record.Reading // the lowest or highest reading in it
	Going       bool           // it has not ended yet
	Broken      bool           // readings stop in it: it may have lasted longer
	Longer      bool           // it goes beyond what was looked at
}

// freshness is how old the newest reading may be for an episode to count as
// still going on: 15 minutes, and more only where the sensor gives fewer.
func freshness(newest record.Reading) record.Millis {
	return record.Millis(max(15*time.Minute, metrics.LineBreak(time.Duration(newest.Every)*time.Minute)).Milliseconds())
}

// Episodes finds those that touch what of the period has happened, in order
// of time; those of lows go before highs that begin at the same moment.
func (t Trace) Episodes(own metrics.Profile, now record.Millis) (out []Episode) {
	grid := metrics.NewGrid(t.Near, t.Zone)
	step := record.Millis(grid.Step.Milliseconds())
	lows, highs := episodeRules(own)
	for _, rules := range [][]metrics.EpisodeRule{lows, highs} {
		severe := []metrics.Episode(nil)
		if len(rules) > 1 {
			severe = grid.Episodes(rules[1])
		}
		for _, e := range grid.Episodes(rules[0]) {
			if e.End <= t.Shown.From || e.Start >= t.Shown.Until {
				continue
			}
			x := Episode{From: e.Start, Until: e.End, Low: e.Type == "hypo", Extreme: extremeIn(t.paced(), e, step)}
			for _, s := range severe {
				x.Severe = x.Severe || s.Start < e.End && s.End > e.Start
			}
			newest := t.paced()[len(t.paced())-1]
			last := newest.At
			final := t.Near[len(t.Near)-1].At < e.End+step
			switch {
			case !e.Broken:
			case final && now-last <= freshness(newest):
				x.Going = true
			case final && t.NearEnd-last < record.Millis(metrics.MaxGap.Milliseconds()):
				x.Longer = true
			default:
				x.Broken = true
			}
			x.Longer = x.Longer || e.Start-(t.Shown.From-around) <= 2*step
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b Episode) int { return cmp.Compare(a.From, b.From) })
	return out
}

// paced is the readings around the period at their full pace.
func (t Trace) paced() []record.Reading {
	if len(t.Full) > 0 {
		return t.Full
	}
	return t.Near
}

// episodeRules are the rules of both levels with the limits of a profile; one
// without a second level above has no rule for it.
func episodeRules(own metrics.Profile) (lows, highs []metrics.EpisodeRule) {
	for _, rule := range metrics.EpisodeRules() {
		limit := func(l metrics.Limits) unit.Glucose {
			switch {
			case rule.Type == "hypo" && rule.Level == "lv1":
				return l.TargetLow
			case rule.Type == "hypo":
				return l.VeryLow
			case rule.Level == "lv1":
				return l.TargetHigh
			}
			return l.VeryHigh
		}
		if rule.Level == "extended" || limit(own.MgDL).Milli == 0 {
			continue
		}
		rule.From = metrics.Border{MgDL: unit.MgPerDl(limit(own.MgDL).Native()), MmolL: unit.MmolPerL(limit(own.MmolL).Native())}
		rule.End = rule.From
		if rule.Type == "hypo" {
			lows = append(lows, rule)
		} else {
			highs = append(highs, rule)
		}
	}
	return lows, highs
}

// extremeIn is the reading of an episode that is furthest out. The grid's own
// extreme is interpolated and no reading of any device.
func extremeIn(near []record.Reading, e metrics.Episode, step record.Millis) (out record.Reading) {
	found := false
	for _, r := range near {
		if r.At <= e.Start-step || r.At >= e.End {
			continue
		}
		if v, best := r.Statistic(), out.Statistic(); !found || e.Type == "hypo" && v < best || e.Type == "hyper" && v > best {
			out, found = r, true
		}
	}
	return out
}
