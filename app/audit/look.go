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
	err := l.db.Write(ctx, func(tx *store.Tx) error {
		if err := l.endLooks(tx, now, false); err != nil {
			return err
		}
		return l.Append(tx, now, e)
	})
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if s, ok := l.looks[k]; ok && now.Sub(s.began) < lookSpan { // another request of the same viewer was first
		s.count++
		return nil
	}
	l.looks[k] = &span{began: now, count: 1, event: e}
	return nil
}

// Step writes the ends of spans that are over. The caller calls it every
// minute or so.
func (l *Ledger) Step(ctx context.Context, now time.Time) error {
	if !l.anyOver(now) {
		return nil
	}
	return l.db.Write(ctx, func(tx *store.Tx) error { return l.endLooks(tx, now, false) })
}

// Close writes the ends of all spans, for an orderly stop.
func (l *Ledger) Close(ctx context.Context, now time.Time) error {
	l.mu.Lock()
	open := len(l.looks)
	l.mu.Unlock()
	if open == 0 {
		return nil
	}
	return l.db.Write(ctx, func(tx *store.Tx) error { return l.endLooks(tx, now, true) })
}

func (l *Ledger) anyOver(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.looks {
		if now.Sub(s.began) >= lookSpan {
			return true
		}
	}
	return false
}

// endLooks writes the end lines and forgets the spans once they are durable.
func (l *Ledger) endLooks(tx *store.Tx, now time.Time, all bool) error {
	l.mu.Lock()
	ended := map[look]*span{}
	for k, s := range l.looks {
		if all || now.Sub(s.began) >= lookSpan || now.Before(s.began) {
			ended[k] = s
		}
	}
	l.mu.Unlock()
	for _, s := range ended {
		e := s.event
		e.Action, e.From.Request = ViewEnd, ""
		e.Detail = map[string]any{"looks": s.count}
		if err := l.Append(tx, now, e); err != nil {
			return err
		}
	}
	tx.AfterCommit(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		for k, s := range ended {
			if l.looks[k] == s {
				delete(l.looks, k)
			}
		}
	})
	return nil
}
