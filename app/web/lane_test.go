package web_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// from has a browser come from an address of the loopback network.
func (br *browser) from(ip string, path string, pairs ...string) answer {
	br.Helper()
	mine := &http.Client{CheckRedirect: client.CheckRedirect, Timeout: 2 * time.Minute,
		Transport: &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}).DialContext}}
	r := br.request(http.MethodPost, path, strings.NewReader(form(pairs...).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range br.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := mine.Do(r)
	require.NoError(br, err)
	require.NoError(br, res.Body.Close())
	for _, c := range res.Cookies() {
		br.cookies[c.Name] = c.Value
	}
	return answer{status: res.StatusCode, header: res.Header, cookies: res.Cookies()}
}

// ten thousand failures arrive over the wire from two thousand addresses,
// at Ana's account and at others, while she signs in from the device that is
// known, again and again.
func TestTenThousandFailuresAtTheDoor(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	require.Equal(t, see, ana.post("/signout").status)
	var refused, waits, other atomic.Int64
	var wg sync.WaitGroup
	guessers, each := 20, 500
	if raced {
		each = 50
	}
	for g := range guessers {
		wg.Go(func() {
			thief := b.browser()
			for n := range each {
				email := "ana@box.test"
				if n%10 == 0 {
					email = fmt.Sprintf("%d.%d@box.test", g, n)
				}
				switch thief.from(fmt.Sprintf("127.1.%d.%d", g, 1+n/5), "/signin", "email", email, "password", "nine calm otters guess").status {
				case http.StatusUnauthorized:
					refused.Add(1)
				case http.StatusTooManyRequests:
					waits.Add(1)
				default:
					other.Add(1)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	times, longest := 0, time.Duration(0)
	for open := true; open; times++ {
		began := time.Now()
		require.Equal(t, see, ana.post("/signin", "email", "ana@box.test", "password", password).status)
		longest = max(longest, time.Since(began))
		require.True(t, ana.in())
		require.Equal(t, see, ana.post("/signout").status)
		select {
		case <-done:
			open = false
		default:
		}
	}
	require.EqualValues(t, guessers*each, refused.Load()+waits.Load(), "%d others", other.Load())
	require.Positive(t, refused.Load())
	require.Equal(t, http.StatusTooManyRequests, b.browser().from("127.2.0.1", "/signin", "email", "ana@box.test", "password", password).status, "elsewhere it waits")
	t.Logf("%d guesses were looked at, %d had to wait; Ana signed in %d times meanwhile, the longest took %s", refused.Load(), waits.Load(), times, longest)
}

// wrong codes of somebody who knows the password close no session,
// no known device and no known network; where they close, the page says what
// opens, and for how long in words.
func TestWrongCodesOfAThief(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	codes := ana.enrols()
	require.Equal(t, see, ana.half(ana.copy()).status)
	thief := func(n int) *browser {
		br := b.browser()
		require.Equal(t, "/signin/code", br.from(fmt.Sprintf("127.3.0.%d", n), "/signin", "email", "ana@box.test", "password", password).location())
		return br
	}
	for n := range 5 {
		require.Equal(t, http.StatusUnauthorized, thief(n+1).from("127.3.0.1", "/signin/code", "code", "000000").status)
	}
	br := thief(9)
	require.Equal(t, http.StatusTooManyRequests, br.from("127.3.0.9", "/signin/code", "code", ana.code()).status)
	require.Equal(t, see, ana.post("/security/confirm", "password", password, "code", ana.code()).status, "a session")
	require.Equal(t, see, ana.post("/signout").status)
	require.Equal(t, "/signin/code", ana.post("/signin", "email", "ana@box.test", "password", password).location())
	require.Equal(t, "/", ana.post("/signin/code", "code", ana.code()).location(), "a device that is known")
	fresh := b.browser()
	ana.half(fresh)
	require.Equal(t, "/", fresh.post("/signin/code", "code", ana.code()).location(), "a device at home")

	b.sql(`DELETE FROM known_network`)
	stranger := b.browser()
	ana.half(stranger)
	b.sql(`UPDATE throttle SET until_ms = ? WHERE bucket GLOB 'code * stranger'`, time.Now().Add(5*time.Minute-10*time.Second).UnixMilli())
	a := stranger.post("/signin/code", "code", ana.code())
	require.Equal(t, http.StatusTooManyRequests, a.status)
	require.Contains(t, words(a.body), "There were too many attempts. Try again in 5 minutes.")
	require.NotEmpty(t, a.header.Get("Retry-After"))
	r := stranger.request(http.MethodPost, "/signin/code", strings.NewReader("code=000000"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "de")
	require.Contains(t, words(stranger.send(r).body), "Versuchen Sie es in 5 Minuten noch einmal.")
	b.sql(`UPDATE throttle SET until_ms = 0, streak = 20, last_ms = ? WHERE bucket GLOB 'codes * stranger'`, time.Now().UnixMilli())
	b.sql(`UPDATE throttle SET until_ms = 0`)
	a = stranger.post("/signin/code", "code", ana.code())
	require.Equal(t, http.StatusTooManyRequests, a.status)
	require.Contains(t, words(a.body), "Use a recovery code.")
	require.Contains(t, words(a.body), "glucokeep account reset")
	require.NotContains(t, words(a.body), "account password")
	require.Equal(t, see, stranger.post("/signin/code", "recovery", codes[0]).status)
}

// S6: a burst of failed sign-ins is one mail a day, and a device that is known
// goes on meanwhile.
func TestManyFailuresAreOneMail(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	require.Equal(t, see, ana.post("/box/mail", mailForm()...).status)
	b.account("Ben")
	guess := func(times int) {
		for range times {
			b.sql(`UPDATE throttle SET until_ms = 0`)
			require.Equal(t, http.StatusUnauthorized, b.browser().from("127.5.0.1", "/signin", "email", "ana@box.test", "password", "wrong").status)
		}
	}
	guess(9)
	require.Zero(t, b.mails("many-failures"), "people mistype")
	guess(1)
	require.Equal(t, 1, b.mails("many-failures"))
	guess(12)
	require.Equal(t, 1, b.mails("many-failures"), "not one a try")
	require.Equal(t, see, ana.post("/signin", "email", "ana@box.test", "password", password).status)
	b.sql(`UPDATE mail SET created_ms = created_ms - 90000000`)
	guess(12)
	require.Equal(t, 2, b.mails("many-failures"), "one a day")
	require.Equal(t, 2, b.count(`SELECT count(*) FROM mail WHERE address = 'ana@box.test' AND kind = 'many-failures'`))
	for range 12 {
		b.sql(`UPDATE throttle SET until_ms = 0`)
		b.browser().from("127.5.0.2", "/signin", "email", "nobody@box.test", "password", "wrong")
	}
	require.Equal(t, 2, b.mails("many-failures"), "nobody is written to about nobody")
}

// that somebody knew the password and had no code is one mail a day: of a
// stranger's at once, where the account is at home when it can hardly be a slip.
func TestARightPasswordAndAWrongCodeIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		ip    string
		wrong int
		field string
	}{"a stranger": {"127.6.0.1", 1, "code"}, "a stranger's recovery code": {"127.6.0.1", 1, "recovery"}, "at home": {"127.0.0.1", 3, "code"}} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			ana := b.owner("Ana", "Mila")
			require.Equal(t, see, ana.post("/box/mail", mailForm()...).status)
			ana.enrols()
			br := b.browser()
			br.from(c.ip, "/signin", "email", "ana@box.test", "password", password)
			for n := range c.wrong + 1 {
				want := 0
				if n >= c.wrong {
					want = 1
				}
				require.Equal(t, want, b.mails("password-known"), n)
				require.Equal(t, http.StatusUnauthorized, br.from(c.ip, "/signin/code", c.field, "000000").status)
			}
			require.Equal(t, 1, b.mails("password-known"))
			b.sql(`UPDATE mail SET created_ms = created_ms - 90000000`)
			require.Equal(t, http.StatusUnauthorized, br.from(c.ip, "/signin/code", c.field, "000000").status)
			require.Equal(t, 2, b.mails("password-known"), "one a day")
			require.Zero(t, b.mails("new-device"))
		})
	}
}

// a device that was forgotten is told about like any other; the one that did
// what had it forgotten is not.
func TestAForgottenDeviceIsToldAbout(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	require.Equal(t, see, ana.post("/box/mail", mailForm()...).status)
	stolen := ana.copy()
	require.Equal(t, see, ana.post("/security/not-me").status)
	require.Equal(t, see, stolen.post("/signin", "email", "ana@box.test", "password", password).status)
	require.Equal(t, 1, b.mails("new-device"), "this was not me")
	require.Equal(t, see, ana.post("/signin", "email", "ana@box.test", "password", password).status)
	require.Equal(t, 1, b.mails("new-device"), "but this is")
	stolen = ana.copy()
	require.Equal(t, see, ana.post("/security/password", "current", password, "new", better, "again", better).status)
	for want, br := range []*browser{ana, stolen} {
		require.Equal(t, see, br.post("/signin", "email", "ana@box.test", "password", better).status)
		require.Equal(t, 1+want, b.mails("new-device"))
	}
	shared := b.browser()
	shared.post("/signin", "email", "ana@box.test", "password", better, "use", "shared")
	require.Nil(t, shared.post("/security/sessions", "session", "others").cookie("gkd"), "a shared computer is never known")
}

// S47: the list of sign-ins says how, and how often.
func TestHowSignInsAreListed(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	codes := ana.enrols()
	br := b.browser()
	ana.half(br)
	br.post("/signin/code", "code", ana.code(), "remember", "yes")
	br.post("/signout")
	ana.half(br)
	br = b.browser()
	ana.half(br)
	br.post("/signin/code", "recovery", codes[0])
	lost := b.browser()
	lost.post("/signin/recover", "email", "ana@box.test", "recovery", codes[1])
	lost.post("/signin/code", "code", ana.code())
	b.browser().post("/signin/recover", "email", "ana@box.test", "recovery", "x")
	for range 3 {
		b.browser().post("/signin", "email", "ana@box.test", "password", "wrong")
	}
	ana.post("/security/confirm", "password", "wrong", "code", "000000")
	ana.post("/security/confirm", "password", password, "code", "000000")
	text := words(ana.page("/security"))
	_, text, _ = strings.Cut(text, "Sign-ins of the last 90 days")
	for _, want := range []string{"While signed in: wrong password or code · 2 times", "Wrong password · 3 times", "Wrong recovery code in place of the password",
		"Signed in with a recovery code in place of the password, and app", "Signed in with the password and a recovery code",
		"Signed in with the password, in a remembered browser", "Signed in with password and app", "Second factor added", "Signed in with the password"} {
		before, after, found := strings.Cut(text, want)
		require.True(t, found, "%s: in %s", want, text)
		require.NotContains(t, before, "Signed in with the password Unknown")
		text = after
	}
	b.sql(`UPDATE account SET lang = 'de'`)
	require.Contains(t, words(ana.page("/security")), "Falsches Passwort · 3-mal")
}

// Who is signed in and comes back to somebody else's page for a code is told
// so; their own leads home.
func TestTheCodePageOfSomebodyElse(t *testing.T) {
	b := newBox(t)
	ben := b.owner("Ben", "Jon")
	ben.enrols()
	ana := b.owner("Ana", "Mila")
	b.sql(`UPDATE account SET name = 'Ana <b>' WHERE name = 'Ana'`)
	ana.post("/signin", "email", "ben@box.test", "password", password)
	a := ana.get("/signin/code")
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, words(a.body), "you are signed in as Ana <b>.")
	require.NotContains(t, a.body, "ben@box.test")
	require.Contains(t, a.body, `action="/signout"`)
	require.True(t, ana.in(), "nothing was changed")

	require.Equal(t, see, ana.post("/signout").status)
	require.Equal(t, ok, ana.get("/signin/code").status, "now it is Ben's turn")
	ana.post("/signin/code", "code", ben.code())
	require.Equal(t, "/", ana.get("/signin/code").location())
	ben.post("/signin", "email", "ben@box.test", "password", password)
	require.Equal(t, "/", ben.get("/signin/code").location(), "their own")
}
