package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fuzzed sends a request straight to the handler and checks what must hold of
// every answer. It is quicker than a server.
func (br *browser) fuzzed(t *testing.T, method, path, query, kind, body string) answer {
	t.Helper()
	br.TB = t
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = br.url.Host
	r.URL.RawQuery = query
	r.RemoteAddr = "192.0.2.1:1234"
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for name, value := range br.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	br.handler.ServeHTTP(w, r)
	res := w.Result()
	a := answer{status: res.StatusCode, header: res.Header, body: w.Body.String(), cookies: res.Cookies()}
	require.Empty(t, br.check(a))
	require.Less(t, a.status, 500, "%s %s?%s %q: %s", method, path, query, body, br.logs)
	return a
}

const formKind = "application/x-www-form-urlencoded"

// FuzzNext: no ?next= leads out of the box (H-10).
func FuzzNext(f *testing.F) {
	for next := range nexts {
		f.Add(next)
	}
	ana := newBox(f).owner("Ana", "Mila")
	f.Fuzz(func(t *testing.T, next string) {
		a := ana.fuzzed(t, http.MethodGet, "/signin", url.Values{"next": {next}}.Encode(), "", "")
		require.Equal(t, see, a.status)
		requireLocal(t, a)
		a = ana.fuzzed(t, http.MethodGet, "/signin", next, "", "")
		requireLocal(t, a)
	})
}

// FuzzDates: no date or number of an address breaks a page.
func FuzzDates(f *testing.F) {
	for _, d := range []string{"", "2026-03-01", "2026-02-30", "0000-00-00", "1900-01-01", "2200-12-31", "1899-12-31", "2201-01-01", "9999-12-31", "-2026-03-01",
		"2026-3-1", "20260301", "2026-03-01T00:00:00Z", "２０２６-03-01", "2026-03-29", "2026-10-25", "NaN", "\x00", strings.Repeat("9", 10_000)} {
		f.Add(d, "2026-03-10", "14")
		f.Add("2026-03-01", d, d)
	}
	f.Add("2026-03-10", "2026-03-01", "-1")
	f.Add("1900-01-01", "2200-12-31", "99999999999999999999")
	ana := newBox(f).owner("Ana", "Mila")
	ana.bring(simple(spring, 600))
	f.Fuzz(func(t *testing.T, from, until, days string) {
		ana.fuzzed(t, http.MethodGet, ana.at(""), url.Values{"day": {from}}.Encode(), "", "")
		ana.fuzzed(t, http.MethodGet, ana.at("/profile"), url.Values{"from": {from}, "until": {until}, "days": {days}}.Encode(), "", "")
		ana.fuzzed(t, http.MethodGet, ana.at("/profile"), url.Values{"days": {days}}.Encode(), "", "")
		ana.fuzzed(t, http.MethodGet, ana.at("/insulin"), url.Values{"from": {from}, "until": {until}}.Encode(), "", "")
		ana.fuzzed(t, http.MethodGet, ana.at("/devices"), url.Values{"from": {from}, "until": {until}}.Encode(), "", "")
		ana.fuzzed(t, http.MethodGet, ana.at("/devices/settings"), url.Values{"date": {from}}.Encode(), "", "")
		ana.fuzzed(t, http.MethodGet, ana.at("/profile"), from, "", "")
		ana.fuzzed(t, http.MethodGet, ana.at("/weeks"), url.Values{"from": {from}, "until": {until}}.Encode(), "", "")
		ana.fuzzed(t, http.MethodGet, ana.at("/overlay"), url.Values{"show": {from}, "days": {days}}.Encode(), "", "")
		ana.fuzzed(t, http.MethodGet, ana.at("/patterns"), url.Values{"days": {days}}.Encode(), "", "")
		ana.fuzzed(t, http.MethodGet, ana.at("/compare"), url.Values{"from": {from}, "until": {until}, "from2": {until}, "until2": {days}}.Encode(), "", "")
	})
}

// FuzzSignIn: no form of a sign-in breaks, signs in or comes back raw.
func FuzzSignIn(f *testing.F) {
	f.Add("ana@box.test", "wrong", "/", "gkd")
	f.Add("' OR 1=1 --", "\x00", "//evil.test", "00000000000000000000000000000000.x")
	f.Add(strings.Repeat("a", 10_000)+"@box.test", strings.Repeat("ﷺ", 400), "\xff", ".")
	f.Add(canary, canary, canary, canary)
	b := newBox(f)
	b.owner("Ana", "Mila")
	f.Fuzz(func(t *testing.T, email, pass, next, device string) {
		b.TB = t
		b.sql(`DELETE FROM throttle`)
		br := b.browser()
		br.cookies["gkd"] = device
		body := form("email", email, "password", pass, "next", next).Encode()
		a := br.fuzzed(t, http.MethodPost, "/signin", "", formKind, body)
		if pass != password {
			require.Equal(t, http.StatusUnauthorized, a.status)
		}
		require.NotContains(t, a.body, "zq9<")
		br.fuzzed(t, http.MethodPost, "/signin", "", formKind, email+"&"+pass)
		br.fuzzed(t, http.MethodPost, "/signin", "", email, pass)
	})
}

