package app

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/store/storetest"
)

// One browser at a demonstration and at a box of one's own on the same
// machine: neither signs the other out.
func TestADemoSignsNobodyOutOfTheirOwnBox(t *testing.T) {
	const password = "nine calm otters drift"
	serve := func(change func(*Box)) (address string) {
		b, _, done, err := temporary(t.Context(), storetest.Schema(t))
		require.NoError(t, err)
		change(b)
		_, err = b.auth.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{}, auth.NewAccount{Email: "ana@box.test", Name: "Ana", Password: password})
		require.NoError(t, err)
		at, err := loopback("127.0.0.1:0")
		require.NoError(t, err)
		ctx, stop := context.WithCancel(t.Context())
		ready := make(chan string, 1)
		var group sync.WaitGroup
		group.Go(func() {
			if err := b.serve(ctx, at, slog.New(slog.DiscardHandler), func(address string) error { ready <- address; return nil }); err != nil {
				t.Error(err)
			}
		})
		t.Cleanup(func() {
			stop()
			group.Wait()
			require.NoError(t, done())
		})
		select {
		case address = <-ready:
		case <-time.After(10 * time.Second):
			require.FailNow(t, "the box does not start")
		}
		return address
	}
	own, demo := serve(func(*Box) {}), serve(func(b *Box) { b.beDemo(time.Now) })

	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(r *http.Response, err error) int {
		require.NoError(t, err)
		require.NoError(t, r.Body.Close())
		return r.StatusCode
	}
	signIn := func(at string) {
		require.Equal(t, http.StatusSeeOther, ask(browser.PostForm(at+"/signin", url.Values{"email": {"ana@box.test"}, "password": {password}})))
	}
	isIn := func(at string) bool { return ask(browser.Get(at+"/preferences")) == http.StatusOK }

	signIn(own)
	require.True(t, isIn(own))
	require.False(t, isIn(demo), "a session of one's own box is none of the demo")
	signIn(demo)
	require.True(t, isIn(demo))
	require.True(t, isIn(own), "signing in to the demo signs nobody out")
	signIn(own)
	require.True(t, isIn(demo), "nor the other way round")
	require.Equal(t, http.StatusSeeOther, ask(browser.PostForm(demo+"/signout", nil)))
	require.False(t, isIn(demo))
	require.True(t, isIn(own), "and neither does signing out")
	at, err := url.Parse(own)
	require.NoError(t, err)
	names := map[string]bool{}
	for _, c := range jar.Cookies(at) {
		names[c.Name] = true
	}
	require.True(t, names["gk"])
}
