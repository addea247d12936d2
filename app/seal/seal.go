// Package seal holds the box's keys and seals secrets with them. The keys lie
// in a file of their own, readable by its owner alone, so that a copied
// database file gives none of them away.
package seal

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"sync"

	"glucokeep/app/fault"
)

// Ring is the box's keys: the one that everything new is made with, the one
// that it replaces while secrets are sealed anew, and what verifies the lines
// of the ledger from before. It is safe for use by many goroutines.
type Ring struct {
	path string

	mu     sync.Mutex
	root   root
	old    *root    // nil but while the keys turn
	ledger [][]byte // keys of the ledger's chain from before, newest first
}

// root is a key that the keys of all purposes come from.
type root [32]byte

// FileName is the key file's name inside the data folder, and the name of the
// credential that systemd hands in.
const FileName = "glucokeep.key"

// Open reads the key file in folder dir; see OpenFile.
func Open(dir string, fresh bool) (*Ring, error) {
	return OpenFile(filepath.Join(dir, FileName), fresh)
}

// OpenFile reads the key file at path. In a new box (fresh) it makes one; an
// old box without its key file is refused, since a new key could not verify
// the ledger and a key that is only not there yet would be passed over.
func OpenFile(path string, fresh bool) (*Ring, error) {
	text, err := readKeys(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && fresh:
		return create(path)
	case errors.Is(err, os.ErrNotExist):
		return nil, fault.New(fault.Conflict, "seal.key-missing", "file", path)
	case err != nil:
		return nil, err
	}
	r, ok := parse(text)
	if !ok {
		return nil, fault.New(fault.Invalid, "seal.key-damaged", "file", path)
	}
	r.path = path
	return r, nil
}

func create(path string) (*Ring, error) {
	r := &Ring{path: path, root: newRoot()}
	if err := createKeys(path, r.text()); err != nil {
		return nil, err
	}
	return r, nil
}

func newRoot() (k root) {
	_, _ = rand.Read(k[:]) // never fails: crypto/rand ends the program instead
	return k
}

// Key derives the key of one purpose, such as "ledger". Keys of two purposes
// tell nothing of each other (HKDF, RFC 5869).
func (r *Ring) Key(purpose string) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.root.key(purpose)
}

func (k root) key(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, k[:], nil, "glucokeep/"+purpose, 32)
	if err != nil {
		panic(err) // only for lengths that the code above does not ask for
	}
	return key
}

// id names a key in what it sealed. It tells nothing of the key.
func (k root) id() string { return hex.EncodeToString(k.key("key id")[:4]) }

// OlderLedgerKeys are the keys that verify the ledger's lines from before the
// keys turned, newest first.
func (r *Ring) OlderLedgerKeys() [][]byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	var keys [][]byte
	if r.old != nil {
		keys = append(keys, r.old.key(ledgerPurpose))
	}
	return append(keys, r.ledger...)
}

const ledgerPurpose = "ledger"

// Turning reports whether a new key was made and the old one is still needed.
func (r *Ring) Turning() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.old != nil
}

// Turn makes a new key and keeps the one of before beside it, in the file
// first. When everything is sealed with the new one, Finish ends it. A turn
// that was cut off is gone on with, not begun again.
func (r *Ring) Turn() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.old != nil {
		return nil
	}
	next := &Ring{root: newRoot(), old: &r.root, ledger: r.ledger}
	if err := replaceKeys(r.path, next.text()); err != nil {
		return err
	}
	was := r.root
	r.root, r.old = next.root, &was
	return nil
}

// Finish forgets the key of before, but for what verifies the ledger.
func (r *Ring) Finish() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.old == nil {
		return nil
	}
	next := &Ring{root: r.root, ledger: append([][]byte{r.old.key(ledgerPurpose)}, r.ledger...)}
	if err := replaceKeys(r.path, next.text()); err != nil {
		return err
	}
	r.old, r.ledger = nil, next.ledger
	return nil
}
