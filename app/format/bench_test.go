package format

import (
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"glucokeep/app/record"

	"github.com/stretchr/testify/require"
)

// endless is a Clarity export of any size that is never in memory: head and
// then rows of one width, made as they are read.
type endless struct {
	head string
	rows int64
}

var endlessStart = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

func (e endless) row(i int64) string {
	at := endlessStart.Add(time.Duration(i) * time.Minute)
	return fmt.Sprintf("%08d,%s,EGV,,,,android G6,%03d,,,,,%09d,8ABC12\n", i, at.Format("2006-01-02T15:04:05"), 50+i%200, 300*i+300)
}

func (e endless) size() int64 { return int64(len(e.head)) + e.rows*int64(len(e.row(0))) }

func (e endless) ReadAt(p []byte, off int64) (n int, err error) {
	if off >= e.size() {
		return 0, io.EOF
	}
	if off < int64(len(e.head)) {
		n = copy(p, e.head[off:])
	}
	w := int64(len(e.row(0)))
	for n < len(p) {
		at := off + int64(n) - int64(len(e.head))
		if at/w >= e.rows {
			return n, io.EOF
		}
		n += copy(p[n:], e.row(at / w)[at%w:])
	}
	return n, nil
}

const clarityHeadEN = "Index,Timestamp (YYYY-MM-DDThh:mm:ss),Event Type,Event Subtype,Patient Info,Device Info,Source Device ID,Glucose Value (mg/dL),Insulin Value (u),Carb Value (grams),Duration (hh:mm:ss),Glucose Rate of Change (mg/dL/min),Transmitter Time (Long Integer),Transmitter ID\n"

// TestALargeFileStreams reads a file of 60 MB that is nowhere in memory and
// looks at the heap while it does: it must not grow with the file.
func TestALargeFileStreams(t *testing.T) {
	e := endless{clarityHeadEN, 900_000}
	in := Input{ReaderAt: e, Size: e.size()}
	require.Greater(t, in.Size, int64(55<<20))
	f, err := Detect(in, Options{})
	require.NoError(t, err)
	var m runtime.MemStats
	var peak uint64
	n := 0
	for b, err := range Read(f, in, Options{}) {
		require.NoError(t, err)
		require.Empty(t, b.Rejects)
		n += len(b.Glucose)
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapAlloc)
	}
	require.EqualValues(t, e.rows, n)
	require.Less(t, peak, uint64(64<<20))
}

func BenchmarkClarity(b *testing.B) {
	e := endless{clarityHeadEN, 200_000}
	file := make([]byte, e.size())
	_, err := e.ReadAt(file, 0)
	require.NoError(b, err)
	in := input(file)
	f, err := Detect(in, Options{})
	require.NoError(b, err)
	b.SetBytes(in.Size)
	b.ReportAllocs()
	var last record.Millis
	for b.Loop() {
		for batch, err := range Read(f, in, Options{}) {
			if err != nil {
				b.Fatal(err)
			}
			last = batch.Glucose[len(batch.Glucose)-1].At
		}
	}
	require.Equal(b, record.At(endlessStart.Add(time.Duration(e.rows-1)*time.Minute)), last)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(e.rows), "ns/row")
	b.ReportMetric(float64(e.rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
