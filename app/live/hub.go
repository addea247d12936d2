// Package live tells open pages that something about a person has changed. It
// carries no health value: whoever hears of a change reads for themselves what
// they may see, so that permission and unit are those of each viewer.
package live

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Hub passes changes on. It never blocks who publishes: a reader that is slow
// finds one entry for each person, the newest. It is safe for use by many
// goroutines.
type Hub struct {
	boot string // names this run of the box; a mark of another run is worth nothing

	mu      sync.Mutex
	seq     uint64
	changed map[int64]uint64 // person → sequence number of their last change
	subs    map[*Subscription]bool
	closed  bool
}

// New makes a hub that nobody listens to.
func New() *Hub {
	return &Hub{boot: strconv.FormatInt(time.Now().UnixNano(), 36), changed: map[int64]uint64{}, subs: map[*Subscription]bool{}}
}

// Publish says that a person's data changed. It is called once the change can
// be read, that is after the commit.
func (h *Hub) Publish(person int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seq++
	h.changed[person] = h.seq
	for s := range h.subs {
		if s.watched[person] {
			s.pending[person] = h.seq
			s.signal()
		}
	}
}

// Wake has every reader look whether they may still see what they see: rights
// or sessions may have changed.
func (h *Hub) Wake() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		s.woken = true
		s.signal()
	}
}

// Changed is the sequence number of a person's last change, 0 when there was
// none since the box started. What was read after asking holds until the
// number is another one.
func (h *Hub) Changed(person int64) uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.changed[person]
}

// Mark names this moment: who reads now and subscribes later with the mark
// misses nothing.
func (h *Hub) Mark() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.mark(h.seq)
}

func (h *Hub) mark(seq uint64) string { return h.boot + "-" + strconv.FormatUint(seq, 10) }

// after reads a mark of this run; ok is false for any other text.
func (h *Hub) after(mark string) (seq uint64, ok bool) {
	number, ours := strings.CutPrefix(mark, h.boot+"-")
	seq, err := strconv.ParseUint(number, 10, 64)
	return seq, ours && err == nil && seq <= h.seq
}

// Close ends all subscriptions, and those to come.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for s := range h.subs {
		s.end()
	}
}

// byNumber sorts changes so that a reader who is cut off half-way goes on
// where they were.
func byNumber(a, b Change) int {
	if c := cmp.Compare(a.seq, b.seq); c != 0 {
		return c
	}
	return cmp.Compare(a.Person, b.Person)
}

func sorted(cs []Change) []Change {
	slices.SortFunc(cs, byNumber)
	return cs
}
