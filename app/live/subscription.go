package live

// Subscription is one reader of a hub.
type Subscription struct {
	hub     *Hub
	ready   chan struct{} // holds a token while something waits
	done    chan struct{}
	watched map[int64]bool
	pending map[int64]uint64
	woken   bool
	whole   bool // pending holds everybody, not what was missed alone
	ended   bool
}

// Change is one person about whom something is new. Mark names the moment to
// go on from once it was passed on; "" when the rest must come too.
type Change struct {
	Person int64
	Mark   string
	seq    uint64
}

// News is what waited for a reader.
type News struct {
	Changes []Change // at most one a person, the newest
	Woken   bool     // rights or sessions may have changed
	Mark    string   // names the moment up to which Changes tells everything
}

// Subscribe begins to listen for changes about persons. mark is where the
// reader was before: what they missed waits for them. "" is a reader who was
// nowhere: they hear of what changes from now on. A mark that this run of the
// box did not give makes all of persons wait.
func (h *Hub) Subscribe(mark string, persons []int64) *Subscription {
	s := &Subscription{hub: h, ready: make(chan struct{}, 1), done: make(chan struct{}), watched: map[int64]bool{}, pending: map[int64]uint64{}}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		s.end()
		return s
	}
	h.subs[s] = true
	seq, known := h.after(mark)
	if mark == "" {
		seq, known = h.seq, true
	}
	s.whole = !known
	for _, p := range persons {
		s.watched[p] = true
		if at := h.changed[p]; !known || at > seq {
			s.pending[p] = at
		}
	}
	s.signal()
	return s
}

// Watch changes whom the reader hears of. Whoever is new waits at once.
func (s *Subscription) Watch(persons []int64) {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	was := s.watched
	s.watched = make(map[int64]bool, len(persons))
	for _, p := range persons {
		s.watched[p] = true
		if !was[p] {
			s.pending[p] = s.hub.changed[p]
			s.signal()
		}
	}
	for p := range s.pending {
		if !s.watched[p] {
			delete(s.pending, p)
		}
	}
}

// Ready has a token whenever Take has something to give.
func (s *Subscription) Ready() <-chan struct{} { return s.ready }

// Done is closed when the hub was closed, or the subscription.
func (s *Subscription) Done() <-chan struct{} { return s.done }

// Take gives what waits, and waits for more. Changes come in the order in
// which they were published.
func (s *Subscription) Take() News {
	h := s.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	n := News{Woken: s.woken, Mark: h.mark(h.seq)}
	for p, seq := range s.pending {
		n.Changes = append(n.Changes, Change{Person: p, seq: seq})
	}
	sorted(n.Changes)
	for i := range n.Changes {
		// Of those who wait together because they are new to the reader, none
		// may be the last word: their numbers say nothing of the others.
		if !s.whole && n.Changes[i].seq > 0 {
			n.Changes[i].Mark = h.mark(n.Changes[i].seq)
		}
	}
	s.pending, s.woken, s.whole = map[int64]uint64{}, false, false
	select { // the token stood for what was just taken
	case <-s.ready:
	default:
	}
	return n
}

// Close ends the subscription.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	delete(s.hub.subs, s)
	s.end()
}

// signal and end are called with the hub's lock.
func (s *Subscription) signal() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}

func (s *Subscription) end() {
	if !s.ended {
		s.ended = true
		close(s.done)
	}
}
