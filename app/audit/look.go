package audit

import (
	"context"
	"time"

	"glucokeep/app/store"
)

// lookSpan is how long looks of one viewer at one thing are one span: the
// first is written before a byte leaves, the rest are counted, and their
// number is written when the span ends.
const lookSpan = 15 * time.Minute

// look is who looks at what: one span at a time for each.
type look struct {
	actor  Actor
	ip     string
	device string
	person int64
	object string
}

type span struct {
	began time.Time
	count int
	event Event
}

// Look notes that somebody is about to see a person's data. When it returns
// nil, a line that says so is durable; when it returns an error, nothing may
// be shown.
func (l *Ledger) Look(ctx context.Context, now time.Time, e Event) error {
	k := look{actor: e.Actor, ip: e.From.IP, device: e.From.Device, person: e.Person, object: e.Object}
	l.mu.Lock()
	if s, ok := l.looks[k]; ok && now.Sub(s.began) < lookSpan && !now.Before(s.began) {
		s.count++
		l.mu.Unlock()
		return nil
	}
	l.mu.Unlock()

	e.Action = ViewBegin
	err := l.endLooks(ctx, now, false, func(tx *store.Tx) error { return l.Append(tx, now, e) })
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if s, ok := l.looks[k]; ok { // another request of the same viewer was first
		s.count++
		return nil
	}
	l.looks[k] = &span{began: now, count: 1, event: e}
	return nil
}

// Step writes the ends of spans that are over. The caller calls it every
// minute or so.
func (l *Ledger) Step(ctx context.Context, now time.Time) error {
	return l.endLooks(ctx, now, false, nil)
}

// Close writes the ends of all spans, for an orderly stop.
func (l *Ledger) Close(ctx context.Context, now time.Time) error {
	return l.endLooks(ctx, now, true, nil)
}

// endLooks writes the lines of spans that are over, or of all, and what also
// writes, in one transaction.
func (l *Ledger) endLooks(ctx context.Context, now time.Time, all bool, also func(*store.Tx) error) error {
	over := l.takeOver(now, all)
	if len(over) == 0 && also == nil {
		return nil
	}
	err := l.db.Write(ctx, func(tx *store.Tx) error {
		for _, s := range over {
			e := s.event
			e.Action, e.From.Request = ViewEnd, ""
			e.Detail = map[string]any{"looks": s.count}
			if err := l.Append(tx, now, e); err != nil {
				return err
			}
		}
		if also == nil {
			return nil
		}
		return also(tx)
	})
	if err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.over = append(l.over, over...)
	}
	return err
}

// takeOver takes the spans that are over out of the ones that count on, so
// that of several writers at once only one has each, and its number stands.
func (l *Ledger) takeOver(now time.Time, all bool) []*span {
	l.mu.Lock()
	defer l.mu.Unlock()
	over := l.over
	l.over = nil
	for k, s := range l.looks {
		if all || now.Sub(s.began) >= lookSpan || now.Before(s.began) {
			over = append(over, s)
			delete(l.looks, k)
		}
	}
	return over
}
