package auth_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
)

// A-06, S-05: a device is known no longer than nothing happened that ends
// everything: another password, a reset, a factor that was added, “this was not
// me”, signing out everywhere. Neither is a network. Who did it is known again.
func TestDevicesAreForgotten(t *testing.T) {
	acts := map[string]func(b *box, home *browser){
		"another password": func(b *box, home *browser) { require.NoError(b, home.change(password, better)) },
		"the password of the console": func(b *box, _ *browser) {
			require.NoError(b, b.auth.ResetPassword(b.Context(), audit.Actor{Console: true}, audit.From{}, anaMail, better))
		},
		"a reset": func(b *box, _ *browser) {
			path, err := b.auth.MakeReset(b.Context(), audit.Actor{Console: true}, anaMail)
			require.NoError(b, err)
			require.NoError(b, b.auth.UseReset(b.Context(), from("203.0.113.1"), path[len("/reset/"):], better))
		},
		"a second factor": func(b *box, home *browser) { home.enrol() },
		"this was not me": func(b *box, home *browser) {
			home.visit(func(ctx context.Context) {
				id, _, err := home.auth.Identify(ctx, true)
				require.NoError(b, err)
				require.NoError(b, home.auth.NotMe(ctx, id, from("203.0.113.1"), ""))
			})
		},
		"signing out everywhere else": func(b *box, home *browser) {
			home.visit(func(ctx context.Context) {
				id, _, err := home.auth.Identify(ctx, true)
				require.NoError(b, err)
				require.NoError(b, home.auth.EndOthers(ctx, id, from("203.0.113.1")))
			})
		},
	}
	for name, act := range acts {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			home, _ := b.signedIn()
			stolen := &browser{box: b, device: home.device}
			require.NoError(t, b.auth.FailForTest(t.Context(), anaMail, "203.0.113.9", 10_000))
			require.NoError(t, stolen.signIn(anaMail, password, "203.0.113.9"), "known until then")
			stolen.device = home.device
			act(b, home)
			require.NoError(t, b.auth.FailForTest(t.Context(), anaMail, "203.0.113.9", 10_000))
			require.True(t, isTooMany(stolen.signIn(anaMail, password, "203.0.113.8")), "a stranger, and one who waits")
			b.sql(`DELETE FROM throttle WHERE bucket GLOB 'net *'`)
			require.True(t, isTooMany(stolen.signIn(anaMail, password, "192.0.2.1")) || name == "a second factor" || name == "another password",
				"the network is forgotten too, but where the act was done")
		})
	}
}

// The browser of the act gets a cookie that is known, a shared one none.
func TestTheDeviceOfTheActIsKnownAgain(t *testing.T) {
	b := newBox(t)
	home, id := b.signedIn()
	require.NoError(t, home.change(password, better))
	know := func(use auth.Use) (cookie string) {
		home.visit(func(ctx context.Context) {
			who, ok, err := home.auth.Identify(ctx, true)
			require.NoError(t, err)
			require.True(t, ok)
			who.Use = use
			cookie, err = home.auth.KnowDevice(ctx, who, from("198.51.100.1"))
			require.NoError(t, err)
		})
		return cookie
	}
	require.Empty(t, know(auth.Shared))
	require.Equal(t, 2, b.count(`SELECT count(*) FROM known_network`), "192.0.2.1 in the epoch of before and in this one")
	fresh := &browser{box: b, device: know(auth.Own)}
	require.Equal(t, 3, b.count(`SELECT count(*) FROM known_network`))
	require.NoError(t, b.auth.FailForTest(t.Context(), anaMail, "203.0.113.9", 10_000))
	require.NoError(t, fresh.signIn(anaMail, better, "203.0.113.9"))
	require.Equal(t, id, fresh.who(true))
}

// many cookies of devices give no more guesses than the four that it
// takes to use up what all of them have.
func TestManyDeviceCookies(t *testing.T) {
	b := newBox(t)
	b.ana()
	devices := make([]string, 12)
	for i := range devices {
		br := b.browser()
		require.NoError(t, br.signIn(anaMail, password, "192.0.2.1"))
		devices[i] = br.device
	}
	b.add(91 * 24 * time.Hour) // the network is known no more
	require.NoError(t, b.auth.Sweep(t.Context(), b.now()))
	tries := 0
	for range 40 {
		for _, d := range devices {
			if wrong((&browser{box: b, device: d}).signIn(anaMail, "a wrong password", "192.0.2.9")) {
				tries++
			}
		}
		b.add(25 * time.Hour)
	}
	require.Equal(t, 100+100, tries, "all devices together, and then as strangers")
	b = newBox(t)
	home, _ := b.signedIn()
	thief := b.browser()
	require.NoError(t, thief.signIn(anaMail, password, "192.0.2.1"))
	for range 60 {
		_ = (&browser{box: b, device: thief.device}).signIn(anaMail, "a wrong password", "192.0.2.9")
		b.add(25 * time.Hour)
	}
	require.NoError(t, (&browser{box: b, device: home.device}).signIn(anaMail, password, "192.0.2.9"), "one stolen cookie closes no other")
}
