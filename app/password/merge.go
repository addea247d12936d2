package password

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
)

// held is how many entries are sorted in memory at once: 8 MB.
const held = 1 << 20

// builder sorts more entries than fit into memory: it sorts what fits, writes
// each such run behind the others into one file, and merges the runs. A file
// that is sorted already, like the public download, makes a single run.
type builder struct {
	update Update
	dir    string
	seen   int64    // of breached hashes, how often at least
	held   int      // entries at once
	keys   []uint64 // not yet written: the first eight bytes of hashes
	file   *os.File
	out    *bufio.Writer
	runs   []int64 // entries of each
	last   uint64  // of the run that is being written
}

func newBuilder(dir string, i Info) (*builder, error) {
	f, err := os.CreateTemp(dir, "runs-*")
	if err != nil {
		return nil, err
	}
	return &builder{update: Update{Info: i}, dir: dir, held: held, file: f, out: bufio.NewWriterSize(f, 1<<16)}, nil
}

// discard takes the runs away.
func (b *builder) discard() error { return errors.Join(b.file.Close(), os.Remove(b.file.Name())) }

func (b *builder) add(hash []byte) error {
	b.keys = append(b.keys, binary.BigEndian.Uint64(hash))
	if len(b.keys) < b.held {
		return nil
	}
	return b.flush()
}

// flush writes what is held as a run, or behind the run before if it goes on.
func (b *builder) flush() error {
	if len(b.keys) == 0 {
		return nil
	}
	slices.SortFunc(b.keys, cmp.Compare[uint64])
	if len(b.runs) == 0 || b.keys[0] < b.last {
		b.runs = append(b.runs, 0)
	}
	b.runs[len(b.runs)-1] += int64(len(b.keys))
	var entry [8]byte
	for _, k := range b.keys {
		binary.BigEndian.PutUint64(entry[:], k)
		if _, err := b.out.Write(entry[:]); err != nil {
			return err
		}
	}
	b.last, b.keys = b.keys[len(b.keys)-1], b.keys[:0]
	return nil
}

// run is a run as far as it was read.
type run struct {
	r     *bufio.Reader
	entry [8]byte
}

func (r *run) next() error {
	_, err := io.ReadFull(r.r, r.entry[:])
	return err
}

// runs with the least entry first.
type runHeap []*run

func (h runHeap) Len() int           { return len(h) }
func (h runHeap) Less(i, k int) bool { return bytes.Compare(h[i].entry[:], h[k].entry[:]) < 0 }
func (h runHeap) Swap(i, k int)      { h[i], h[k] = h[k], h[i] }
func (h *runHeap) Push(x any)        { *h = append(*h, x.(*run)) }
func (h *runHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// merge writes the entries of all runs in order, each once, and counts them.
func (b *builder) merge(ctx context.Context, w io.Writer) error {
	if err := b.out.Flush(); err != nil {
		return err
	}
	var h runHeap
	at := int64(0)
	for _, n := range b.runs {
		r := &run{r: bufio.NewReaderSize(io.NewSectionReader(b.file, at*8, n*8), 4096)}
		at += n
		if err := r.next(); err != nil {
			return err
		}
		h = append(h, r)
	}
	heap.Init(&h)
	var before [8]byte
	for h.Len() > 0 {
		r := h[0]
		if b.update.Count > 0 && r.entry == before {
			b.update.Again++
		} else {
			if _, err := w.Write(r.entry[:b.update.Width]); err != nil {
				return err
			}
			before = r.entry
			b.update.Count++
		}
		if b.update.Count%65536 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch err := r.next(); {
		case errors.Is(err, io.EOF):
			heap.Pop(&h)
		case err != nil:
			return err
		default:
			heap.Fix(&h, 0)
		}
	}
	return nil
}
