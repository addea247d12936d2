package web

import (
	"strings"
	"time"

	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/unit"
	"glucokeep/views/component"
	"glucokeep/views/figure"
)

// givenFor is how long the last dose and the last carbs are shown: about as
// long as rapid insulin acts.
const givenFor = 4 * time.Hour

// lastGiven says which rapid insulin and which carbs were given last, by
// people or by devices, within the last hours. What a device gave by itself is
// no dose of a person, and nothing is computed from it.
func (s *server) lastGiven(v *visit, r *read.Reader) (g component.LastGiven, err error) {
	for _, k := range []struct {
		kind record.Kind
		key  string
	}{{record.KindDose, "log.last-dose"}, {record.KindCarbs, "log.last-carbs"}} {
		list, err := r.Log(v.Context(), read.LogFilter{Kinds: []record.Kind{k.kind}, Since: record.At(v.now.Add(-givenFor))}, record.At(v.now.Add(5*time.Minute)), 0, 20)
		if err != nil {
			return g, err
		}
		for _, e := range list {
			age := v.now.Sub(e.Base().At.Time())
			if age > givenFor {
				break
			}
			if amount, ok := given(v, e.Record); ok {
				g.Lines = append(g.Lines, givenLine(v, k.key, e, max(age, 0), amount))
				break
			}
		}
	}
	auto, ok, err := s.givenByItself(v, r)
	if ok {
		g.Lines = append(g.Lines, auto)
	}
	return g, err
}

// givenByItself says what a device gave of its own accord in the time for
// which a last dose is shown: whoever reads that the last dose is hours ago
// must not take it for all.
func (s *server) givenByItself(v *visit, r *read.Reader) (line component.GivenLine, ok bool, err error) {
	list, err := r.Records(v.Context(), record.KindDose, record.At(v.now.Add(-givenFor)), record.At(v.now)+1)
	if err != nil {
		return line, false, err
	}
	var units unit.Units
	var last *record.Dose
	for _, e := range list {
		if d := e.Record.(*record.Dose); d.Automated && !d.Unspecified && d.Units > 0 {
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
func givenLine(v *visit, key string, e read.LogRow, age time.Duration, amount string) component.GivenLine {
	text := ""
	if key == "log.last-dose" {
		text = v.t("log.last-dose", "age", ageHere, "who", v.writer(e), "amount", amount)
	} else {
		text = v.t("log.last-carbs", "age", ageHere, "who", v.writer(e), "amount", amount)
	}
	before, after, _ := strings.Cut(text, ageHere)
	return component.GivenLine{Before: before, Age: v.locale.Span(age), After: after, Since: e.Base().At.Time().Format(time.RFC3339)}
}
