package web_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/web"
)

var (
	manualKey    = regexp.MustCompile(`<code translate="no">([A-Z2-7 ]+)</code>`)
	recoveryCode = regexp.MustCompile(`<code>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</code>`)
	sessionKey   = regexp.MustCompile(`name="session" value="([0-9a-f]{32})"`)
)

// totp is RFC 6238 once more, as an app would have it.
func totp(key string, at time.Time) string {
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(key, " ", ""))
	if err != nil {
		panic(err)
	}
	var step [8]byte
	binary.BigEndian.PutUint64(step[:], uint64(at.Unix()/30))
	m := hmac.New(sha1.New, secret)
	m.Write(step[:])
	sum := m.Sum(nil)
	o := sum[19] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[o:o+4])&0x7fffffff)%1000000)
}

// code is the code of now of the browser's app. The tests do not wait for the
// next one: that of before is forgotten.
func (br *browser) code() string {
	br.Helper()
	br.sql(`UPDATE factor SET last_step = 0`)
	return totp(br.appKey, time.Now())
}

// newApp begins the enrolment of an app and gives its page.
func (br *browser) newApp() string {
	br.Helper()
	a := br.post("/security/app", "name", "My phone")
	require.Equal(br, see, a.status, a.body)
	br.appPage = a.location()
	found := manualKey.FindStringSubmatch(br.page(br.appPage))
	require.NotNil(br, found)
	br.appKey = found[1]
	return br.appPage
}

// enrols adds an app to the account of the browser and saves its codes.
func (br *browser) enrols() (codes []string) {
	br.Helper()
	br.newApp()
	a := br.post(br.appPage, "code", br.code())
	require.Equal(br, see, a.status, a.body)
	require.Equal(br, "/security/codes", a.location())
	codes = br.shownCodes()
	require.Equal(br, see, br.post("/security/codes/saved", "saved", "yes").status)
	return codes
}

func (br *browser) shownCodes() (codes []string) {
	br.Helper()
	for _, m := range recoveryCode.FindAllStringSubmatch(br.page("/security/codes"), -1) {
		codes = append(codes, m[1])
	}
	return codes
}

// recovery is a recovery code that was not given before.
func (br *browser) recovery() string {
	br.Helper()
	br.spent++
	return br.shownCodes()[br.spent-1]
}

// half has another browser come to the door with the password of Ana.
func (br *browser) half(door *browser, fields ...string) answer {
	br.Helper()
	br.door = door
	return door.post("/signin", append([]string{"email", "ana@box.test", "password", password}, fields...)...)
}

// resetLink makes a link at the console.
func (br *browser) resetLink(name string) string {
	br.Helper()
	path, err := br.auth.MakeReset(br.Context(), audit.Actor{Console: true}, strings.ToLower(name)+"@box.test")
	require.NoError(br, err)
	return path
}

// in reports whether a browser is signed in.
func (br *browser) in() bool { return br.get("/preferences").status == ok }

