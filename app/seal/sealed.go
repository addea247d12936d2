package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
)

// Place is where a sealed secret lies. It is bound to it: moved to another
// row, column or table it does not open.
type Place struct{ Table, Column, Row string }

// What can be wrong with a sealed secret.
var (
	ErrLost     = errors.New("sealed with a key that is not in the ring")
	ErrTampered = errors.New("sealed secret was changed or moved")
)

// form begins every sealed secret, and changes with the way of sealing:
// gk1.KEY.BASE64 is AES-256-GCM with a random nonce of 96 bits before the
// text, under a key of its own for each column.
const form = "gk1."

// Seal seals a secret for the place where it will lie.
func (r *Ring) Seal(at Place, secret []byte) string {
	r.mu.Lock()
	k := r.root
	r.mu.Unlock()
	gcm := k.cipher(at)
	nonce := make([]byte, gcm.NonceSize())
	_, _ = rand.Read(nonce) // never fails: crypto/rand ends the program instead
	return form + k.id() + "." + base64.RawStdEncoding.EncodeToString(gcm.Seal(nonce, nonce, secret, at.bound(k.id())))
}

// Unseal gives the secret back: ErrLost when the key is gone, ErrTampered when
// it is not what was sealed for this place.
func (r *Ring) Unseal(at Place, sealed string) ([]byte, error) {
	rest, ok := strings.CutPrefix(sealed, form)
	id, encoded, whole := strings.Cut(rest, ".")
	if !ok || !whole {
		return nil, ErrTampered
	}
	k, ok := r.find(id)
	if !ok {
		return nil, ErrLost
	}
	text, err := base64.RawStdEncoding.Strict().DecodeString(encoded)
	gcm := k.cipher(at)
	if err != nil || len(text) < gcm.NonceSize() {
		return nil, ErrTampered
	}
	secret, err := gcm.Open(nil, text[:gcm.NonceSize()], text[gcm.NonceSize():], at.bound(id))
	if err != nil {
		return nil, ErrTampered
	}
	return secret, nil
}

// Current reports whether sealed was made with the key of today.
func (r *Ring) Current(sealed string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.HasPrefix(sealed, form+r.root.id()+".")
}

func (r *Ring) find(id string) (root, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case id == r.root.id():
		return r.root, true
	case r.old != nil && id == r.old.id():
		return *r.old, true
	}
	return root{}, false
}

func (k root) cipher(at Place) cipher.AEAD {
	block, err := aes.NewCipher(k.key("seal/" + at.Table + "." + at.Column))
	if err != nil {
		panic(err) // only for keys of another length
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // only for blocks of another size
	}
	return gcm
}

// bound is the data that a secret is sealed together with, each part with its
// length so that none can run into the next.
func (p Place) bound(key string) (data []byte) {
	for _, s := range []string{p.Table, p.Column, p.Row, key} {
		data = binary.BigEndian.AppendUint64(data, uint64(len(s)))
		data = append(data, s...)
	}
	return data
}
