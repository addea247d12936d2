// Package seal holds the box's keys. They lie in a file of their own, mode
// 0600, so that a copied database file gives none of them away.
package seal

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"glucokeep/app/fault"
)

// Ring is the box's keys.
type Ring struct{ root [32]byte }

// FileName is the key file's name inside the data folder.
const FileName = "glucokeep.key"

const keyLine = "glucokeep-key-1 "

// Open reads the key file in folder dir. In a new box (fresh) it makes one;
// an old box without its key file is refused, since a new key could not
// verify the ledger.
func Open(dir string, fresh bool) (*Ring, error) {
	path := filepath.Join(dir, FileName)
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && fresh:
		return create(path)
	case errors.Is(err, os.ErrNotExist):
		return nil, fault.New(fault.Conflict, "seal.key-missing", "file", FileName)
	case err != nil:
		return nil, fmt.Errorf("read key file: %w", err)
	}
	r := &Ring{}
	encoded, ok := strings.CutPrefix(strings.TrimSpace(string(text)), keyLine)
	if !ok {
		return nil, fault.New(fault.Invalid, "seal.key-damaged", "file", FileName)
	}
	root, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(root) != len(r.root) {
		return nil, fault.New(fault.Invalid, "seal.key-damaged", "file", FileName)
	}
	copy(r.root[:], root)
	return r, nil
}

func create(path string) (*Ring, error) {
	r := &Ring{}
	_, _ = rand.Read(r.root[:]) // never fails: crypto/rand ends the program instead
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make key file: %w", err)
	}
	_, err = fmt.Fprintln(f, keyLine+base64.StdEncoding.EncodeToString(r.root[:]))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("write key file: %w", err)
	}
	return r, nil
}

// Key derives the key of one purpose, such as "ledger". Keys of two purposes
// tell nothing of each other (HKDF, RFC 5869).
func (r *Ring) Key(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, r.root[:], nil, "glucokeep/"+purpose, 32)
	if err != nil {
		panic(err) // only for lengths that the code above does not ask for
	}
	return key
}
