package cert

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Proven remembers since when browsers reach the box over TLS under its name.
// Only what has worked for a day may be made the only way: a browser that was
// told so opens nothing else, for a year.
type Proven struct {
	path string

	mu    sync.Mutex
	host  string
	since time.Time
}

// provenAfter is how long it must have worked.
const provenAfter = day

type provenFile struct {
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// OpenProven reads what was remembered in folder dir for host; another name
// begins anew.
func OpenProven(dir, host string) (*Proven, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of certificates: %w", err)
	}
	p := &Proven{path: filepath.Join(dir, "proven.json"), host: host}
	text, err := os.ReadFile(p.path)
	if errors.Is(err, os.ErrNotExist) {
		return p, nil
	}
	var f provenFile
	if err == nil && json.Unmarshal(text, &f) == nil && f.Host == host { // damaged is forgotten: it takes a day
		p.since = f.Since
	}
	return p, err
}

// Works notes that somebody reached the box over TLS just now, and reports
// whether that has gone well for a day. A clock that was never set counts for
// nothing.
func (p *Proven) Works(now time.Time) (bool, error) {
	if now.Before(firstSane) {
		return false, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.since.IsZero() && !now.Before(p.since) {
		return now.Sub(p.since) >= provenAfter, nil
	}
	p.since = now
	text, err := json.Marshal(provenFile{p.host, now.UTC()})
	if err == nil {
		err = writeWhole(p.path, text)
	}
	return false, err
}
