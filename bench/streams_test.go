package bench

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	streams "glucokeep/app/live"
	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/store/storetest"
	"glucokeep/app/unit"
)

// signedIn makes sessions of as many accounts as n streams need, each of which
// may see the person, and gives a token for each stream. They are written into
// the table of credentials as a sign-in would write them: the hashes of
// hundreds of passwords would take minutes.
func signedIn(t testing.TB, db *store.DB, person int64, n int) (tokens []string) {
	t.Helper()
	at := record.At(time.Now())
	require.NoError(t, db.Write(t.Context(), func(tx *store.Tx) error {
		for len(tokens) < n {
			key := store.NewKey()
			id, err := tx.AddAccount(store.Account{Key: key, Email: key + "@box.test", Name: "Reader", Created: at})
			if err != nil {
				return err
			}
			if _, err := tx.AddGrant(store.Grant{Key: store.NewKey(), Person: person, Account: id, Role: "owner", From: 0, Created: at}); err != nil {
				return err
			}
			end := time.Now().Add(time.Hour)
			sum := sha256.Sum256([]byte(key))
			put, err := tx.PutCredential(store.Credential{Kind: store.SessionCredential, Secret: hex.EncodeToString(sum[:]), Account: id, Epoch: 1, Created: at, Active: at,
				Expires: record.At(end), State: fmt.Appendf(nil, `{"deadline":%q,"account":%d,"epoch":1}`, end.UTC().Format(time.RFC3339), id)})
			if err != nil || !put {
				return fmt.Errorf("session: %v, %w", put, err)
			}
			for range min(streams.MostOfAccount, n-len(tokens)) {
				tokens = append(tokens, key)
			}
		}
		return nil
	}))
	return tokens
}

// listener is one end of an open stream.
type listener struct {
	net.Conn
	in *bufio.Reader
}

// listen opens a stream and reads on to the end of what is known.
func listen(address, host, token string) (l listener, err error) {
	if l.Conn, err = net.Dial("tcp", address); err != nil {
		return l, err
	}
	l.in = bufio.NewReaderSize(l.Conn, 1<<10)
	if _, err := io.WriteString(l.Conn, "GET /live HTTP/1.1\r\nHost: "+host+"\r\nAccept: text/event-stream\r\nCookie: gk="+token+"\r\n\r\n"); err != nil {
		return l, err
	}
	if _, err := l.until("event: ready"); err != nil {
		return l, err
	}
	return l, nil
}

// until reads lines up to one that begins with text, and gives the length of
// all.
func (l listener) until(text string) (bytes int, err error) {
	for {
		line, err := l.in.ReadSlice('\n')
		bytes += len(line)
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err != nil:
			return bytes, err
		case strings.HasPrefix(string(line), "HTTP/1.1 ") && !strings.HasPrefix(string(line), "HTTP/1.1 200 "):
			return bytes, fmt.Errorf("answer: %s", line)
		case strings.HasPrefix(string(line), text):
			return bytes, nil
		}
	}
}

