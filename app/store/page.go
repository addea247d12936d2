package store

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"

	"glucokeep/app/record"
)

// Entry is a reading with what the store knows about it.
type Entry struct {
	record.Reading
	Upload   int64         // that brought it or changed it last
	Received record.Millis // first time here
	Modified record.Millis // last change here; equals Received when none
	Deleted  bool          // kept so that history can tell; never shown or counted
}

// dayMillis is a UTC day, which always has 24 hours.
const dayMillis = 24 * 60 * 60 * 1000

// Day is the UTC day number of an instant.
func Day(at record.Millis) int64 {
	d := int64(at) / dayMillis
	if int64(at)%dayMillis < 0 {
		d--
	}
	return d
}

// DayStart is the first instant of a UTC day.
func DayStart(day int64) record.Millis { return record.Millis(day * dayMillis) }

// The page form, version 1. All numbers are varints (u: unsigned, z: zigzag);
// docs/data-model.md has the same text for people without this program.
//
//	byte     1, the version
//	u        n, readings
//	u        tick: times are counted in ticks of this many ms (1 or 1000)
//	u        cadence in ticks
//	u        step: values are counted in steps of this many thousandths
//	n × z    time: first from the start of the day, then Δ − cadence
//	n × z    value: Δ from the one before, in steps
//	columns  flags|unit, trend, offset, quality, deleted, upload, received, modified
//	4 bytes  CRC-32C of all before, little endian
//
// A column is a mode byte and then, mode 0, runs (u length, z value − value of
// the run before) until n readings are covered, or, mode 1, n × z of value −
// the value before. received counts from at, which is short for a phone that
// sends each reading as it comes; mode 2 is mode 0 with received counted from
// the start of the day, which is short for a file where all came at once.
// modified counts from received.
const pageVersion = 1

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errPage says that a page is damaged.
var errPage = errors.New("glucose page is damaged")

// sortEntries puts entries in the order of a page: by time, the automatic
// reading before scans of the same instant, then by value.
func sortEntries(es []Entry) {
	less := func(a, b Entry) int {
		switch {
		case a.At != b.At:
			return cmpInt(int64(a.At), int64(b.At))
		case a.Flags.Has(record.Scan) != b.Flags.Has(record.Scan):
			if b.Flags.Has(record.Scan) {
				return -1
			}
			return 1
		}
		return cmpInt(int64(a.Value.Milli), int64(b.Value.Milli))
	}
	for i := 1; i < len(es); i++ {
		if es[i].At <= es[i-1].At { // seldom: two at one instant, or out of order
			slices.SortStableFunc(es, less)
			return
		}
	}
}

