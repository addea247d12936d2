package store

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"slices"
	"time"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// The form of a page of basal rates, version 1, with varints as in the page of
// readings (page.go); docs/data-model.md has the same text for people without
// this program.
//
//	byte     1, the version
//	u        n, rates
//	u        tick: times are counted in ticks of this many ms (1 or 1000)
//	n × z    time: first from the start of the day, then Δ − five minutes
//	columns  kind (0 automated, 1 scheduled, 2 temp, 3 suspend) + 4 with a percentage; length in ms
//	n × r    rate in U/h
//	r        the percentage, for each that has one
//	4 bytes  CRC-32C of all before, little endian
//
// r is u 2 × thousandths where that is the number exactly, else u 1 and u the
// bits of the number as a 64-bit float: nothing is ever rounded.
const basalVersion = 1

// errBasalPage says that a page of basal rates is damaged.
var errBasalPage = errors.New("page of basal rates is damaged")

// basalKinds are the kinds by their number in a page.
var basalKinds = [4]record.BasalKind{record.AutomatedBasal, record.ScheduledBasal, record.TempBasal, record.Suspended}

const (
	basalEvery  = 300_000 // ms
	withPercent = 4
)

// encodeBasals writes the rates of one UTC day, which are in order of time.
func encodeBasals(day int64, bs []*record.Basal) []byte {
	tick := int64(1000)
	for _, b := range bs {
		if int64(b.At)%tick != 0 {
			tick = 1
		}
	}
	b := make([]byte, 0, 32+6*len(bs))
	b = append(b, basalVersion)
	b = binary.AppendUvarint(b, uint64(len(bs)))
	b = binary.AppendUvarint(b, uint64(tick))
	before := int64(DayStart(day)) - basalEvery
	kinds, lengths := make([]int64, len(bs)), make([]int64, len(bs))
	for i, r := range bs {
		b = binary.AppendVarint(b, (int64(r.At)-before-basalEvery)/tick)
		before = int64(r.At)
		kinds[i], lengths[i] = int64(slices.Index(basalKinds[:], r.Basal)), r.Duration.Milliseconds()
		if r.Percent != nil {
			kinds[i] += withPercent
		}
	}
	b = appendColumn(b, kinds)
	b = appendColumn(b, lengths)
	for _, r := range bs {
		b = appendNumber(b, float64(r.Rate))
	}
	for _, r := range bs {
		if r.Percent != nil {
			b = appendNumber(b, *r.Percent)
		}
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func appendNumber(b []byte, v float64) []byte {
	if milli := math.Round(v * 1000); milli >= 0 && milli < 1<<40 && !math.Signbit(v) && milli/1000 == v {
		return binary.AppendUvarint(b, uint64(milli)<<1)
	}
	return binary.AppendUvarint(append(b, 1), math.Float64bits(v))
}

func (c *cursor) number() float64 {
	switch v := c.u(); {
	case v&1 == 0:
		return float64(v>>1) / 1000
	case v != 1:
		c.bad = true
	}
	return math.Float64frombits(c.u())
}

// decodeBasals reads the rates of a page.
func decodeBasals(day int64, page []byte) ([]record.Basal, error) {
	if len(page) < 7 || page[0] != basalVersion {
		return nil, errBasalPage
	}
	body := page[:len(page)-4]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(page[len(body):]) {
		return nil, errBasalPage
	}
	c := cursor{b: body[1:]}
	count, tick := c.u(), int64(c.u())
	if c.bad || count > uint64(len(body)) || tick < 1 || tick > 1000 {
		return nil, errBasalPage
	}
	out := make([]record.Basal, count)
	at := int64(DayStart(day)) - basalEvery
	for i := range out {
		at += c.z()*tick + basalEvery
		out[i].At = record.Millis(at)
	}
	percent := false
	c.column(len(out), func(i, end int, v int64) {
		if v < 0 || v >= 2*withPercent {
			c.bad = true
			return
		}
		for ; i < end; i++ {
			out[i].Basal = basalKinds[v%withPercent]
			if v >= withPercent {
				percent, out[i].Percent = true, new(float64)
			}
		}
	})
	c.column(len(out), func(i, end int, v int64) {
		for ; i < end; i++ {
			out[i].Duration = time.Duration(v) * time.Millisecond
		}
	})
	for i := range out {
		out[i].Rate = unit.UnitsPerHour(c.number())
	}
	for i := 0; percent && i < len(out); i++ {
		if out[i].Percent != nil {
			*out[i].Percent = c.number()
		}
	}
	if c.bad || c.i != len(c.b) {
		return nil, errBasalPage
	}
	return out, nil
}
