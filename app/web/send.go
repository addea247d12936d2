package web

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"

	"github.com/klauspost/compress/gzip"

	"glucokeep/static"
)

// Compression of what is sent. Less than a packet's worth gains nothing.
const (
	leastToPack = 1024
	packing     = 5 // gzip's level: a tenth of a millisecond for a page
	// A report full of curves is asked for seldom and is the heaviest thing
	// that a phone must fetch: most of a millisecond makes it a twentieth
	// smaller.
	leastToPackHard = 32 << 10
	packingHard     = 8
)

var packers, hardPackers = packersOf(packing), packersOf(packingHard)

func packersOf(level int) *sync.Pool {
	return &sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(nil, level)
		if err != nil {
			panic(err) // the level is a constant
		}
		return w
	}}
}

// packersFor are those for a body of some length. The board is asked for too
// often, and by everybody.
func packersFor(v *visit, length int) *sync.Pool {
	if length >= leastToPackHard && v.PathValue("person") != "" {
		return hardPackers
	}
	return packers
}

// send writes a whole body, compressed where the reader takes that. The size
// of a compressed answer tells something of its content to whoever watches
// the line and can make the reader ask for pages (BREACH); an answer that
// holds a secret which outlives it must not go through here. No page does:
// there are no form tokens, and nonces and keys of forms are new each time.
func send(w http.ResponseWriter, v *visit, status int, body []byte) error {
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	if len(body) >= leastToPack && static.AcceptsGzip(v.Header.Get("Accept-Encoding")) {
		packed := buffers.Get().(*bytes.Buffer)
		defer buffers.Put(packed)
		packed.Reset()
		pool := packersFor(v, len(body))
		p := pool.Get().(*gzip.Writer)
		defer pool.Put(p)
		p.Reset(packed)
		if _, err := p.Write(body); err != nil {
			return err
		}
		if err := p.Close(); err != nil {
			return err
		}
		h.Set("Content-Encoding", "gzip")
		body = packed.Bytes()
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if v.Method == http.MethodHead {
		return nil
	}
	if _, err := w.Write(body); err != nil {
		return errGone
	}
	return nil
}
