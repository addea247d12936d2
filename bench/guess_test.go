package bench

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/record"
	"glucokeep/app/store"
	"glucokeep/app/unit"
)

// guessers is how many guess passwords at once.
const guessers = 50

// guess has strangers guess passwords from 50 addresses at 50 accounts until
// stop is called, which gives how many guesses were hashed. Each takes another
// account and, after a few, another address, so that none of them waits for
// anything but its turn: what the throttle turns away costs far less.
func (c *clinic) guess(t testing.TB, round int) (stop func() int) {
	t.Helper()
	require.NoError(t, c.db.Write(t.Context(), func(tx *store.Tx) error { return tx.SetThrottle("box", store.Throttle{}) }))
	ctx, end := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var hashed atomic.Int64
	for g := range guessers {
		wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				from := &net.TCPAddr{IP: net.IPv4(127, byte(1+round), byte(g), byte(1+n/8))}
				client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{LocalAddr: from}).DialContext}}
				form := url.Values{"email": {fmt.Sprintf("%d.%d.%d@box.test", round, g, n)}, "password": {"nine calm otters guess"}}
				r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.server.URL+"/signin", strings.NewReader(form.Encode()))
				if err != nil {
					return
				}
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				res, err := client.Do(r)
				if err != nil {
					return
				}
				_ = res.Body.Close()
				if res.StatusCode == http.StatusUnauthorized {
					hashed.Add(1)
				}
			}
		})
	}
	waitFor(t, "the first guess is hashed", func() bool { return hashed.Load() > 0 })
	return func() int {
		end()
		wg.Wait()
		return int(hashed.Load())
	}
}

// BenchmarkGuesses is P17: what readers of pages and the writer notice of 50
// guesses at once, beside the same without.
func BenchmarkGuesses(b *testing.B) {
	c := newClinic(b, 20)
	n, round := 0, 0
	for _, side := range []struct {
		name string
		do   func()
	}{
		{"page", func() { require.NotEmpty(b, c.get(b, c.server.URL+"/")) }},
		{"commit", func() {
			n++
			c.bring(b, c.people[n%20], []record.Reading{{At: record.At(c.now.Add(time.Duration(n) * time.Second)), Value: unit.MgDLValue(100)}})
		}},
	} {
		b.Run(side.name, func(b *testing.B) {
			compare(b, "P17 "+side.name+" under 50 guesses / quiet", atMost(3), func() (cost, cost) {
				measure := func() (list []cost) {
					for range 100 {
						list = append(list, timed(side.do))
					}
					return list
				}
				quiet := halfOf(measure())
				round++
				stop := c.guess(b, round)
				busy := measure()
				hashed := stop()
				b.Logf("%d guesses were hashed meanwhile", hashed)
				return halfOf(busy), quiet
			})
		})
	}
}