// A-21, S17: an app counts after a right code and saved codes, not before;
// what the app is told is not shown again.
func TestEnrolment(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	other := b.browser()
	other.signIn("Ana")
	require.Contains(t, ana.page("/preferences"), `href="/security"`)
	require.Contains(t, words(ana.page("/security")), "Your password alone opens everything.")
	page := ana.newApp()
	require.Contains(t, ana.page(page), `class="qr"`)
	require.Equal(t, unusable, ana.post(page, "code", "").status)
	require.Equal(t, unusable, ana.post(page, "code", "12345").status)
	require.Equal(t, 0, b.count(`SELECT count(*) FROM factor WHERE tested_ms IS NOT NULL OR confirmed_ms IS NOT NULL`))
	code := ana.code()
	require.Equal(t, see, ana.post(page, "code", code[:3]+" "+code[3:]).status, "blanks are no matter")
	require.Equal(t, 0, b.count(`SELECT count(*) FROM factor WHERE confirmed_ms IS NOT NULL`), "the codes must be saved yet")
	require.Equal(t, see, b.browser().post("/signin", "email", "ana@box.test", "password", password).status)
	require.Len(t, ana.shownCodes(), 10)
	file := ana.get("/security/codes.txt")
	require.Equal(t, `attachment; filename="glucokeep-recovery-codes.txt"`, file.header.Get("Content-Disposition"))
	for _, c := range ana.shownCodes() {
		require.Contains(t, file.body, c)
	}
	require.Equal(t, unusable, ana.post("/security/codes/saved").status, "not without the tick")
	token := ana.cookies["gk"]
	require.Equal(t, see, ana.post("/security/codes/saved", "saved", "yes").status)
	require.NotEqual(t, token, ana.cookies["gk"], "S-01: a new token")
	require.False(t, other.in(), "S-05: what began without a second factor ends")
	require.True(t, ana.in())
	require.Empty(t, ana.shownCodes(), "shown once")
	require.Equal(t, unknown, ana.get("/security/codes.txt").status)
	require.Equal(t, unknown, ana.get(page).status, "shown once")
	require.Contains(t, words(ana.page("/security")), "10 codes are left")
	require.Equal(t, 0, b.count(`SELECT count(*) FROM secret WHERE name GLOB 'codes *'`))
	require.Equal(t, 0, b.count(`SELECT count(*) FROM secret WHERE instr(sealed, ?) > 0`, strings.ReplaceAll(ana.appKey, " ", "")))
}

// S-01, A-20: a right password opens the page for the code and nothing else;
// with the code the session begins under a new token, once.
func TestTheSecondStep(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.enrols()
	br := b.browser()
	br.cookies["gk"] = "planted-by-somebody-else-before-the-sign-in"
	a := ana.half(br, "next", "/preferences")
	require.Equal(t, "/signin/code", a.location())
	require.Nil(t, a.cookie("gkd"), "no device is known yet")
	half := br.cookies["gkp"]
	require.NotEmpty(t, half)
	c := a.cookie("gkp")
	require.True(t, c.HttpOnly && c.MaxAge == 0 && c.Path == "/signin", "ends with the browser")
	for pattern, open := range web.Patterns() { // skip the step
		method, path, _ := strings.Cut(pattern, " ")
		if open || method != http.MethodGet {
			continue
		}
		a := br.get(fill(ana, path))
		require.Equal(t, see, a.status, pattern)
		require.True(t, strings.HasPrefix(a.location(), "/signin"), pattern)
	}
	asSession := b.browser()
	asSession.cookies["gk"] = half
	require.False(t, asSession.in(), "the half's token is no session's")
	stolen := b.browser()
	require.Equal(t, "/signin?late=1", stolen.post("/signin/code", "code", ana.code()).location(), "bound to the browser")
	require.Equal(t, http.StatusUnauthorized, br.post("/signin/code", "code", "000000").status)
	a = br.post("/signin/code", "code", ana.code())
	require.Equal(t, "/preferences", a.location(), a.body)
	require.NotEqual(t, "planted-by-somebody-else-before-the-sign-in", br.cookies["gk"], "fixation")
	require.NotEqual(t, half, br.cookies["gk"])
	require.True(t, br.in())
	again := b.browser()
	again.cookies["gkp"] = half
	require.Equal(t, "/signin?late=1", again.post("/signin/code", "code", ana.code()).location(), "once")

	ana.half(b.browser())
	b.sql(`UPDATE credential SET expires_ms = ? WHERE kind = 'half'`, time.Now().UnixMilli()-1)
	require.Equal(t, "/signin?late=1", ana.door.post("/signin/code", "code", ana.code()).location(), "ten minutes")
}

