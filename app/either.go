package app

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
)

// eitherListener lets one port speak TLS and, to whoever comes without it,
// say where to go: people type an address without https before it. It stands
// under the TLS listener.
type eitherListener struct {
	net.Listener
	plain http.Handler
}

// Accept gives a connection that is looked at when it is first read from, by
// the goroutine that the server has for it.
func (l *eitherListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &eitherConn{Conn: c, plain: l.plain}, nil
}

type eitherConn struct {
	net.Conn
	plain  http.Handler
	looked bool
	first  []byte // read, and not handed on yet
}

// tlsHandshake is the first byte of every TLS connection (RFC 8446 §5.1).
const tlsHandshake = 0x16

// errInTheClear ends a connection that spoke no TLS and was answered.
var errInTheClear = errors.New("came without tls and was told where to go")

// Read hands on what belongs to TLS. What does not is one request, which is
// answered here and now; the server's limits for a handshake bound it.
func (c *eitherConn) Read(p []byte) (int, error) {
	if !c.looked && len(p) > 0 {
		c.looked = true
		var b [1]byte
		if _, err := io.ReadFull(c.Conn, b[:]); err != nil {
			return 0, err
		}
		if b[0] != tlsHandshake {
			return 0, errors.Join(errInTheClear, c.answer(b[0]))
		}
		c.first = b[:]
	}
	if len(c.first) > 0 {
		n := copy(p, c.first)
		c.first = c.first[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// answer reads one request that begins with first, and answers it.
func (c *eitherConn) answer(first byte) error {
	in := io.LimitReader(io.MultiReader(bytes.NewReader([]byte{first}), c.Conn), maxHeader)
	r, err := http.ReadRequest(bufio.NewReader(in))
	if err != nil {
		return err
	}
	r.RemoteAddr = c.RemoteAddr().String()
	w := &answer{header: http.Header{}, status: http.StatusOK}
	c.plain.ServeHTTP(w, r)
	w.header.Set("Connection", "close")
	out := &http.Response{StatusCode: w.status, ProtoMajor: 1, ProtoMinor: 1, Header: w.header, Request: r,
		Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Close: true}
	err = out.Write(c.Conn)
	_, drained := io.Copy(io.Discard, in) // a body that nobody reads would cut the answer off
	return errors.Join(err, drained)
}

// answer is an answer as it is being written.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is the header of the answer.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader notes the status.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write adds to the body.
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }
