package web

import (
	"strings"
	"time"

	"glucokeep/app/carelog"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/report"
	"glucokeep/app/unit"
	"glucokeep/views/component"
	"glucokeep/views/figure"
)

// givenFor is how long the last dose and the last carbs are shown: about as
// long as rapid insulin acts.
const givenFor = 4 * time.Hour

// Doses of the last hour stand each on a line of its own, since whoever sees
// only the newest takes it for all; so many at most, the rest is counted.
const (
	givenEach  = time.Hour
	givenLines = 4
)

// givenRead is how many records are looked through for what was given: far
// more than anybody gives within givenFor.
const givenRead = 1000

// lastGiven says which rapid insulin and which carbs were given last, by
// people or by devices, within the last hours. What a device gave by itself is
// no dose of a person, and nothing is computed from it.
func (s *server) lastGiven(v *visit, r *read.Reader) (g component.LastGiven, err error) {
	g.Now = v.now.UTC().Format(instant)
	for _, kind := range []record.Kind{record.KindDose, record.KindCarbs} {
		list, err := r.Log(v.Context(), read.LogFilter{Kinds: []record.Kind{kind}, Since: record.At(v.now.Add(-givenFor))},
			record.At(v.now.Add(carelog.MaxAhead)), 0, givenRead)
		if err != nil {
			return g, err
		}
		g.Lines = append(g.Lines, givenOf(v, list)...)
	}
	auto, ok, err := s.givenByItself(v, r)
	if ok {
		g.Lines = append(g.Lines, auto)
	}
	return g, err
}

// givenOf are the lines of what was given of one kind, newest first: the last,
// and of doses all others of the last hour. They are never summed.
func givenOf(v *visit, list []read.LogRow) (lines []component.GivenLine) {
	more := 0
	for _, e := range list {
		amount, ok := given(v, e.Record)
		if !ok {
			continue
		}
		age := v.now.Sub(e.Base().At.Time())
		if len(lines) > 0 && (age > givenEach || e.Kind() != record.KindDose) {
			break
		}
		switch {
		case len(lines) == givenLines:
			more++
		case e.Kind() == record.KindCarbs:
			lines = append(lines, givenLine(v, "log.last-carbs", e, max(age, 0), amount))
		case len(lines) == 0:
			lines = append(lines, givenLine(v, "log.last-dose", e, max(age, 0), amount))
		default:
			lines = append(lines, givenLine(v, "log.dose-too", e, max(age, 0), amount))
		}
	}
	if more > 0 {
		lines = append(lines, component.GivenLine{Before: v.t("log.doses-more", "count", more)})
	}
	return lines
}

// givenByItself says what a device gave of its own accord in the time for
// which a last dose is shown: whoever reads that the last dose is hours ago
// must not take it for all.
func (s *server) givenByItself(v *visit, r *read.Reader) (line component.GivenLine, ok bool, err error) {
	list, _, err := report.Doses(v.Context(), r, report.Period{From: record.At(v.now.Add(-givenFor)), Until: record.At(v.now) + 1})
	if err != nil {
		return line, false, err
	}
	var units unit.Units
	var last *record.Dose
	for _, d := range list {
		if d.Automated && !d.Unspecified && d.Units > 0 {
			units, last = units+d.Units, d
		}
	}
	if last == nil {
		return line, false, nil
	}
	age := v.now.Sub(last.At.Time())
	before, after, _ := strings.Cut(v.t("log.by-itself", "age", ageHere, "amount", figure.Units(v.locale, unit.Units(round(float64(units), 2))), "hours", int(givenFor.Hours())), ageHere)
	return component.GivenLine{Before: before, Age: v.locale.Span(age), After: after, Since: last.At.Time().Format(time.RFC3339)}, true, nil
}

// ageHere stands in a sentence where its age will stand, which goes on while
// the page lies open.
const ageHere = "\uE000"

// given is how much rapid insulin or carbs a record tells of, if it does.
func given(v *visit, r record.Record) (amount string, ok bool) {
	switch r := r.(type) {
	case *record.Dose:
		if r.Unspecified {
			return v.said(r), r.Insulin != record.Long
		}
		return figure.Units(v.locale, r.Units), r.Insulin != record.Long && r.Units > 0
	case *record.Carbs:
		if r.Grams > 0 {
			return figure.Grams(v.locale, r.Grams), true
		}
		return v.said(r), r.Unspecified || r.Exchanges > 0
	}
	return "", false
}

// givenLine is the sentence with its age apart, which goes on while the page
// lies open.
func givenLine(v *visit, key string, e read.LogRow, age time.Duration, amount string, more ...any) component.GivenLine {
	before, after, _ := strings.Cut(v.t(key, append([]any{"age", ageHere, "who", v.writer(e), "amount", amount}, more...)...), ageHere)
	return component.GivenLine{Before: before, Age: v.locale.Span(age), After: after, Since: e.Base().At.Time().Format(time.RFC3339)}
}
