package ingest

import (
	"crypto/sha256"
	"io"

	"github.com/klauspost/compress/zstd"

	"glucokeep/app/store"
)

// chunkSize is how much of a compressed original one row holds.
const chunkSize = 1 << 20

// keepOriginal stores r compressed and gives its size and SHA-256.
func keepOriginal(tx *store.Tx, upload int64, r io.Reader) (size int64, sum []byte, err error) {
	out := &chunker{tx: tx, upload: upload, piece: make([]byte, 0, chunkSize)}
	// One worker: the encoder then calls Write on this goroutine, which alone
	// may use the transaction.
	z, err := zstd.NewWriter(out, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return 0, nil, err
	}
	h := sha256.New()
	if size, err = io.Copy(z, io.TeeReader(r, h)); err != nil {
		return 0, nil, err
	}
	if err = z.Close(); err != nil {
		return 0, nil, err
	}
	return size, h.Sum(nil), out.flush()
}

// openOriginal undoes keepOriginal.
func openOriginal(r io.Reader) (io.ReadCloser, error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return nil, err
	}
	return z.IOReadCloser(), nil
}

// chunker cuts a stream into rows.
type chunker struct {
	tx     *store.Tx
	upload int64
	n      int
	piece  []byte
}

func (c *chunker) Write(p []byte) (int, error) {
	written := len(p)
	for len(p) > 0 {
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

func (c *chunker) flush() error {
	if len(c.piece) == 0 {
		return nil
	}
	if err := c.tx.AddChunk(c.upload, c.n, c.piece); err != nil {
		return err
	}
	c.n++
	c.piece = c.piece[:0]
	return nil
}
