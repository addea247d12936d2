package store

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// cursor reads varints with a sticky error.
type cursor struct {
	b   []byte
	i   int // what is read of b; moving the slice would cost the garbage collector's write barrier each time
	bad bool
}

func (c *cursor) u() uint64 {
	if c.i < len(c.b) && c.b[c.i] < 0x80 { // nearly always
		c.i++
		return uint64(c.b[c.i-1])
	}
	v, n := binary.Uvarint(c.b[c.i:])
	if n <= 0 {
		c.bad, c.i = true, len(c.b)
		return 0
	}
	c.i += n
	return v
}

func (c *cursor) z() int64 {
	v := c.u()
	return int64(v>>1) ^ -int64(v&1)
}

// column calls set for each run of readings with its value and gives the mode.
func (c *cursor) column(n int, set func(i, end int, v int64)) (mode byte) {
	if c.i == len(c.b) || c.b[c.i] > 2 {
		c.bad = true
		return 0
	}
	mode = c.b[c.i]
	c.i++
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

// fewestForCadence is how many readings a page must hold for its cadence to
// count: three hours of a 15-minute sensor.
const fewestForCadence = 12

// appendReadings decodes what people are shown of a page: the readings that
// were not deleted, with Every set to the cadence of the page where most of it
// keeps one, else to that of the source: one device can change its cadence
// with the sensor.
func appendReadings(into []record.Reading, day int64, page []byte, every uint8) ([]record.Reading, error) {
	c, n, tick, cadence, step, err := openPage(page)
	if err != nil {
		return into, err
	}
	start := len(into)
	into = slices.Grow(into, n)[:start+n]
	rs := into[start:]
	t := int64(DayStart(day)) - cadence*tick
	near := 0 // gaps that are the cadence, give or take a quarter
	for i := range rs {
		off := c.z()
		if off <= cadence/4 && off >= -cadence/4 {
			near++
		}
		t += (off + cadence) * tick
		rs[i] = record.Reading{At: record.Millis(t), Every: every}
	}
	if own := uint8(min(cadence*tick/60_000, 60)); n >= fewestForCadence && 2*near > n && own > 0 && own != every {
		for i := range rs {
			rs[i].Every = own
		}
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
		mode := c.column(n, func(i, end int, v int64) { setColumn(es[i:end], k, v) })
		switch {
		case k == receivedColumn && mode == 2:
			for i := range es {
				es[i].Received += DayStart(day) - es[i].At
			}
		case k == receivedColumn+1:
			for i := range es {
				es[i].Modified += es[i].Received
			}
		}
	}
	if c.bad || c.i != len(c.b) {
		return nil, errPage
	}
	return es, nil
}

// setColumn is the inverse of pageColumns[k] for a run of entries.
func setColumn(es []Entry, k int, v int64) {
	switch k {
	case 0:
		for i := range es {
			es[i].Flags, es[i].Value.Unit = record.Flags(v&0xff), unit.Concentration(v>>8)
		}
	case 1:
		for i := range es {
			es[i].Trend = record.Trend(v)
		}
	case 2:
		for i := range es {
			es[i].Offset = int16(v)
		}
	case 3:
		for i := range es {
			es[i].Quality = record.Quality(v)
		}
	case 4:
		for i := range es {
			es[i].Deleted = v != 0
		}
	case 5:
		for i := range es {
			es[i].Upload = v
		}
	case receivedColumn:
		for i := range es {
			es[i].Received = es[i].At + record.Millis(v)
		}
	default:
		for i := range es {
			es[i].Modified = record.Millis(v) // from Received, which decodePage adds
		}
	}
}