func cmpInt(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// encodePage writes sorted entries of one day.
func encodePage(day int64, es []Entry) []byte {
	tick, cadence, step := pageScale(day, es)
	b := make([]byte, 0, 64+4*len(es))
	b = append(b, pageVersion)
	b = binary.AppendUvarint(b, uint64(len(es)))
	b = binary.AppendUvarint(b, uint64(tick))
	b = binary.AppendUvarint(b, uint64(cadence))
	b = binary.AppendUvarint(b, uint64(step))
	before := int64(DayStart(day)) - cadence*tick
	for i := range es {
		t := int64(es[i].At)
		b = binary.AppendVarint(b, over(t-before, tick)-cadence)
		before = t
	}
	var value int64
	for i := range es {
		v := over(int64(es[i].Value.Milli), step)
		b = binary.AppendVarint(b, v-value)
		value = v
	}
	column := make([]int64, len(es))
	for k, fill := range pageColumns {
		if k == receivedColumn && together(es) {
			fillReceived(day, es, column)
			b = appendRuns(b, column, 2)
			continue
		}
		fill(es, column)
		start := len(b)
		b = appendColumn(b, column)
		if k == receivedColumn {
			fillReceived(day, es, column)
			if runs := appendRuns(nil, column, 2); len(runs) < len(b)-start {
				b = append(b[:start], runs...)
			}
		}
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// over is v / by. Dividing by a variable takes longer than all else that is
// done to a reading here, and by is nearly always 1000.
func over(v, by int64) int64 {
	if by == 1000 {
		return v / 1000
	}
	return v / by
}

// pageColumns fill a column with what entries hold: those after time and
// value, in the order of the page. Each is a loop of its own, since a call
// for each value would take longer than the rest of the encoding.
var pageColumns = [...]func(es []Entry, column []int64){
	func(es []Entry, column []int64) {
		for i := range es {
			column[i] = int64(es[i].Flags) | int64(es[i].Value.Unit)<<8
		}
	},
	func(es []Entry, column []int64) {
		for i := range es {
			column[i] = int64(es[i].Trend)
		}
	},
	func(es []Entry, column []int64) {
		for i := range es {
			column[i] = int64(es[i].Offset)
		}
	},
	func(es []Entry, column []int64) {
		for i := range es {
			column[i] = int64(es[i].Quality)
		}
	},
	func(es []Entry, column []int64) {
		for i := range es {
			column[i] = 0
			if es[i].Deleted {
				column[i] = 1
			}
		}
	},
	func(es []Entry, column []int64) {
		for i := range es {
			column[i] = es[i].Upload
		}
	},
	func(es []Entry, column []int64) {
		for i := range es {
			column[i] = int64(es[i].Received - es[i].At)
		}
	},
	func(es []Entry, column []int64) {
		for i := range es {
			column[i] = int64(es[i].Modified - es[i].Received)
		}
	},
}

// fillReceived is the received column of mode 2.
func fillReceived(day int64, es []Entry, column []int64) {
	for i := range es {
		column[i] = int64(es[i].Received - DayStart(day))
	}
}

const receivedColumn = 6

// together reports whether many readings came at once, as those of a file do:
// then no mode of the received column is shorter than mode 2.
func together(es []Entry) bool {
	for i := range es {
		if es[i].Received != es[0].Received {
			return false
		}
	}
	return len(es) >= 16
}

// appendColumn writes a column in the shorter of modes 0 and 1.
func appendColumn(b []byte, column []int64) []byte {
	start := len(b)
	b = appendRuns(b, column, 0)
	runs := len(b) - start
	if runs <= 1+len(column) { // mode 1 cannot be shorter
		return b
	}
	b = append(b, 1)
	var before int64
	for _, v := range column {
		b = binary.AppendVarint(b, v-before)
		before = v
	}
	if each := len(b) - start - runs; each < runs {
		return append(b[:start], b[start+runs:]...)
	}
	return b[:start+runs]
}

func appendRuns(b []byte, column []int64, mode byte) []byte {
	b = append(b, mode)
	var before int64
	for i := 0; i < len(column); {
		j := i + 1
		for j < len(column) && column[j] == column[i] {
			j++
		}
		b = binary.AppendUvarint(b, uint64(j-i))
		b = binary.AppendVarint(b, column[i]-before)
		before, i = column[i], j
	}
	return b
}

// pageScale finds the coarsest tick and step that lose nothing, and the most
// likely distance of two readings.
func pageScale(day int64, es []Entry) (tick, cadence, step int64) {
	tick, step = 1000, 1000
	gaps := [...]int64{60_000, 300_000, 900_000}
	var near [len(gaps)]int
	for i := range es {
		if tick > 1 && int64(es[i].At)%1000 != 0 {
			tick = 1
		}
		// Whole numbers, which nearly all are, need no division by a variable.
		if milli := es[i].Value.Milli; milli%1000 != 0 {
			for step > 1 && int64(milli)%step != 0 {
				step /= 10
			}
		}
		if i == 0 {
			continue
		}
		d := int64(es[i].At - es[i-1].At)
		switch { // within a quarter
		case d > 225_000 && d < 375_000:
			near[1]++
		case d > 45_000 && d < 75_000:
			near[0]++
		case d > 675_000 && d < 1_125_000:
			near[2]++
		}
	}
	best := 1
	for k := range gaps {
		if near[k] > near[best] {
			best = k
		}
	}
	return tick, gaps[best] / tick, step
}
