package bench

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/unit"
)

// TestIdleMemory is P13: the real binary, serving a fresh folder, once it
// answers.
func TestIdleMemory(t *testing.T) {
	needsProc(t)
	address := freeAddress(t)
	cmd := exec.CommandContext(t.Context(), program(t), "serve", "--data", t.TempDir(), "--listen", address, "--log", "error")
	cmd.Env = cleanEnv()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	require.NoError(t, cmd.Start())
	waitFor(t, "the box answers", func() bool { return healthy(t.Context(), address) })
	rss := memory(cmd.Process.Pid, "VmRSS")
	require.NoError(t, cmd.Cancel())
	require.NoError(t, cmd.Wait(), out.String()) // it also stops as it should
	t.Logf("P13 idle memory: %.1f MB, bar 60", megabytes(rss))
	require.Positive(t, rss)
	require.LessOrEqual(t, rss, 60<<20)
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func healthy(ctx context.Context, address string) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/healthz", nil)
	if err != nil {
		return false
	}
	_, port, _ := net.SplitHostPort(address)
	r.Host = "localhost:" + port
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// TestAnImportStreams brings a large file in by the real binary and looks at
// the most memory that it ever had: a file is not read into memory, and what
// waits to be durable is bounded too.
func TestAnImportStreams(t *testing.T) {
	needsProc(t)
	size, most := 60<<20, 150<<20
	if nightly() {
		size, most = 200<<20, 200<<20
	}
	readings := size / len(clarityRow(nil, 1_000_000, 0))
	path := writeFile(t, "large.csv", func(w *bufio.Writer) {
		w.WriteString(clarityHead)
		var line []byte
		for i := range readings {
			line = clarityRow(line[:0], i, record.Millis(i)*60_000)
			w.Write(line)
		}
	})
	dir := newHousehold(t)
	cmd := exec.CommandContext(t.Context(), program(t), "import", path, "--zone", "UTC")
	cmd.Env = cleanEnv("GLUCOKEEP_DATA=" + dir)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	peak := 0
	waitFor(t, "the import is done", func() bool { // VmHWM only rises; the end of the program takes it away
		peak = max(peak, memory(cmd.Process.Pid, "VmHWM"))
		return len(ended) > 0
	})
	require.NoError(t, <-ended, out.String())
	info, err := os.Stat(path)
	require.NoError(t, err)
	t.Logf("import of %.0f MB, %d readings: most memory %.1f MB, bar %.0f", megabytes(int(info.Size())), readings, megabytes(peak), megabytes(most))
	require.Less(t, peak, most)
	require.Equal(t, readings, atoi(t, lastLine(glucokeep(t, dir, "", "sql", "SELECT sum(n) FROM glucose_stat"))))
}

// clarityRow appends a row of Clarity, one minute after the one before from
// 2015 on.
func clarityRow(line []byte, i int, after record.Millis) []byte {
	line = append(strconv.AppendInt(line, int64(i+1), 10), ',')
	line = (longAgo + after).Time().AppendFormat(line, "2006-01-02T15:04:05")
	line = append(line, ",EGV,,,,android G6,"...)
	line = strconv.AppendInt(line, int64(unit.MgPerDl(80+i*7%200)), 10)
	line = append(line, ",,,,,"...)
	line = strconv.AppendInt(line, int64(i+1)*300, 10)
	return append(line, ",8ABC12\n"...)
}

var longAgo = record.At(firstReading.AddDate(-5, 0, 0))

func megabytes(n int) float64 { return float64(n) / (1 << 20) }

func lastLine(out []byte) string {
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	return string(lines[len(lines)-1])
}
