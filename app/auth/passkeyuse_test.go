package auth_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/auth/authtest"
	"glucokeep/app/fault"
)

// A-25, S-01: a passkey is enough to show once more who one is; the session
// goes on under a new token, and nobody else's passkey does it.
func TestStepUpByPasskey(t *testing.T) {
	b, br := keyBox(t)
	k := authtest.New(origin)
	br.add(k)
	_, err := b.auth.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{}, auth.NewAccount{Email: "ben@box.test", Name: "Ben", Password: password})
	require.NoError(t, err)
	ben := b.in("ben@box.test")
	bens := authtest.New(origin)
	ben.add(bens)
	b.add(11 * time.Minute)
	token := br.cookie.Value
	try := func(change func(asked *string, answer func(k *authtest.Key) string) string) (err error) {
		br.as(func(ctx context.Context, id auth.Identity) {
			require.False(t, id.Fresh(b.now()))
			c, askErr := b.auth.AskStepUp(ctx, id)
			require.NoError(t, askErr)
			asked := c.ID
			answer := change(&asked, func(k *authtest.Key) string { k.Count++; return k.Answer(c.Options) })
			err = b.auth.StepUpByPasskey(ctx, id, from("192.0.2.1"), asked, answer)
		})
		return err
	}
	for name, change := range map[string]func(asked *string, answer func(k *authtest.Key) string) string{
		"another's key": func(_ *string, answer func(k *authtest.Key) string) string { return answer(bens) },
		"another's key under this account": func(_ *string, answer func(k *authtest.Key) string) string {
			mixed := *bens
			mixed.Handle, mixed.ID = k.Handle, k.ID
			return answer(&mixed)
		},
		"nobody verified": func(_ *string, answer func(k *authtest.Key) string) string {
			weak := *k
			weak.Flags = authtest.Present
			return answer(&weak)
		},
		"a question of the door": func(asked *string, _ func(k *authtest.Key) string) string {
			c := b.ask("browser")
			*asked = c.ID
			return k.Answer(c.Options)
		},
		"nothing": func(*string, func(k *authtest.Key) string) string { return "" },
	} {
		require.Equal(t, fault.SignIn, fault.KindOf(try(change)), name)
	}
	require.Contains(t, b.lines(), "step-up failed")
	require.Equal(t, token, br.cookie.Value)
	require.NoError(t, try(func(_ *string, answer func(k *authtest.Key) string) string { return answer(k) }))
	require.NotEqual(t, token, br.cookie.Value)
	br.as(func(_ context.Context, id auth.Identity) { require.True(t, id.Fresh(b.now())) })
	require.Contains(t, b.lines(), "step-up ok")
}

// A passkey completes a sign-in that owes a second factor. Whoever came by a
// recovery code has forgotten their password all the same.
func TestAPasskeyCompletesAHalfSignIn(t *testing.T) {
	b, br := keyBox(t)
	k := authtest.New(origin)
	codes := br.add(k)
	complete := func(half string) *browser {
		k.Count++
		c, door := b.ask("browser"), b.browser()
		_, err := door.enter(auth.PasskeyWay{Asked: c.ID, Answer: k.Answer(c.Options), Browser: "browser", Half: half})
		require.NoError(t, err)
		_, err = b.auth.FindHalf(t.Context(), half)
		require.Equal(t, fault.NotFound, fault.KindOf(err), "it is over")
		return door
	}
	half := b.half2(anaMail)
	found, err := b.auth.FindHalf(t.Context(), half)
	require.NoError(t, err)
	require.Equal(t, auth.Ways{Passkey: true}, found.Ways)
	complete(half).as(func(_ context.Context, id auth.Identity) { require.False(t, id.Forgot) })
	b.browser().visit(func(ctx context.Context) {
		in, err := b.auth.Enter(ctx, from("192.0.2.9"), auth.Way{Email: anaMail, Recovery: codes[0]})
		require.NoError(t, err)
		half = in.Half
	})
	complete(half).as(func(_ context.Context, id auth.Identity) { require.True(t, id.Forgot) })
}

