package bench

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/format"
	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// firstReading is the start of all made-up data.
var firstReading = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// fiveYears is how many readings a 5-minute sensor gives in five years.
const (
	perDay    = 288
	fiveYears = 5 * 365 * perDay
	cadence   = record.Millis(5 * 60_000)
)

// formatOptions are no answers: the files below say all by themselves.
var formatOptions format.Options

// series makes n readings of a 5-minute sensor that come like those of a real
// one: each near the one before, to the second with a second's jitter, with
// the arrow that fits. The same call gives the same readings.
func series(n int) []record.Reading {
	r := rand.New(rand.NewPCG(7, 11))
	rs := make([]record.Reading, n)
	v, slope := 140.0, 0.0
	for i := range rs {
		slope = 0.85*slope + r.NormFloat64()*1.6
		v += slope + (140+50*math.Sin(float64(i)/46)-v)*0.03
		if v < 45 || v > 390 {
			slope = -slope / 2
			v = min(max(v, 45), 390)
		}
		at := record.At(firstReading) + record.Millis(i)*cadence + record.Millis(r.IntN(3)-1)*1000 + 60_000
		rs[i] = record.Reading{At: at, Value: unit.MgDLValue(math.Round(v)), Trend: arrow(slope), Quality: record.Zoned}
	}
	return rs
}

// arrow is the trend of a slope in mg/dL per five minutes, by the steps of
// 1, 2 and 3 mg/dL per minute that sensors use.
func arrow(slope float64) record.Trend {
	steps := [...]struct {
		above float64
		trend record.Trend
	}{{15, record.DoubleUp}, {10, record.SingleUp}, {5, record.FortyFiveUp}, {-5, record.Flat}, {-10, record.FortyFiveDown}, {-15, record.SingleDown}}
	for _, s := range steps {
		if slope > s.above {
			return s.trend
		}
	}
	return record.DoubleDown
}

// writeFile writes a file into a folder of its own and gives its path.
func writeFile(t testing.TB, name string, write func(w *bufio.Writer)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	writeInto(t, path, write)
	return path
}

func writeInto(t testing.TB, path string, write func(w *bufio.Writer)) {
	t.Helper()
	f, err := os.Create(path)
	require.NoError(t, err)
	w := bufio.NewWriterSize(f, 1<<20)
	write(w)
	require.NoError(t, w.Flush())
	require.NoError(t, f.Close())
}

const clarityHead = "Index,Timestamp (YYYY-MM-DDThh:mm:ss),Event Type,Event Subtype,Patient Info,Device Info,Source Device ID,Glucose Value (mg/dL)," +
	"Insulin Value (u),Carb Value (grams),Duration (hh:mm:ss),Glucose Rate of Change (mg/dL/min),Transmitter Time (Long Integer),Transmitter ID\n"

// writeClarity writes readings with the 14 columns of Dexcom Clarity, by the
// wall clock of loc.
func writeClarity(w io.Writer, serial string, rs []record.Reading, loc *time.Location) {
	io.WriteString(w, clarityHead)
	var line []byte
	for i, r := range rs {
		line = strconv.AppendInt(line[:0], int64(i+1), 10)
		line = append(line, ',')
		line = r.At.Time().In(loc).AppendFormat(line, "2006-01-02T15:04:05")
		line = append(line, ",EGV,,,,android G6,"...)
		line = strconv.AppendInt(line, int64(r.Value.Milli/1000), 10)
		line = append(line, ",,,,,"...)
		line = strconv.AppendInt(line, int64(i+1)*300, 10)
		line = append(line, ',')
		line = append(append(line, serial...), '\n')
		w.Write(line)
	}
}

// writeSimple writes readings as the smallest table there is.
func writeSimple(w io.Writer, rs []record.Reading, loc *time.Location) {
	io.WriteString(w, "time,mgdl\n")
	var line []byte
	for _, r := range rs {
		line = r.At.Time().In(loc).AppendFormat(line[:0], "2006-01-02 15:04:05")
		line = append(line, ',')
		line = append(strconv.AppendInt(line, int64(r.Value.Milli/1000), 10), '\n')
		w.Write(line)
	}
}

// writeNumbers writes readings as the five numbers of a plain row, without a
// heading: the file that the baseline reads.
func writeNumbers(w io.Writer, rs []record.Reading) {
	for _, r := range rs {
		fmt.Fprintf(w, "1,%d,1,%d,%d\n", int64(r.At), r.Value.Milli/1000, r.Trend)
	}
}
