package store

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"slices"

	"glucokeep/app/record"
	"glucokeep/app/unit"
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
	if !slices.IsSortedFunc(es, less) {
		slices.SortStableFunc(es, less)
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
		b = binary.AppendVarint(b, (t-before)/tick-cadence)
		before = t
	}
	var value int64
	for i := range es {
		v := int64(es[i].Value.Milli) / step
		b = binary.AppendVarint(b, v-value)
		value = v
	}
	column := make([]int64, len(es))
	for k, get := range pageColumns {
		for i := range es {
			column[i] = get(&es[i])
		}
		start := len(b)
		b = appendColumn(b, column)
		if k == receivedColumn {
			for i := range es {
				column[i] = int64(es[i].Received - DayStart(day))
			}
			if runs := appendRuns(nil, column, 2); len(runs) < len(b)-start {
				b = append(b[:start], runs...)
			}
		}
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// pageColumns are the columns after time and value, in the order of the page.
var pageColumns = [...]func(*Entry) int64{
	func(e *Entry) int64 { return int64(e.Flags) | int64(e.Value.Unit)<<8 },
	func(e *Entry) int64 { return int64(e.Trend) },
	func(e *Entry) int64 { return int64(e.Offset) },
	func(e *Entry) int64 { return int64(e.Quality) },
	func(e *Entry) int64 {
		if e.Deleted {
			return 1
		}
		return 0
	},
	func(e *Entry) int64 { return e.Upload },
	func(e *Entry) int64 { return int64(e.Received - e.At) },
	func(e *Entry) int64 { return int64(e.Modified - e.Received) },
}

const receivedColumn = 6

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
		if int64(es[i].At)%1000 != 0 {
			tick = 1
		}
		for step > 1 && int64(es[i].Value.Milli)%step != 0 {
			step /= 10
		}
		if i == 0 {
			continue
		}
		d := int64(es[i].At - es[i-1].At)
		for k, g := range gaps {
			if d > g-g/4 && d < g+g/4 {
				near[k]++
			}
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

// cursor reads varints with a sticky error.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) u() uint64 {
	if len(c.b) > 0 && c.b[0] < 0x80 { // nearly always
		v := uint64(c.b[0])
		c.b = c.b[1:]
		return v
	}
	v, n := binary.Uvarint(c.b)
	if n <= 0 {
		c.bad, c.b = true, nil
		return 0
	}
	c.b = c.b[n:]
	return v
}

func (c *cursor) z() int64 {
	v := c.u()
	return int64(v>>1) ^ -int64(v&1)
}

// column calls set for each run of readings with its value and gives the mode.
func (c *cursor) column(n int, set func(i, end int, v int64)) (mode byte) {
	if len(c.b) == 0 || c.b[0] > 2 {
		c.bad = true
		return 0
	}
	mode = c.b[0]
	c.b = c.b[1:]
	var v int64
	for i := 0; i < n && !c.bad; {
		end := i + 1
		if mode != 1 {
			run := c.u()
			if run == 0 || run > uint64(n-i) {
				c.bad = true
				return mode
			}
			end = i + int(run)
		}
		v += c.z()
		set(i, end, v)
		i = end
	}
	return mode
}

// openPage checks a page and reads its head.
func openPage(page []byte) (c cursor, n int, tick, cadence, step int64, err error) {
	if len(page) < 6 || page[0] != pageVersion {
		return c, 0, 0, 0, 0, errPage
	}
	body := page[:len(page)-4]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(page[len(body):]) {
		return c, 0, 0, 0, 0, errPage
	}
	c = cursor{b: body[1:]}
	count := c.u()
	tick, cadence, step = int64(c.u()), int64(c.u()), int64(c.u())
	if c.bad || count > uint64(len(body)) || tick < 1 || tick > 1000 || step < 1 || step > 1000 ||
		cadence < 0 || cadence > dayMillis {
		return c, 0, 0, 0, 0, errPage
	}
	return c, int(count), tick, cadence, step, nil
}

// appendReadings decodes what people are shown of a page: the readings that
// were not deleted, with Every set to every.
func appendReadings(into []record.Reading, day int64, page []byte, every uint8) ([]record.Reading, error) {
	c, n, tick, cadence, step, err := openPage(page)
	if err != nil {
		return into, err
	}
	start := len(into)
	into = slices.Grow(into, n)[:start+n]
	rs := into[start:]
	t := int64(DayStart(day)) - cadence*tick
	for i := range rs {
		t += (c.z() + cadence) * tick
		rs[i] = record.Reading{At: record.Millis(t), Every: every}
	}
	var v int64
	for i := range rs {
		v += c.z()
		if v*step > math.MaxInt32 || v*step < math.MinInt32 || v > math.MaxInt32 || v < math.MinInt32 {
			return into[:start], errPage
		}
		rs[i].Value.Milli = int32(v * step)
	}
	deleted := false
	c.column(n, func(i, end int, v int64) {
		for ; i < end; i++ {
			rs[i].Flags, rs[i].Value.Unit = record.Flags(v&0xff), unit.Concentration(v>>8)
		}
	})
	c.column(n, func(i, end int, v int64) {
		for ; i < end; i++ {
			rs[i].Trend = record.Trend(v)
		}
	})
	c.column(n, func(i, end int, v int64) {
		for ; i < end; i++ {
			rs[i].Offset = int16(v)
		}
	})
	c.column(n, func(i, end int, v int64) {
		for ; i < end; i++ {
			rs[i].Quality = record.Quality(v)
		}
	})
	c.column(n, func(i, end int, v int64) {
		for ; v != 0 && i < end; i++ {
			deleted, rs[i].Every = true, 255 // marks it for the sweep below
		}
	})
	if c.bad {
		return into[:start], errPage
	}
	if deleted {
		kept := slices.DeleteFunc(rs, func(r record.Reading) bool { return r.Every == 255 })
		into = into[:start+len(kept)]
	}
	return into, nil
}

// decodePage reads all of a page.
func decodePage(day int64, page []byte) ([]Entry, error) {
	c, n, tick, cadence, step, err := openPage(page)
	if err != nil {
		return nil, err
	}
	es := make([]Entry, n)
	t := int64(DayStart(day)) - cadence*tick
	for i := range es {
		t += (c.z() + cadence) * tick
		es[i].At = record.Millis(t)
	}
	var value int64
	for i := range es {
		value += c.z()
		if value*step > math.MaxInt32 || value*step < math.MinInt32 || value > math.MaxInt32 || value < math.MinInt32 {
			return nil, errPage
		}
		es[i].Value.Milli = int32(value * step)
	}
	for k := range pageColumns {
		mode := c.column(n, func(i, end int, v int64) {
			for ; i < end; i++ {
				setColumn(&es[i], k, v)
			}
		})
		for i := range es {
			switch {
			case k == receivedColumn && mode == 2:
				es[i].Received += DayStart(day) - es[i].At
			case k == receivedColumn+1:
				es[i].Modified += es[i].Received
			}
		}
	}
	if c.bad || len(c.b) != 0 {
		return nil, errPage
	}
	return es, nil
}

// setColumn is the inverse of pageColumns[k].
func setColumn(e *Entry, k int, v int64) {
	switch k {
	case 0:
		e.Flags, e.Value.Unit = record.Flags(v&0xff), unit.Concentration(v>>8)
	case 1:
		e.Trend = record.Trend(v)
	case 2:
		e.Offset = int16(v)
	case 3:
		e.Quality = record.Quality(v)
	case 4:
		e.Deleted = v != 0
	case 5:
		e.Upload = v
	case receivedColumn:
		e.Received = e.At + record.Millis(v)
	default:
		e.Modified = record.Millis(v) // from Received, which decodePage adds
	}
}
