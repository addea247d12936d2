package store

import (
	"context"
	"sync"
)

// Kept keeps what was read from a DB for as long as nothing at all was
// committed to it, whoever would have made the commit. It asks the database
// for that each time (Version), so what it gives is as true as what a query
// would give now, but for the price of the query. The zero value is empty and
// ready for use by many goroutines.
type Kept[K comparable, V any] struct {
	mu      sync.Mutex
	version int64
	known   map[K]V
}

// mostKept bounds the memory of a Kept whose keys come from outside.
const mostKept = 1000

// Get gives what read gave for k since the last commit, or has it read now. An
// error is not kept. Whoever gets a value shares it, and must not change it.
func (k *Kept[K, V]) Get(ctx context.Context, db *DB, key K, read func() (V, error)) (v V, err error) {
	version, err := db.Version(ctx) // before reading: what is committed meanwhile is read again
	if err != nil {
		return v, err
	}
	k.mu.Lock()
	if k.known == nil || k.version != version || len(k.known) >= mostKept {
		k.version, k.known = version, map[K]V{}
	}
	v, ok := k.known[key]
	k.mu.Unlock()
	if ok {
		return v, nil
	}
	if v, err = read(); err != nil {
		return v, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.version == version {
		k.known[key] = v
	}
	return v, nil
}
