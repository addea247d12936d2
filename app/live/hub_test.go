package live_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/live"
)

func ready(s *live.Subscription) bool {
	select {
	case <-s.Ready():
		return true
	default:
		return false
	}
}

func persons(n live.News) (out []int64) {
	for _, c := range n.Changes {
		out = append(out, c.Person)
	}
	return out
}

func TestAReaderHearsOfThoseItWatches(t *testing.T) {
	h := live.New()
	s := h.Subscribe(h.Mark(), []int64{1, 2})
	defer s.Close()
	require.True(t, ready(s), "a reader looks once when it comes")
	require.Empty(t, s.Take().Changes)

	h.Publish(3)
	require.False(t, ready(s))
	h.Publish(2)
	h.Publish(1)
	h.Publish(2)
	require.True(t, ready(s))
	n := s.Take()
	require.Equal(t, []int64{1, 2}, persons(n), "one entry a person, in order of their newest change")
	require.False(t, n.Woken)
	require.Equal(t, h.Mark(), n.Mark)
	require.False(t, ready(s))

	h.Wake()
	require.True(t, ready(s))
	n = s.Take()
	require.True(t, n.Woken)
	require.Empty(t, n.Changes)
}

func TestWhoWasCutOffGoesOn(t *testing.T) {
	h := live.New()
	h.Publish(1)
	mark := h.Mark()
	h.Publish(2)
	h.Publish(3)
	s := h.Subscribe(mark, []int64{1, 2, 3})
	n := s.Take()
	require.Equal(t, []int64{2, 3}, persons(n))
	s.Close()
	s = h.Subscribe(n.Changes[0].Mark, []int64{1, 2, 3}) // cut off after the first
	require.Equal(t, []int64{3}, persons(s.Take()))

	s = h.Subscribe("", []int64{1, 2, 3})
	require.True(t, ready(s), "who was nowhere is told where they are")
	n = s.Take()
	require.Empty(t, n.Changes, "and hears of what changes from now on")
	require.Equal(t, h.Mark(), n.Mark)
	h.Publish(2)
	require.Equal(t, []int64{2}, persons(s.Take()))
	s.Close()

	for _, other := range []string{" ", "nonsense", "x-1", mark + "9999", live.New().Mark(), mark + "x"} {
		s := h.Subscribe(other, []int64{1, 2, 3, 4})
		n := s.Take()
		require.ElementsMatch(t, []int64{1, 2, 3, 4}, persons(n), "an unknown mark gives everybody: %q", other)
		for _, c := range n.Changes {
			require.Empty(t, c.Mark, "a whole picture that is cut off begins anew")
		}
		require.NotEmpty(t, n.Mark)
	}
}

func TestWatchAddsAndTakesAway(t *testing.T) {
	h := live.New()
	s := h.Subscribe(h.Mark(), []int64{1})
	s.Take()
	h.Publish(1)
	s.Watch([]int64{2})
	require.Equal(t, []int64{2}, persons(s.Take()), "whoever is no longer watched does not wait either")
	h.Publish(1)
	require.Empty(t, s.Take().Changes)
}

func TestCloseEndsEverybody(t *testing.T) {
	h := live.New()
	s := h.Subscribe("", []int64{1})
	h.Close()
	h.Close()
	<-s.Done()
	s.Close()
	<-h.Subscribe("", nil).Done()
	h.Publish(1)
	h.Wake()
}

// Whatever is published, taken, cut off and resumed in whatever order: in the
// end a reader has heard of every last change of whom it watches.
func TestNothingIsMissed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := live.New()
		watched := []int64{1, 2, 3, 4}
		value := map[int64]int{} // what is true
		known := map[int64]int{} // what the reader read when it heard
		mark := h.Mark()
		s := h.Subscribe(mark, watched)
		read := func(upTo int) {
			n := s.Take()
			for i, c := range n.Changes {
				if i == upTo {
					return
				}
				known[c.Person] = value[c.Person]
				if c.Mark != "" {
					mark = c.Mark
				}
			}
			mark = n.Mark
		}
		cut := func() {
			s.Close()
			s = h.Subscribe(mark, watched)
		}
		t.Repeat(map[string]func(*rapid.T){
			"publish": func(t *rapid.T) {
				p := rapid.Int64Range(1, 6).Draw(t, "person")
				value[p]++
				h.Publish(p)
			},
			"take": func(*rapid.T) { read(-1) },
			"cut off while reading": func(t *rapid.T) {
				read(rapid.IntRange(0, 3).Draw(t, "read"))
				cut()
			},
			"cut off": func(*rapid.T) { cut() },
			"come with the mark of another run": func(*rapid.T) {
				mark = "another-1"
				cut()
			},
			"": func(t *rapid.T) {
				if ready(s) {
					h.Wake() // puts the token back
					return
				}
				for _, p := range watched {
					if known[p] != value[p] {
						t.Fatalf("nothing waits, and person %d is known as %d, not %d", p, known[p], value[p])
					}
				}
			},
		})
		read(-1)
		for _, p := range watched {
			require.Equal(t, value[p], known[p])
		}
		require.LessOrEqual(t, len(s.Take().Changes), len(watched))
	})
}

// Many publish while readers come, go and are slow; run with -race.
func TestAPublisherNeverWaits(t *testing.T) {
	h := live.New()
	slow := h.Subscribe(h.Mark(), []int64{1, 2, 3}) // never takes
	var readers, publishers sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			for {
				s := h.Subscribe("", []int64{1, 2, 3})
				select {
				case <-s.Ready():
					s.Take()
					s.Watch([]int64{2, 3, 4})
				case <-stop:
					s.Close()
					return
				}
				s.Close()
			}
		})
	}
	began := time.Now()
	for i := range int64(4) {
		publishers.Go(func() {
			for n := range int64(2000) {
				h.Publish((i + n) % 5)
				h.Changed(i)
				h.Mark()
				h.Wake()
			}
		})
	}
	publishers.Wait()
	require.Less(t, time.Since(began), 20*time.Second)
	close(stop)
	readers.Wait()
	require.Len(t, slow.Take().Changes, 3)
}

// S-06, H-08: streams have an end, of an account and of the box.
func TestSeats(t *testing.T) {
	var s live.Seats
	var free []func()
	for range live.MostOfAccount {
		f, _ := s.Take(1)
		require.NotNil(t, f)
		free = append(free, f)
	}
	f, full := s.Take(1)
	require.Nil(t, f)
	require.False(t, full, "others may come")
	free[0]()
	free[0]()
	f, _ = s.Take(1)
	require.NotNil(t, f)
	f, _ = s.Take(1)
	require.Nil(t, f, "a seat is given back once")

	for account := int64(2); ; account++ {
		if f, full = s.Take(account); f == nil {
			require.True(t, full)
			require.Equal(t, int64(live.MostInAll-live.MostOfAccount+2), account)
			break
		}
	}
}
