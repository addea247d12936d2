// Package read is the only way to a person's data for showing. A Reader is
// made from a share.Scope, gives no more than the scope allows, and exists
// only once the ledger holds the line that says who looks.
package read

import (
	"context"
	"errors"
	"maps"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/record"
	"glucokeep/app/share"
	"glucokeep/app/store"
)

// The shapes that a Reader gives.
type (
	Person  = store.Person
	Series  = store.Series
	Stored  = store.Stored
	Upload  = store.Upload
	Source  = store.Source
	Arrival = store.Arrival
)

// Read gives readers of db.
type Read struct {
	db     *store.DB
	ledger *audit.Ledger
}

// New makes the reading side of db.
func New(db *store.DB, ledger *audit.Ledger) *Read { return &Read{db: db, ledger: ledger} }

// Reader reads one person's data for one viewer.
type Reader struct {
	db    *store.DB
	scope share.Scope
}

// Open gives a reader for what the viewer is about to see; what names it in
// the ledger, e.g. "page:profile". The line is durable when Open returns; if
// it cannot be written, nothing is shown. A scope for an export leaves a line
// of its own, all others are counted in spans.
func (r *Read) Open(ctx context.Context, scope share.Scope, what string, now time.Time) (*Reader, error) {
	if scope.Person().ID == 0 {
		return nil, fault.New(fault.NotFound, "person.unknown")
	}
	if scope.Action() != share.Export {
		list, err := r.OpenAll(ctx, []share.Scope{scope}, what, now)
		if err != nil {
			return nil, err
		}
		return list[0], nil
	}
	e := look(scope, what)
	e.Action = audit.Exported
	if err := r.db.Write(ctx, func(tx *store.Tx) error { return r.ledger.Append(tx, now, e) }); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "read.ledger")
	}
	return &Reader{db: r.db, scope: scope}, nil
}

// OpenAll is Open for a list of persons, whose lines are written in one go. No
// scope may be one for an export.
func (r *Read) OpenAll(ctx context.Context, scopes []share.Scope, what string, now time.Time) ([]*Reader, error) {
	events, out := make([]audit.Event, len(scopes)), make([]*Reader, len(scopes))
	for i, scope := range scopes {
		if scope.Person().ID == 0 || scope.Action() == share.Export {
			return nil, fault.New(fault.NotFound, "person.unknown")
		}
		events[i], out[i] = look(scope, what), &Reader{db: r.db, scope: scope}
	}
	if err := r.ledger.LookAll(ctx, now, events); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "read.ledger")
	}
	return out, nil
}

func look(scope share.Scope, what string) audit.Event {
	return audit.Event{Actor: scope.Viewer().Actor(), From: scope.Viewer().From, Person: scope.Person().ID, Object: what}
}

// Person is whose data it is.
func (r *Reader) Person() Person { return r.scope.Person() }

// Glucose gives the readings in [from, until), one series for each source.
func (r *Reader) Glucose(ctx context.Context, from, until record.Millis) ([]Series, error) {
	return r.db.Glucose(ctx, r.scope.Person().ID, max(from, r.scope.From()), until)
}

// Records lists records of one kind in [from, until) by time, or none and an
// error where there are more than can be held.
func (r *Reader) Records(ctx context.Context, k record.Kind, from, until record.Millis) ([]Stored, error) {
	const most = 2_000_000 // five years of a pump that writes a basal rate every five minutes, four times over
	return r.db.Records(ctx, r.scope.Person().ID, k, max(from, r.scope.From()), until, most)
}

// Arrival tells by which way and when the newest reading came; ok is false when
// there is none.
func (r *Reader) Arrival(ctx context.Context) (a Arrival, ok bool, err error) {
	a, err = r.db.Arrival(ctx, r.scope.Person().ID)
	if errors.Is(err, store.ErrNone) {
		return Arrival{}, false, nil
	}
	return a, err == nil && a.At >= r.scope.From(), err
}

// Values lists records of one kind in [from, until) by time, of what records
// share only with At: less to read than Records.
func (r *Reader) Values(ctx context.Context, k record.Kind, from, until record.Millis) ([]record.Record, error) {
	return r.db.Values(ctx, r.scope.Person().ID, k, max(from, r.scope.From()), until)
}

// Basals lists the basal rates in [from, until) by time, of what records share
// only with At.
func (r *Reader) Basals(ctx context.Context, from, until record.Millis) ([]*record.Basal, error) {
	return r.db.Basals(ctx, r.scope.Person().ID, max(from, r.scope.From()), until)
}

// Told is Values with who told each record and when.
func (r *Reader) Told(ctx context.Context, k record.Kind, from, until record.Millis) ([]Stored, error) {
	return r.db.Told(ctx, r.scope.Person().ID, k, max(from, r.scope.From()), until)
}

// Tellers counts the sources that gave records of a kind, whenever: where it
// is one, nothing can have been told by two.
func (r *Reader) Tellers(ctx context.Context, k record.Kind) (int, error) {
	return r.db.Tellers(ctx, r.scope.Person().ID, k)
}

// Doses is Values for doses.
func (r *Reader) Doses(ctx context.Context, from, until record.Millis) ([]*record.Dose, error) {
	return r.db.Doses(ctx, r.scope.Person().ID, max(from, r.scope.From()), until)
}

// Settings lists all that devices told of their settings before an instant, by
// time, of what records share only with At and Extra.
func (r *Reader) Settings(ctx context.Context, before record.Millis) ([]store.ToldSetting, error) {
	return r.db.Settings(ctx, r.scope.Person().ID, r.scope.From(), before)
}

