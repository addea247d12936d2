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
	Archetype string             // ID of an archetype; another gives no records
	Unit      unit.Concentration // unit of the devices
	Stories   []Story            // what happens besides chance
	Lang      string             // of what they write: "de", else English
	// Anchor is the date from which blocks are counted, 1970 if zero. A
	// period that begins on it costs no more than itself.
	Anchor metrics.Date
}

const (
	step       = 5 * time.Minute
	stepMS     = record.Millis(5 * 60_000)
	minuteMS   = record.Millis(60_000)
	hourMS     = 60 * minuteMS
	blockDays  = 91 // local dates simulated in one go
	warmUpDays = 4  // simulated before a block and thrown away
	batchSize  = 50_000
)

// Generate makes the records of a person from (included) to until (not
// included): one batch or more for each device, with Clock Instant and the
// records in order of time. An archetype that does not exist gives none.
//
// A period may be cut anywhere: the records of its parts are those of the
// whole. That is so because each block of 91 local dates is simulated from
// its own beginning; a call therefore costs up to a block more than its
// period, some twenty milliseconds. What is told late comes with the period
// in which it is told: a basal segment of a closed loop when it ends, readings
// that a phone fetches when it is found.
func Generate(p Person, seed uint64, zone *time.Location, from, until time.Time) []record.Batch {
	return Begin(p, seed, zone, from).Next(until)
}

// epoch is the date from which blocks are counted.
func (p Person) epoch() metrics.Date {
	if p.Anchor == (metrics.Date{}) {
		return metrics.Date{Year: 1970, Month: time.January, Day: 1}
	}
	return p.Anchor
}

// blockOf is the number of the block that a date lies in.
func (p Person) blockOf(d metrics.Date) int {
	days := dayNumber(d) - dayNumber(p.epoch())
	if days < 0 {
		days -= blockDays - 1
	}
	return days / blockDays
}

func dayNumber(d metrics.Date) int {
	return int(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}