// S-02, S22: a shared computer is not known again, and rests for five minutes.
func TestAPasskeyOnASharedComputer(t *testing.T) {
	b, br := keyBox(t)
	k := authtest.New(origin)
	br.add(k)
	for use, known := range map[auth.Use]bool{auth.Shared: false, auth.Ordinary: true, auth.Own: true} {
		k.Count++
		c, door := b.ask("browser"), b.browser()
		done, err := door.enter(auth.PasskeyWay{Asked: c.ID, Answer: k.Answer(c.Options), Browser: "browser", Use: use})
		require.NoError(t, err)
		require.Equal(t, known, done.Device != "")
		door.as(func(_ context.Context, id auth.Identity) { require.Equal(t, use, id.Use) })
	}
}

// the last factor that works stays where one is demanded; without
// demand, what was switched off goes with it, and nobody is locked out.
func TestRemovingPasskeys(t *testing.T) {
	b, br := keyBox(t)
	first, second := authtest.New(origin), authtest.New(origin)
	br.add(first)
	br.add(second)
	require.NoError(t, b.auth.SetDemandsAll(t.Context(), audit.Actor{Console: true}, audit.From{}, true))
	keys := func() (out []string) {
		br.as(func(ctx context.Context, id auth.Identity) {
			list, err := b.auth.Passkeys(ctx, id)
			require.NoError(t, err)
			for _, k := range list {
				out = append(out, k.Key)
			}
		})
		return out
	}
	remove := func(key string) (err error) {
		br.as(func(ctx context.Context, id auth.Identity) {
			stays, askErr := b.auth.Stays(ctx, id, key)
			require.NoError(t, askErr)
			err = b.auth.RemoveFactor(ctx, id, from("192.0.2.1"), key)
			require.Equal(t, stays, keyOf(err) == "factor.demanded", "the page says what will happen")
		})
		return err
	}
	all := keys()
	require.Len(t, all, 2)
	other, err := b.shows(second)
	require.NoError(t, err)
	require.NoError(t, remove(all[0]))
	require.Zero(t, other.who(true), "other browsers end")
	_, err = b.shows(first)
	require.Equal(t, "passkey.refused", keyOf(err))
	require.Equal(t, "factor.demanded", keyOf(remove(all[1])))
	br.add(authtest.New(origin))
	b.sql(`UPDATE factor SET disabled_ms = 1 WHERE key = ?`, all[1])
	require.Equal(t, "factor.demanded", keyOf(remove(keys()[1])), "one that was switched off is no other")
	require.NoError(t, remove(all[1]), "it is not needed itself")
	b.sql(`UPDATE box SET value = 'free' WHERE name = 'second-factor'`)
	br.add(authtest.New(origin))
	b.sql(`UPDATE factor SET disabled_ms = 1 WHERE key = ?`, keys()[0])
	require.NoError(t, remove(keys()[1]))
	require.Empty(t, keys())
	require.Zero(t, b.count(`SELECT count(*) FROM passkey`))
	require.Zero(t, b.count(`SELECT count(*) FROM recovery_code`))
	require.NoError(t, b.browser().signIn(anaMail, password, "192.0.2.1"))
	require.Equal(t, "factor.gone", keyOf(remove(all[0])))
}

