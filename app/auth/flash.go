package auth

import (
	"context"
	"time"

	"glucokeep/app/record"
)

// flash is a sentence about what was just done, for the one page that the act
// leads to.
type flash struct {
	Key  string        `json:"key"`  // of the catalogue
	Page string        `json:"page"` // path
	At   record.Millis `json:"at_ms"`
}

// flashLife is how long a flash waits for its page. Whoever comes later has
// forgotten what it speaks of.
const flashLife = time.Minute

// Flash keeps a catalogue key for the next time that the session opens the
// page of a path. One waits at a time.
func (a *Auth) Flash(ctx context.Context, key, page string) {
	a.Sessions.Put(ctx, keyFlash, flash{Key: key, Page: page, At: record.At(a.now())})
}

// TakeFlash gives what Flash kept for the page of a path, once. What waits for
// another page goes on waiting: it may speak of another person.
func (a *Auth) TakeFlash(ctx context.Context, page string) string {
	f, ok := a.Sessions.Get(ctx, keyFlash).(flash)
	age := a.now().Sub(f.At.Time())
	old := age > flashLife || age < -flashLife
	if !ok || f.Page != page && !old {
		return ""
	}
	a.Sessions.Remove(ctx, keyFlash)
	if old {
		return ""
	}
	return f.Key
}