// of twenty who come with one code, one gets in; who comes after is
// refused on every path.
func TestOneCodeOnce(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.enrols()
	doors := make([]*browser, 5) // so many half sign-ins an account may have
	for i := range doors {
		doors[i] = b.browser()
		require.Equal(t, "/signin/code", ana.half(doors[i]).location())
	}
	code := ana.code()
	b.sql(`UPDATE factor SET last_step = 0`)
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[int]int{}
	for i := range 20 {
		wg.Go(func() {
			a := doors[i%len(doors)].copy().post("/signin/code", "code", code)
			mu.Lock()
			defer mu.Unlock()
			if a.location() == "/signin?late=1" { // another had the same half sign-in
				a.status = unknown
			}
			got[a.status]++
		})
	}
	wg.Wait()
	require.Equal(t, 1, got[see], "%v", got)
	require.Equal(t, 20, got[see]+got[http.StatusUnauthorized]+got[http.StatusTooManyRequests]+got[unknown], "%v", got)
	b.sql(`DELETE FROM throttle`)
	require.Equal(t, http.StatusUnauthorized, ana.post("/security/confirm", "password", password, "code", code).status, "the step-up takes none that was taken")
}

// wrong codes wait, in whatever browser without a lane of its own they
// are typed.
func TestWrongCodesWait(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	codes := ana.enrols()
	for i := range 5 {
		ana.half(b.browser())
		require.Equal(t, http.StatusUnauthorized, ana.door.post("/signin/code", "code", fmt.Sprintf("00000%d", i)).status)
	}
	ana.half(b.browser())
	a := ana.door.post("/signin/code", "code", ana.code())
	require.Equal(t, http.StatusTooManyRequests, a.status, "not even the right one")
	require.NotEmpty(t, a.header.Get("Retry-After"))
	require.Equal(t, see, ana.post("/security/confirm", "password", password, "code", ana.code()).status, "but who is signed in is not kept out")
	require.Equal(t, see, ana.door.post("/signin/code", "recovery", codes[0]).status, "a recovery code is not kept out by that")
}

// a code works once and replaces one factor, never both; new ones void
// the old.
func TestRecoveryCodes(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	codes := ana.enrols()
	br := b.browser()
	ana.half(br)
	require.Contains(t, br.page("/signin/code?use=recovery"), `name="recovery"`)
	a := br.post("/signin/code", "recovery", strings.ToLower(strings.ReplaceAll(codes[0], "-", " ")))
	require.Equal(t, "/security", a.location(), a.body)
	require.Contains(t, words(br.page("/security")), "You used a recovery code; it works no more.", "at the next page")
	require.Contains(t, words(br.page("/security")), "9 codes are left")
	ana.half(b.browser())
	require.Equal(t, http.StatusUnauthorized, ana.door.post("/signin/code", "recovery", codes[0]).status, "once")

	lost := b.browser()
	a = lost.post("/signin/recover", "email", "ana@box.test", "recovery", codes[1])
	require.Equal(t, "/signin/code", a.location(), a.body)
	require.NotContains(t, lost.page("/signin/code?use=recovery"), `name="recovery"`, "the app is asked for")
	require.Equal(t, http.StatusForbidden, lost.post("/signin/code", "recovery", codes[2]).status, "never both")
	require.Equal(t, 2, b.count(`SELECT count(*) FROM recovery_code WHERE used_ms IS NOT NULL`), "the third was not spent")
	require.Equal(t, see, lost.post("/signin/code", "code", ana.code()).status)
	require.Equal(t, "/security/password", lost.get("/").location(), "and then another password")
	require.NotContains(t, lost.page("/security/password"), `name="current"`)
	require.Equal(t, see, lost.post("/security/password", "new", better, "again", better).status)
	require.True(t, lost.in())
	require.False(t, ana.in())

	require.Equal(t, see, lost.post("/security/codes").status)
	fresh := lost.shownCodes()
	require.Len(t, fresh, 10)
	require.Equal(t, see, lost.post("/security/codes/saved", "saved", "yes").status)
	door := b.browser()
	door.post("/signin", "email", "ana@box.test", "password", better)
	require.Equal(t, http.StatusUnauthorized, door.post("/signin/code", "recovery", codes[5]).status, "void")
	require.Equal(t, see, door.post("/signin/code", "recovery", fresh[0]).status)
}

