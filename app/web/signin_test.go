package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// unknown address, wrong password and disabled account look the same:
// status, headers, length, and the page but for what was typed.
func TestEveryRefusalLooksTheSame(t *testing.T) {
	b := newBox(t)
	b.account("Ana")
	b.account("Ben")
	b.sql(`UPDATE account SET disabled_ms = 1 WHERE name = 'Ben'`)
	type look struct {
		status int
		length string
		header string
		body   string
	}
	var first *look
	for _, try := range [][2]string{{"ana@box.test", "wrong password here"}, {"xyz@box.test", "wrong password here"}, {"xyz@box.test", password},
		{"ben@box.test", password}, {"ben@box.test", "wrong password here"}, {"ana@box.test", strings.Repeat("x", 2000)}} {
		a := b.browser().post("/signin", "email", try[0], "password", try[1])
		a.header.Del("Date")
		a.header.Del("Content-Security-Policy")
		got := &look{a.status, a.header.Get("Content-Length"), fmt.Sprint(a.header),
			strings.ReplaceAll(anyNonce.ReplaceAllString(a.body, ""), try[0], "")}
		require.Equal(t, http.StatusUnauthorized, got.status)
		require.NotContains(t, a.body, try[1], "a password never comes back")
		require.Empty(t, a.cookies)
		if first == nil {
			first = got
			continue
		}
		require.Equal(t, first, got, try[0])
	}
}

// waiting is told to people and programs, and survives a restart
// (auth_test); a known device signs in meanwhile.
func TestWaiting(t *testing.T) {
	b := newBox(t)
	home := b.owner("Ana", "Mila")
	require.Equal(t, see, home.post("/signout").status)
	require.NotEmpty(t, home.cookies["gkd"], "the device stays known after signing out")
	wrong := func() answer { return b.browser().post("/signin", "email", "ana@box.test", "password", "wrong") }
	for range 6 {
		require.Equal(t, http.StatusUnauthorized, wrong().status)
	}
	b.waitLonger()
	a := wrong()
	require.Equal(t, http.StatusTooManyRequests, a.status)
	seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
	require.NoError(t, err)
	require.Positive(t, seconds)
	require.Equal(t, see, home.post("/signin", "email", "ana@box.test", "password", password).status)
}

// waitLonger makes waits of a second long enough for a slow machine.
func (b *box) waitLonger() {
	b.Helper()
	b.sql(`UPDATE throttle SET until_ms = until_ms + 600000 WHERE until_ms > 0`)
}

// §0 trap 3: the cookies, over http and https.
func TestCookies(t *testing.T) {
	for scheme, name := range map[string]string{"http": "gk", "https": "__Host-gk"} {
		t.Run(scheme, func(t *testing.T) {
			b := newBoxAt(t, scheme)
			b.account("Ana")
			a := b.browser().post("/signin", "email", "ana@box.test", "password", password)
			require.Equal(t, see, a.status)
			require.Len(t, a.cookies, 2)
			c := a.cookie(name)
			require.NotNil(t, c)
			require.Equal(t, scheme == "https", c.Secure)
			require.True(t, c.HttpOnly)
			require.Equal(t, http.SameSiteLaxMode, c.SameSite)
			require.Equal(t, "/", c.Path)
			require.Empty(t, c.Domain)
			require.Zero(t, c.MaxAge)
			d := a.cookie("gkd")
			require.NotNil(t, d)
			require.Equal(t, scheme == "https", d.Secure)
			require.True(t, d.HttpOnly)
			require.Equal(t, http.SameSiteLaxMode, d.SameSite)
			require.Equal(t, "/signin", d.Path, "it goes nowhere else")
			require.Empty(t, b.browser().get("/signin").cookies, "nobody gets a session before signing in")
		})
	}
}

// S-04: signing out ends the session on the server and clears the browser.
func TestSignOut(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	other := b.browser()
	other.person = ana.person
	other.signIn("Ana")
	thief := ana.copy()
	a := ana.post("/signout")
	require.Equal(t, see, a.status)
	require.Equal(t, "sign-out ok", b.lines()[len(b.lines())-1], "L-01")
	require.Equal(t, `"cache", "storage"`, a.header.Get("Clear-Site-Data"))
	require.NotNil(t, a.cookie("gk"))
	require.Negative(t, a.cookie("gk").MaxAge)
	require.Equal(t, see, thief.get(thief.at("")).status, "the old token is dead")
	require.Equal(t, ok, other.get(other.at("")).status, "another device's is not")
	require.Equal(t, see, thief.post("/signout").status, "twice is no mistake")
}

