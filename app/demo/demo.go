// Package demo makes believable people for the demonstration, for load tests
// and for screenshots: their sensor readings, meals, insulin and devices. It
// is not a physiological simulator and nothing may be learned from it about
// any real body. What it makes depends on nothing but its arguments, so that
// the same call gives the same bytes on every machine.
package demo

import (
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// Format is the format of the sources that Generate names. Pages and exports
// mark every record of it as demo data.
const Format = "demo"

// Person is one made-up person.
type Person struct {
	ID        string             // stable: the random streams hang on it
	Name      string             // to show; changes nothing in the data
	Archetype string             // ID of an archetype
	Unit      unit.Concentration // unit of the sensor and the meter
	OffDays   int                // at the end of the period the sensor is off for so many days
	LowNow    bool               // in its last hour the glucose falls to an urgent low
}

// People is the family of the demonstration.
func People() []Person {
	return []Person{
		{ID: "mia", Name: "Mia Sample", Archetype: "child-pump"},
		{ID: "jonas", Name: "Jonas Sample", Archetype: "adult-aid"},
		{ID: "elena", Name: "Elena Sample", Archetype: "adult-mdi", Unit: unit.MmolL},
		{ID: "walter", Name: "Walter Sample", Archetype: "older-t2"},
		{ID: "sofia", Name: "Sofia Sample", Archetype: "pregnancy-aid"},
		{ID: "tom", Name: "Tom Sample", Archetype: "adult-mdi", OffDays: 3},
		{ID: "nora", Name: "Nora Sample", Archetype: "adult-aid", LowNow: true},
	}
}

const (
	step       = 5 * time.Minute
	stepMS     = record.Millis(5 * 60_000)
	minuteMS   = record.Millis(60_000)
	blockDays  = 91 // local dates simulated in one go
	warmUpDays = 4  // simulated before a block and thrown away
	batchSize  = 50_000
)

// Generate makes the records of a person from (included) to until (not
// included): one batch or more for the sensor, the pump or pens, and the
// meter, each with Clock Instant and the records in order of time. An archetype
// that does not exist gives none.
//
// A period may be cut anywhere: the records of its parts are those of the
// whole. That is so because each block of 91 local dates, counted from 1970,
// is simulated from its own beginning; a call therefore costs up to a block
// more than its period, some ten milliseconds. A basal segment of a closed
// loop comes with the period in which it ends. OffDays and LowNow look at the
// end of the period and are the exception.
func Generate(p Person, seed uint64, zone *time.Location, from, until time.Time) []record.Batch {
	a, ok := archetypeByID(p.Archetype)
	if !ok || !until.After(from) {
		return nil
	}
	out := newOutput(p, a, record.At(from), record.At(until))
	first := blockOf(metrics.DateOf(out.from-1, zone)) // a segment may end at the very border
	last := blockOf(metrics.DateOf(out.until-1, zone))
	for b := first; b <= last; b++ {
		simulate(p, a, seed, zone, b, out)
	}
	return out.batches()
}

// blockOf is the number of the block that a date lies in.
func blockOf(d metrics.Date) int {
	days := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400
	if days < 0 {
		days -= blockDays - 1
	}
	return int(days / blockDays)
}

// simulate runs one block and hands what happens to out.
func simulate(p Person, a archetype, seed uint64, zone *time.Location, block int, out *output) {
	first := metrics.Date{Year: 1970, Month: time.January, Day: 1}.Add(block * blockDays)
	begin, end := first.Start(zone), first.Add(blockDays).Start(zone)
	start := first.Add(-warmUpDays).Start(zone)
	start += (stepMS - start%stepMS) % stepMS
	out.begin, out.end = begin, end
	l := newLife(p, a, seed, zone, out)
	at := start
	for ; at < end && at < out.until; at += stepMS {
		l.step(at)
	}
	if at >= end {
		l.pump.cut(end, out)
	}
}
