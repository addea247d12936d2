package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"glucokeep/app/audit"
	"glucokeep/app/record"
	"glucokeep/app/store"
)

// deviceCookie is the value by which a device that signed in is known again,
// so that failures elsewhere cannot keep its owner out. It ends with the
// account's epoch, and when its owner says that somebody else was here: whoever
// had it is a stranger then, and is told about as one.
func (a *Auth) deviceCookie(acc store.Account) string {
	var nonce [16]byte
	_, _ = rand.Read(nonce[:]) // never fails: crypto/rand ends the program instead
	n := hex.EncodeToString(nonce[:])
	return n + "." + a.deviceMAC(acc, n)
}

func (a *Auth) deviceMAC(acc store.Account, nonce string) string {
	return a.mac(fmt.Sprintf("device %s %d %d %s", acc.Key, acc.Epoch, acc.Known, nonce))
}

// mac is an HMAC-SHA-256 under the key of devices.
func (a *Auth) mac(text string) string {
	m := hmac.New(sha256.New, a.key)
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}

func (a *Auth) knows(acc store.Account, cookie string) bool {
	nonce, mac, ok := strings.Cut(cookie, ".")
	return ok && len(nonce) == 32 && hmac.Equal([]byte(mac), []byte(a.deviceMAC(acc, nonce)))
}

// deviceName names a device in the name of a bucket, "" one that is not known.
func deviceName(cookie string, known bool) string {
	if !known {
		return ""
	}
	return who(cookie)
}

// KnowDevice has the browser of id and its network be known again, after an act
// that had all of them be forgotten, and gives the value of its cookie; "" for a
// shared computer, which is never known.
func (a *Auth) KnowDevice(ctx context.Context, id Identity, from audit.From) (string, error) {
	if id.Use == Shared {
		return "", nil
	}
	acc, err := a.db.AccountByID(ctx, id.Account)
	if err != nil || network(from.IP) == "" {
		return a.deviceCookie(acc), err
	}
	return a.deviceCookie(acc), a.db.Write(ctx, func(tx *store.Tx) error {
		return tx.KnowNetwork(acc.ID, a.networkMAC(acc, from.IP), record.At(a.now()), mostHomes)
	})
}