// S-02, trap 2: a session left alone ends; what a page does by itself does not
// keep it awake.
func TestIdleSessions(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	age := func(minutes int) { b.sql(`UPDATE credential SET active_ms = active_ms - ? * 60000`, minutes) }
	age(14)
	require.Equal(t, ok, ana.get(ana.at("")).status)
	age(14)
	require.Equal(t, ok, ana.get(ana.at("")).status, "an act keeps it awake")
	age(10)
	r := ana.request(http.MethodGet, ana.at(""), nil)
	r.Header.Set("Gk-Auto", "1")
	require.Equal(t, ok, ana.send(r).status)
	require.Equal(t, ok, ana.get(ana.at("?auto=1")).status)
	ana.stream("").close()
	require.Equal(t, ok, ana.get("/healthz").status)
	age(6)
	a := ana.get(ana.at(""))
	require.Equal(t, see, a.status, "neither a page that reloads itself nor a probe is an act")
	require.Equal(t, see, ana.get(ana.at("")).status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM credential WHERE ended_ms IS NOT NULL`))
}

// S-02: no act carries a session over its absolute end.
func TestSessionsEndAbsolutely(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	require.InDelta(t, 12*3600*1000, b.count(`SELECT expires_ms - created_ms FROM credential`), 5000)
	b.sql(`UPDATE credential SET expires_ms = created_ms`)
	require.Equal(t, see, ana.get(ana.at("")).status)
}

// S-05: what ends the account's credentials is felt at the next request.
func TestEndedAccounts(t *testing.T) {
	for name, statement := range map[string]string{
		"a new epoch": `UPDATE account SET epoch = epoch + 1`, "a disabled account": `UPDATE account SET disabled_ms = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			ana := b.owner("Ana", "Mila")
			require.Equal(t, ok, ana.get(ana.at("")).status)
			b.sql(statement)
			require.Equal(t, see, ana.get(ana.at("")).status)
		})
	}
}

// Z-02: so is the end of a grant, by the clock of the pages.
func TestEndedGrants(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	b.sql(`UPDATE grant SET until_ms = ?`, b.now().UnixMilli()+3600_000)
	require.Equal(t, ok, ana.get(ana.at("")).status)
	b.mu.Lock()
	b.ahead = 3601e9
	b.mu.Unlock()
	require.Equal(t, unknown, ana.get(ana.at("")).status)
	require.Equal(t, ok, ana.get("/").status, "nobody is left to see")
	b.sql(`UPDATE grant SET until_ms = NULL, revoked_ms = 1`)
	require.Equal(t, unknown, ana.get(ana.at("")).status)
}

// S-01: signing in over a planted session gives a new one.
func TestFixation(t *testing.T) {
	b := newBox(t)
	mallory := b.owner("Mallory", "Jon")
	b.account("Ana")
	victim := b.browser()
	victim.cookies["gk"] = mallory.cookies["gk"]
	a := victim.post("/signin", "email", "ana@box.test", "password", password)
	require.Equal(t, see, a.status)
	require.NotEqual(t, mallory.cookies["gk"], victim.cookies["gk"])
	require.Contains(t, victim.page("/preferences"), "Ana")
	require.Equal(t, see, mallory.get("/preferences").status, "the planted token is dead, not Ana's")
}

// setUpForm is a set-up that fits, with changes.
func setUpForm(code string, changes ...string) []string {
	f := form("code", code, "name", "Ana", "email", "ana@box.test", "password", password, "person", "Mila", "zone", "Europe/Berlin", "unit", "mmol/L")
	for i := 0; i < len(changes); i += 2 {
		f.Set(changes[i], changes[i+1])
	}
	var out []string
	for name, values := range f {
		out = append(out, name, values[0])
	}
	return out
}

