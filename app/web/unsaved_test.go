package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/store"
)

// idles leaves all sessions alone for longer than they last.
func (b *box) idles() {
	b.Helper()
	b.sql(`UPDATE credential SET active_ms = active_ms - 16 * 60000 WHERE ended_ms IS NULL`)
}

// again signs in in the same browser and opens the page that it is led to.
func (br *browser) again(name string, a answer) string {
	br.Helper()
	to, err := url.Parse(a.location())
	require.NoError(br, err)
	require.Equal(br, "/signin", to.Path)
	br.signIn(name)
	return br.page(to.Query().Get("next"))
}

// S-02: what somebody typed until the session ended is not lost, and is said
// not to be saved.
func TestAFormOutlivesItsSession(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	key := store.NewKey()
	dose := []string{"key", key, "kind", "dose", "insulin", "rapid", "units", "4.5", "text", "before <b>lunch</b>"}
	b.idles()
	sent := time.Now().In(berlin(t))
	a := ana.post(ana.at("/log"), dose...)
	require.Equal(t, see, a.status)
	require.Contains(t, said(ana.page(a.location())), "What you just sent was not saved, because you were signed out. Sign in within 30 minutes")
	b.ahead = 10 * time.Minute
	body := ana.again("Ana", a)
	require.Contains(t, said(body), "Not saved yet")
	f := fields(body)
	require.Equal(t, []string{key, "dose", "rapid", "4.5", "before <b>lunch</b>"}, []string{f.Get("key"), f.Get("kind"), f.Get("insulin"), f.Get("units"), f.Get("text")})
	require.Contains(t, []string{sent.Format("15:04"), sent.Add(time.Minute).Format("15:04")}, f.Get("time"), "the dose was given when it was sent, not ten minutes later")
	require.Zero(t, b.count(`SELECT count(*) FROM dose`))
	require.Empty(t, fields(ana.page(ana.at("/log"))).Get("units"), "once")
	require.Equal(t, see, ana.resend(f, ana.at("/log")).status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM dose`))

	entry := ana.at("/log/entries/" + key)
	change := fields(ana.page(entry))
	b.idles()
	body = ana.again("Ana", ana.resend(change, entry, "units", "5"))
	require.Equal(t, "5", fields(body).Get("units"), "a change of an entry too")
	require.Equal(t, see, ana.resend(fields(body), entry).status)

	for path, typed := range map[string][]string{"/preferences": {"theme", "bedside"}, "/setup/person": {"person", "Otto Outlived"}, ana.at("/settings"): {"name", "Mila Outlived"}} {
		b.idles()
		body = ana.again("Ana", ana.post(path, typed...))
		require.Regexp(t, `value="`+typed[1]+`"`, body, path)
		require.Contains(t, said(body), "Not saved yet", path)
	}
}

// What was typed is health data: no other account, no other browser and no
// later hour shows it.
func TestAFormOutlivesItsSessionForItsAccountAlone(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ben := b.account("Ben")
	b.sql(`INSERT INTO grant (key, person, account, role, from_ms, created_ms) SELECT 'x' || key, person, ?, role, from_ms, created_ms FROM grant LIMIT 1`, ben)
	loses := func() answer {
		b.idles()
		a := ana.post(ana.at("/log"), "key", store.NewKey(), "kind", "note", "text", "a secret of Ana")
		require.Contains(t, a.location(), "unsaved=kept")
		c := a.cookie("gkf")
		require.True(t, c.HttpOnly)
		require.Equal(t, http.SameSiteStrictMode, c.SameSite)
		return a
	}
	secret := func(page string) { t.Helper(); require.NotContains(t, page, "a secret of Ana") }

	a := loses()
	require.NotContains(t, a.location(), "secret")
	secret(ana.page(a.location()))
	secret(ana.again("Ben", a))
	ana.post("/signout")
	secret(ana.again("Ana", a)) // nor later, once another was at this browser

	a = loses()
	other := b.browser()
	secret(other.again("Ana", a))
	ana.again("Ana", a)

	a = loses()
	b.ahead = 31 * time.Minute
	secret(ana.again("Ana", a))
	b.ahead = 0

	stranger := b.browser()
	stranger.cookies["gk"] = "nobody's"
	a = stranger.post(ana.at("/log"), "kind", "note", "text", "planted")
	require.Contains(t, a.location(), "unsaved=lost")
	require.Nil(t, a.cookie("gkf"), "nothing is kept for who was nobody")
	require.Contains(t, said(stranger.page(a.location())), "What you just sent was not saved")
	require.NotContains(t, b.logs.String(), "secret")
}

// The way back leads to the page of the form, also of one that is not kept.
func TestTheWayBackToAForm(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for path, page := range map[string]string{
		ana.at("/log/entries/abc/remove"): ana.at("/log/entries/abc"), ana.at("/imports/abc/undo"): ana.at("/imports/abc/undo"),
		ana.at("/incoming/abc/cancel"): ana.at("/incoming/abc"), "/box/check": "/box", "/setup/data": "/setup/data", "/signout": "",
	} {
		b.idles()
		to, err := url.Parse(ana.post(path).location())
		require.NoError(t, err)
		require.Equal(t, page, to.Query().Get("next"), path)
		require.Equal(t, path != "/signout", to.Query().Has("unsaved"), path)
	}
}

// nothing typed is lost when somebody must show first who they are, but
// secrets, which are kept nowhere and asked for again.
func TestAFormOutlivesAStepUp(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for path, c := range map[string]struct {
		typed []string
		want  []string // in the page that it leads back to
	}{
		"/box":                 {[]string{"name", "Herons & <Co>", "zone", "Europe/Berlin", "unit", "mmol/L"}, []string{`value="Herons &amp; &lt;Co&gt;"`, `value="mmol/L" checked`}},
		"/preferences/phrase":  {[]string{"phrase", "nine herons typed"}, []string{`value="nine herons typed"`}},
		"/preferences/address": {[]string{"email", "typed@box.test"}, []string{`value="typed@box.test"`}},
		"/security/app":        {[]string{"name", "Typed phone"}, []string{`value="Typed phone"`}},
		"/box/mail": {mailForm("sender", "typed@box.test", "password", "servercanary"), []string{`value="typed@box.test"`,
			"This was not kept, so that nobody finds it. Enter it again."}},
	} {
		t.Run(path, func(t *testing.T) {
			ana.grows(11 * time.Minute)
			before := len(b.lines())
			a := ana.post(path, c.typed...)
			require.Equal(t, see, a.status)
			to, err := url.Parse(a.location())
			require.NoError(t, err)
			require.Equal(t, "/security/confirm", to.Path)
			require.Equal(t, before, len(b.lines()), "nothing happened")
			a = ana.post("/security/confirm", "password", password, "next", to.Query().Get("next"))
			page := ana.page(a.location())
			for _, want := range append(c.want, "Not saved yet. Look it over and send it again.") {
				require.Contains(t, page, want)
			}
			require.NotContains(t, page, "servercanary")
			again := ana.page(a.location())
			require.NotContains(t, again, "Not saved yet", "once")
			require.Equal(t, see, ana.post(path, c.typed...).status)
		})
	}
	ana.grows(11 * time.Minute)
	require.Nil(t, ana.post("/box/mail", "do", "forget").cookie("gkf"), "nothing was typed")
	require.Nil(t, ana.post("/security/password", "current", password, "password", "x").cookie("gkf"), "but secrets")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM box WHERE name = 'mail'`))
}
