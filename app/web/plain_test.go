package web_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/cert"
	"glucokeep/app/web"
)

// plainly asks in the clear.
func (b *box) plainly(method, host, path, cookie string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", strings.NewReader("email=ana@box.test&password="+url.QueryEscape(password)))
	r.URL, r.Host = must(url.ParseRequestURI(path)), host
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: "__Host-gk", Value: cookie})
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// secureBox is a box at https://box.lan:8443, with a session of Ana.
func secureBox(t *testing.T, change ...func(*web.Config)) (b *box, session string) {
	b = handlerAt(t, &url.URL{Scheme: "https", Host: "box.lan:8443"}, change...)
	b.account("Ana")
	r := httptest.NewRequest(http.MethodPost, "/signin", strings.NewReader("email=ana@box.test&password="+url.QueryEscape(password)))
	r.Host, r.TLS = b.url.Host, &tls.ConnectionState{}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	require.Equal(t, see, w.Code, w.Body)
	for _, c := range w.Result().Cookies() {
		require.True(t, c.Secure, c.Name)
		if c.Name == "__Host-gk" {
			session = c.Value
		}
	}
	require.NotEmpty(t, session)
	return b, session
}

func own(t *testing.T) func(*web.Config) {
	a, err := cert.OpenAuthority(t.TempDir(), []string{"box.lan"}, time.Now())
	require.NoError(t, err)
	return func(c *web.Config) { c.Trust = a }
}

// S8, H-07: no address of a box over https gives a form, a cookie or anybody's data
// to whoever comes in the clear, signed in or not.
func TestNothingInTheClear(t *testing.T) {
	for name, change := range map[string][]func(*web.Config){"with a public certificate": nil, "with an authority of its own": {own(t)}} {
		t.Run(name, func(t *testing.T) {
			b, session := secureBox(t, change...)
			before := b.count(`SELECT count(*) FROM ledger`)
			for pattern := range web.Patterns() {
				method, path, _ := strings.Cut(pattern, " ")
				path = regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "x")
				path = strings.TrimSuffix(path, "x")
				for _, host := range []string{"box.lan", "box.lan:8443", "BOX.lan:80", "192.168.1.20", "[fe80::1]:8080", "localhost:8443"} {
					w := b.plainly(method, host, path, session)
					require.NotContains(t, w.Body.String(), "<form", "%s at %s", pattern, host)
					require.NotContains(t, w.Body.String(), "Ana", "%s at %s", pattern, host)
					require.Empty(t, w.Header().Values("Set-Cookie"), "%s at %s", pattern, host)
					require.Empty(t, w.Header().Values("Strict-Transport-Security"))
					if method == http.MethodPost {
						require.Equal(t, http.StatusForbidden, w.Code, "%s at %s", pattern, host)
						continue
					}
					to := w.Header().Get("Location")
					switch {
					case path == "/healthz" || path == "/trust" && change != nil || strings.HasPrefix(path, "/trust/") && change != nil:
						require.Equal(t, ok, w.Code)
					case change != nil:
						require.Equal(t, []any{http.StatusTemporaryRedirect, "/trust"}, []any{w.Code, to})
					default:
						require.Equal(t, []any{http.StatusTemporaryRedirect, "https://box.lan:8443" + path}, []any{w.Code, to})
					}
				}
			}
			require.Equal(t, before, b.count(`SELECT count(*) FROM ledger`))
		})
	}
}

// H-05, H-10: in the clear too, other names are refused, and the way to https
// leads to the configured address alone.
func TestTheWayToHTTPS(t *testing.T) {
	b, _ := secureBox(t)
	for _, host := range []string{"evil.test", "box.lan.evil.test", "xbox.lan", "box", "", "box.lan@evil.test", "192.168.1.20.evil.test", "1.2.3"} {
		w := b.plainly(http.MethodGet, host, "/signin", "")
		require.Equal(t, http.StatusMisdirectedRequest, w.Code, host)
		require.Empty(t, w.Header().Get("Location"))
		require.NotContains(t, w.Body.String(), "<form")
	}
	for path, want := range map[string]string{
		"/":                         "/",
		"/people/x?day=2026-03-01":  "/people/x?day=2026-03-01",
		"//evil.test/":              "//evil.test/",
		"/%2f%2fevil.test":          "/%2f%2fevil.test",
		"/\\evil.test":              "/%5Cevil.test",
		"http://evil.test/x":        "/x",
		"http://evil.test":          "/",
		"https://user@evil.test/?a": "/?a",
		"/a%0d%0aSet-Cookie:%20x=1": "/a%0d%0aSet-Cookie:%20x=1",
	} {
		to := b.plainly(http.MethodGet, "box.lan", path, "").Header().Get("Location")
		require.Equal(t, "https://box.lan:8443"+want, to, path)
		u, err := url.Parse(to)
		require.NoError(t, err)
		require.Equal(t, "box.lan:8443", u.Host)
	}
}

