package password

import (
	"bytes"
	"crypto/sha1" // #nosec G505 -- the public download of breached passwords names them by SHA-1
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"
	"time"
)

// Kind is what the entries of a list are made of.
type Kind string

// The kinds.
const (
	Plain    Kind = "plain"    // SHA-256 of small letters after NFKC
	Breached Kind = "breached" // SHA-1 of the password as it was typed
)

// Info is what a list says of itself.
type Info struct {
	Format int       `json:"glucokeep_passwords"` // 1
	Kind   Kind      `json:"kind"`
	Width  int       `json:"width"` // bytes of an entry
	Count  int64     `json:"count"` // entries
	Made   time.Time `json:"made"`
	From   string    `json:"from"`
}

// A list is a header of headBytes (JSON, filled with blanks, ended by a line
// break, so that `head -1` shows it) and then its entries: the first Width
// bytes of each hash, sorted. It is never held in memory.
const (
	headBytes = 512
	maxWidth  = 8
)

// list is a list that can be asked.
type list struct {
	Info
	r io.ReaderAt
}

// openList reads the header of a list of size bytes.
func openList(r io.ReaderAt, size int64) (*list, error) {
	head := make([]byte, headBytes)
	if _, err := r.ReadAt(head, 0); err != nil {
		return nil, fmt.Errorf("read the head of a list of passwords: %w", err)
	}
	l := &list{r: r}
	if err := json.Unmarshal(bytes.TrimSpace(head), &l.Info); err != nil {
		return nil, fmt.Errorf("read the head of a list of passwords: %w", err)
	}
	if l.Format != 1 || l.Width < 4 || l.Width > maxWidth || l.Count < 0 || l.Kind != Plain && l.Kind != Breached {
		return nil, fmt.Errorf("a list of passwords of an unknown format")
	}
	if want := headBytes + l.Count*int64(l.Width); size != want {
		return nil, fmt.Errorf("a list of passwords is %d bytes long instead of %d", size, want)
	}
	return l, nil
}

// has reports whether the list has the entry that key begins with.
func (l *list) has(key []byte) (bool, error) {
	var err error
	var entry [maxWidth]byte
	key = key[:l.Width]
	read := func(i int64) []byte {
		if _, e := l.r.ReadAt(entry[:l.Width], headBytes+i*int64(l.Width)); e != nil && err == nil {
			err = fmt.Errorf("read a list of passwords: %w", e)
		}
		return entry[:l.Width]
	}
	i := int64(sort.Search(int(l.Count), func(i int) bool { return err != nil || bytes.Compare(read(int64(i)), key) >= 0 }))
	if err != nil || i == l.Count {
		return false, err
	}
	return bytes.Equal(read(i), key), err
}

// hasPassword reports whether a password as it was typed is on the list.
func (l *list) hasPassword(password string) (bool, error) {
	if l.Kind == Plain {
		return l.has(plainKey(password))
	}
	p := normal(password)
	for _, s := range []string{password, p, strings.ToLower(p)} { // a capital more does not make it another
		sum := sha1.Sum([]byte(s)) // #nosec G401 -- names what is published, protects nothing
		if found, err := l.has(sum[:]); found || err != nil {
			return found, err
		}
	}
	return false, nil
}

// plainKey is how a password stands on a plain list.
func plainKey(password string) []byte {
	sum := sha256.Sum256([]byte(strings.ToLower(normal(password))))
	return sum[:]
}

// wordKey is how a word stands on the list of words; it is folded already.
func wordKey(word string) []byte {
	sum := sha256.Sum256([]byte(word))
	return sum[:]
}