// a passkey has the name that its owner gives it, and no other gives it
// one.
func TestRenamingPasskeys(t *testing.T) {
	b, br := keyBox(t)
	br.add(authtest.New(origin))
	key := b.text(`SELECT key FROM factor`)
	_, err := b.auth.AddAccount(t.Context(), audit.Actor{Console: true}, audit.From{}, auth.NewAccount{Email: "ben@box.test", Name: "Ben", Password: password})
	require.NoError(t, err)
	rename := func(br *browser, key, name string) (err error) {
		br.as(func(ctx context.Context, id auth.Identity) {
			err = b.auth.RenameFactor(ctx, id, from("192.0.2.1"), key, name)
		})
		return err
	}
	require.NoError(t, rename(br, key, "  Küche "))
	require.Equal(t, "Küche", b.text(`SELECT name FROM factor`))
	require.Contains(t, b.lines(), "factor.renamed ok")
	require.Equal(t, "factor.name-invalid", keyOf(rename(br, key, " ")))
	require.Equal(t, "factor.name-odd", keyOf(rename(br, key, "Bad\u202e")))
	require.Equal(t, "factor.gone", keyOf(rename(br, "nothing", "x")))
	require.Equal(t, "factor.gone", keyOf(rename(b.in("ben@box.test"), key, "Mine now")))
	require.Equal(t, "Küche", b.text(`SELECT name FROM factor`))
}

// a box with passkeys is not served under another host, unless whoever
// serves it accepts that they are lost; who loses one is not locked out.
func TestAnotherHost(t *testing.T) {
	b, br := keyBox(t)
	k := authtest.New(origin)
	codes := br.add(k)
	serve := func(address string, accept bool) error {
		at, err := url.Parse(address)
		require.NoError(t, err)
		return b.auth.UsePasskeys(t.Context(), at, accept)
	}
	require.NoError(t, serve("https://box.test:8443", false), "the port is no matter")
	require.NoError(t, serve(origin, false))
	for _, other := range []string{"https://new.test", "https://a.box.test", "http://localhost:8080", "https://192.0.2.1"} {
		err := serve(other, false)
		require.Equal(t, "passkey.host-changed", keyOf(err), other)
	}
	require.NoError(t, serve(origin, false))
	_, err := b.shows(k)
	require.NoError(t, err, "nothing happened yet")
	require.NoError(t, serve("https://new.test", true))
	require.NoError(t, serve("https://new.test", false), "said once")
	require.Contains(t, b.lines(), "box.changed ok")
	k.Origin, k.RP = "https://new.test", ""
	_, err = b.shows(k)
	require.Equal(t, "passkey.refused", keyOf(err))
	require.NoError(t, b.browser().complete(b.half2(anaMail), auth.Second{Recovery: codes[0]}))
	br.as(func(ctx context.Context, id auth.Identity) {
		list, err := b.auth.Passkeys(ctx, id)
		require.NoError(t, err)
		require.True(t, list[0].HostGone && list[0].Off)
		require.Equal(t, "box.test", list[0].Host)
	})
}

// where no passkey can be, none is asked for. The names and addresses
// are those that browsers take.
func TestWherePasskeysCanBe(t *testing.T) {
	for address, can := range map[string]bool{"http://localhost:8080": true, "https://box.lan": true, "https://box.example.org:8443": true,
		"https://192.168.1.20": false, "https://[fd00::1]:8443": false, "https://box": false} {
		b := newBox(t)
		b.serveAt(address)
		require.Equal(t, can, b.auth.HasPasskeys(), address)
		_, err := b.auth.AskPasskey(from("192.0.2.1"), "browser")
		require.Equal(t, can, err == nil)
		if !can {
			require.Equal(t, "passkey.impossible", keyOf(err))
		}
	}
}

// a reset from the console takes passkeys away with all else.
func TestAResetTakesPasskeysAway(t *testing.T) {
	b, br := keyBox(t)
	k := authtest.New(origin)
	br.add(k)
	path, err := b.auth.MakeReset(t.Context(), audit.Actor{Console: true}, anaMail)
	require.NoError(t, err)
	require.NoError(t, b.auth.UseReset(t.Context(), from("192.0.2.1"), path[len("/reset/"):], "nine calm otters drift by"))
	_, err = b.shows(k)
	require.Equal(t, "passkey.refused", keyOf(err))
	require.Zero(t, b.count(`SELECT count(*) FROM passkey`))
}
