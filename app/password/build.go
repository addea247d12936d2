package password

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1" // #nosec G505 -- the public download of breached passwords names them by SHA-1
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
	"unicode/utf8"

	"glucokeep/app/fault"
)

// Update is what became of a file that was brought in.
type Update struct {
	Info
	Lines int64 // read
	Short int64 // left out: a password so short would be refused anyway
	Again int64 // left out: on the list already
	Few   int64 // left out: seen too seldom
}

// Source is where an update comes from.
type Source struct {
	io.Reader
	Name string // for people, e.g. that of the file
	Seen int64  // of breached hashes, those that were seen at least so often; 0 is all
}

// Update makes a list of a plain file, one password a line, or of the public
// download of breached passwords, one "SHA1:count" a line, and puts it in the
// place of the list of that kind. It reads a stream of any size with some 10
// MB of memory, and needs twice the room of the list on the disk meanwhile.
// Until it is done, and if it fails, the list before stays in use.
func (l Lists) Update(ctx context.Context, src Source, now time.Time) (u Update, err error) {
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return u, fmt.Errorf("make the folder of lists: %w", err)
	}
	b, err := newBuilder(l.dir, Info{Format: 1, Width: maxWidth, Made: now.UTC().Truncate(time.Millisecond), From: clip(src.Name)})
	if err != nil {
		return u, err
	}
	b.seen = src.Seen
	defer func() { err = errors.Join(err, b.discard()) }()
	if err := b.readAll(ctx, src); err != nil {
		return b.update, err
	}
	if b.update.Lines == 0 {
		return b.update, fault.New(fault.Invalid, "passwords.empty")
	}
	tmp, err := b.finish(ctx)
	if err != nil {
		return b.update, err
	}
	if err := os.Rename(tmp, l.file(b.update.Kind)); err != nil {
		return b.update, errors.Join(err, os.Remove(tmp))
	}
	return b.update, nil
}

func clip(s string) string {
	for len(s) > 100 {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s
}

// longestLine is how much of a line is looked at; a longer one is no password.
const longestLine = 64 << 10

// readAll adds every line of src.
func (b *builder) readAll(ctx context.Context, src io.Reader) error {
	r := bufio.NewReaderSize(src, longestLine)
	for {
		line, err := r.ReadSlice('\n')
		tooLong := errors.Is(err, bufio.ErrBufferFull)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = r.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read a list of passwords: %w", err)
		}
		if b.update.Lines == 0 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) > 0 && !tooLong {
			if e := b.line(line); e != nil {
				return e
			}
		}
		if b.update.Lines%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return nil
		}
	}
}

// line adds one line; the first says what kind of list it is.
func (b *builder) line(line []byte) error {
	b.update.Lines++
	hash, seen, isHash := breachedHash(line)
	if b.update.Kind == "" {
		if b.update.Kind = Plain; isHash {
			b.update.Kind = Breached
		}
	}
	if b.update.Kind == Breached {
		if !isHash {
			return fault.New(fault.Invalid, "passwords.not-a-hash", "line", b.update.Lines)
		}
		if seen < b.seen {
			b.update.Few++
			return nil
		}
		return b.add(hash)
	}
	if utf8.RuneCountInString(normal(string(line))) < LeastWithSecond {
		b.update.Short++
		return nil
	}
	return b.add(plainKey(string(line)))
}

// breachedHash reads "SHA1:count", or the SHA-1 alone, which was seen once.
func breachedHash(line []byte) (hash []byte, seen int64, ok bool) {
	name, count, counted := bytes.Cut(line, []byte(":"))
	if len(name) != 2*sha1.Size {
		return nil, 0, false
	}
	seen = 1
	if counted {
		n, err := strconv.ParseInt(string(bytes.TrimSpace(count)), 10, 64)
		if err != nil {
			return nil, 0, false
		}
		seen = n
	}
	hash = make([]byte, sha1.Size)
	_, err := hex.Decode(hash, name)
	return hash, seen, err == nil
}

// finish sorts what was added into a whole list beside the one in use, and
// gives the name of its file.
func (b *builder) finish(ctx context.Context) (name string, err error) {
	if err := errors.Join(ctx.Err(), b.flush()); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(b.dir, "new-*")
	if err != nil {
		return "", err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	w := bufio.NewWriterSize(f, 1<<16)
	if _, err := w.Write(bytes.Repeat([]byte{' '}, headBytes)); err != nil {
		return "", err
	}
	if err := b.merge(ctx, w); err != nil {
		return "", err
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	head, err := header(b.update.Info)
	if err != nil {
		return "", err
	}
	if _, err := f.WriteAt(head, 0); err != nil {
		return "", err
	}
	return f.Name(), f.Sync()
}

// header is the head of a list as it is written.
func header(i Info) ([]byte, error) {
	text, err := json.Marshal(i)
	if err != nil {
		return nil, err
	}
	if len(text) >= headBytes {
		return nil, fmt.Errorf("the head of a list of passwords is too long")
	}
	head := bytes.Repeat([]byte{' '}, headBytes)
	copy(head, text)
	head[headBytes-1] = '\n'
	return head, nil
}
