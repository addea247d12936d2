package auth

import (
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"glucokeep/app/fault"
)

const (
	ceremonyLife   = 5 * time.Minute
	mostCeremonies = 4096 // in memory, of all browsers
	mostOfOne      = 32   // of one network, or of one account
)

// ceremonyKind is what a challenge was made for: an answer to one kind is none
// to another.
type ceremonyKind uint8

const (
	signInCeremony ceremonyKind = iota
	stepUpCeremony
	addCeremony
)

// ceremony is a challenge that waits for its answer. It lies in memory alone:
// a restart of the box ends it.
type ceremony struct {
	kind    ceremonyKind
	browser string // that asked, and that must answer
	account int64  // of whoever is signed in, 0 before that
	name    string // of the passkey to be added
	data    webauthn.SessionData
	until   time.Time

	group  string // counts against it
	number uint64
}

// ceremonies keeps them, each for one answer.
type ceremonies struct {
	mu   sync.Mutex
	open map[string]ceremony
	last uint64
}

// put keeps a ceremony and gives the name under which its answer comes. Where
// there are too many, the oldest of the same group goes, or the oldest of all.
func (c *ceremonies) put(now time.Time, one ceremony) (id string) {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	id = hex.EncodeToString(b[:])
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		c.open = map[string]ceremony{}
	}
	of, first, firstOf := 0, "", ""
	for k, o := range c.open {
		if !now.Before(o.until) {
			delete(c.open, k)
			continue
		}
		if first == "" || o.number < c.open[first].number {
			first = k
		}
		if o.group == one.group {
			of++
			if firstOf == "" || o.number < c.open[firstOf].number {
				firstOf = k
			}
		}
	}
	switch {
	case of >= mostOfOne:
		delete(c.open, firstOf)
	case len(c.open) >= mostCeremonies:
		delete(c.open, first)
	}
	c.last++
	one.until, one.number = now.Add(ceremonyLife), c.last
	c.open[id] = one
	return id
}

var errCeremonyGone = fault.New(fault.SignIn, "passkey.late")

// take gives a ceremony to the first who asks for it, and to nobody after,
// whatever becomes of the answer. Another browser, or an answer to another
// kind of question, ends it just so.
func (c *ceremonies) take(now time.Time, id string, kind ceremonyKind, browser string, account int64) (ceremony, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	one, ok := c.open[id]
	delete(c.open, id)
	if !ok || !now.Before(one.until) || one.kind != kind || browser == "" || one.browser != browser || one.account != account {
		return ceremony{}, errCeremonyGone
	}
	return one, nil
}
