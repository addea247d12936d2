package web

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"glucokeep/app/fault"
	"glucokeep/views/page"
)

// hstsYear is what a browser is told once encryption is known to work: for a
// year, under this name alone, it opens nothing else.
const hstsYear = "max-age=31536000"

// encrypted keeps every form and cookie off connections that anybody on the
// way can read. Of a box that people reach over https, what comes in the
// clear is led to https, or to the page that says how to trust the box.
func (s *server) encrypted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !s.inTheClear(r):
			if s.HSTS != nil && r.TLS != nil && r.Host == s.Base.Host && s.HSTS(s.Now()) {
				w.Header().Set("Strict-Transport-Security", hstsYear)
			}
			h.ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			s.refuse(fault.Forbidden, "web.in-the-clear").ServeHTTP(w, r) // sent in the clear already: it must be said, not repeated
		case r.URL.Path == "/healthz" || strings.HasPrefix(r.URL.Path, "/static/") || s.Trust != nil && (r.URL.Path == "/trust" || strings.HasPrefix(r.URL.Path, "/trust/")):
			r.Header.Del("Cookie")
			h.ServeHTTP(w, r)
		case !strings.Contains(r.Header.Get("Accept"), "text/html"):
			// A program that is led on would go on sending its key in the clear first; refused, somebody mends its address.
			s.refuse(fault.Forbidden, "web.in-the-clear").ServeHTTP(w, r)
		case s.Certificate != nil && s.Certificate() == nil:
			s.noCertificate(w, r)
		case s.Trust != nil:
			http.Redirect(w, r, "/trust", http.StatusTemporaryRedirect)
		default:
			// #nosec G710 -- scheme and host are always those of the configured base URL
			http.Redirect(w, r, s.securely(r.URL), http.StatusTemporaryRedirect)
		}
	})
}

// noCertificate says why the box cannot be opened encrypted yet: where it is
// led to there would be nobody.
func (s *server) noCertificate(w http.ResponseWriter, r *http.Request) {
	v := &visit{Request: r, now: s.Now()}
	v.setLocale()
	w.Header().Set("Retry-After", "30")
	e := page.Error{Status: http.StatusServiceUnavailable, Sentence: v.t("web.no-certificate"), More: v.t("web.no-certificate.more")}
	if err := render(w, v, e.Status, page.ErrorPage(s.frame(v, v.t("web.no-certificate")), e)); err != nil && !errors.Is(err, errGone) {
		s.Log.Error("page failed", "id", requestID(v.Context()), "err", err)
	}
}

// inTheClear reports whether r came unencrypted to a box that is reached over
// https.
func (s *server) inTheClear(r *http.Request) bool {
	return s.Base.Scheme == "https" && !requestOf(r.Context()).encrypted
}

// securely is the address of u on the box as it is configured; nothing of the
// request but path and query goes into it.
func (s *server) securely(u *url.URL) string {
	to := *s.Base
	to.Path, to.RawPath, to.RawQuery = u.Path, u.RawPath, u.RawQuery
	if !strings.HasPrefix(to.Path, "/") {
		to.Path, to.RawPath = "/", ""
	}
	return to.String()
}

// plainHost reports whether somebody who came in the clear asked for this
// box: by its name at any port, or by an address, which no name server can
// turn elsewhere.
func (s *server) plainHost(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil || name == "localhost" || strings.EqualFold(name, s.Base.Hostname())
}
