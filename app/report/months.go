package report

import (
	"context"
	"encoding/binary"
	"hash/maphash"
	"math"
	"sync"
	"time"

	"glucokeep/app/metrics"
	"glucokeep/app/read"
	"glucokeep/app/record"
)

// Months keeps the figures of whole calendar months, so that those of years
// need not decode every reading again at each look. A kept figure is found
// only by the statistics rows of the very days that it was made of, so it
// cannot outlive a change of the readings, and viewers who may not see the
// same share nothing. Safe for concurrent use.
type Months struct {
	mu   sync.Mutex
	kept map[monthKey]Sum
	seed maphash.Seed
}

// mostMonths bounds what is kept: twenty people over twenty years.
const mostMonths = 5000

// monthKey names a month of one person with all that its figures depend on.
type monthKey struct {
	person int64
	zone   string
	ranges metrics.Profile // whole: all own limits have one ID
	Period
	since record.Millis // what lies before it the viewer may not see
	rows  uint64        // of the statistics of its days and of the days around it
}

// NewMonths makes an empty keeper.
func NewMonths() *Months {
	return &Months{kept: map[monthKey]Sum{}, seed: maphash.MakeSeed()}
}

// Parts gives the figures of p as a whole and of each calendar month or part
// of one in it. rows are the statistics of the days of p and a day around it.
func (m *Months) Parts(ctx context.Context, t Tally, r *read.Reader, p Period, rows []read.Stat) (whole Sum, parts []Part, err error) {
	for _, month := range cut(p, monthStarts(p, t.Zone)) {
		s, err := m.sum(ctx, t, r, month, rows)
		if err != nil {
			return whole, nil, err
		}
		whole.add(s)
		parts = append(parts, Part{month, s})
	}
	return whole, parts, nil
}

// monthStarts are the first instants of the months that begin in p.
func monthStarts(p Period, loc *time.Location) (starts []record.Millis) {
	first := metrics.DateOf(p.From, loc)
	for first.Day = 1; first.Start(loc) < p.Until; first.Day = 1 {
		if at := first.Start(loc); at >= p.From {
			starts = append(starts, at)
		}
		first = first.Add(31)
	}
	return starts
}

func (m *Months) sum(ctx context.Context, t Tally, r *read.Reader, p Period, rows []read.Stat) (Sum, error) {
	key := monthKey{person: r.Person().ID, zone: t.Zone.String(), ranges: t.Ranges, Period: p}
	var any bool
	key.rows, any = m.fingerprint(rows, p)
	if r.Since() > p.From-around { // the day on which it begins has no row for this viewer
		key.since, any = r.Since(), true
	}
	if !any {
		return Sum{}, nil
	}
	m.mu.Lock()
	s, ok := m.kept[key]
	m.mu.Unlock()
	if ok {
		return s, nil
	}
	rs, err := t.Counted(ctx, r, p)
	if err != nil {
		return s, err
	}
	s, _ = t.Parts(rs, p, nil)
	m.mu.Lock()
	defer m.mu.Unlock()
	for k := range m.kept {
		if len(m.kept) < mostMonths {
			break
		}
		delete(m.kept, k) // any one: it is made again when it is asked for
	}
	m.kept[key] = s
	return s, nil
}

// fingerprint names the content of the days of p and around it; any is false
// when none of them has a reading.
func (m *Months) fingerprint(rows []read.Stat, p Period) (sum uint64, any bool) {
	first, last := read.UTCDay(p.From-around), read.UTCDay(p.Until+around)
	var h maphash.Hash
	h.SetSeed(m.seed)
	var b []byte
	for i := range rows {
		s := &rows[i]
		if s.Day < first || s.Day > last {
			continue
		}
		any = any || s.N > 0
		b = b[:0]
		for _, v := range [...]int64{s.Day, s.Source, int64(s.N), int64(s.VeryLow), int64(s.Low), int64(s.Target), int64(s.High),
			int64(s.First), int64(s.Last)} {
			b = binary.LittleEndian.AppendUint64(b, uint64(v))
		}
		for _, v := range [...]float64{s.Sum, s.SumSq, s.Min, s.Max} {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
		_, _ = h.Write(b)
		_, _ = h.Write(s.Histogram)
	}
	return h.Sum64(), any
}