// H-07: a program is not led on, with its key in the clear each time, but
// refused, so that somebody mends its address.
func TestProgramsAreNotLedOn(t *testing.T) {
	for name, change := range map[string][]func(*web.Config){"with a public certificate": nil, "with an authority of its own": {own(t)}} {
		t.Run(name, func(t *testing.T) {
			b, _ := secureBox(t, change...)
			for _, accept := range []string{"", "*/*", "application/json", "text/event-stream"} {
				r := httptest.NewRequest(http.MethodGet, "/live", nil)
				r.Host = "box.lan"
				r.Header.Set("Accept", accept)
				w := httptest.NewRecorder()
				b.handler.ServeHTTP(w, r)
				require.Equal(t, http.StatusForbidden, w.Code)
				require.Empty(t, w.Header().Get("Location"))
			}
		})
	}
}

// H-05: over TLS the name with its port must be exactly ours.
func TestOtherHostsOverTLS(t *testing.T) {
	b, _ := secureBox(t, func(c *web.Config) { c.Hosts = []string{"192.168.1.20:8443"} })
	for host, known := range map[string]bool{"box.lan:8443": true, "192.168.1.20:8443": true, "box.lan": false, "192.168.1.20": false, "192.168.1.21:8443": false,
		"localhost:8443": false, "evil.test": false, "box.lan:8443.evil.test": false} {
		r := httptest.NewRequest(http.MethodGet, "/signin", nil)
		r.Host, r.TLS = host, &tls.ConnectionState{}
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		require.Equal(t, known, w.Code == ok, host)
		require.Equal(t, !known, w.Code == http.StatusMisdirectedRequest, host)
	}
}

// H-02: browsers are told to keep to https only over our own TLS, under the
// configured name, and once that is proven.
func TestHSTS(t *testing.T) {
	proven := false
	asked := 0
	b, _ := secureBox(t, func(c *web.Config) {
		c.Hosts = []string{"192.168.1.20:8443"}
		c.HSTS = func(time.Time) bool { asked++; return proven }
	})
	get := func(host string, over *tls.ConnectionState) string {
		r := httptest.NewRequest(http.MethodGet, "/signin", nil)
		r.Host, r.TLS = host, over
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		return w.Header().Get("Strict-Transport-Security")
	}
	require.Empty(t, get("box.lan:8443", &tls.ConnectionState{}))
	proven = true
	require.Equal(t, "max-age=31536000", get("box.lan:8443", &tls.ConnectionState{}))
	before := asked
	require.Empty(t, get("192.168.1.20:8443", &tls.ConnectionState{}), "of another name nothing is proven")
	require.Empty(t, get("box.lan:8443", nil), "in the clear it means nothing")
	require.Empty(t, get("evil.test", &tls.ConnectionState{}))
	require.Equal(t, before, asked, "and none of them proves anything")
}

// A certificate that nobody renewed is said on the box page before it is too
// late.
func TestACertificateThatEnds(t *testing.T) {
	now := time.Now()
	var c *x509.Certificate
	b := newBox(t, func(g *web.Config) { g.Certificate = func() *x509.Certificate { return c } })
	ana := b.owner("Ana", "Mila")
	b.sql(`UPDATE account SET admin = 1`)
	require.NotContains(t, ana.page("/box"), "certificate is valid")
	const day = 24 * time.Hour
	for _, x := range []struct {
		gone, left time.Duration
		ends       bool
	}{
		{0, 90 * day, false}, {60 * day, 30 * day, false}, {75 * day, 15 * day, false}, {77 * day, 13 * day, true}, {90 * day, -day, true},
		{0, 6 * day, false}, {4 * day, 2 * day, false}, {5*day + time.Hour, 23 * time.Hour, true}, {336 * day, 61 * day, false},
	} {
		c = &x509.Certificate{NotBefore: now.Add(-x.gone), NotAfter: now.Add(x.left)}
		body := ana.page("/box")
		require.Contains(t, body, "Its certificate is valid until")
		require.Equal(t, x.ends, strings.Contains(body, "was not renewed"), "%v", x)
	}
}