// listenAll opens a stream for each token.
func listenAll(t testing.TB, address, host string, tokens []string) (all []listener) {
	t.Helper()
	all = make([]listener, len(tokens))
	var group sync.WaitGroup
	places := make(chan struct{}, 2) // at once, more of which is only room that the collector keeps
	for i, token := range tokens {
		group.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			var err error
			if all[i], err = listen(address, host, token); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	t.Cleanup(func() {
		for _, l := range all {
			if l.Conn != nil {
				_ = l.Close()
			}
		}
	})
	require.False(t, t.Failed(), "all streams are open")
	return all
}

// TestStreamMemory is what an idle stream costs the real binary: the growth of
// its memory over the streams after the first fifty.
func TestStreamMemory(t *testing.T) {
	needsProc(t)
	const first, many, most = 50, streams.MostInAll, 100 << 10
	dir := newHousehold(t)
	db, err := store.Open(t.Context(), dir, storetest.Schema(t))
	require.NoError(t, err)
	tokens := signedIn(t, db, 1, many)
	require.NoError(t, db.Close())
	address := freeAddress(t)
	cmd := exec.CommandContext(t.Context(), program(t), "serve", "--data", dir, "--listen", address, "--log", "error")
	cmd.Env = cleanEnv()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	require.NoError(t, cmd.Start())
	waitFor(t, "the box answers", func() bool { return healthy(t.Context(), address) })
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	listenAll(t, address, "localhost:"+port, tokens[:first])
	time.Sleep(time.Second)
	before := memory(cmd.Process.Pid, "VmRSS")
	listenAll(t, address, "localhost:"+port, tokens[first:])
	time.Sleep(2 * time.Second) // all looked at their rights again after the last line of the ledger
	after := memory(cmd.Process.Pid, "VmRSS")
	require.NoError(t, cmd.Cancel())
	require.NoError(t, cmd.Wait(), out.String())
	each := (after - before) / (many - first)
	t.Logf("memory of an idle stream: %.1f kB of %d streams, from %.1f to %.1f MB, bar 100 kB", float64(each)/1024, many, megabytes(before), megabytes(after))
	require.Positive(t, each)
	require.LessOrEqual(t, each, most)
}

// crowd is many connections of which each is read up to the next mark, again
// and again.
type crowd struct {
	many    int
	arrived chan int // bytes read up to a mark
}

func newCrowd(all []listener, mark string) crowd {
	c := crowd{many: len(all), arrived: make(chan int, len(all))}
	for _, l := range all {
		go func() {
			for {
				n, err := l.until(mark)
				if err != nil {
					return // closed at the end of the test
				}
				c.arrived <- n
			}
		}()
	}
	return c
}

// wait waits until a mark came to everybody, and gives the bytes of one.
func (c crowd) wait(t testing.TB) (bytes int) {
	late := time.After(30 * time.Second)
	for range c.many {
		select {
		case bytes = <-c.arrived:
		case <-late:
			require.FailNow(t, "it does not come to everybody")
		}
	}
	return bytes
}

// pipes are n plain connections, by the ends that are written to and read.
func pipes(t testing.TB, n int) (write []net.Conn, read []listener) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	for range n {
		r, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		w, err := l.Accept()
		require.NoError(t, err)
		t.Cleanup(func() { _, _ = r.Close(), w.Close() })
		write, read = append(write, w), append(read, listener{Conn: r, in: bufio.NewReaderSize(r, 1<<10)})
	}
	return write, read
}

// BenchmarkLastOfAThousand is how long a new reading takes from the door to the
// last of 1,000 streams, whose readers may all see the person, beside one
// goroutine that writes as many bytes to 1,000 plain connections. The other
// ends are on the same cores on both sides.
func BenchmarkLastOfAThousand(b *testing.B) {
	c := newClinic(b, 1)
	at := c.server.Listener.Addr().String()
	ours := newCrowd(listenAll(b, at, at, signedIn(b, c.db, c.people[0].ID, streams.MostInAll)), "event: ready")
	write, read := pipes(b, ours.many)
	base := newCrowd(read, "event: ready")
	n, size := 0, 0
	compare(b, "a reading to the last of 1,000 streams / as many bytes to the last of 1,000 plain connections", atMost(9), func() (cost, cost) {
		n++
		o := timed(func() {
			c.bring(b, c.people[0], []record.Reading{{At: record.At(c.now.Add(time.Duration(n) * time.Second)), Value: unit.MgDLValue(float64(100 + n%50))}})
			size = ours.wait(b)
		})
		text := append(bytes.Repeat([]byte("x"), size-len("\nevent: ready\n")), "\nevent: ready\n"...)
		return o, timed(func() {
			for _, w := range write {
				if _, err := w.Write(text); err != nil {
					b.Error(err)
				}
			}
			base.wait(b)
		})
	})
	b.Logf("%d bytes each", size)
}
