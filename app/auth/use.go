package auth

import "time"

// Use is how a browser is used, as somebody says at sign-in.
type Use string

// The uses.
const (
	Ordinary Use = ""
	Shared   Use = "shared" // with strangers: nothing of the sign-in outlives the browser, and it ends early
	Own      Use = "own"    // with nobody
)

// Known reports whether u is one of the uses.
func (u Use) Known() bool { return u == Ordinary || u == Shared || u == Own }

// Idle is how long a session lives without an act of a person (decisions.md).
func (u Use) Idle() time.Duration {
	switch u {
	case Shared:
		return 5 * time.Minute
	case Own:
		return 12 * time.Hour
	}
	return IdleLimit
}

// life is how long a session lives whatever is done in it.
func (u Use) life() time.Duration {
	if u == Own {
		return 30 * 24 * time.Hour
	}
	return absoluteLimit
}
