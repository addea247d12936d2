package web_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/auth/authtest"
	"glucokeep/app/web"
)

// newKeyBox is a box under http://localhost, where passkeys can be.
func newKeyBox(t testing.TB, change ...func(*web.Config)) *box {
	t.Helper()
	var at *url.URL
	b := newBox(t, append(change, func(c *web.Config) {
		at = &url.URL{Scheme: "http", Host: "localhost:" + c.Base.Port()}
		c.Base, c.Hosts = at, append(c.Hosts, "127.0.0.1:"+c.Base.Port())
	})...)
	b.url = at
	require.NoError(t, b.auth.UsePasskeys(t.Context(), at, false))
	return b
}

// testKey is a passkey with the last question that it was asked.
type testKey struct {
	*authtest.Key
	asked string
}

func (b *box) newKey() *testKey { return &testKey{Key: authtest.New(b.url.String())} }

func plain(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// asks gets a question as the script does.
func (br *browser) asks(path string, fields ...string) (asked string, options map[string]any) {
	br.Helper()
	a := br.post(path, fields...)
	require.Equal(br, ok, a.status, a.body)
	require.Equal(br, "application/json; charset=utf-8", a.header.Get("Content-Type"))
	var said struct {
		Asked   string
		Options map[string]any
	}
	require.NoError(br, json.Unmarshal([]byte(a.body), &said))
	return said.Asked, said.Options
}

// adds adds a passkey to the account of the browser.
func (br *browser) adds(k *testKey) answer {
	br.Helper()
	asked, options := br.asks("/security/passkeys/new/ask", "name", "My <laptop>")
	k.asked = asked
	return br.post("/security/passkeys", "asked", asked, "answer", k.Create(options))
}

// shows comes to the door with a passkey.
func (br *browser) shows(k *testKey, fields ...string) answer {
	br.Helper()
	asked, options := br.asks("/signin/passkey/ask")
	k.Count++
	k.asked = asked
	return br.post("/signin/passkey", append([]string{"asked", asked, "answer", k.Answer(options)}, fields...)...)
}

// confirms shows once more who the browser's person is.
func (br *browser) confirms(k *testKey, fields ...string) answer {
	br.Helper()
	asked, options := br.asks("/security/confirm/passkey/ask")
	k.Count++
	return br.post("/security/confirm/passkey", append([]string{"asked", asked, "answer", k.Answer(options)}, fields...)...)
}

var passkeyLink = regexp.MustCompile(`/security/passkeys/key/[0-9a-zA-Z_-]{16,}`)

// passkeyPage is the page of the account's first passkey.
func (br *browser) passkeyPage() string {
	br.Helper()
	at := passkeyLink.FindString(br.page("/security"))
	require.NotEmpty(br, at)
	return at
}

// keeps adds a passkey and saves the codes.
func (br *browser) keeps(k *testKey) (codes []string) {
	br.Helper()
	require.Equal(br, "/security/codes", br.adds(k).location())
	codes = br.shownCodes()
	require.Equal(br, see, br.post("/security/codes/saved", "saved", "yes").status)
	return codes
}

// a passkey is added, seen, used, renamed and removed.
func TestPasskeys(t *testing.T) {
	b := newKeyBox(t)
	ana := b.owner("Ana", "Mila")
	require.Contains(t, words(ana.page("/security")), "Add a passkey")
	k := b.newKey()
	require.Equal(t, "/security/codes", ana.adds(k).location())
	require.Contains(t, words(ana.page("/security")), "My <laptop> works, but counts only when your recovery codes are saved", "not before")
	require.Equal(t, see, ana.post("/security/codes/saved", "saved", "yes").status)
	page := ana.page("/security")
	require.Contains(t, words(page), "Your passkey signs you in from now on.")
	require.Contains(t, page, "My &lt;laptop&gt;")
	require.Contains(t, words(page), "on one device alone")
	require.Contains(t, words(page), "Your only passkey is on one device alone.")
	require.Contains(t, words(page), "10 codes are left")

	door := b.browser()
	require.Contains(t, door.page("/signin"), `autocomplete="username webauthn"`)
	require.Contains(t, door.page("/signin"), `data-passkey="/signin/passkey/ask" data-autofill`)
	a := door.shows(k, "use", "own", "next", "/security")
	require.Equal(t, "/security", a.location(), a.body)
	c := door.cookies
	require.NotEmpty(t, c["gkd"], "the device is known again")
	require.NotContains(t, c, "gkc")
	require.Contains(t, words(door.page("/security")), "My own device")
	require.Equal(t, ok, door.get("/security/password").status, "it is strong")
	require.Equal(t, "/", b.browser().shows(k, "next", "//evil.test").location(), "H-10")
	shared := b.browser()
	require.Equal(t, see, shared.shows(k, "use", "shared").status)
	require.NotContains(t, shared.cookies, "gkd")

	at := ana.passkeyPage()
	one := words(ana.page(at))
	require.Contains(t, one, "lives on one device")
	require.Contains(t, one, "Counter 3")
	require.Equal(t, unusable, ana.post(at, "name", strings.Repeat("x", 61)).status)
	require.Contains(t, ana.post(at, "name", strings.Repeat("x", 61)).body, strings.Repeat("x", 61), "what was typed stays")
	require.Equal(t, "/security", ana.post(at, "name", "Küche").location())
	require.Contains(t, words(ana.page("/security")), "Küche")
	ben := b.owner("Ben", "Jon")
	require.Equal(t, unknown, ben.get(at).status)
	require.Equal(t, unknown, ben.post(at, "name", "Mine").status)
	require.Equal(t, unknown, ben.post(at+"/remove").status)

	second := b.newKey()
	second.Flags |= authtest.Eligible | authtest.Synced
	require.Equal(t, "/security", ana.adds(second).location(), "the codes are saved already")
	page = words(ana.page("/security"))
	require.Contains(t, page, "synced")
	require.NotContains(t, page, "Your only passkey")
	require.Equal(t, "/security", ana.post(at+"/remove").location())
	require.Equal(t, http.StatusUnauthorized, b.browser().shows(k).status)
	require.Equal(t, see, b.browser().shows(second).status)
}

// a question is answered in the browser that was asked, once; with
// cookies that somebody else planted, too.
func TestAQuestionIsOfOneBrowser(t *testing.T) {
	b := newKeyBox(t)
	ana := b.owner("Ana", "Mila")
	k := b.newKey()
	ana.keeps(k)
	door := b.browser()
	door.cookies["gk"] = "planted-by-somebody-else-before-the-sign-in"
	asked, options := door.asks("/signin/passkey/ask")
	answer := k.Answer(options)
	stolen := b.browser().post("/signin/passkey", "asked", asked, "answer", answer)
	require.Equal(t, http.StatusUnauthorized, stolen.status)
	require.Contains(t, words(stolen.body), "That took too long")
	require.Equal(t, http.StatusUnauthorized, door.post("/signin/passkey", "asked", asked, "answer", answer).status, "once, whoever came")
	k.Count++
	asked, options = door.asks("/signin/passkey/ask")
	other, _ := door.asks("/signin/passkey/ask") // another tab
	require.NotEqual(t, asked, other)
	k.Count++
	require.Equal(t, see, door.post("/signin/passkey", "asked", asked, "answer", k.Answer(options)).status)
	require.NotEqual(t, "planted-by-somebody-else-before-the-sign-in", door.cookies["gk"], "fixation")
	require.True(t, door.in())
	require.Equal(t, http.StatusUnauthorized, ana.post("/security/confirm/passkey", "asked", other, "answer", "{}").status)
}

// a passkey is enough to show once more who one is, where the account
// has no app nothing else is asked first.
func TestConfirmingWithAPasskey(t *testing.T) {
	b := newKeyBox(t)
	ana := b.owner("Ana", "Mila")
	k := b.newKey()
	ana.keeps(k)
	ana.grows(11 * time.Minute)
	a := ana.get("/security/passkeys/new")
	require.Equal(t, "/security/confirm?next=%2Fsecurity%2Fpasskeys%2Fnew", a.location())
	require.Equal(t, see, ana.post("/security/passkeys/new/ask", "name", "x").status, "the script follows no redirect, it loads its page again")
	page := ana.page(a.location())
	require.Contains(t, page, `data-passkey="/security/confirm/passkey/ask"`)
	require.NotContains(t, page, `name="password"`)
	require.Contains(t, ana.page("/security/confirm?use=recovery"), `name="password"`)
	foreign := b.newKey()
	bens := b.owner("Ben", "Jon")
	bens.keeps(foreign)
	require.Equal(t, http.StatusUnauthorized, ana.confirms(foreign).status)
	token := ana.cookies["gk"]
	require.Equal(t, "/security/passkeys/new", ana.confirms(k, "next", "/security/passkeys/new").location())
	require.NotEqual(t, token, ana.cookies["gk"])
	require.Equal(t, ok, ana.get("/security/passkeys/new").status)
}

// The second step of a password asks for the passkey, for a code only who has
// an app, and a recovery code stands in.
func TestTheSecondStepByPasskey(t *testing.T) {
	b := newKeyBox(t)
	ana := b.owner("Ana", "Mila")
	k := b.newKey()
	ana.keeps(k)
	door := b.browser()
	require.Equal(t, "/signin/code", ana.half(door, "use", "own", "next", "/preferences").location())
	page := door.page("/signin/code")
	require.Contains(t, page, `name="use" value="own"`)
	require.Contains(t, page, `name="next" value="/preferences"`)
	require.NotContains(t, page, `name="code"`)
	require.Contains(t, door.page("/signin/code?use=recovery"), `name="recovery"`)
	require.Equal(t, "/preferences", door.shows(k, "next", "/preferences").location())
	require.NotContains(t, door.cookies, "gkp")
	attempts := words(ana.page("/security"))
	require.NotContains(t, attempts, "but no code")
	require.Equal(t, see, ana.newAppPage())
	ana.half(b.browser())
	require.Contains(t, ana.door.page("/signin/code"), `name="code"`)
	require.Contains(t, ana.door.page("/signin/code"), `data-passkey=`)
}

// newAppPage adds an app to an account whose codes are saved.
func (br *browser) newAppPage() int {
	br.Helper()
	br.newApp()
	return br.post(br.appPage, "code", br.code()).status
}

// the owner of a passkey that may have been copied is told by mail, on
// the page and among the sign-ins, and owes a second factor all the same.
func TestACopiedPasskey(t *testing.T) {
	b := newKeyBox(t)
	ana := b.owner("Ana", "Mila")
	post := b.postbox()
	require.Equal(t, see, ana.post("/box/mail", mailForm("port", post.port)...).status)
	k := b.newKey()
	codes := ana.keeps(k)
	copied := testKey{Key: new(authtest.Key)}
	*copied.Key = *k.Key
	require.Equal(t, see, b.browser().shows(k).status)
	post.got(b)
	a := b.browser().shows(&copied)
	require.Equal(t, http.StatusUnauthorized, a.status)
	require.Contains(t, words(a.body), "there may be a copy of it")
	require.Contains(t, strings.Join(post.got(b), ""), "a passkey was switched off")
	page := words(ana.page("/security"))
	require.Contains(t, page, "Switched off: its counter went back")
	require.Contains(t, page, "Passkey refused")
	require.Contains(t, words(ana.page(ana.passkeyPage())), "Switched off")
	require.Equal(t, "/signin/code", ana.half(b.browser()).location())
	require.Contains(t, ana.door.page("/signin/code"), `name="recovery"`, "nothing else is left")
	require.Equal(t, http.StatusUnauthorized, b.browser().shows(k).status, "neither of the two")
	lost := b.browser()
	require.Equal(t, "/signin/code", lost.post("/signin/recover", "email", "ana@box.test", "recovery", codes[0]).location())
	require.Contains(t, words(lost.page("/signin/code")), "Whoever runs this box can let you in again")
}

// the last factor stays where one is demanded, and the page says so.
func TestTheLastPasskeyStays(t *testing.T) {
	b := newKeyBox(t)
	ana := b.owner("Ana", "Mila")
	k := b.newKey()
	ana.keeps(k)
	require.NoError(t, b.auth.SetDemandsAll(t.Context(), audit.Actor{Console: true}, audit.From{}, true))
	require.NotContains(t, ana.page(ana.passkeyPage()), "/remove")
	a := ana.post(ana.passkeyPage() + "/remove")
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, words(a.body), "This box asks everybody for a second factor.")
	require.Equal(t, see, ana.newAppPage())
	require.Contains(t, ana.page(ana.passkeyPage()), "/remove")
	require.Equal(t, "/security", ana.post(ana.passkeyPage()+"/remove").location())
}

