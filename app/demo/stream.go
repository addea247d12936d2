package demo

import (
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
)

// Stream is a person's life that goes on: each call of Next gives what has
// happened since the one before. It is for one goroutine at a time.
type Stream struct {
	p     Person
	a     archetype
	seed  uint64
	zone  *time.Location
	out   *output
	life  *life // nil for a person without an archetype
	block int
	at    record.Millis // the next step
}

// Begin makes the stream of a person whose records are wanted from an instant
// on. What Next gives until another instant is what Generate gives for the
// two, in whatever portions it is fetched.
func Begin(p Person, seed uint64, zone *time.Location, from time.Time) *Stream {
	a, ok := archetypeByID(p.Archetype)
	s := &Stream{p: p, a: a, seed: seed, zone: zone}
	s.out = newOutput(p, a, record.At(from))
	if ok {
		s.open(p.blockOf(metrics.DateOf(s.out.from-1, zone))) // a segment may end at the very border
	}
	return s
}

// open begins a block, some days early so that the body has a past.
func (s *Stream) open(block int) {
	first := s.p.epoch().Add(block * blockDays)
	s.block, s.out.begin, s.out.end = block, first.Start(s.zone), first.Add(blockDays).Start(s.zone)
	s.at = first.Add(-warmUpDays).Start(s.zone)
	s.at += (stepMS - s.at%stepMS) % stepMS
	s.life = newLife(s.p, s.a, s.seed, s.zone, s.out)
}

// Next gives the records up to an instant (not included) that were not given
// yet. An instant before that of the last call gives nothing.
func (s *Stream) Next(until time.Time) []record.Batch {
	limit := record.At(until)
	for s.life != nil && s.at < limit {
		if s.at >= s.out.end {
			s.life.pump.cut(s.out.end, s.out)
			s.open(s.block + 1)
			continue
		}
		s.life.step(s.at)
		s.at += stepMS
	}
	return s.out.take(limit)
}