// the first account, over the pages.
func TestSetUp(t *testing.T) {
	b := newBox(t)
	br := b.browser()
	require.Equal(t, "/setup", br.get("/signin").location(), "a new box leads to its set-up")
	require.Contains(t, br.page("/setup"), `name="code"`)
	code, err := b.auth.NewSetupCode(t.Context())
	require.NoError(t, err)
	for name, c := range map[string]struct {
		changes []string
		want    int
	}{
		"a wrong code":             {[]string{"code", "AAAA-AAAA-AAAA-AAAA"}, http.StatusForbidden},
		"no code":                  {[]string{"code", ""}, http.StatusForbidden},
		"no name":                  {[]string{"name", ""}, unusable},
		"no address":               {[]string{"email", "ana"}, unusable},
		"a short password":         {[]string{"password", "short"}, unusable},
		"a password of one's name": {[]string{"password", "ana@box.test ana@box.test"}, unusable},
		"nobody to keep":           {[]string{"person", " "}, unusable},
		"a zone that is none":      {[]string{"zone", "../etc/passwd"}, unusable},
		"a unit that is none":      {[]string{"unit", "mol"}, unusable},
	} {
		t.Run(name, func(t *testing.T) {
			a := br.post("/setup", setUpForm(code, c.changes...)...)
			require.Equal(t, c.want, a.status, a.body)
			require.NotContains(t, a.body, password)
			require.Zero(t, b.count(`SELECT count(*) FROM account`)+b.count(`SELECT count(*) FROM person`))
			require.Contains(t, a.body, `class="problem`)
		})
	}
	a := br.post("/setup", setUpForm(code)...)
	require.Equal(t, see, a.status, a.body)
	require.Equal(t, "/", a.location())
	require.Equal(t, []string{"account.added account ok", "set-up ok", "person.added ok", "grant.added ok", "sign-in ok"}, b.lines()[len(b.lines())-5:], "L-01")
	require.True(t, strings.HasPrefix(br.get("/").location(), "/people/"))

	for _, again := range []*browser{b.browser(), br} {
		require.Equal(t, "/signin", again.get("/setup").location())
		require.Equal(t, "/signin", again.post("/setup", setUpForm(code, "email", "mallory@box.test")...).location())
	}
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account`))
}

// guesses of the code wait like others.
func TestSetUpGuesses(t *testing.T) {
	b := newBox(t)
	_, err := b.auth.NewSetupCode(t.Context())
	require.NoError(t, err)
	for range 11 {
		require.Equal(t, http.StatusForbidden, b.browser().post("/setup", setUpForm("AAAA-AAAA-AAAA-AAAA")...).status)
	}
	b.waitLonger()
	a := b.browser().post("/setup", setUpForm("AAAA-AAAA-AAAA-AAAA")...)
	require.Equal(t, http.StatusTooManyRequests, a.status)
	require.NotEmpty(t, a.header.Get("Retry-After"))
}

// fifty at once, over the pages: one wins.
func TestFiftySetUpsAtOnce(t *testing.T) {
	b := newBox(t)
	code, err := b.auth.NewSetupCode(t.Context())
	require.NoError(t, err)
	statuses := make([]int, 50)
	won := make([]bool, 50)
	var wg sync.WaitGroup
	for i := range statuses {
		wg.Go(func() {
			a := b.browser().post("/setup", setUpForm(code, "email", fmt.Sprintf("a%d@box.test", i))...)
			statuses[i], won[i] = a.status, a.status == see && a.location() == "/"
		})
	}
	wg.Wait()
	wins := 0
	for i, s := range statuses {
		require.Contains(t, []int{see, http.StatusConflict, http.StatusTooManyRequests}, s)
		if won[i] {
			wins++
		}
	}
	require.Equal(t, 1, wins)
	for _, table := range []string{"account", "person", "grant", "credential"} {
		require.Equal(t, 1, b.count(`SELECT count(*) FROM `+table), table)
	}
}

// What a person prefers is theirs alone, and one of the choices.
func TestPreferences(t *testing.T) {
	b := newBox(t)
	ben, ana := b.owner("Ben", "Jon"), b.owner("Ana", "Mila") // the first manages the box
	for _, bad := range [][]string{{"language", "xx", "unit", "mg/dL", "clock", "24"}, {"language", "de", "unit", "stones", "clock", "24"},
		{"language", "de", "unit", "mg/dL", "clock", "25"}, {"language", "de"}} {
		require.Equal(t, unusable, ana.post("/preferences", bad...).status)
	}
	// Z-07: a form binds what it is for and nothing else.
	a := ana.post("/preferences", "language", "de", "unit", "mmol/L", "clock", "12", "admin", "1", "account", "2", "role", "owner", "email", "x@y.test")
	require.Equal(t, see, a.status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE lang = 'de' AND unit = 'mmol/L' AND clock = '12' AND admin = 0 AND email = 'ana@box.test'`))
	require.Contains(t, ana.page("/preferences"), `lang="de"`)
	require.Contains(t, ben.page("/preferences"), `lang="en"`)
	require.True(t, slices.Contains(b.lines(), "account.preferences ok"), "L-01")
}
