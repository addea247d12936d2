package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/intake"
	"glucokeep/app/web"
	"glucokeep/static"
)

// H-01, H-02, H-03: one answer of every status; send checks the headers of
// each, and the pages.
func TestHeadersOfEveryStatus(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.bring(simple(spring, 300))
	seen := map[int]bool{}
	note := func(a answer) { seen[a.status] = true }
	note(ana.get(ana.at("")))
	note(ana.get("/"))
	note(ana.get("/healthz"))
	note(b.browser().get(ana.at("")))
	note(ana.get("/nothing"))
	note(ana.send(ana.request(http.MethodDelete, "/signin", nil)))
	note(ana.post("/preferences", "language", "xx"))
	note(ana.get(ana.at("?day=never")))
	undo := ana.bring(simple(spring.AddDate(0, 1, 0), 3)) + "/undo"
	note(ana.post(undo))
	note(ana.post(undo))
	note(b.browser().post("/signin", "email", "ana@box.test", "password", "wrong"))
	for range 5 {
		note(b.browser().post("/signin", "email", "ana@box.test", "password", "wrong"))
	}
	b.waitLonger()
	note(b.browser().post("/signin", "email", "ana@box.test", "password", "wrong"))
	r := ana.request(http.MethodPost, "/preferences", strings.NewReader("language=en"))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	note(ana.send(r))
	r = ana.request(http.MethodGet, "/", nil)
	r.Host = "evil.test"
	note(ana.send(r))
	r = ana.request(http.MethodPost, "/preferences", strings.NewReader(strings.Repeat("x", 2<<20)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	note(ana.send(r))
	b.sql(`CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	note(ana.get(ana.at("/profile")))
	note(ana.post("/preferences", "language", "de", "unit", "mg/dL", "clock", "24", "theme", "system"))
	for _, status := range []int{200, 303, 401, 403, 404, 405, 409, 413, 421, 422, 429, 500, 503} {
		require.True(t, seen[status], "no answer of status %d", status)
	}
}

// H-03: what is static may be kept for ever, under a name that changes with it.
func TestStaticFiles(t *testing.T) {
	b := newBox(t)
	for _, name := range static.Names() {
		a := b.browser().get(static.URL(name))
		require.Equal(t, ok, a.status)
		require.Contains(t, a.header.Get("Cache-Control"), "immutable")
		require.Empty(t, a.cookies)
	}
	for _, path := range []string{"/static/css/app.css", strings.Replace(static.URL("css/app.css"), "app.css", "none.css", 1)} {
		a := b.browser().get(path)
		require.Equal(t, unknown, a.status)
		require.NotContains(t, a.header.Get("Cache-Control"), "immutable")
	}
}

// H-03: an answer depends on who asks.
func TestAnswersVaryByCookie(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for _, path := range []string{"/", ana.at(""), "/signin", "/nothing"} {
		require.Contains(t, ana.get(path).header.Values("Vary"), "Cookie", path)
		require.Empty(t, ana.get(path).header.Get("ETag"), path)
		require.Empty(t, ana.get(path).header.Get("Access-Control-Allow-Origin"), "H-06: %s", path)
	}
}

// H-05: the box answers under its own names alone.
func TestHosts(t *testing.T) {
	b := newBox(t, func(c *web.Config) { c.Hosts = []string{"box.lan:8443"} })
	ana := b.owner("Ana", "Mila")
	cases := map[string]bool{
		b.url.Host:                    true,
		"box.lan:8443":                true,
		"box.lan":                     false,
		"box.lan:8444":                false,
		"evil.test":                   false,
		"evil.test:8443":              false,
		b.url.Host + ".evil.test":     false,
		"evil.test@" + b.url.Host:     false,
		"x" + b.url.Host:              false,
		b.url.Host + ":1":             false,
		" " + b.url.Host:              false,
		"":                            false,
		"localhost":                   false,
		"127.0.0.1":                   false,
		"[::1]":                       false,
		strings.Repeat("a", 300):      false,
		"BOX.LAN:8443":                false,
		b.url.Host + "," + "evil.lan": false,
	}
	for host, own := range cases {
		for _, path := range []string{"/", ana.at(""), "/signin", "/healthz", static.URL("css/app.css"), "/nothing"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host = host
			r.AddCookie(&http.Cookie{Name: "gk", Value: ana.cookies["gk"]})
			w := httptest.NewRecorder()
			b.handler.ServeHTTP(w, r)
			require.Equal(t, !own, w.Code == http.StatusMisdirectedRequest, "%q %s: %d", host, path, w.Code)
			if !own {
				require.NotContains(t, w.Body.String(), "Mila")
				require.Empty(t, w.Result().Cookies())
				require.NotEmpty(t, w.Header().Get("Content-Security-Policy"))
			}
		}
	}
	for _, forged := range []string{"X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"} { // H-09
		r := ana.request(http.MethodGet, "/nothing", nil)
		r.Header.Set(forged, "evil.test")
		a := ana.send(r)
		require.Equal(t, unknown, a.status)
		require.NotContains(t, a.body, "evil.test")
	}
}

// H-04, H-05, H-13: what other sites can make a browser send.
func TestOtherSites(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	own := "http://" + b.url.Host
	cases := map[string]struct {
		method string
		header []string
		want   int
	}{
		"our own form": {"POST", []string{"Origin", own, "Sec-Fetch-Site", "same-origin"}, see},
		"our own form in a browser without Sec-Fetch":    {"POST", []string{"Origin", own}, see},
		"a program without either header":                {"POST", nil, see},
		"typed into the address bar":                     {"GET", []string{"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"}, ok},
		"a link on another site":                         {"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, ok},
		"a form on another site":                         {"POST", []string{"Origin", "http://evil.test", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 403},
		"a form on another site, no Sec-Fetch":           {"POST", []string{"Origin", "http://evil.test"}, 403},
		"a form in a sandbox":                            {"POST", []string{"Origin", "null"}, 403},
		"a form on a sibling site":                       {"POST", []string{"Origin", "http://other." + b.url.Host, "Sec-Fetch-Site", "same-site"}, 403},
		"a form on another port":                         {"POST", []string{"Origin", "http://127.0.0.1:1"}, 403},
		"a form that says it is ours, but is cross-site": {"POST", []string{"Origin", own, "Sec-Fetch-Site", "cross-site"}, 403},
		"an origin that only begins like ours":           {"POST", []string{"Origin", own + ".evil.test"}, 403},
		"an origin that cannot be read":                  {"POST", []string{"Origin", "http://%zz"}, 403},
		"an image on another site":                       {"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}, 403},
		"a script on another site":                       {"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"}, 403},
		"a fetch on another site":                        {"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors", "Origin", "http://evil.test"}, 403},
		"a fetch on another site, without a mode":        {"GET", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"a preflight":                                    {"OPTIONS", []string{"Origin", "http://evil.test", "Access-Control-Request-Method", "POST"}, 405},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			lang := b.count(`SELECT count(*) FROM account WHERE lang = 'de'`)
			r := ana.request(c.method, "/preferences", strings.NewReader(form("language", "de", "unit", "mg/dL", "clock", "24", "theme", "system").Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for i := 0; i < len(c.header); i += 2 {
				r.Header.Set(c.header[i], c.header[i+1])
			}
			a := ana.send(r)
			require.Equal(t, c.want, a.status, a.body)
			require.Empty(t, a.header.Get("Access-Control-Allow-Origin"), "H-06")
			if c.want != see {
				require.Equal(t, lang, b.count(`SELECT count(*) FROM account WHERE lang = 'de'`))
			}
			b.sql(`UPDATE account SET lang = ''`)
		})
	}
	t.Run("§0 trap 5: a name that was pointed at the box", func(t *testing.T) {
		r := ana.request(http.MethodPost, "/preferences", strings.NewReader(form("language", "de", "unit", "mg/dL", "clock", "24", "theme", "system").Encode()))
		r.Host = "evil.test"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://evil.test")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		require.Equal(t, http.StatusMisdirectedRequest, ana.send(r).status)
		require.Zero(t, b.count(`SELECT count(*) FROM account WHERE lang = 'de'`))
	})
}

// H-04: no GET, HEAD or OPTIONS changes anything.
func TestLookingChangesNothing(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	undo := ana.bring(simple(spring, 3)) + "/undo"
	waiting := ana.wait(simple(spring, 5))
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
		for _, path := range []string{undo, waiting, waiting + "?do=confirm&seen=yes", waiting + "/cancel", "/signout", "/preferences?language=de&unit=mg/dL&clock=24", "/setup/account?code=x", "/box?name=x", "/box/check", "/setup/data", "/setup/person?do=later", ana.at("/settings?name=x")} {
			ana.send(ana.request(method, path, nil))
		}
	}
	require.Equal(t, ok, ana.get(waiting).status)
	require.Zero(t, b.count(`SELECT count(*) FROM account WHERE lang = 'de'`))
	require.Equal(t, 1, b.count(`SELECT count(*) FROM upload WHERE undone_ms IS NULL`))
}

// nexts is what people and attackers write behind ?next=, and where it leads.
var nexts = map[string]string{
	"":                             "/",
	"/":                            "/",
	"/preferences":                 "/preferences",
	"/people/x/profile?days=30":    "/people/x/profile?days=30",
	"/people/x?day=2026-03-01#top": "/people/x?day=2026-03-01#top",
	"//evil.test":                  "/",
	"///evil.test":                 "/",
	"////evil.test/..":             "/",
	"/\\evil.test":                 "/",
	"\\\\evil.test":                "/",
	"\\/evil.test":                 "/",
	"/\t/evil.test":                "/",
	"/\n/evil.test":                "/",
	"/\r\nLocation: http://evil":   "/",
	"/a\r\nSet-Cookie: gk=planted": "/",
	"\t//evil.test":                "/",
	" //evil.test":                 "/",
	"http://evil.test":             "/",
	"https:evil.test":              "/",
	"HTTPS://evil.test/":           "/",
	"http:/evil.test":              "/",
	"javascript:alert(1)":          "/",
	"data:text/html,x":             "/",
	"evil.test":                    "/",
	"evil.test/":                   "/",
	"@evil.test":                   "/",
	"user@evil.test/":              "/",
	"?next=//evil.test":            "/",
	"#//evil.test":                 "/",
	"/\x00/evil.test":              "/",
	"/\x7f":                        "/",
	"/%zz":                         "/",
	"/%09/evil.test":               "/%09/evil.test",
	"/%2f%2fevil.test":             "/%2f%2fevil.test",
	"/%5cevil.test":                "/%5cevil.test",
	"/.//evil.test":                "/evil.test",
	"/..//evil.test":               "/evil.test",
	"/x/..//evil.test":             "/evil.test",
	"/x//evil.test":                "/x/evil.test",
	"/?u=//evil.test":              "/?u=//evil.test",
	"/;//evil.test":                "/;/evil.test",
	"/\u2028/evil.test":            "/%e2%80%a8/evil.test",
	"/。evil.test":                  "/%e3%80%82evil.test",
	"/https://evil.test":           "/https:/evil.test",
	"/ä":                           "/%c3%a4",
}

// H-10: where a parameter may lead.
func TestNext(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for next, want := range nexts {
		t.Run(next, func(t *testing.T) {
			a := ana.get("/signin?next=" + url.QueryEscape(next))
			require.Equal(t, see, a.status)
			require.Equal(t, want, a.location(), "for somebody who is signed in already")
			requireLocal(t, a)
		})
	}
	for _, next := range []string{"//evil.test", "/\\evil.test", "/preferences"} {
		br := b.browser()
		require.NotContains(t, br.page("/signin?next="+url.QueryEscape(next)), "evil.test")
		a := br.post("/signin", "email", "ana@box.test", "password", password, "next", next)
		require.Equal(t, see, a.status)
		require.Equal(t, nexts[next], a.location())
		a = b.browser().post("/signin", "email", "ana@box.test", "password", "wrong", "next", next)
		require.NotContains(t, a.body, "evil.test")
		b.sql(`DELETE FROM throttle`)
	}
}

// requireLocal: a browser that follows the answer stays in the box.
func requireLocal(t *testing.T, a answer) {
	t.Helper()
	base, err := url.Parse("http://box.test/signin")
	require.NoError(t, err)
	to, err := base.Parse(a.location())
	require.NoError(t, err)
	require.Equal(t, "http://box.test", to.Scheme+"://"+to.Host, a.location())
	require.Empty(t, a.header.Get("Set-Cookie"))
	path, _, _ := strings.Cut(a.location(), "?") // a query that the mux hands on leads nowhere
	require.False(t, strings.HasPrefix(path, "//") || strings.Contains(path, "\\"), a.location())
	require.False(t, strings.ContainsAny(a.location(), "\r\n\t"), a.location())
}

// Whoever is not signed in comes back to where they wanted to go.
func TestSignInLeadsBack(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	br := b.browser()
	a := br.get(ana.at("/profile?days=30"))
	require.Equal(t, see, a.status)
	to, err := url.Parse(a.location())
	require.NoError(t, err)
	require.Equal(t, "/signin", to.Path)
	next := to.Query().Get("next")
	require.Equal(t, ana.at("/profile?days=30"), next)
	require.Contains(t, br.page(a.location()), `value="`+next+`"`)
	require.Equal(t, "/signin?"+url.Values{"next": {ana.at("/imports")}, "unsaved": {"lost"}}.Encode(), b.browser().post(ana.at("/imports")).location(), "to the page of a form")
	require.Equal(t, "/signin", b.browser().get("/").location())
}

// H-08: a body is read no further than its limit.
func TestBodiesAreBounded(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for path, kind := range map[string]string{"/signin": "application/x-www-form-urlencoded", "/preferences": "application/x-www-form-urlencoded",
		ana.at("/imports"): "multipart/form-data; boundary=x"} {
		body := &counted{r: io.MultiReader(strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n"), endless{})}
		if path == ana.at("/imports") {
			body.most = intake.MaxUpload + 1<<20
		} else {
			body.most = 2 << 20
		}
		r := httptest.NewRequest(http.MethodPost, path, body)
		r.Host = b.url.Host
		r.Header.Set("Content-Type", kind)
		r.AddCookie(&http.Cookie{Name: "gk", Value: ana.cookies["gk"]})
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		require.Equal(t, http.StatusRequestEntityTooLarge, w.Code, path)
		require.LessOrEqual(t, body.n, body.most, path)
	}
	body := &counted{r: endless{}, most: 0}
	r := httptest.NewRequest(http.MethodPost, ana.at("/imports"), body)
	r.Host = b.url.Host
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	require.Equal(t, see, w.Code)
	require.Zero(t, body.n, "of somebody who is not signed in nothing is read")
}

// endless is zeros without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

type counted struct {
	r       io.Reader
	n, most int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// H-09, H-11: what a client may write into its headers changes neither who it
// is nor how the box feels.
func TestHostileHeaders(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	many := strings.Repeat("de-DE;q=0.9,", 4000)
	for name, values := range map[string][]string{
		"X-Forwarded-For":        {"203.0.113.9", "203.0.113.9, 127.0.0.1", "' OR 1=1"},
		"X-Real-IP":              {"203.0.113.9"},
		"Forwarded":              {"for=203.0.113.9;host=evil.test;proto=https"},
		"X-Forwarded-Proto":      {"https"},
		"X-Http-Method-Override": {"DELETE"},
		"Accept-Language":        {many, strings.Repeat("a-", 20_000), "\xff\xfe", "de;q=NaN", "*", "zh-Hant-u-" + strings.Repeat("co-", 5000)},
		"User-Agent":             {strings.Repeat("Firefox/", 5000), "zq9<i x=\"'>", "\x7f"},
		"Cookie":                 {strings.Repeat("gk=x; ", 5000), "gk=" + strings.Repeat("A", 30_000), "gkd=" + canary, "gk=; gk=\"\""},
		"Accept-Encoding":        {strings.Repeat("gzip;q=0,", 5000)},
		"Range":                  {"bytes=0-1,2-3"},
		"If-None-Match":          {"*"},
		"If-Modified-Since":      {"Mon, 02 Jan 2036 15:04:05 GMT"},
		"Content-Type":           {"text/html; charset=\"", strings.Repeat("a/", 9000)},
		"Expect":                 {"200-ok"},
	} {
		for _, value := range values {
			for _, path := range []string{"/signin", ana.at("")} {
				for _, method := range []string{http.MethodGet, http.MethodPost} {
					r := httptest.NewRequest(method, path, strings.NewReader("email=nobody"))
					r.Host, r.RemoteAddr = b.url.Host, "192.0.2.77:1"
					r.AddCookie(&http.Cookie{Name: "gk", Value: ana.cookies["gk"]})
					r.Header[name] = append(r.Header[name], value)
					w := httptest.NewRecorder()
					began := time.Now()
					b.handler.ServeHTTP(w, r)
					require.Less(t, w.Code, 500, "%s %.50q", name, value)
					require.Less(t, time.Since(began), 10*time.Second, "%s %.50q", name, value)
					require.NotContains(t, w.Body.String(), "zq9<")
					require.NotContains(t, w.Body.String(), "evil.test")
					require.NotEqual(t, http.StatusNotModified, w.Code, "H-03")
					require.NotEqual(t, http.StatusPartialContent, w.Code)
				}
			}
		}
	}
	require.Zero(t, b.count(`SELECT count(*) FROM ledger_origin WHERE ip NOT IN ('127.0.0.1', '192.0.2.77')`))
	require.Zero(t, b.count(`SELECT count(*) FROM ledger_origin WHERE device NOT IN ('unknown', 'Firefox')`))
	require.Positive(t, b.count(`SELECT count(*) FROM throttle WHERE bucket = 'net 192.0.2.77/32'`))
	require.Zero(t, b.count(`SELECT count(*) FROM throttle WHERE bucket LIKE 'net 203%'`))
}
