package app

import (
	"context"
	"slices"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/demo"
	"glucokeep/app/ingest"
	"glucokeep/app/record"
)

// actor is an invented person in the box.
type actor struct {
	demo.Member
	Key     string
	id      int64
	zone    *time.Location
	whole   bool           // nothing is left to fill in behind
	life    *demo.Stream   // goes on from what is there; nil if nobody sends
	waiting []record.Batch // of life, not stored yet
}

// begins is when the data of everybody begins.
func (p *play) begins() time.Time { return p.start.AddDate(0, 0, -p.days) }

// ends is when the data of a begins to be live, or ends if nobody sends it.
func (p *play) ends(a *actor) time.Time { return p.start.AddDate(0, 0, -a.Imported) }

// past brings in what a needs before the pages are there: the last hours if
// the rest is filled in behind, else all of it. Of whom the last hours hold no
// reading all is needed: pages would say that there never was one.
func (p *play) past(ctx context.Context, a *actor) error {
	var life *demo.Stream
	var batches []record.Batch
	if p.behind {
		life = demo.Begin(a.Person, p.seed, a.zone, demo.Recent(p.ends(a)))
		batches = life.Next(p.ends(a))
	}
	if !slices.ContainsFunc(batches, func(b record.Batch) bool { return len(b.Glucose) > 0 }) {
		a.whole = true
		life = demo.Begin(a.Person, p.seed, a.zone, p.begins())
		batches = append(demo.Settings(a.Person, p.seed, a.zone, p.begins()), life.Next(p.ends(a))...)
	}
	if a.Imported == 0 {
		a.life = life
	}
	if a.whole {
		return p.bringIn(ctx, a, batches)
	}
	return p.send(ctx, a, batches)
}

// fillAfter is how long the days before the last hours wait, so that the first
// pages need not share the writer with them.
const fillAfter = 3 * time.Second

// fill brings in the days before the last hours, person by person: one
// transaction each. Between two it leaves the writer alone for as long as it
// had it: a page of a clinic writes a line in the ledger for each person.
func (p *play) fill(ctx context.Context) error {
	rest := fillAfter
	for _, a := range p.cast {
		if a.whole {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rest):
		}
		from, until := p.begins(), demo.Recent(p.ends(a))
		batches := append(demo.Settings(a.Person, p.seed, a.zone, from), demo.Generate(a.Person, p.seed, a.zone, from, until)...)
		began := time.Now()
		if err := p.bringIn(ctx, a, batches); err != nil {
			return err
		}
		rest = time.Since(began)
	}
	return nil
}

// bringIn keeps records that were made before they were needed, by the door
// of files.
func (p *play) bringIn(ctx context.Context, a *actor, batches []record.Batch) error {
	if len(batches) == 0 {
		return nil
	}
	_, err := p.box.ingest.Accept(ctx, p.box.clock(), p.importOf(a), each(batches), nil)
	return err
}

func (p *play) importOf(a *actor) ingest.Import {
	return ingest.Import{Person: a.id, Actor: audit.Actor{Box: true}, Zone: a.zone, Format: demo.Format, Label: demo.Format}
}

// goOn sends what has happened since it was last called, as a phone does. What could
// not be stored is sent again.
func (p *play) goOn(ctx context.Context, _ time.Time) error {
	now := p.box.clock()
	return together(len(p.cast), func(i int) error {
		a := p.cast[i]
		if a.life == nil {
			return nil
		}
		a.waiting = append(a.waiting, a.life.Next(now)...)
		if len(a.waiting) == 0 {
			return nil
		}
		if err := p.send(ctx, a, a.waiting); err != nil {
			return err
		}
		a.waiting = nil
		return nil
	})
}

// send hands in records as the phone of a does.
func (p *play) send(ctx context.Context, a *actor, batches []record.Batch) error {
	imp := p.importOf(a)
	imp.Live = "demo phone " + a.Key
	_, err := p.box.ingest.Accept(ctx, p.box.clock(), imp, each(batches), nil)
	return err
}

func each(batches []record.Batch) ingest.Batches {
	return func(yield func(record.Batch, error) bool) {
		for _, b := range batches {
			if !yield(b, nil) {
				return
			}
		}
	}
}