// LastTold gives the instant of the newest record of these kinds that a device
// told; ok is false when there is none.
func (r *Reader) LastTold(ctx context.Context, kinds []record.Kind) (record.Millis, bool, error) {
	return r.newest(ctx, kinds, false)
}

// LastWritten is LastTold for what people wrote into the care log.
func (r *Reader) LastWritten(ctx context.Context, kinds []record.Kind) (record.Millis, bool, error) {
	return r.newest(ctx, kinds, true)
}

func (r *Reader) newest(ctx context.Context, kinds []record.Kind, byHand bool) (last record.Millis, ok bool, err error) {
	for _, k := range kinds {
		at, err := r.db.Newest(ctx, r.scope.Person().ID, k, byHand)
		switch {
		case errors.Is(err, store.ErrNone) || err == nil && at < r.scope.From():
		case err != nil:
			return 0, false, err
		case !ok || at > last:
			last, ok = at, true
		}
	}
	return last, ok, nil
}

// Sources gives the devices that the data came from, by their row id. Who may
// not see all of them is not told of one that was last heard before.
func (r *Reader) Sources(ctx context.Context) (map[int64]Source, error) {
	list, err := r.db.Sources(ctx, r.scope.Person().ID)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]Source, len(list))
	for _, s := range list {
		out[s.ID] = s
	}
	if r.scope.Whole() {
		return out, nil
	}
	heard, err := r.Heard(ctx)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(out, func(id int64, _ Source) bool { _, ok := heard[id]; return !ok })
	return out, nil
}

// Span gives the instants of the first and last reading or record; ok is
// false when there is none.
func (r *Reader) Span(ctx context.Context) (first, last record.Millis, ok bool, err error) {
	a, b, glucose, err := span(r.db.Span(ctx, r.scope.Person().ID))
	if err != nil {
		return 0, 0, false, err
	}
	c, d, records, err := span(r.db.RecordSpan(ctx, r.scope.Person().ID))
	switch {
	case err != nil:
		return 0, 0, false, err
	case !records:
		c, d = a, b
	case glucose:
		c, d = min(a, c), max(b, d)
	}
	first, last, ok = r.shown(c, d, glucose || records)
	return first, last, ok, nil
}

// Extent gives a period that holds all there is, also what no statistic
// counts; ok is false when there is nothing.
func (r *Reader) Extent(ctx context.Context) (from, until record.Millis, ok bool, err error) {
	a, b, err := r.db.PageSpan(ctx, r.scope.Person().ID)
	first, end, pages, err := span(store.DayStart(a), store.DayStart(b+1)-1, err)
	if err != nil {
		return 0, 0, false, err
	}
	c, d, records, err := span(r.db.RecordSpan(ctx, r.scope.Person().ID))
	switch {
	case err != nil:
		return 0, 0, false, err
	case !pages:
		first, end = c, d
	case records:
		first, end = min(first, c), max(end, d)
	}
	if from, until, ok = r.shown(first, end, pages || records); ok {
		until++
	}
	return from, until, ok, nil
}

// GlucoseSpan gives the instants of the first and last reading; ok is false
// when there is none.
func (r *Reader) GlucoseSpan(ctx context.Context) (first, last record.Millis, ok bool, err error) {
	a, b, there, err := span(r.db.Span(ctx, r.scope.Person().ID))
	if err != nil {
		return 0, 0, false, err
	}
	first, last, ok = r.shown(a, b, there)
	return first, last, ok, nil
}

// span turns a database's word that there is none into there.
func span(first, last record.Millis, err error) (a, b record.Millis, there bool, _ error) {
	if errors.Is(err, store.ErrNone) {
		return 0, 0, false, nil
	}
	return first, last, err == nil, err
}

// shown cuts a span to what the viewer may see; when all of it lies before,
// there is nothing, and not even when it ended is told.
func (r *Reader) shown(first, last record.Millis, there bool) (a, b record.Millis, ok bool) {
	if !there || last < r.scope.From() {
		return 0, 0, false
	}
	return max(first, r.scope.From()), last, true
}

// LastGlucoseBefore gives the instant of the last reading on a UTC day that
// began before at; ok is false when there is none.
func (r *Reader) LastGlucoseBefore(ctx context.Context, at record.Millis) (last record.Millis, ok bool, err error) {
	last, err = r.db.LastBefore(ctx, r.scope.Person().ID, at)
	if errors.Is(err, store.ErrNone) {
		return 0, false, nil
	}
	return last, err == nil && last >= r.scope.From(), err
}

// Uploads lists the imports of a person, newest first. The scope must be one
// for importing.
func (r *Reader) Uploads(ctx context.Context, limit int) ([]Upload, error) {
	if r.scope.Action() != share.Import {
		return nil, fault.New(fault.NotFound, "import.unknown")
	}
	return r.db.Uploads(ctx, r.scope.Person().ID, limit)
}

// Upload finds one import. The scope must be one for importing.
func (r *Reader) Upload(ctx context.Context, key string) (Upload, error) {
	if r.scope.Action() != share.Import {
		return Upload{}, fault.New(fault.NotFound, "import.unknown")
	}
	u, err := r.db.UploadByKey(ctx, r.scope.Person().ID, key)
	if errors.Is(err, store.ErrNone) {
		return u, fault.New(fault.NotFound, "import.unknown")
	}
	return u, err
}
