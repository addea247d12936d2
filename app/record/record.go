// Package record is what every source of data turns into: a Batch of records
// from one device, with the clock exactly as the source wrote it. Package
// ingest repairs the clock, refuses the impossible and stores; nothing else
// does.
package record

import "time"

// Millis is an instant in unix milliseconds, UTC. In a Batch whose Clock is
// Wall it is instead the device's civil date and time counted as if it were
// UTC; ingest turns it into an instant.
type Millis int64

// Time is the instant as a time.Time in UTC.
func (m Millis) Time() time.Time { return time.UnixMilli(int64(m)).UTC() }

// At is the instant of t.
func At(t time.Time) Millis { return Millis(t.UnixMilli()) }

// Clock says what the times of a Batch mean.
type Clock uint8

// Vendor CSVs are nearly always Wall; phones, clouds and JSON exports Instant.
const (
	Instant Clock = iota // unix milliseconds, the zone was known to the source
	Wall                 // civil time of the device, zone unknown
)

// Source is one device as one kind of file or link saw it. Together with the
// person it identifies where a record came from: the same sensor seen through
// two exports is two sources.
type Source struct {
	Format   string        // ID of the format, driver or connector: "carelink-csv"
	Device   string        // model as the source names it, may be empty
	Serial   string        // serial number or the vendor's device id, may be empty
	Interval time.Duration // cadence of its glucose readings; 0 when the source does not say
}

// Batch is a run of records of one source in the order of the file. A file
// gives many batches, also several of the same source; a batch stays small
// enough (about 50,000 records) that a file of any size can stream.
type Batch struct {
	Source  Source
	Clock   Clock
	Zone    string    // IANA zone that the file itself names for its wall clock; "" mostly
	Glucose []Reading // dense: sensor readings
	Sparse  []Record  // all else: each a pointer to one of the types in kinds.go
	Rejects []Reject  // rows of the file that gave no record
	Notices []string  // catalogue keys of what the person should know about the reading of the file
}

// Reject is a row that could not be used, and why. It never holds the row's
// content: that may be a health value or a name.
type Reject struct {
	Line   int    // line of the text file, or number of the object, from 1
	Column string // heading of the column at fault, "" if the whole row is
	Key    string // catalogue key of the reason, e.g. "reject.glucose-impossible"
	Args   []any  // its named places: name, value, name, value
}
