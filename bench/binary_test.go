package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMain takes the folder of the built programs away, and is the program of
// the child that TestKilledLiveReadings starts.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		os.Exit(child(dir))
	}
	code := m.Run()
	if dir := programs.dir; dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// programs are built at most once for all tests.
var programs = struct {
	sync.Mutex
	dir   string
	built map[string]string
}{built: map[string]string{}}

// build runs the go command once for a name and gives the path of what it
// makes. What is killed and measured is never a build with the race detector.
func build(t testing.TB, name string, args ...string) string {
	t.Helper()
	programs.Lock()
	defer programs.Unlock()
	if path := programs.built[name]; path != "" {
		return path
	}
	if programs.dir == "" {
		dir, err := os.MkdirTemp("", "glucokeep-bench-*")
		require.NoError(t, err)
		programs.dir = dir
	}
	path := filepath.Join(programs.dir, name)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	args = append([]string{args[0], "-o", path}, args[1:]...)
	out, err := exec.Command("go", args...).CombinedOutput()
	require.NoError(t, err, string(out))
	programs.built[name] = path
	return path
}

// program is the real binary.
func program(t testing.TB) string { return build(t, "glucokeep", "build", "glucokeep") }

// thisTest is this test's own binary, without the race detector.
func thisTest(t testing.TB) string {
	t.Helper()
	info, ok := debug.ReadBuildInfo()
	require.True(t, ok)
	for _, s := range info.Settings {
		if s.Key == "-race" && s.Value == "true" {
			return build(t, "bench.test", "test", "-c", "glucokeep/bench")
		}
	}
	path, err := os.Executable()
	require.NoError(t, err)
	return path
}

// glucokeep runs a command of the binary to its end.
func glucokeep(t testing.TB, dir, stdin string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), args...)
	cmd.Env = cleanEnv("GLUCOKEEP_DATA=" + dir)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "glucokeep %s: %s%s", args[0], out, stderr.String())
	return out
}

// cleanEnv is the environment without what would steer the program or its
// memory.
func cleanEnv(more ...string) (env []string) {
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GLUCOKEEP_") && !strings.HasPrefix(v, "GOMEMLIMIT=") && !strings.HasPrefix(v, "GOGC=") {
			env = append(env, v)
		}
	}
	return append(env, more...)
}

// newHousehold makes a box in a folder by the command line, with one person.
func newHousehold(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	glucokeep(t, dir, "correct horse battery staple\n", "account", "add", "--email", "ana@example.org", "--name", "Ana Sample", "--password-stdin")
	glucokeep(t, dir, "", "person", "add", "--name", "Ana Sample", "--zone", zoneName, "--owner", "ana@example.org")
	return dir
}

// mustBeSound asks the box whether it is.
func mustBeSound(t testing.TB, dir string) {
	t.Helper()
	var found struct {
		Sound    bool              `json:"sound"`
		Findings []json.RawMessage `json:"findings"`
	}
	require.NoError(t, json.Unmarshal(glucokeep(t, dir, "", "check", "--json"), &found)) // and its exit code was 0
	require.True(t, found.Sound)
	require.Empty(t, found.Findings)
}

// memory is a figure of a running process in bytes, such as VmRSS (now) or
// VmHWM (the most so far); 0 once it has ended.
func memory(pid int, name string) int {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if kilobytes, ok := strings.CutPrefix(lines.Text(), name+":"); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(kilobytes, "kB")))
			return n << 10
		}
	}
	return 0
}

// needsProc skips where the system does not tell the memory of a process.
func needsProc(t testing.TB) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells the memory of a process in /proc")
	}
}

// waitFor polls until ok, for at most a minute: a busy machine is no failure.
func waitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	require.Fail(t, "waited in vain", what)
}
