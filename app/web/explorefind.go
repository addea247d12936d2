package web

import (
	"net/url"
	"time"

	"glucokeep/app/chart"
	"glucokeep/app/fault"
	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// finds are what can be looked for, with the name of each in the catalogue.
var finds = []struct {
	kind report.Kind
	name string
}{
	{report.FindVeryLow, "class.very-low"}, {report.FindLow, "class.low"}, {report.FindHigh, "class.high"},
	{report.FindVeryHigh, "class.very-high"}, {report.FindGap, "explore.gap"},
}

// find carries out the search that the address asks for, moves the window to
// what was found and says it. Without a search found is nil.
func (v *visit) find(r *read.Reader, rows []read.Stat, a *asked, p *page.Explore) (*report.Found, error) {
	q := v.URL.Query()
	name := ""
	for _, f := range finds {
		p.Finds = append(p.Finds, page.ExploreFind{Key: string(f.kind), Label: v.t(f.name)})
		if q.Get("find") == string(f.kind) {
			name = v.t(f.name)
		}
	}
	if !q.Has("find") {
		return nil, nil
	}
	if name == "" {
		return nil, fault.New(fault.NotFound, "web.no-such-page")
	}
	text, forward := q.Get("after"), true
	if q.Has("before") {
		text, forward = q.Get("before"), false
	}
	at, err := readInstant(text, v.zone(), false)
	if err != nil {
		return nil, err
	}
	finder := report.Finder{Reader: r, Zone: v.zone()}
	var found report.Found
	var ok bool
	if kind := report.Kind(q.Get("find")); kind == report.FindGap {
		found, ok, err = finder.Gap(v.Context(), rows, record.At(at), forward)
	} else {
		found, ok, err = finder.Episode(v.Context(), kind, record.At(at), forward)
	}
	if err != nil {
		return nil, err
	}
	if !ok {
		p.Found = v.t("explore.none.earlier", "what", name)
		if forward {
			p.Found = v.t("explore.none.later", "what", name)
		}
		return nil, nil
	}
	a.window = aroundFound(found.Period, v.zone()).Within(a.whole, leastWindow)
	p.Found = v.foundWords(found, name)
	return &found, nil
}

// foundAround is how much of the time around something short is shown.
const foundAround = 24 * time.Hour

// aroundFound is a window with what was found in its middle.
func aroundFound(p report.Period, loc *time.Location) chart.Span {
	length := time.Duration(p.Until-p.From) * time.Millisecond
	margin := max((foundAround-length)/2, length/2)
	return chart.Span{Since: p.From.Time().In(loc).Add(-margin), Until: p.Until.Time().In(loc).Add(margin)}
}

// foundWords says what was found: Low: 3 March 2025, 2:10–2:50 (40 min), lowest
// 51 mg/dL.
func (v *visit) foundWords(f report.Found, name string) string {
	loc := v.zone()
	when := v.windowName(chart.Span{Since: f.From.Time().In(loc), Until: f.Until.Time().In(loc)})
	length := time.Duration(f.Until-f.From) * time.Millisecond
	switch f.Kind {
	case report.FindGap:
		return v.t("explore.found.gap", "when", when, "length", length)
	case report.FindLow, report.FindVeryLow:
		return v.t("explore.found.low", "what", name, "when", when, "length", length, "value", v.extreme(f))
	}
	return v.t("explore.found.high", "what", name, "when", when, "length", length, "value", v.extreme(f))
}

// extreme is the nadir or peak of an episode, or that the sensor could not
// measure it.
func (v *visit) extreme(f report.Found) string {
	value, unit := figure.MgPerDl(v.locale, f.Extreme), figure.Unit(v.locale).String()
	if !f.Beyond {
		return value + " " + unit
	}
	limit := figure.Glucose(v.locale, f.Limit)
	if f.Kind == report.FindLow || f.Kind == report.FindVeryLow {
		return v.t("figure.below", "value", limit, "unit", unit)
	}
	return v.t("figure.above", "value", limit, "unit", unit)
}

// findURLs are the addresses of the searches from the window on, or from what
// was found.
func (b looked) findURLs(to map[string]string) {
	before, after := b.asked.window.Until, b.asked.window.Since
	if b.found != nil {
		before, after = b.found.From.Time(), b.found.Until.Time()
	}
	at := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	for _, f := range finds {
		base := personURL(b.scope.Person(), "/explore?")
		to["previous-"+string(f.kind)] = base + url.Values{"find": {string(f.kind)}, "before": {at(before)}}.Encode()
		to["next-"+string(f.kind)] = base + url.Values{"find": {string(f.kind)}, "after": {at(after)}}.Encode()
	}
}

// lowest reports whether a class is below range, and whether very low.
func lowest(c metrics.Class) (low, veryLow bool) { return c <= metrics.Low, c == metrics.VeryLow }
