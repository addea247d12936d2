package format

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"glucokeep/app/record"

	"github.com/stretchr/testify/require"
)

// shared reads a file of the shared test data, which is not part of the
// project.
func shared(t *testing.T, name string) []byte {
	t.Helper()
	dir := os.Getenv("GLUCOKEEP_TESTDATA")
	if dir == "" {
		t.Skip("GLUCOKEEP_TESTDATA does not name the folder of shared test data")
	}
	b, err := os.ReadFile(filepath.Join(dir, "imports", name))
	require.NoError(t, err)
	return b
}

func input(b []byte) Input { return Input{ReaderAt: bytes.NewReader(b), Size: int64(len(b))} }

// readAll detects and reads a file.
func readAll(t *testing.T, b []byte, opt Options) (Format, []record.Batch) {
	t.Helper()
	f, err := Detect(input(b), opt)
	require.NoError(t, err)
	batches, err := collect(f, b, opt)
	require.NoError(t, err)
	return f, batches
}

func collect(f Format, b []byte, opt Options) (batches []record.Batch, err error) {
	for batch, err := range Read(f, input(b), opt) {
		if err != nil {
			return nil, err
		}
		batches = append(batches, batch)
	}
	return batches, nil
}

// tally counts what the batches hold.
type tally struct {
	glucose, below, above, scans, rejects int
	kinds                                 map[record.Kind]int
	events                                map[record.EventKind]int
}

func count(batches []record.Batch) tally {
	n := tally{kinds: map[record.Kind]int{}, events: map[record.EventKind]int{}}
	for _, b := range batches {
		n.glucose += len(b.Glucose)
		n.rejects += len(b.Rejects)
		for _, r := range b.Glucose {
			if r.Flags.Has(record.BelowRange) {
				n.below++
			}
			if r.Flags.Has(record.AboveRange) {
				n.above++
			}
			if r.Flags.Has(record.Scan) {
				n.scans++
			}
		}
		for _, r := range b.Sparse {
			n.kinds[r.Kind()]++
			if e, ok := r.(*record.Event); ok {
				n.events[e.Event]++
			}
		}
	}
	return n
}

// TestSharedFiles finds in each shared file what a separate small script
// counted there.
func TestSharedFiles(t *testing.T) {
	for _, c := range []struct {
		name, file, format string
		want               tally
	}{
		{"Guardian Connect with semicolons", "carelink-guardian-connect-semicolon.csv", "carelink-csv", tally{
			glucose: 3194, below: 156, above: 9,
			kinds:  map[record.Kind]int{record.KindFingerstick: 48, record.KindAlarm: 319, record.KindDose: 74, record.KindCarbs: 40, record.KindEvent: 2},
			events: map[record.EventKind]int{record.OtherEvent: 2},
		}},
		{"780G with commas", "carelink-780g-comma-constructed.csv", "carelink-csv", tally{
			glucose: 822, below: 6,
			kinds: map[record.Kind]int{
				record.KindFingerstick: 3, record.KindDose: 12, record.KindCarbs: 9, record.KindBasal: 3,
				record.KindAlarm: 6, record.KindEvent: 3, record.KindDailyTotal: 3,
			},
			events: map[record.EventKind]int{record.Prime: 1, record.Rewind: 1, record.SuspendEvent: 1},
		}},
		{"Clarity of a G6 with a doubled byte order mark", "clarity-g6-mgdl-double-bom.csv", "clarity-csv", tally{
			glucose: 1768, below: 5,
			kinds:  map[record.Kind]int{record.KindDose: 21, record.KindSetting: 7},
			events: map[record.EventKind]int{},
		}},
		{"LibreView of a Libre 3", "libreview-libre3-mgdl.csv", "libreview-csv", tally{
			glucose: 2498, kinds: map[record.Kind]int{}, events: map[record.EventKind]int{},
		}},
		{"Glooko sensor glucose in mmol/L", "glooko-cgm_data_1.csv", "glooko-csv", tally{
			glucose: 20, kinds: map[record.Kind]int{}, events: map[record.EventKind]int{},
		}},
		{"Glooko alarms", "glooko-alarms_data_1.csv", "glooko-csv", tally{
			kinds: map[record.Kind]int{record.KindAlarm: 2}, events: map[record.EventKind]int{},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, batches := readAll(t, shared(t, c.file), Options{})
			require.Equal(t, c.format, f.ID)
			require.Equal(t, c.want, count(batches))
		})
	}
}

// TestSharedSeries reads the series that statistics are checked with.
func TestSharedSeries(t *testing.T) {
	for file, want := range map[string][2]int{"iglu-s1.csv": {2915, 0}, "synth-child_pump-1.csv": {3745, 6}, "synth-older_t2-1.csv": {1316, 0}} { // rows, LOW
		t.Run(file, func(t *testing.T) {
			f, batches := readAll(t, shared(t, "../metrics/"+file), Options{})
			require.Equal(t, "simple-csv", f.ID)
			n := count(batches)
			require.Zero(t, n.rejects)
			require.Equal(t, want, [2]int{n.glucose, n.below})
		})
	}
}
