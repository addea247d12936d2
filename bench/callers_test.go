package bench

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// callers ask a server for pages over connections that stay open, and do
// little else: they share the cores with what is measured.
type callers []caller

type caller struct {
	net.Conn
	*bufio.Reader
}

func newCallers(t testing.TB, n int, to net.Addr) (cs callers) {
	t.Helper()
	for range n {
		conn, err := net.Dial("tcp", to.String())
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		cs = append(cs, caller{conn, bufio.NewReaderSize(conn, 64<<10)})
	}
	return cs
}

// callsEach is how often each caller asks for one measurement.
const callsEach = 40

// call has all callers ask at once, and gives the cost of one page.
func (cs callers) call(t testing.TB, asked string) cost {
	var group sync.WaitGroup
	c := timed(func() {
		for _, one := range cs {
			group.Go(func() {
				for range callsEach {
					if _, size, err := one.ask(asked); err != nil {
						t.Error(err)
						return
					} else if _, err := one.Discard(size); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
	})
	n := float64(len(cs) * callsEach)
	return cost{wall: c.wall / n, cpu: c.cpu / n}
}

// once gives one answer of a first caller.
func (cs callers) once(t testing.TB, asked string) (head string, body []byte) {
	t.Helper()
	head, size, err := cs[0].ask(asked)
	require.NoError(t, err)
	body = make([]byte, size)
	_, err = io.ReadFull(cs[0], body)
	require.NoError(t, err)
	return head, body
}

// Read reads what was buffered first.
func (c caller) Read(b []byte) (int, error) { return c.Reader.Read(b) }

// ask sends a request and reads the head of its answer.
func (c caller) ask(asked string) (head string, size int, err error) {
	if _, err := io.WriteString(c.Conn, asked); err != nil {
		return "", 0, err
	}
	var b strings.Builder
	size = -1
	for {
		line, err := c.ReadSlice('\n')
		if err != nil {
			return "", 0, err
		}
		if b.Len() == 0 && !strings.HasPrefix(string(line), "HTTP/1.1 200 ") {
			return "", 0, fmt.Errorf("answer: %s", line)
		}
		b.Write(line)
		if name, value, ok := strings.Cut(string(line), ": "); ok && name == "Content-Length" {
			if size, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return "", 0, err
			}
		}
		if len(line) == 2 {
			break
		}
	}
	if size < 0 {
		return "", 0, fmt.Errorf("an answer of no known size")
	}
	return b.String(), size, nil
}
