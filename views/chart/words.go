package chart

import (
	"strings"
	"time"

	geometry "glucokeep/app/chart"
	"glucokeep/app/text"
)

// longGap is how long readings must be missing for the summary to say so; a
// shorter gap is seen in the broken line.
const longGap = time.Hour

// mostGaps is how many gaps are named one by one.
const mostGaps = 3

// summary says in sentences what the chart shows.
func summary(l text.Locale, in DayInput, span geometry.Span, day bool) string {
	var said []string
	switch {
	case len(in.Readings) > 0:
		low, high := lowestAndHighest(in.Readings)
		said = append(said, l.T("chart.day.summary", "count", len(in.Readings),
			"lowest", low.words(l), "lowest_at", l.Clock(low.At), "highest", high.words(l), "highest_at", l.Clock(high.At)))
	case len(in.Sticks) > 0:
		low, high := lowestAndHighest(in.all())
		said = append(said, l.T("chart.day.sticks", "count", len(in.Sticks),
			"lowest", low.words(l), "lowest_at", l.Clock(low.At), "highest", high.words(l), "highest_at", l.Clock(high.At)))
	case day:
		said = append(said, l.T("chart.day.empty"))
	default:
		said = append(said, l.T("chart.hours.empty"))
	}
	until := func(t time.Time) string {
		if day && t.Equal(span.Until) {
			return l.T("chart.midnight")
		}
		return l.Clock(t)
	}
	gaps := gapsOf(in.Readings, span.Since, in.happened(span))
	for i, g := range gaps {
		if i == mostGaps {
			said = append(said, l.T("chart.day.more-gaps", "count", len(gaps)-mostGaps))
			break
		}
		said = append(said, l.T("chart.day.gap", "since", l.Clock(g.Since), "until", until(g.Until)))
	}
	for _, w := range in.WarmUps {
		if w.Until.Equal(in.Now) {
			said = append(said, l.T("chart.day.warming-up", "since", l.Clock(w.Since)))
		} else {
			said = append(said, l.T("chart.day.warm-up", "since", l.Clock(w.Since), "until", until(w.Until)))
		}
	}
	return strings.Join(said, " ")
}

// gapsOf are the times longer than longGap without a reading of the sensor;
// none where there is no reading at all, which is said otherwise.
func gapsOf(readings []Reading, since, until time.Time) (gaps []Stretch) {
	last, any := since, false
	note := func(at time.Time) {
		if at.Sub(last) > longGap {
			gaps = append(gaps, Stretch{last, at})
		}
		last = at
	}
	for _, r := range readings {
		if !r.Scan {
			any = true
			note(r.At)
		}
	}
	if !any {
		return nil
	}
	note(until)
	return gaps
}

func lowestAndHighest(readings []Reading) (low, high Reading) {
	low, high = readings[0], readings[0]
	for _, r := range readings {
		// LOW is lower than a reading of the very limit, HIGH higher.
		if v, l := r.Value.MgDL(), low.Value.MgDL(); v < l || v == l && r.Below {
			low = r
		}
		if v, h := r.Value.MgDL(), high.Value.MgDL(); v > h || v == h && r.Above {
			high = r
		}
	}
	return low, high
}

// fromSources names the devices, and those whose readings others tell.
func fromSources(l text.Locale, names, leftOut []string) string {
	var said []string
	if len(names) > 0 {
		said = append(said, l.T("chart.from", "devices", strings.Join(names, " · ")))
	}
	if len(leftOut) > 0 {
		said = append(said, l.T("chart.left-out", "devices", strings.Join(leftOut, " · ")))
	}
	return strings.Join(said, ". ")
}
