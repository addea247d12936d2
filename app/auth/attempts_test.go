package auth_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/auth"
)

// attempts are the sign-ins that the owner sees.
func (br *browser) attempts() (out []auth.Attempt) {
	br.Helper()
	br.visit(func(ctx context.Context) {
		id, ok, err := br.auth.Identify(ctx, true)
		require.NoError(br, err)
		require.True(br, ok)
		out, err = br.auth.Attempts(ctx, id)
		require.NoError(br, err)
	})
	return out
}

// S47: what an attacker does in ninety days does not push one sign-in out of
// the list, nor its own beginning: failures are folded, and counted.
func TestNobodyPushesASignInOut(t *testing.T) {
	b := newBox(t)
	first := b.browser()
	b.ana()
	require.NoError(t, first.signIn(anaMail, password, "198.51.100.77"), "the intruder")
	b.add(time.Hour)
	failures := 0
	for day := range 80 {
		for n := range 30 {
			if wrong(b.browser().signIn(anaMail, "a wrong password", fmt.Sprintf("10.%d.%d.%d", day, n%10, n%3))) {
				failures++
			}
			b.add(20 * time.Second)
		}
		b.add(24 * time.Hour)
		if day%20 == 0 {
			b.sql(`DELETE FROM throttle`)
		}
	}
	home := b.browser()
	b.sql(`DELETE FROM throttle`)
	require.NoError(t, home.signIn(anaMail, password, "192.0.2.1"))
	list := home.attempts()
	counted := 0
	for i, x := range list {
		if x.Outcome == auth.WrongPassword {
			counted += x.Count
		}
		require.False(t, x.First.After(x.At))
		if i > 0 {
			require.False(t, list[i-1].At.Before(x.At), "the newest first")
		}
	}
	require.Greater(t, failures, 300)
	require.Equal(t, failures, counted, "each is counted once")
	last := list[len(list)-1]
	require.Equal(t, auth.CameIn, last.Outcome)
	require.Equal(t, "198.51.100.77", last.IP)
	require.LessOrEqual(t, len(list), 200+90+2)
}

// Failures of one network within a while are one row with their count and
// times; another outcome, network or day is another row.
func TestFailuresAreFolded(t *testing.T) {
	b, home, key, _ := guarded(t)
	b.add(2 * time.Hour)
	home.owes("192.0.2.1") // and leaves
	b.add(2 * time.Hour)
	began := b.now()
	for n := range 4 {
		require.True(t, wrong(b.browser().signIn(anaMail, "a wrong password", "203.0.113.5")), n)
		b.add(10 * time.Minute)
	}
	ended := b.now().Add(-10 * time.Minute)
	v := b.browser().owes("203.0.113.5")
	require.True(t, wrong(v.shows(auth.Second{Code: "000000"})))
	require.True(t, wrong(v.shows(auth.Second{Recovery: "x"})))
	require.True(t, wrong(b.browser().signIn(anaMail, "a wrong password", "203.0.113.6")))
	b.add(2 * time.Hour)
	require.True(t, wrong(b.browser().signIn(anaMail, "a wrong password", "203.0.113.5")))
	v, err := b.browser().arrives("203.0.113.5", "a wrong password")
	require.Error(t, err)
	require.Empty(t, v.half)
	var got []string
	again := b.browser()
	require.NoError(t, again.owes("192.0.2.1").shows(code(key, b)))
	for _, x := range again.attempts() {
		got = append(got, fmt.Sprint(x.Outcome, " ", x.Way, " ", x.Count, " ", x.IP))
		if x.Count == 4 {
			require.Equal(t, began.UnixMilli(), x.First.UnixMilli())
			require.Equal(t, ended.UnixMilli(), x.At.UnixMilli())
		}
	}
	require.Equal(t, []string{"in app 1 192.0.2.1", "password  2 203.0.113.5", "password  1 203.0.113.6", "code  2 203.0.113.5", "password  4 203.0.113.5",
		"no-code  1 192.0.2.1", "in app 1 192.0.2.1", "in factor-added 1 192.0.2.1", "in password 1 192.0.2.1"}, got)
}