// S15: a remembered browser owes no code, is listed and can be forgotten, and
// ends with the account's epoch. What comes in by it is not strong.
func TestARememberedBrowser(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.enrols()
	br := b.browser()
	ana.half(br)
	a := br.post("/signin/code", "code", ana.code(), "remember", "yes")
	c := a.cookie("gkr")
	require.NotNil(t, c)
	require.True(t, c.HttpOnly && c.Path == "/signin" && c.MaxAge == 30*24*3600)
	require.Equal(t, see, br.post("/signout").status)
	require.NotEqual(t, "/signin/code", ana.half(br).location())
	require.True(t, br.in())
	require.Equal(t, see, br.post("/security/app", "name", "x").status, "A-25: a password alone is not enough here")
	require.Contains(t, br.post("/security/app", "name", "x").location(), "/security/confirm")
	require.Contains(t, words(ana.page("/security")), "Remembered browsers")
	require.Equal(t, see, ana.post("/security/sessions", "session", "others").status)
	require.False(t, br.in())
	require.Equal(t, "/signin/code", ana.half(br).location(), "forgotten")
	br.post("/signin/code", "code", ana.code(), "remember", "yes")
	b.sql(`UPDATE account SET epoch = epoch + 1`)
	require.Equal(t, "/signin/code", ana.half(br).location(), "the epoch ended it")
	other := b.browser()
	b.account("Ben")
	other.cookies["gkr"] = br.cookies["gkr"]
	require.Equal(t, "/signin/code", ana.half(other).location())
}

// S22, S21: nothing of a sign-in at a shared computer outlives the browser; an
// own device stays for thirty days.
func TestHowABrowserIsUsed(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	shared, own := b.browser(), b.browser()
	a := ana.half(shared, "use", "shared")
	require.Nil(t, a.cookie("gkd"))
	require.Zero(t, a.cookie("gk").MaxAge)
	require.True(t, a.cookie("gk").Expires.IsZero())
	require.Contains(t, shared.page("/preferences"), `data-idle="300"`)
	a = ana.half(own, "use", "own")
	require.InDelta(t, 30*24*3600, a.cookie("gk").MaxAge, 5)
	require.Contains(t, own.page("/preferences"), `data-idle="43200"`)
	idle := func(minutes int) {
		b.sql(`UPDATE credential SET active_ms = ? WHERE kind = 'session'`, time.Now().Add(-time.Duration(minutes)*time.Minute).UnixMilli())
	}
	idle(4)
	require.Regexp(t, `"left":5\d,`, shared.get("/session").body)
	require.True(t, shared.in() && own.in() && ana.in())
	idle(6)
	require.Contains(t, shared.get("/session").body, `"left":0,`, "the box decides")
	require.False(t, shared.in())
	require.True(t, ana.in())
	idle(6)
	require.NotContains(t, own.get("/session").body, `"left":0,`)
	require.GreaterOrEqual(t, b.count(`SELECT min((? - active_ms) / 60000) FROM credential WHERE kind = 'session' AND ended_ms IS NULL`, time.Now().UnixMilli()), 6, "asking is no act")
	require.Equal(t, ok, own.post("/session").status)
	require.Zero(t, b.count(`SELECT min((? - active_ms) / 60000) FROM credential WHERE kind = 'session' AND ended_ms IS NULL`, time.Now().UnixMilli()), "to stay is one")
	idle(16)
	require.False(t, ana.in())
	require.True(t, own.in())
	idle(12*60 + 1)
	require.False(t, own.in())
	ana.signIn("Ana")
	ana.enrols()
	ana.half(shared, "use", "shared")
	require.NotContains(t, shared.page("/signin/code"), `name="remember"`)
	a = shared.post("/signin/code", "code", ana.code(), "remember", "yes")
	require.Equal(t, see, a.status)
	require.Nil(t, a.cookie("gkr"), "not even when it is asked for")
	require.Nil(t, a.cookie("gkd"))
}

