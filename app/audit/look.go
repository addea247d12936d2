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
	return l.LookAll(ctx, now, []Event{e})
}

// LookAll is Look at several persons at once: the lines that are needed are
// written in one transaction, all or none.
func (l *Ledger) LookAll(ctx context.Context, now time.Time, es []Event) error {
	fresh := l.count(now, es)
	if len(fresh) == 0 {
		return nil
	}
	err := l.endLooks(ctx, now, false, func(tx *store.Tx) error {
		for _, e := range fresh {
			e.Action = ViewBegin
			if err := l.Append(tx, now, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range fresh {
		e.Action = ViewBegin
		k := lookOf(e)
		if s, ok := l.looks[k]; ok { // another request of the same viewer was first
			s.count++
			continue
		}
		l.looks[k] = &span{began: now, count: 1, event: e}
	}
	return nil
}

func lookOf(e Event) look {
	return look{actor: e.Actor, ip: e.From.IP, device: e.From.Device, person: e.Person, object: e.Object}
}

// count counts the looks whose spans run, and gives the others.
func (l *Ledger) count(now time.Time, es []Event) (fresh []Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range es {
		if s, ok := l.looks[lookOf(e)]; ok && now.Sub(s.began) < lookSpan && !now.Before(s.began) {
			s.count++
			continue
		}
		fresh = append(fresh, e)
	}
	return fresh
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
