package read

import (
	"context"
	"errors"

	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/share"
	"glucokeep/app/store"
)

// The shapes of the care log.
type (
	LogRow      = store.LogRow
	LogFilter   = store.LogFilter
	LogRevision = store.LogRevision
)

// Log lists records of the care log that lie at until or before, newest first:
// at most limit, after the first skip of those at until itself.
func (r *Reader) Log(ctx context.Context, f LogFilter, until record.Millis, skip, limit int) ([]LogRow, error) {
	return r.db.LogRows(ctx, r.scope.Person().ID, f, r.scope.From(), until, skip, limit)
}

// LogEntry finds what somebody wrote into the care log; NotFound if it is not
// there, was removed or lies before what may be seen.
func (r *Reader) LogEntry(ctx context.Context, key string) (LogRow, error) {
	e, err := r.db.LogEntry(ctx, r.scope.Person().ID, key)
	if errors.Is(err, store.ErrNone) || err == nil && e.Base().At < r.scope.From() {
		return LogRow{}, fault.New(fault.NotFound, "log.unknown")
	}
	return e, err
}

// LogHistory lists what was done to an entry of the care log, newest first.
// Before what may be seen there is nothing.
func (r *Reader) LogHistory(ctx context.Context, key string) ([]LogRevision, error) {
	list, err := r.db.LogHistory(ctx, r.scope.Person().ID, key)
	return r.seen(list), err
}

// LogRemovals lists the entries that were removed since then and are not back.
// The scope must be one for writing.
func (r *Reader) LogRemovals(ctx context.Context, since record.Millis, limit int) ([]LogRevision, error) {
	if r.scope.Action() != share.Write {
		return nil, nil
	}
	list, err := r.db.LogRemovals(ctx, r.scope.Person().ID, since, limit)
	return r.seen(list), err
}

// seen leaves out what lies before what the scope shows.
func (r *Reader) seen(list []LogRevision) (out []LogRevision) {
	for _, v := range list {
		if v.Was == nil || v.Was.Base().At >= r.scope.From() {
			out = append(out, v)
		}
	}
	return out
}