// these routes ask again when the last strong sign-in is more than ten
// minutes old, and nothing that was asked for happens.
func TestRoutesThatAskAgain(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.enrols()
	routes := []string{"GET /security/password", "POST /security/password", "GET /preferences/address", "POST /preferences/address",
		"POST /security/app", "GET /security/app/{factor}", "POST /security/app/{factor}", "POST /security/app/{factor}/remove",
		"GET /security/codes", "GET /security/codes.txt", "POST /security/codes", "POST /security/codes/saved", "POST /security/sessions",
		"GET /security/passkeys/new", "POST /security/passkeys", "POST /security/passkeys/new/ask", "POST /security/passkeys/key/{factor}/remove",
		"POST /box", "POST /box/mail", "POST /preferences/phrase",
		"POST /box/links", "POST /box/factor", "GET /box/accounts/new", "POST /box/accounts/new", "GET /box/accounts/{account}", "POST /box/accounts/{account}/link",
		"POST /box/accounts/{account}/reset", "POST /box/accounts/{account}/disable", "POST /box/accounts/{account}/enable", "POST /box/accounts/{account}/admin",
		"GET /security/people/new", "POST /security/people/new", "POST /security/people/{partner}/remove",
		"POST /security/people/{partner}/agree", "GET /security/people/{partner}/vouch", "POST /security/people/{partner}/vouch"}
	require.ElementsMatch(t, routes, web.SteppedUp(), "say above which routes ask again")
	ana.grows(11 * time.Minute)
	before := len(b.lines())
	for _, route := range routes {
		method, path, _ := strings.Cut(route, " ")
		require.Contains(t, web.Patterns(), route)
		r := ana.request(method, fill(ana, path), strings.NewReader("session=others&demand=yes&name=x"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a := ana.send(r)
		require.Equal(t, see, a.status, route)
		require.True(t, strings.HasPrefix(a.location(), "/security/confirm?next=%2F"), "%s: %s", route, a.location())
	}
	require.Equal(t, before, len(b.lines()))
	require.True(t, ana.in(), "everything else goes on")

	a := ana.get("/preferences/address")
	require.Contains(t, ana.page(a.location()), `name="code"`)
	require.Equal(t, http.StatusUnauthorized, ana.post("/security/confirm", "password", password).status, "not without the second factor")
	require.Equal(t, http.StatusUnauthorized, ana.post("/security/confirm", "password", "wrong", "code", ana.code()).status)
	token := ana.cookies["gk"]
	old := ana.copy()
	a = ana.post("/security/confirm", "password", password, "code", ana.code(), "next", "/preferences/address")
	require.Equal(t, "/preferences/address", a.location(), a.body)
	require.NotEqual(t, token, ana.cookies["gk"], "a new token")
	require.False(t, old.in(), "the old one is over")
	require.Equal(t, ok, ana.get("/preferences/address").status)
	require.Equal(t, "/", ana.post("/security/confirm", "password", password, "code", ana.code(), "next", "//evil.test").location(), "H-10")
}

// grows makes the browser's last strong sign-in older.
func (br *browser) grows(age time.Duration) {
	br.Helper()
	br.sql(`UPDATE credential SET state = CAST(json_set(state, '$.strong_ms', ?) AS BLOB) WHERE kind = 'session' AND ended_ms IS NULL`, time.Now().Add(-age).UnixMilli())
}

// S-03, S47: the page lists browsers and sign-ins; one can be ended, or all
// others; “this was not me” ends one at once and leads to another password.
func TestTheSecurityPage(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.enrols()
	br, third := b.browser(), b.browser()
	for _, x := range []*browser{br, third} {
		ana.half(x)
		require.Equal(t, see, x.post("/signin/code", "code", ana.code()).status)
	}
	b.browser().post("/signin", "email", "ana@box.test", "password", "wrong")
	ana.half(b.browser())
	ana.door.post("/signin/code", "code", "000000")
	text := words(ana.page("/security"))
	for _, want := range []string{"home network", "this browser", "Wrong password", "Right password, wrong code", "Signed in with password and app", "Second factor added", "Prove your e-mail address"} {
		require.Contains(t, text, want)
	}
	keys := func() (out []string) {
		for _, m := range sessionKey.FindAllStringSubmatch(ana.page("/security"), -1) {
			out = append(out, m[1])
		}
		return out
	}
	found := keys()
	require.Len(t, found, 4, "two browsers, each with two buttons")
	require.Equal(t, see, ana.post("/security/sessions", "session", found[0]).status)
	require.False(t, br.in() && third.in())
	require.Equal(t, unknown, ana.post("/security/sessions", "session", found[0]).status)
	stranger := b.owner("Ben", "Jon")
	require.Equal(t, unknown, stranger.post("/security/sessions", "session", keys()[0]).status, "somebody else's")
	require.True(t, br.in() || third.in())
	ana.grows(time.Hour)
	a := ana.post("/security/not-me", "session", keys()[0])
	require.Equal(t, "/security/password", a.location())
	require.False(t, br.in() || third.in(), "at once")
}

// A-24, S20: a link from the console sets a password, once, takes the factors
// away and lets nobody in; the owner sees it for good.
func TestAReset(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.enrols()
	void := ana.resetLink("Ana")
	link := ana.resetLink("Ana")
	br := b.browser()
	require.Equal(t, unknown, br.get(void).status, "a newer one voids it")
	require.Equal(t, ok, br.get(link).status)
	require.Equal(t, ok, br.get(link).status, "to look spends nothing")
	require.Equal(t, unusable, br.post(link, "new", "short", "again", "short").status)
	require.Equal(t, unusable, br.post(link, "new", better, "again", "other").status)
	require.True(t, ana.in())
	a := br.post(link, "new", better, "again", better)
	require.Equal(t, ok, a.status)
	require.Empty(t, br.cookies["gk"], "it does not sign in")
	require.Equal(t, unknown, br.post(link, "new", better, "again", better).status)
	require.False(t, ana.in())
	require.NotEqual(t, "/signin/code", br.post("/signin", "email", "ana@box.test", "password", better).location())
	text := words(br.page("/security"))
	require.Contains(t, text, "somebody at the console of the box made a link")
	require.Contains(t, text, "It set a new password and took your second factors away.")
	require.Zero(t, b.count(`SELECT count(*) FROM factor`)+b.count(`SELECT count(*) FROM recovery_code`)+b.count(`SELECT count(*) FROM secret WHERE name NOT GLOB 'phrase *'`))
}

// where the box demands a second factor, nothing else opens without, and
// the last one stays.
func TestADemandedFactor(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	require.Equal(t, see, ana.post("/box/factor", "demand", "yes").status)
	require.Equal(t, "/security", ana.get("/").location())
	require.Equal(t, "/security", ana.get(ana.at("")).location())
	require.Contains(t, words(ana.page("/security")), "This box asks for a second factor.")
	ana.enrols()
	require.Equal(t, see, ana.get("/").status)
	require.Contains(t, ana.page(ana.at("/more")), "Mila")
	require.NotContains(t, ana.page("/security"), "/remove")
	a := ana.post(ana.appPage + "/remove")
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, words(a.body), "This box asks everybody for a second factor.")
	require.Equal(t, see, ana.post("/box/factor").status)
	require.Equal(t, see, ana.post(ana.appPage+"/remove").status)
	require.Zero(t, b.count(`SELECT count(*) FROM recovery_code`))
}