// FuzzSetUp: no form of a set-up without the code makes anything.
func FuzzSetUp(f *testing.F) {
	f.Add("AAAA-AAAA-AAAA-AAAA", "Ana", "ana@box.test", password, "Europe/Berlin", "mg/dL", "")
	f.Add("", "", "", "", "", "", "back")
	f.Add("\x00", canary, "a@b", strings.Repeat("x", 2000), "../../etc/passwd", "g", "bmFtZT0lenomZW1haWw9eA")
	b := newBox(f)
	_, err := b.auth.NewSetupCode(f.Context())
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, code, name, email, pass, zone, unit, draft string) {
		b.TB = t
		b.sql(`DELETE FROM throttle`)
		for _, path := range []string{"/setup/box", "/setup/account"} {
			typed, kept := b.browser(), b.browser()
			a := typed.fuzzed(t, http.MethodPost, path, "", formKind, form("code", code, "name", name, "email", email, "password", pass, "zone", zone, "unit", unit).Encode())
			require.Contains(t, []int{unusable, http.StatusForbidden}, a.status)
			require.NotContains(t, a.body, "zq9<")
			kept.cookies["gks"], kept.cookies["gksd"] = code, draft
			a = kept.fuzzed(t, http.MethodPost, path, "", formKind, form("name", name, "email", email, "password", pass, "zone", zone, "unit", unit, "do", draft).Encode())
			require.Contains(t, []int{see, unusable, http.StatusForbidden}, a.status)
			a = kept.fuzzed(t, http.MethodGet, path, "", "", "")
			require.Equal(t, ok, a.status)
			require.NotContains(t, a.body, "zq9<")
		}
		require.Zero(t, b.count(`SELECT count(*) FROM account`)+b.count(`SELECT count(*) FROM box WHERE name NOT IN ('setup-code', 'ledger-mark')`))
	})
}

// FuzzSettings: no form of a person's settings breaks, and what is kept is
// what the database allows.
func FuzzSettings(f *testing.F) {
	f.Add("Mila", "Europe/Berlin", "mg/dL", "own", "54", "70", "180", "250", "22", "6", "2015-03-10", "A 17")
	f.Add("Mila", "berlin", "mmol/L", "own", "3,0", "3,9", "10,0", "", "0", "5", "", "")
	f.Add(canary, "\x00", "stones", "none", "NaN", "Inf", "-1", "1e309", "24", "-1", "2015-02-30", strings.Repeat("x", 10_000))
	ana := newBox(f).owner("Ana", "Mila")
	f.Fuzz(func(t *testing.T, name, zone, unit, ranges, a, b, c, d, from, until, born, record string) {
		sent := form("name", name, "zone", zone, "unit", unit, "ranges", ranges, "limit-unit", unit, "very-low", a, "low", b, "high", c, "very-high", d,
			"night-from", from, "night-until", until, "born", born, "record", record).Encode()
		got := ana.fuzzed(t, http.MethodPost, ana.at("/settings"), "", formKind, sent)
		require.Contains(t, []int{see, unusable}, got.status)
		require.NotContains(t, got.body, "zq9<")
		for _, path := range []string{ana.at("/settings"), ana.at(""), ana.at("/profile")} {
			require.Equal(t, ok, ana.fuzzed(t, http.MethodGet, path, "", "", "").status)
		}
	})
}

// FuzzPaths: whatever the address, the answer is one of ours.
func FuzzPaths(f *testing.F) {
	for _, p := range []string{"/", "//", "/people/x", "/people/%2e%2e/", "/static/../x", "/people/x/imports/y/undo", "/\x7f", "/people/\xff"} {
		f.Add("GET", p, "")
		f.Add("POST", p, "a=b")
	}
	ana := newBox(f).owner("Ana", "Mila")
	f.Fuzz(func(t *testing.T, method, path, query string) {
		ana.TB = t
		u, err := url.ParseRequestURI(path)                      // as the server reads it, which refuses the rest by itself
		if _, e := url.ParseRequestURI("/?" + query); e != nil { // no server gets to see it
			return
		}
		if _, e := url.Parse("/?" + query); e != nil { // handed on to a cleaned path it would be no address
			return
		}
		if err != nil || u.Host != "" || u.Opaque != "" || !strings.HasPrefix(path, "/") || strings.ContainsAny(method, " \r\n\t") || method == "" || method == "CONNECT" {
			return
		}
		r := &http.Request{Method: method, URL: u, Host: ana.url.Host, Header: http.Header{}, Body: http.NoBody, RemoteAddr: "@", RequestURI: path, ProtoMajor: 1, ProtoMinor: 1}
		u.RawQuery = query
		r.AddCookie(&http.Cookie{Name: "gk", Value: ana.cookies["gk"]})
		w := httptest.NewRecorder()
		ana.handler.ServeHTTP(w, r)
		require.Less(t, w.Code, 500)
		if l := w.Header().Get("Location"); l != "" {
			requireLocal(t, answer{header: w.Header()})
		}
		if method == http.MethodPost && path == "/signout" {
			ana.signIn("Ana")
		}
	})
}