// where a passkey cannot be used the page says why, and no name
// or address of a request changes what is asked.
func TestWhereNoPasskeyCanBe(t *testing.T) {
	b := newBox(t) // under an address of numbers
	ana := b.owner("Ana", "Mila")
	for _, page := range []string{b.browser().page("/signin"), ana.page("/security"), ana.page("/security/passkeys/new")} {
		require.Contains(t, words(page), "Passkeys need a box with a name and an https address.")
		require.NotContains(t, page, "data-passkey")
	}
	b = newKeyBox(t)
	ana = b.owner("Ana", "Mila")
	b.url = &url.URL{Scheme: "http", Host: "127.0.0.1:" + b.url.Port()} // another of its names
	page := b.browser().page("/signin")
	require.Contains(t, words(page), "Passkeys work under http://localhost:"+b.url.Port()+" alone")
	require.NotContains(t, page, "data-passkey")
	_, options := b.browser().asks("/signin/passkey/ask")
	require.Equal(t, "localhost", options["rpId"], "from the address of the box, not of the request")
	require.Equal(t, "required", options["userVerification"])
	_, options = ana.asks("/security/passkeys/new/ask", "name", "x")
	require.Equal(t, map[string]any{"id": "localhost", "name": "Glucokeep"}, options["rp"])
	require.Equal(t, map[string]any{"requireResidentKey": true, "residentKey": "required", "userVerification": "required"}, options["authenticatorSelection"])
	require.Equal(t, "none", options["attestation"])
}

// The script gets its sentence in the reader's words.
func TestTheScriptIsToldWhatIsWrong(t *testing.T) {
	b := newKeyBox(t)
	ana := b.owner("Ana", "Mila")
	a := ana.post("/security/passkeys/new/ask", "name", " ")
	require.Equal(t, unusable, a.status)
	require.JSONEq(t, `{"problem":"Enter a name of at most 60 characters, such as My phone."}`, a.body)
	a = ana.post("/security/confirm/passkey/ask")
	require.Equal(t, http.StatusConflict, a.status)
	a = ana.post("/security/passkeys", "name", "typed", "asked", "x", "answer", "{}")
	require.Equal(t, unusable, a.status)
	require.Contains(t, a.body, `value="typed"`)
	require.Contains(t, words(a.body), "That took too long")
	r := ana.request(http.MethodPost, "/signin/passkey/ask", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Origin", "https://evil.example")
	require.Equal(t, http.StatusForbidden, ana.send(r).status)
}