// the page that says how to trust the box holds what must be compared, in both
// languages, and gives the certificate and no key.
func TestTrust(t *testing.T) {
	var a *cert.Authority
	b, _ := secureBox(t, own(t), func(c *web.Config) { a = c.Trust })
	for lang, words := range map[string][]string{
		"en": {"Trust this box on your device", "not encrypted", "iPhone and iPad", "Android", "Open the box"},
		"de": {"Dieser Box auf Ihrem Gerät vertrauen", "unverschlüsselte", "iPhone und iPad", "Android", "Box öffnen"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/trust", nil)
		r.Host = "box.lan"
		r.Header.Set("Accept-Language", lang)
		r.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 16) Chrome/156 Mobile")
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		require.Equal(t, ok, w.Code)
		body := w.Body.String()
		require.Equal(t, 1, strings.Count(body, `href="https://box.lan:8443"`), "the one link out of what is in the clear")
		require.Empty(t, b.check(answer{status: w.Code, header: w.Header(), body: strings.Replace(body, `href="https://box.lan:8443"`, `href="/"`, 1)}))
		for _, word := range words {
			require.Contains(t, body, word)
		}
		shown := regexp.MustCompile(`(?s)class="fingerprint[^>]*>(.*?)</p>`).FindStringSubmatch(body)
		require.Len(t, shown, 2)
		require.Equal(t, a.Fingerprint(), strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(shown[1], " ")), ":"))
		require.Contains(t, body, "http://box.lan:8443/trust")
		require.Equal(t, 1, strings.Count(body, `class="trust-device" open`), "the steps of the device at hand")
		require.Regexp(t, `class="trust-device" open><summary>Android`, body)
		require.NotContains(t, body, "[trust.")
	}
	w := b.plainly(http.MethodGet, "192.168.1.20", "/trust/glucokeep.crt", "")
	require.Equal(t, a.DER(), w.Body.Bytes())
	w = b.plainly(http.MethodGet, "192.168.1.20", "/trust/glucokeep.mobileconfig", "")
	require.NoError(t, xml.Unmarshal(w.Body.Bytes(), new(struct{ XMLName xml.Name })))
	require.Contains(t, w.Body.String(), base64.StdEncoding.EncodeToString(a.DER()))
	require.NotContains(t, w.Body.String(), "PRIVATE")
	ids := regexp.MustCompile(`[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}`).FindAllString(w.Body.String(), -1)
	require.Len(t, slices.Compact(ids), 2)
	require.Equal(t, w.Body.String(), b.plainly(http.MethodGet, "box.lan", "/trust/glucokeep.mobileconfig", "").Body.String(), "the same each time")
}

// S8: while the box waits for its certificate, whoever comes in the clear is
// told so instead of being led to where nobody answers.
func TestABoxThatWaitsForItsCertificate(t *testing.T) {
	var c *x509.Certificate
	b, session := secureBox(t, func(g *web.Config) { g.Certificate = func() *x509.Certificate { return c } })
	for _, path := range []string{"/", "/signin", "/people/x"} {
		w := b.plainly(http.MethodGet, "box.lan", path, session)
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		require.Equal(t, "30", w.Header().Get("Retry-After"))
		require.Contains(t, w.Body.String(), "This box has no certificate yet")
		require.Contains(t, w.Body.String(), "the reason stands at the console")
		require.NotContains(t, w.Body.String(), "<form")
		require.NotContains(t, w.Body.String(), "Ana")
		require.Empty(t, w.Header().Values("Set-Cookie"))
	}
	require.Equal(t, http.StatusForbidden, b.plainly(http.MethodPost, "box.lan", "/signin", "").Code)
	require.Equal(t, http.StatusMisdirectedRequest, b.plainly(http.MethodGet, "evil.test", "/", "").Code)
	require.NotContains(t, b.logs.String(), "level=ERROR", "it is no trouble of ours")
	c = &x509.Certificate{}
	require.Equal(t, http.StatusTemporaryRedirect, b.plainly(http.MethodGet, "box.lan", "/signin", "").Code)
}
