package e2e

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// box is a running program with a data folder of its own.
type box struct {
	t       *testing.T
	dir     string
	Address string   // http://localhost:PORT, as the program printed it
	Said    []string // the lines that it printed up to then
	stop    func()   // ends it, once
	talks   bool     // it may write to its log
	log     *lockedBuffer
}

// The account and person of a box that a test finds set up.
const (
	email    = "ana@example.org"
	password = "three quiet rivers"
	person   = "Mara Muster"
	zone     = "Europe/Berlin"
)

// newBox starts a box that nobody has set up yet.
func newBox(t *testing.T) *box {
	t.Helper()
	b := &box{t: t, dir: t.TempDir()}
	b.unpack()
	return b
}

// unpack starts a box that has no account, which prints a set-up code.
func (b *box) unpack() {
	b.t.Helper()
	b.start("set it up there", "serve", "--data", b.dir, "--listen", "127.0.0.1:0", "--log", "warn")
}

// settledBox starts a box with one account and one person, made at the
// console, whose pages are in unit, and further people in mmol/L.
func settledBox(t *testing.T, unit string, others ...string) *box {
	t.Helper()
	b := settled(t, unit, others...)
	b.serve()
	return b
}

// settled is settledBox before it is started.
func settled(t *testing.T, unit string, others ...string) *box {
	t.Helper()
	b := &box{t: t, dir: t.TempDir()}
	b.console(password+"\n", "account", "add", "--data", b.dir, "--email", email, "--name", "Ana Muster", "--admin", "--password-stdin")
	b.addPerson(person, unit)
	for _, name := range others {
		b.addPerson(name, "mmol/L")
	}
	return b
}

// serve starts a box that is set up already.
func (b *box) serve() {
	b.t.Helper()
	b.serveAt("127.0.0.1:0")
}

// serveAt starts a box that is set up already at an address of this machine.
func (b *box) serveAt(address string) {
	b.t.Helper()
	b.Said = nil
	b.start("glucokeep is at", "serve", "--data", b.dir, "--listen", address, "--log", "warn")
}

func (b *box) addPerson(name, unit string) {
	b.t.Helper()
	b.console("", "person", "add", "--data", b.dir, "--name", name, "--zone", zone, "--unit", unit, "--owner", email)
}

// console runs the program once and gives what it printed.
func (b *box) console(in string, args ...string) string {
	b.t.Helper()
	c := exec.Command(program, args...)
	c.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	c.Stdin = strings.NewReader(in)
	out, err := c.CombinedOutput()
	require.NoError(b.t, err, "%s", out)
	return string(out)
}

// patience is how long a start, an end or a page may take.
const patience = 20 * time.Second

// start runs the program until the test ends, and waits for the line that
// begins, in lower case, with last.
func (b *box) start(last string, args ...string) {
	b.t.Helper()
	b.Said = nil
	c := exec.Command(program, args...)
	c.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ="+zone)
	var complaints lockedBuffer
	c.Stderr, b.log = &complaints, &complaints
	out, err := c.StdoutPipe()
	require.NoError(b.t, err)
	require.NoError(b.t, c.Start())
	b.stop = sync.OnceFunc(func() { b.end(c, &complaints) })
	b.t.Cleanup(b.stop)

	said := make(chan string)
	go func() {
		defer close(said)
		for s := bufio.NewScanner(out); s.Scan(); {
			said <- s.Text()
		}
	}()
	late := time.After(patience)
	for seen := false; !seen; {
		select {
		case line, ok := <-said:
			require.True(b.t, ok, "the program ended before it said %q: %s", last, complaints.String())
			b.Said = append(b.Said, line)
			seen = strings.HasPrefix(strings.ToLower(line), last)
		case <-late:
			require.FailNow(b.t, "the program does not say "+last)
		}
	}
	go func() { // what it says later must not block it
		for range said {
		}
	}()
	b.Address = word(b.Said, "http")
}

// end stops the program as a service manager does, and wants it to end well
// and without a complaint.
func (b *box) end(c *exec.Cmd, complaints *lockedBuffer) {
	_ = c.Process.Signal(syscall.SIGTERM)
	hung := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	defer hung.Stop()
	if err := c.Wait(); err != nil {
		b.t.Errorf("the program ended with %v: %s", err, complaints.String())
	}
	if s := complaints.String(); s != "" && !b.talks {
		b.t.Errorf("the program complained: %s", s)
	}
}

// word finds the word that begins with start in what the program said.
func word(lines []string, start string) string {
	for _, line := range lines {
		for _, w := range strings.Fields(line) {
			if strings.HasPrefix(w, start) {
				return strings.TrimRight(w, ".,")
			}
		}
	}
	return ""
}

// lastWord is the last word of the last line said.
func (b *box) lastWord() string {
	words := strings.Fields(b.Said[len(b.Said)-1])
	return words[len(words)-1]
}

// lockedBuffer is a buffer that a process may write into while a test reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

var _ io.Writer = (*lockedBuffer)(nil)

// Write adds p.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is all that was written.
func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
