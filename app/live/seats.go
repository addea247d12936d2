package live

import "sync"

// The most streams that may be open: of one account, whose browsers share one
// each between their tabs, and of the box.
const (
	MostOfAccount = 6
	MostInAll     = 1000
)

// Seats counts open streams. The zero value is empty and ready for use by many
// goroutines.
type Seats struct {
	mu    sync.Mutex
	taken map[int64]int
	all   int
}

// Take takes a seat for an account. When there is none, free is nil, and full
// says whether the box has none for anybody.
func (s *Seats) Take(account int64) (free func(), full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= MostInAll {
		return nil, true
	}
	if s.taken[account] >= MostOfAccount {
		return nil, false
	}
	if s.taken == nil {
		s.taken = map[int64]int{}
	}
	s.taken[account]++
	s.all++
	return sync.OnceFunc(func() { s.give(account) }), false
}

func (s *Seats) give(account int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.taken[account]--; s.taken[account] == 0 {
		delete(s.taken, account)
	}
}
