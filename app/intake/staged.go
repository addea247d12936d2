package intake

import (
	"crypto/rand"
	"errors"
	"io"
	"sync"
	"time"

	"glucokeep/app/fault"
	"glucokeep/app/format"
)

// Waiting is a file that was sent and waits for the person's word.
type Waiting struct {
	Key     string
	Person  int64
	Account int64
	Since   time.Time
	Zone    string // as chosen last
	*File
}

// The limits of what waits: files sent over the page are at most MaxUpload
// and few per account, and not for ever.
const (
	MaxUpload  = 64 << 20
	maxWaiting = 5
	waitFor    = 24 * time.Hour
)

// staged is the files that wait. They live on disk; only the handles are here.
type staged struct {
	mu    *sync.Mutex
	files map[string]*Waiting
	taken map[string]bool // being imported just now
}

func newStaged() staged {
	return staged{mu: &sync.Mutex{}, files: map[string]*Waiting{}, taken: map[string]bool{}}
}

// Stage takes a file that an account sent for a person. The oldest of the
// account's files goes when there are too many.
func (i *Intake) Stage(now time.Time, person, account int64, label string, body io.Reader) (*Waiting, error) {
	f, err := i.spool(body, label, format.Options{}, MaxUpload)
	if err != nil {
		return nil, err
	}
	w := &Waiting{Key: rand.Text(), Person: person, Account: account, Since: now, File: f}
	i.mu.Lock()
	defer i.mu.Unlock()
	var oldest *Waiting
	n := 0
	for _, other := range i.files {
		if other.Account == account {
			n++
			if !i.taken[other.Key] && (oldest == nil || other.Since.Before(oldest.Since)) {
				oldest = other
			}
		}
	}
	if n >= maxWaiting && oldest != nil {
		err = i.drop(oldest)
	}
	i.files[w.Key] = w
	return w, err
}

// Waiting finds a file of an account for a person, with its own handle on the
// answers, which Answer changes.
func (i *Intake) Waiting(key string, person, account int64) (*Waiting, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.find(key, person, account)
}

// Take is Waiting for whoever is about to import or forget the file: until
// Drop or GiveBack nobody else can take it, so that two clicks keep it once.
func (i *Intake) Take(key string, person, account int64) (*Waiting, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	w, err := i.find(key, person, account)
	if err != nil {
		return nil, err
	}
	if i.taken[key] {
		return nil, fault.New(fault.Conflict, "import.being-read")
	}
	i.taken[key] = true
	return w, nil
}

// GiveBack lets others take a file again. It does nothing after Drop.
func (i *Intake) GiveBack(w *Waiting) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.taken, w.Key)
}

func (i *Intake) find(key string, person, account int64) (*Waiting, error) {
	w, ok := i.files[key]
	if !ok || w.Person != person || w.Account != account {
		return nil, fault.New(fault.NotFound, "import.not-waiting")
	}
	copied, file := *w, *w.File
	copied.File = &file
	return &copied, nil
}

// Answer keeps what the person said about a waiting file.
func (i *Intake) Answer(w *Waiting) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if kept, ok := i.files[w.Key]; ok {
		kept.Zone, kept.Options = w.Zone, w.Options
	}
}

// Drop forgets a waiting file.
func (i *Intake) Drop(w *Waiting) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if kept, ok := i.files[w.Key]; ok {
		return i.drop(kept)
	}
	return nil
}

func (i *Intake) drop(w *Waiting) error {
	delete(i.files, w.Key)
	delete(i.taken, w.Key)
	return w.File.Close()
}

// Step forgets files that waited for too long.
func (i *Intake) Step(now time.Time) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	var errs []error
	for _, w := range i.files {
		if now.Sub(w.Since) > waitFor && !i.taken[w.Key] {
			errs = append(errs, i.drop(w))
		}
	}
	return errors.Join(errs...)
}

// Close forgets all waiting files.
func (i *Intake) Close() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	var errs []error
	for _, w := range i.files {
		errs = append(errs, i.drop(w))
	}
	return errors.Join(errs...)
}
