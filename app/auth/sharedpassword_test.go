package auth_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
)

// The places of the tests.
const (
	atHome  = "192.168.1.20"
	library = "198.51.100.7"
	office  = "203.0.113.5"
	mobile  = "2001:db8:1:2::9"
)

// at signs a browser in from a network.
func (b *box) at(ip, device string, use auth.Use) *browser {
	b.Helper()
	br := b.browser()
	br.entersFrom(ip, device, use)
	return br
}

func (br *browser) entersFrom(ip, device string, use auth.Use) {
	br.Helper()
	br.visit(func(ctx context.Context) {
		in, err := br.auth.Enter(ctx, audit.From{IP: ip, Device: device}, auth.Way{Email: anaMail, Password: password, Device: br.device, Use: use})
		require.NoError(br, err)
		br.device = in.Device
	})
}

// warned tells whether the account is warned, as this browser sees it.
func (br *browser) warned() (w auth.Sharing, open bool) {
	br.Helper()
	id := br.identity()
	w, open, err := br.auth.Sharing(br.Context(), id)
	require.NoError(br, err)
	return w, open
}

// act does something in each browser a minute apart, twice.
func (b *box) act(all ...*browser) {
	b.Helper()
	for range 2 {
		for _, br := range all {
			b.add(time.Minute)
			require.NotZero(b, br.who(true))
		}
	}
}

// S23: what looks like a shared password, and what does not.
func TestWhatLooksLikeASharedPassword(t *testing.T) {
	cases := map[string]struct {
		does func(b *box, own *browser)
		want bool
	}{
		"two strange browsers in two strange networks": {func(b *box, _ *browser) {
			b.act(b.at(library, "Chrome on Windows", auth.Ordinary), b.at(office, "Safari on iPhone", auth.Ordinary))
		}, true},
		"two of a kind, as in a family": {func(b *box, _ *browser) {
			b.act(b.at(library, "Safari on iPhone", auth.Own), b.at(mobile, "Safari on iPhone", auth.Own))
		}, true},
		"on a shared computer, too": {func(b *box, _ *browser) {
			b.act(b.at(library, "Firefox on Linux", auth.Shared), b.at(office, "Safari on iPhone", auth.Ordinary))
		}, true},
		"a third one joins": {func(b *box, own *browser) {
			b.act(own, b.at(library, "Firefox on Linux", auth.Ordinary), b.at(office, "Safari on iPhone", auth.Ordinary))
		}, true},
		"one strange browser beside the own one": {func(b *box, own *browser) {
			b.act(own, b.at(library, "Chrome on Windows", auth.Ordinary))
		}, false},
		"home, and a known phone on mobile data": {func(b *box, own *browser) {
			phone := b.at(atHome, "Safari on iPhone", auth.Ordinary)
			phone.entersFrom(mobile, "Safari on iPhone", auth.Ordinary)
			b.act(own, phone, b.at(library, "Chrome on Windows", auth.Ordinary))
		}, false},
		"two strange browsers in one network": {func(b *box, _ *browser) {
			b.act(b.at(library, "Chrome on Windows", auth.Ordinary), b.at(library, "Safari on iPhone", auth.Ordinary))
		}, false},
		"two strange browsers in one network of a kind that has many addresses": {func(b *box, _ *browser) {
			b.act(b.at(mobile, "Chrome on Windows", auth.Ordinary), b.at("2001:db8:1:2::77", "Safari on iPhone", auth.Ordinary))
		}, false},
		"a strange browser at home, one elsewhere": {func(b *box, _ *browser) {
			b.act(b.at("10.0.0.9", "Chrome on Windows", auth.Ordinary), b.at(office, "Safari on iPhone", auth.Ordinary))
		}, false},
		"a network from which somebody signed in before": {func(b *box, _ *browser) {
			b.at(office, "Edge on Windows", auth.Ordinary).visit(func(ctx context.Context) { require.NoError(b, b.auth.Sessions.Destroy(ctx)) })
			b.act(b.at(office, "Chrome on Windows", auth.Ordinary), b.at(library, "Safari on iPhone", auth.Ordinary))
		}, false},
		"one after the other": {func(b *box, _ *browser) {
			first := b.at(library, "Chrome on Windows", auth.Ordinary)
			b.act(first)
			b.act(b.at(office, "Safari on iPhone", auth.Ordinary))
		}, false},
		"hours apart": {func(b *box, _ *browser) {
			first, second := b.at(library, "Chrome on Windows", auth.Own), b.at(office, "Safari on iPhone", auth.Own)
			b.act(first)
			b.add(6 * time.Minute)
			b.act(second)
		}, false},
		"polls are no acts": {func(b *box, _ *browser) {
			first, second := b.at(library, "Chrome on Windows", auth.Own), b.at(office, "Safari on iPhone", auth.Own)
			for range 6 {
				b.add(time.Minute)
				first.who(false)
				second.who(true)
			}
		}, false},
		"a browser that signs in anew on its way": {func(b *box, _ *browser) {
			br := b.at(library, "Safari on iPhone", auth.Shared)
			b.add(time.Minute)
			br.entersFrom(office, "Safari on iPhone", auth.Shared)
			b.act(br)
		}, false},
		"one that cannot be placed": {func(b *box, _ *browser) {
			b.act(b.at("unix", "Chrome on Windows", auth.Ordinary), b.at(office, "Safari on iPhone", auth.Ordinary))
		}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			b.ana()
			own := b.at(atHome, "Firefox on Linux", auth.Own)
			c.does(b, own)
			_, open := own.warned()
			require.Equal(t, c.want, open)
			require.Equal(t, c.want, b.count(`SELECT count(*) FROM ledger WHERE action = 'account.shared-password'`) == 1)
		})
	}
	t.Run("the first browser of an account is its owner's, wherever it is", func(t *testing.T) {
		b := newBox(t)
		b.ana()
		first := b.at(mobile, "Safari on iPhone", auth.Own)
		b.act(first, b.at(office, "Chrome on Windows", auth.Ordinary))
		_, open := first.warned()
		require.False(t, open)
	})
}

