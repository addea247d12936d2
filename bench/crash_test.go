package bench

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
)

// rounds is how often each crash test pulls the plug.
func rounds() int {
	if nightly() {
		return 200
	}
	return 50
}

// TestKilledImports kills the real binary, by a signal that it cannot catch,
// at random moments of an import. After each: the box is
// sound, and each file is there with all of its readings or not at all.
func TestKilledImports(t *testing.T) {
	dir := newHousehold(t)
	files := t.TempDir()
	rs := series(40 * perDay)
	want := map[string]int{} // readings of each file
	begin := func(round int) *exec.Cmd {
		name := fmt.Sprintf("sensor-%03d.csv", round)
		part := rs[:len(rs)*(1+round%4)/4]
		writeInto(t, filepath.Join(files, name), func(w *bufio.Writer) { writeClarity(w, fmt.Sprintf("8K%04d", round), part, time.UTC) })
		want[name] = len(part)
		cmd := exec.CommandContext(t.Context(), program(t), "import", filepath.Join(files, name), "--accept-rejected", "--zone", "UTC")
		cmd.Env = cleanEnv("GLUCOKEEP_DATA=" + dir)
		return cmd
	}
	start := time.Now()
	require.NoError(t, begin(0).Run())
	whole := time.Since(start)
	killed := 0
	for round := 1; round <= rounds(); round++ {
		cmd := begin(round)
		require.NoError(t, cmd.Start())
		after := time.Duration(rand.Float64() * float64(whole) * 1.2)
		timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		if err := cmd.Wait(); err != nil {
			require.Equal(t, -1, cmd.ProcessState.ExitCode(), "round %d ended by itself: %v", round, err) // -1: by a signal
			killed++
		}
		timer.Stop()
		mustBeSound(t, dir)
		requireWholeUploads(t, dir, want)
	}
	t.Logf("%d of %d imports were killed", killed, rounds())
	require.Positive(t, killed)
	for name := range want { // nothing that a killed import left behind is in the way of the next
		glucokeep(t, dir, "", "import", filepath.Join(files, name), "--zone", "UTC")
	}
	kept := requireWholeUploads(t, dir, want)
	require.Equal(t, want, kept)
	mustBeSound(t, dir)
}

// requireWholeUploads requires that each upload in the box has all of its
// readings and its original, and that there are no others. It gives the
// readings by file.
func requireWholeUploads(t testing.TB, dir string, want map[string]int) (kept map[string]int) {
	t.Helper()
	rows := query(t, dir, `SELECT coalesce(u.label, 'none'), count(*) FROM glucose AS g LEFT JOIN upload AS u ON u.id = g.upload GROUP BY g.upload`)
	kept = map[string]int{}
	for _, r := range rows {
		kept[r[0]] += atoi(t, r[1])
	}
	for name, n := range kept {
		require.Equal(t, want[name], n, name)
	}
	uploads := query(t, dir, `SELECT u.label, u.bytes > 0 AND length(u.sha256) = 32 AND json_extract(u.report, '$.counts.glucose') > 0
		AND EXISTS (SELECT 1 FROM upload_chunk AS c WHERE c.upload = u.id) FROM upload AS u`)
	for _, r := range uploads {
		require.Equal(t, "1", r[1], "%s lacks its original or report", r[0])
		// A second import of a file that was there has nothing left to give.
		require.Contains(t, kept, r[0])
	}
	return kept
}

// query asks the box in SQL and gives the rows below the headings.
func query(t testing.TB, dir, q string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(glucokeep(t, dir, "", "sql", q))).ReadAll()
	require.NoError(t, err)
	if len(rows) > 0 {
		rows = rows[1:]
	}
	return rows
}

// TestKilledLiveReadings kills a program that stores readings one by one and
// says of each when it is durable. After each kill every reading that it
// acknowledged must be there.
func TestKilledLiveReadings(t *testing.T) {
	dir := newHousehold(t)
	schema := filepath.Join(t.TempDir(), "schema.sql")
	writeInto(t, schema, func(w *bufio.Writer) { w.WriteString(storetest.Schema(t)) })
	acknowledged := map[record.Millis]bool{}
	for round := range rounds() {
		cmd := exec.CommandContext(t.Context(), thisTest(t))
		cmd.Env = cleanEnv(childEnv+"="+dir, schemaEnv+"="+schema, phonesEnv+"="+strconv.Itoa(1+round%2*3)) // alone, or four that share commits
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		require.True(t, lines.Scan(), "the child says nothing: %s", &stderr)
		timer := time.AfterFunc(time.Duration(rand.IntN(120))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		said := 0
		for more := true; more; more = lines.Scan() {
			acknowledged[record.Millis(atoi(t, lines.Text()))] = true
			said++
		}
		require.Error(t, cmd.Wait(), "it cannot have ended by itself")
		timer.Stop()
		require.Equal(t, -1, cmd.ProcessState.ExitCode(), stderr.String())
		require.Positive(t, said)
		requireReadings(t, dir, acknowledged)
		mustBeSound(t, dir)
	}
	t.Logf("%d readings were acknowledged, none lost", len(acknowledged))
}

// requireReadings opens the box as the next start would and looks for each
// acknowledged reading.
func requireReadings(t testing.TB, dir string, acknowledged map[record.Millis]bool) {
	t.Helper()
	db, err := store.Open(t.Context(), dir, storetest.Schema(t))
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	list, err := db.Glucose(t.Context(), 1, longAgo, longAgo+childSpan)
	require.NoError(t, err)
	there := map[record.Millis]bool{}
	for _, s := range list {
		for _, r := range s.Readings {
			require.False(t, there[r.At], "a reading is there twice")
			there[r.At] = true
		}
	}
	for at := range acknowledged {
		require.True(t, there[at], "an acknowledged reading is lost")
	}
}

// childSpan is more than the readings of all children reach.
const childSpan = record.Millis(10 * 365 * 24 * 3600 * 1000)
