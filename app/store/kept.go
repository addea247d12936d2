package store

import (
	"context"
	"errors"
	"sync"
)

// Kept keeps what was read from a DB for as long as nothing at all was
// committed to it, whoever would have made the commit. It asks the database
// for that each time (Version), so what it gives is as true as what a query
// would give now, but for the price of the query. Of many who ask at once for
// the same, one reads. The zero value is empty and ready for use by many
// goroutines.
type Kept[K comparable, V any] struct {
	mu      sync.Mutex
	version int64
	known   map[K]*answer[V]
}

// answer is what one read gives, to whoever waits for it.
type answer[V any] struct {
	done chan struct{}
	v    V
	err  error
}

// mostKept bounds the memory of a Kept whose keys come from outside.
const mostKept = 1000

// errUnread is the answer of a read that panicked.
var errUnread = errors.New("the read did not end")

// Get gives what read gave for k since the last commit, or has it read now. An
// error is not kept. Whoever gets a value shares it, and must not change it.
func (k *Kept[K, V]) Get(ctx context.Context, db *DB, key K, read func() (V, error)) (v V, err error) {
	version, err := db.Version(ctx) // before reading: what is committed meanwhile is read again
	if err != nil {
		return v, err
	}
	k.mu.Lock()
	if k.known == nil || k.version != version || len(k.known) >= mostKept {
		k.version, k.known = version, map[K]*answer[V]{}
	}
	a, ok := k.known[key]
	if !ok {
		a = &answer[V]{done: make(chan struct{}), err: errUnread}
		k.known[key] = a
	}
	k.mu.Unlock()
	if !ok {
		defer k.finish(key, a)
		a.v, a.err = read()
		return a.v, a.err
	}
	<-a.done
	if a.err != nil { // the reader may have gone away in the middle of it
		return read()
	}
	return a.v, nil
}

// finish lets those go on who wait for a.
func (k *Kept[K, V]) finish(key K, a *answer[V]) {
	if a.err != nil {
		k.mu.Lock()
		if k.known[key] == a {
			delete(k.known, key)
		}
		k.mu.Unlock()
	}
	close(a.done)
}
