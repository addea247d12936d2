package ingest

import (
	"slices"
	"time"

	"glucokeep/app/record"
)

// Report is what an import found. It is kept with the upload and shown again.
type Report struct {
	Upload string `json:"-"` // key of the upload; of no use after a preview

	// Counts is what the file holds, by kind: "glucose" (readings of a
	// sensor, scans among them), of those "below_range", "above_range" and
	// "scan"; "bolus" and "injection"; "alarm_cleared" for the rows that tell
	// that somebody cleared an alarm; every other kind by its own name.
	Counts map[string]int `json:"counts"`

	New      int `json:"new"`      // records that were not here before
	Known    int `json:"known"`    // that were
	Repeated int `json:"repeated"` // that the file holds more than once
	Clashing int `json:"clashing"` // readings of the file that say another value for a moment than a row before; the first counts
	Replaced int `json:"replaced"` // that were, with another value; the old one is kept as a revision
	Rejected int `json:"rejected"` // rows that gave no record

	// OtherZone is how many of Known were read before with another time zone;
	// they stay where they are.
	OtherZone int `json:"other_zone,omitempty"`

	First, Last record.Millis `json:",omitempty"` // of all records, 0 if there are none
	Wall        bool          `json:"wall"`       // at least one batch had a wall clock without a zone, so the chosen zone matters

	// Exchanges is how many meals are counted in exchanges whose grams nobody
	// has said.
	Exchanges int `json:"exchanges,omitempty"`

	// UnitDoubt says that most values would make sense in the other unit only.
	UnitDoubt bool `json:"unit_doubt,omitempty"`

	// Notices are catalogue keys of what the reader of the format has to say.
	Notices []string `json:"notices,omitempty"`

	Sources []SourceReport  `json:"sources"`
	Rejects []record.Reject `json:"rejects,omitempty"` // the first of them, in the order of the file

	// Overlap says that two devices of the file gave readings for the same
	// time, as when two people's files were joined.
	Overlap bool `json:"overlap,omitempty"`
}

// keptRejects is how many rejected rows are kept with their reasons.
const keptRejects = 1000

// SourceReport is one device that the file speaks of.
type SourceReport struct {
	Device    string
	Serial    string
	Glucose   int
	Sparse    int
	First     record.Millis
	Last      record.Millis
	Elsewhere bool // the same serial number gives data to another person of this box
}

// count notes one record of a kind.
func (r *Report) count(kind string) { r.Counts[kind]++ }

func (r *Report) span(at record.Millis) {
	if r.First == 0 && r.Last == 0 {
		r.First, r.Last = at, at
		return
	}
	r.First, r.Last = min(r.First, at), max(r.Last, at)
}

func (s *SourceReport) span(at record.Millis) {
	if s.Glucose+s.Sparse == 0 {
		s.First, s.Last = at, at
		return
	}
	s.First, s.Last = min(s.First, at), max(s.Last, at)
}

// overlap is how long two devices must give readings at once before it looks
// like two people: a change of sensor takes less.
const overlap = 30 * time.Minute

// Kinds lists the names in Counts that are not zero, what matters most first.
func (r Report) Kinds() []string {
	var out []string
	for _, name := range kindOrder {
		if r.Counts[name] > 0 {
			out = append(out, name)
		}
	}
	var rest []string
	for name, n := range r.Counts {
		if n > 0 && !slices.Contains(kindOrder, name) {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	return append(out, rest...)
}

var kindOrder = []string{"glucose", "below_range", "above_range", "scan", "fingerstick", "bolus", "injection", "basal", "daily_total", "carbs"}

// LongAgo reports whether a record lies before sensors and pumps had clocks
// that people set: a device's clock was wrong.
func (r Report) LongAgo() bool {
	return (r.First != 0 || r.Last != 0) && r.First < record.At(time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC))
}
