package report

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
)

// onceBeside is how far before a period doses and carbs are looked at: what a
// source told before it began is not counted again in it.
const onceBeside = record.Millis(time.Hour / time.Millisecond)

// Once finds the doses or carbs that several sources told alike: of each of
// list, which is by time, the place of the one that counts for it.
func Once(list []read.Stored, sources map[int64]read.Source) []int {
	given := make([]metrics.Given, len(list))
	for i, s := range list {
		format := sources[s.Source].Format
		given[i] = metrics.Given{Record: s.Record, Source: s.Source, Trust: trustOf(format), ByHand: format == record.LogFormat,
			Received: s.Received, Written: s.Modified}
	}
	return metrics.Once(given)
}

// givenOf reads the doses or carbs of a period, what several sources told
// alike once. twice is how many were left out for that.
func givenOf[T record.Record](ctx context.Context, r *read.Reader, k record.Kind, p Period) (list []T, twice int, err error) {
	sources, err := r.Sources(ctx)
	if err != nil {
		return nil, 0, err
	}
	told, err := r.Told(ctx, k, p.From-onceBeside, p.Until)
	if err != nil {
		return nil, 0, err
	}
	seen := map[int]bool{}
	for i, counts := range Once(told, sources) {
		switch {
		case told[i].Base().At < p.From:
		case seen[counts]:
			twice++
		default:
			list = append(list, told[counts].Record.(T))
		}
		seen[counts] = true
	}
	byTime := func(a, b T) int { return cmp.Compare(a.Base().At, b.Base().At) }
	slices.SortStableFunc(list, byTime)
	return list, twice, nil
}

// Doses reads the doses of a period, each once. Where one source told all,
// nothing can be twice and the reading is quick.
func Doses(ctx context.Context, r *read.Reader, p Period) (list []*record.Dose, twice int, err error) {
	switch n, err := r.Tellers(ctx, record.KindDose); {
	case err != nil:
		return nil, 0, err
	case n > 1:
		return givenOf[*record.Dose](ctx, r, record.KindDose, p)
	}
	list, err = r.Doses(ctx, p.From, p.Until)
	return list, 0, err
}

// carbs reads the carbs of a period, each once.
func carbs(ctx context.Context, r *read.Reader, p Period) (list []*record.Carbs, twice int, err error) {
	switch n, err := r.Tellers(ctx, record.KindCarbs); {
	case err != nil:
		return nil, 0, err
	case n > 1:
		return givenOf[*record.Carbs](ctx, r, record.KindCarbs, p)
	}
	list, err = valuesOf[*record.Carbs](ctx, r, record.KindCarbs, p)
	return list, 0, err
}

// trustOf tells metrics how far to trust a source.
func trustOf(format string) metrics.Trust {
	switch {
	case strings.HasPrefix(format, "nightscout"), strings.HasPrefix(format, "tidepool"):
		return metrics.FromRelay
	case format == "demo":
		return metrics.FromDevice
	}
	return metrics.FromFile
}
