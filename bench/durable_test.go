package bench

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/ingest"
	"glucokeep/app/record"
)

// live is a phone that sends one reading at a time.
type live struct {
	*box
	rs []record.Reading
	n  int
}

// liveReadings are those of series with the milliseconds of a phone's clock.
func liveReadings(n int) []record.Reading {
	rs := series(n)
	for i := range rs {
		rs[i].At += record.Millis(i * 7919 % 1000)
	}
	return rs
}

// next sends the next reading, some seconds after the sensor took it.
func (l *live) next(t testing.TB) {
	r := l.rs[l.n]
	l.n++
	received := r.At.Time().Add(3*time.Second + time.Duration(l.n*104_729%2000)*time.Millisecond)
	_, err := l.in.Accept(t.Context(), received, ingest.Import{Person: l.person, Actor: audit.Actor{Box: true}, Format: "bench", Live: "phone"},
		batches("1", []record.Reading{r}), nil)
	require.NoError(t, err)
}

// BenchmarkDurableReading is P1: one reading, from ingest.Accept to durable,
// beside one write of 4 KiB and fdatasync in the same folder.
func BenchmarkDurableReading(b *testing.B) {
	const each, atOnce = 200, 20
	l := &live{box: newBox(b), rs: liveReadings(fiveYears)}
	l.accept(b, batches("1", series(fiveYears)[fiveYears-90*perDay:])) // not an empty box
	floor := newFloor(b, l.db.Dir())
	compare(b, "P1 one durable reading / 4 KiB write and fdatasync, p50", atMost(4), func() (cost, cost) {
		var ours, base []cost
		for len(ours) < each { // in turns: a neighbour's load meets both
			for range atOnce {
				ours = append(ours, timed(func() { l.next(b) }))
			}
			for range atOnce {
				base = append(base, timed(func() { floor.write(b) }))
			}
		}
		return halfOf(ours), halfOf(base)
	})
}

// floor is the least that can be called durable.
type floor struct {
	f    *os.File
	page [4096]byte
	n    int64
}

func newFloor(t testing.TB, dir string) *floor {
	f, err := os.OpenFile(filepath.Join(dir, "floor"), os.O_CREATE|os.O_RDWR, 0o600)
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	fl := &floor{f: f}
	for range floorPages { // as SQLite's log: the file is there and is written over
		fl.write(t)
	}
	return fl
}

// floorPages is the size of SQLite's log, in pages, before it begins anew.
const floorPages = 1000

func (f *floor) write(t testing.TB) {
	f.page[0]++
	_, err := f.f.WriteAt(f.page[:], f.n%floorPages*int64(len(f.page)))
	f.n++
	require.NoError(t, err)
	require.NoError(t, datasync(f.f))
}
