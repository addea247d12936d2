// Package authtest is a passkey in software, for tests: it makes ES256 keys
// and answers challenges as a browser with an authenticator does, and can be
// told to do it wrongly.
package authtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
)

// The flags of authenticator data (WebAuthn 3, 6.1).
const (
	Present  byte = 1 << 0
	Verified byte = 1 << 2
	Eligible byte = 1 << 3 // for being synced
	Synced   byte = 1 << 4
	attested byte = 1 << 6
)

// Key is one passkey with the browser around it. Its fields may be changed
// between answers.
type Key struct {
	ID, Handle []byte
	Origin     string // of the page, as the browser sees it
	RP         string // "" is that of the challenge
	Flags      byte
	Count      uint32 // of the next answer
	Type       string // of the client data, "" is the right one
	private    *ecdsa.PrivateKey
}

// New is a key that no box knows yet.
func New(origin string) *Key {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	id := make([]byte, 32)
	_, _ = rand.Read(id)
	return &Key{ID: id, Origin: origin, Flags: Present | Verified, private: private}
}

type options struct {
	Challenge string                `json:"challenge"`
	RPID      string                `json:"rpId"`
	RP        struct{ ID string }   `json:"rp"`
	User      struct{ ID string }   `json:"user"`
	Exclude   []struct{ ID string } `json:"excludeCredentials"`
}

func read(asked any) (o options) {
	text, err := json.Marshal(asked)
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err != nil {
		panic(err)
	}
	return o
}

func plain(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Excluded lists the ids of keys that a challenge for a new one does not want.
func Excluded(asked any) (ids []string) {
	for _, e := range read(asked).Exclude {
		ids = append(ids, e.ID)
	}
	return ids
}

// Create answers a challenge for a new passkey.
func (k *Key) Create(asked any) string {
	o := read(asked)
	k.Handle, _ = base64.RawURLEncoding.DecodeString(o.User.ID)
	data := k.data(o.RP.ID, attested)
	data = append(data, make([]byte, 16)...) // of no model
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.ID)))
	data = append(append(data, k.ID...), k.public()...)
	object := append([]byte{0xa3}, text("fmt")...)
	object = append(append(object, text("none")...), text("attStmt")...)
	object = append(append(object, 0xa0), text("authData")...)
	object = append(object, bytes(data)...)
	return k.said(map[string]any{"clientDataJSON": plain(k.client("webauthn.create", o.Challenge)), "attestationObject": plain(object), "transports": []string{"internal", "x'); --"}})
}

// Answer answers a challenge with the key.
func (k *Key) Answer(asked any) string {
	o := read(asked)
	client, data := k.client("webauthn.get", o.Challenge), k.data(o.RPID, 0)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.private, sum[:])
	if err != nil {
		panic(err)
	}
	return k.said(map[string]any{"clientDataJSON": plain(client), "authenticatorData": plain(data), "signature": plain(signature), "userHandle": plain(k.Handle)})
}

func (k *Key) said(response map[string]any) string {
	out, err := json.Marshal(map[string]any{"id": plain(k.ID), "rawId": plain(k.ID), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	if err != nil {
		panic(err)
	}
	return string(out)
}

func (k *Key) client(kind, challenge string) []byte {
	if k.Type != "" {
		kind = k.Type
	}
	out, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": k.Origin, "crossOrigin": false})
	return out
}

func (k *Key) data(rp string, more byte) []byte {
	if k.RP != "" {
		rp = k.RP
	}
	hash := sha256.Sum256([]byte(rp))
	return binary.BigEndian.AppendUint32(append(hash[:], k.Flags|more), k.Count)
}

// public is the COSE key: ES256 on P-256.
func (k *Key) public() []byte {
	point, err := k.private.PublicKey.Bytes() // 4, x, y
	if err != nil {
		panic(err)
	}
	out := []byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21}
	out = append(append(out, bytes(point[1:33])...), 0x22)
	return append(out, bytes(point[33:])...)
}

// text and bytes are strings of CBOR.
func text(s string) []byte { return append([]byte{0x60 + byte(len(s))}, s...) }

func bytes(b []byte) []byte {
	return append([]byte{0x59, byte(len(b) >> 8), byte(len(b))}, b...)
}
