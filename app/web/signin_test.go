package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// unknown address, wrong password, an account that is disabled or not
// confirmed look the same: status, headers, length, and the page but for what
// was typed; and so they do when they have to wait, or failed too often.
func TestEveryRefusalLooksTheSame(t *testing.T) {
	b := newBox(t)
	b.account("Ana")
	b.account("Ben")
	b.account("Cem")
	b.sql(`UPDATE account SET disabled_ms = 1 WHERE name = 'Ben'`)
	b.sql(`UPDATE account SET confirmed_ms = 1 WHERE name <> 'Cem'`)
	type look struct {
		status int
		length string
		header string
		body   string
	}
	looks := func(a answer, typed [2]string) *look {
		a.header.Del("Date")
		a.header.Del("Content-Security-Policy")
		require.NotContains(t, a.body, typed[1], "a password never comes back")
		require.Empty(t, a.cookies)
		return &look{a.status, a.header.Get("Content-Length"), fmt.Sprint(a.header), strings.ReplaceAll(anyNonce.ReplaceAllString(a.body, ""), typed[0], "")}
	}
	var first *look
	for _, try := range [][2]string{{"cem@box.test", "wrong password here"}, {"ana@box.test", "wrong password here"}, {"xyz@box.test", "wrong password here"}, {"xyz@box.test", password},
		{"ben@box.test", password}, {"ben@box.test", "wrong password here"}, {"ana@box.test", strings.Repeat("x", 2000)}} {
		a := b.browser().post("/signin", "email", try[0], "password", try[1])
		got := looks(a, try)
		require.Equal(t, http.StatusUnauthorized, got.status)
		if first == nil {
			first = got
			continue
		}
		require.Equal(t, first, got, try[0])
	}
	for state, statement := range map[string]string{
		"waiting": `UPDATE throttle SET until_ms = (unixepoch() + 590) * 1000`, "spent": `UPDATE throttle SET streak = 100, until_ms = 0 WHERE bucket GLOB 'account *'`} {
		first = nil
		for _, email := range []string{"ana@box.test", "xyz@box.test", "ben@box.test", "cem@box.test"} {
			b.sql(`DELETE FROM throttle`)
			require.Equal(t, http.StatusUnauthorized, b.browser().post("/signin", "email", email, "password", "wrong").status)
			b.sql(statement)
			got := looks(b.browser().post("/signin", "email", email, "password", "another wrong one"), [2]string{email, "another wrong one"})
			require.Equal(t, http.StatusTooManyRequests, got.status)
			got.header = retries.ReplaceAllString(got.header, "")
			if first == nil {
				first = got
			}
			require.Equal(t, first, got, "%s: %s", state, email)
		}
	}
}

var retries = regexp.MustCompile(`Retry-After:\[\d+\]`) // a second may pass between two

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

// S8, §0 trap 3: the cookies, over http and https.
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

// What a person prefers is theirs alone, and one of the choices.
func TestPreferences(t *testing.T) {
	b := newBox(t)
	ben, ana := b.owner("Ben", "Jon"), b.owner("Ana", "Mila") // the first manages the box
	for _, bad := range [][]string{{"language", "xx", "unit", "mg/dL", "clock", "24", "theme", "system"}, {"language", "de", "unit", "stones", "clock", "24", "theme", "system"},
		{"language", "de", "unit", "mg/dL", "clock", "25", "theme", "system"}, {"language", "de"}} {
		require.Equal(t, unusable, ana.post("/preferences", bad...).status)
	}
	// Z-07: a form binds what it is for and nothing else.
	a := ana.post("/preferences", "language", "de", "unit", "mmol/L", "clock", "12", "theme", "system", "admin", "1", "account", "2", "role", "owner", "email", "x@y.test")
	require.Equal(t, see, a.status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE lang = 'de' AND unit = 'mmol/L' AND clock = '12' AND admin = 0 AND email = 'ana@box.test'`))
	require.Contains(t, ana.page("/preferences"), `lang="de"`)
	require.Contains(t, ben.page("/preferences"), `lang="en"`)
	require.True(t, slices.Contains(b.lines(), "account.preferences ok"), "L-01")
}

// Whoever reads everybody's values in that person's unit keeps doing so when
// another preference is saved, and can come back to it.
func TestTheUnitOfEachPerson(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	b.sql(`UPDATE person SET unit = 'mmol/L' WHERE id = ?`, ana.person.ID)
	b.reading(ana.person, time.Now(), 90)
	look := func(theme string) []string {
		unit := regexp.MustCompile(`name="unit" value="([^"]*)" checked`).FindStringSubmatch(ana.page("/preferences"))
		require.NotNil(t, unit, "a choice is ticked")
		return []string{"language", "en", "clock", "24", "theme", theme, "unit", unit[1]}
	}
	require.Equal(t, see, ana.post("/preferences", look("dark")...).status)
	require.Contains(t, ana.page(ana.at("")), "mmol/L")
	require.Equal(t, see, ana.post("/preferences", "language", "en", "clock", "24", "theme", "dark", "unit", "mg/dL").status)
	require.NotContains(t, ana.page(ana.at("")), "mmol/L")
	require.Equal(t, see, ana.post("/preferences", "language", "en", "clock", "24", "theme", "dark", "unit", "person").status)
	require.Contains(t, ana.page(ana.at("")), "mmol/L", "and back")
}
