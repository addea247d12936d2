package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"

	"glucokeep/app/fault"
	"glucokeep/app/store"
)

// chunkSize is how much of a compressed original one row holds.
const chunkSize = 1 << 20

// packing compresses and hashes an original on a goroutine of its own, beside
// the reading of its records: in a row it would be two fifths of an import
// (docs/performance.md). The goroutine ends before the import does. Only the
// goroutine of the transaction stores the pieces. A nil packing has nothing
// to do.
type packing struct {
	upload int64
	n      int         // pieces stored
	pieces chan []byte // few, so that an original of any size can stream
	stop   chan struct{}
	done   sync.WaitGroup

	// What pack leaves behind; valid once pieces is closed.
	size int64
	sum  []byte
	err  error
}

// errNotWanted ends a packing whose import came to nothing.
var errNotWanted = errors.New("original is not wanted")

// pack begins to pack r, from its start if it was read before.
func pack(r io.Reader, upload int64) (*packing, error) {
	if r == nil {
		return nil, nil
	}
	if s, ok := r.(io.Seeker); ok { // a second attempt at the transaction reads it again
		if _, err := s.Seek(0, io.SeekStart); err != nil {
			return nil, fmt.Errorf("read the original: %w", err)
		}
	}
	p := &packing{upload: upload, pieces: make(chan []byte, 4), stop: make(chan struct{})}
	p.done.Go(func() {
		defer close(p.pieces)
		defer func() {
			if broken := recover(); broken != nil {
				p.err = fault.Recovered(broken)
			}
		}()
		p.err = p.pack(r)
	})
	return p, nil
}

func (p *packing) pack(r io.Reader) error {
	out := &chunker{packing: p}
	// One worker: the encoder then needs no goroutines of its own. The window
	// is one that a processor's cache holds: a sixth faster, and no larger,
	// since rows of an export resemble the rows just before them.
	z, err := zstd.NewWriter(out, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(256<<10))
	if err != nil {
		return err
	}
	h := sha256.New()
	if p.size, err = io.Copy(z, io.TeeReader(r, h)); err != nil {
		return err
	}
	if err = z.Close(); err != nil {
		return err
	}
	p.sum = h.Sum(nil)
	return out.flush()
}

// store stores the pieces that are ready and waits for none.
func (p *packing) store(tx *store.Tx) error {
	for p != nil {
		select {
		case piece, ok := <-p.pieces:
			if !ok {
				return p.err
			}
			if err := p.add(tx, piece); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

func (p *packing) add(tx *store.Tx, piece []byte) error {
	p.n++
	return tx.AddChunk(p.upload, p.n-1, piece)
}

// finish stores all that is left and gives the original's size and SHA-256.
func (p *packing) finish(tx *store.Tx) (size int64, sum []byte, err error) {
	if p == nil {
		return 0, nil, nil
	}
	for piece := range p.pieces {
		if err := p.add(tx, piece); err != nil {
			return 0, nil, err
		}
	}
	return p.size, p.sum, p.err
}

// end ends the goroutine, however the import went.
func (p *packing) end() {
	if p == nil {
		return
	}
	close(p.stop)
	p.done.Wait()
}

// openOriginal undoes keepOriginal.
func openOriginal(r io.Reader) (io.ReadCloser, error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return nil, err
	}
	return z.IOReadCloser(), nil
}

// chunker cuts a stream into pieces.
type chunker struct {
	*packing
	piece []byte
}

func (c *chunker) Write(p []byte) (int, error) {
	written := len(p)
	for len(p) > 0 {
		if c.piece == nil {
			c.piece = make([]byte, 0, chunkSize)
		}
		k := min(len(p), chunkSize-len(c.piece))
		c.piece = append(c.piece, p[:k]...)
		p = p[k:]
		if len(c.piece) == chunkSize {
			if err := c.flush(); err != nil {
				return 0, err
			}
		}
	}
	return written, nil
}

// flush hands the piece over.
func (c *chunker) flush() error {
	if len(c.piece) == 0 {
		return nil
	}
	select {
	case c.pieces <- c.piece:
		c.piece = nil
		return nil
	case <-c.stop:
		return errNotWanted
	}
}

// CheckOriginals reads every kept original and names those that are missing or
// not what was brought in.
func (in *Ingest) CheckOriginals(ctx context.Context) (out []store.Finding, err error) {
	uploads, err := in.db.KeptUploads(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range uploads {
		h := sha256.New()
		original, err := openOriginal(in.db.Original(u.ID))
		if err == nil {
			_, err = io.Copy(h, original)
			err = errors.Join(err, original.Close())
		}
		if err != nil || !bytes.Equal(h.Sum(nil), u.SHA256) {
			out = append(out, store.Finding{What: "original", Where: fmt.Sprintf("upload %d", u.ID)})
		}
	}
	return out, nil
}