// S23: it is said once a day, until it is dismissed or one of the two ends.
func TestAWarningOfASharedPassword(t *testing.T) {
	b := newBox(t)
	b.ana()
	own := b.at(atHome, "Firefox on Linux", auth.Own)
	raised := func() int { return b.count(`SELECT count(*) FROM ledger WHERE action = 'account.shared-password'`) }
	first, second := b.at(library, "Chrome on Windows", auth.Own), b.at(office, "Safari on iPhone", auth.Own)
	b.act(first, second)
	w, open := own.warned()
	require.True(t, open)
	require.ElementsMatch(t, []string{"Chrome on Windows", "Safari on iPhone"}, []string{w.First.Device, w.Second.Device})
	require.ElementsMatch(t, []string{library, office}, []string{w.First.IP, w.Second.IP})

	b.act(first, second, first, second)
	require.Equal(t, 1, raised(), "once")
	first.visit(func(ctx context.Context) {
		require.NoError(t, b.auth.StepUp(ctx, first.identity(), from(library), password, auth.Second{}))
	})
	_, open = own.warned()
	require.True(t, open, "a session that shows once more who it is goes on being the same")

	require.NoError(t, b.auth.DismissSharing(t.Context(), own.identity(), from(atHome)))
	require.NoError(t, b.auth.DismissSharing(t.Context(), own.identity(), from(atHome)))
	_, open = own.warned()
	require.False(t, open)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM ledger WHERE action = 'account.shared-dismissed'`))
	for range 23 {
		b.act(first, second)
		b.add(time.Hour - 4*time.Minute)
		own.who(true)
	}
	require.Equal(t, 1, raised(), "not more than one a day")
	b.add(time.Hour)
	b.act(first, second)
	require.Equal(t, 2, raised())
	w, open = own.warned()
	require.True(t, open)

	require.NoError(t, b.auth.EndSession(t.Context(), own.identity(), from(atHome), w.First.Key))
	_, open = own.warned()
	require.False(t, open, "it ends with one of the two")
}

// S23: a law: whatever happens, no warning comes without two sessions that are
// both strange and of two networks, and never two within a day.
func TestSharedPasswordLaw(t *testing.T) {
	networks := []string{atHome, library, office, mobile, "2001:db8:1:2::77"}
	rapid.Check(t, func(rt *rapid.T) {
		b := newBox(t)
		b.ana()
		own := b.at(atHome, "Firefox on Linux", auth.Own)
		all := []*browser{own}
		last := time.Time{}
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			b.add(time.Duration(rapid.IntRange(0, 400).Draw(rt, "seconds")) * time.Second)
			before := b.count(`SELECT count(*) FROM ledger WHERE action = 'account.shared-password'`)
			if rapid.IntRange(0, 4).Draw(rt, "what") == 0 {
				all = append(all, b.at(rapid.SampledFrom(networks).Draw(rt, "network"), "Safari on iPhone", auth.Own))
			} else {
				all[rapid.IntRange(0, len(all)-1).Draw(rt, "who")].who(true)
			}
			if b.count(`SELECT count(*) FROM ledger WHERE action = 'account.shared-password'`) > before {
				require.True(rt, last.IsZero() || b.now().Sub(last) >= 24*time.Hour)
				last = b.now()
				w, open := own.warned()
				require.True(rt, open)
				for _, s := range []auth.Session{w.First, w.Second} {
					require.False(rt, auth.AtHome(s.IP))
					require.LessOrEqual(rt, b.now().Sub(s.Active), 5*time.Minute)
				}
				require.NotEqual(rt, auth.NetworkForTest(w.First.IP), auth.NetworkForTest(w.Second.IP))
			}
		}
	})
}
