package web

import (
	"context"
	"slices"
	"time"

	"glucokeep/app/carelog"
	"glucokeep/app/read"
	"glucokeep/app/record"
	"glucokeep/app/text"
	"glucokeep/views/component"
)

// dosesGiven are the doses of rapid insulin that can become the last one of a
// card while its facts hold, newest first. What a device gave by itself is not
// among them. Facts hold for a day at most, and a dose whose time has not come
// comes without anything being told.
func dosesGiven(ctx context.Context, r *read.Reader, now time.Time) ([]read.LogRow, error) {
	list, err := r.Log(ctx, read.LogFilter{Kinds: []record.Kind{record.KindDose}, Since: record.At(now.Add(-givenFor))},
		record.At(now.Add(lastDay+carelog.MaxAhead)), 0, givenRead)
	v := &visit{} // whether it is one is the same in every language
	return slices.Clip(slices.DeleteFunc(list, func(e read.LogRow) bool {
		_, ok := given(v, e.Record)
		return !ok
	})), err
}

// lastDose says which dose was given last, while that is of interest, and how
// many others in the hour before it: whoever sees only the newest takes it for
// all. They are never summed. The zero line says nothing.
func lastDose(l text.Locale, doses []read.LogRow, now time.Time) (line component.GivenLine) {
	for i, e := range doses {
		at := e.Base().At.Time()
		age := now.Sub(at)
		if age < -carelog.MaxAhead {
			continue
		}
		if age > givenFor {
			return line
		}
		v := &visit{locale: l}
		amount, _ := given(v, e.Record)
		more := 0
		for _, before := range doses[i+1:] {
			if at.Sub(before.Base().At.Time()) <= givenEach {
				more++
			}
		}
		key := "log.last-dose"
		if more > 0 {
			key = "people.last-dose-of-several"
		}
		return givenLine(v, key, e, max(age, 0), amount, "count", more)
	}
	return line
}
