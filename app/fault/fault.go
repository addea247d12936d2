// Package fault is the error that people see. It carries a kind, which the
// web turns into a status and the command line into an exit code, and a key
// of the message catalogue with its arguments, which both put into words.
// Every other error is ours: logged, and shown as "something broke".
package fault

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
)

// Kind says what sort of mistake it was and therefore who can mend it.
type Kind uint8

// The kinds, with the HTTP status that web gives them.
const (
	Internal    Kind = iota // 500: ours
	Invalid                 // 422: what was sent cannot be used; it says what to change
	NotFound                // 404: it is not there, or the viewer may not know that it is
	Forbidden               // 403: visible, but not allowed
	Conflict                // 409: already done, already used, changed meanwhile
	TooLarge                // 413: over a limit; it says which
	TooMany                 // 429: come back later; it says when
	SignIn                  // 401: sign in first
	Unavailable             // 503: the box cannot do this now
)

// Error is a mistake that a person can read and act on. Key names a sentence
// of the catalogue (package text); Args are its named places: name, value,
// name, value. Never put a glucose value, a name, a token or file contents
// into Args.
type Error struct {
	Kind Kind
	Key  string
	Args []any
	Err  error // what lies below, for the log only; may be nil
}

// New makes an Error without a cause.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// Wrap makes an Error around a cause that only the log sees.
func Wrap(err error, kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args, Err: err}
}

// Error is the form for logs and tests: the key and the cause, not the words.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.Key, e.Err)
	}
	return e.Key
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of the first Error in err's chain, Internal if there is
// none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Recovered makes an error of what recover gave, with the stack. A mistake of
// the program is named; what else was thrown may hold a name or a value, and
// only its type is told.
func Recovered(p any) error {
	if e, ok := p.(runtime.Error); ok {
		return fmt.Errorf("panic: %w\n%s", e, debug.Stack())
	}
	return fmt.Errorf("panic of type %T\n%s", p, debug.Stack())
}
