package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"glucokeep/app/fault"
	"glucokeep/app/intake"
)

// wrap puts the middleware around the addresses, the outermost first.
func (s *server) wrap(h http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(s.refuse(fault.Forbidden, "web.cross-origin"))
	for _, m := range []func(http.Handler) http.Handler{
		s.Auth.Sessions.LoadAndSave,
		crossOrigin.Handler,
		s.ownSubresources,
		limits,
		s.encrypted,
		s.ownHosts,
		s.behindProxies,
		s.recover,
		headers,
		s.logged,
	} {
		h = m(h)
	}
	return h
}

type requestKey struct{}

// requested is what is known of a request at its door: what the log says of
// it, whose route show fills in further in, and whether nobody on the way
// could read it.
type requested struct {
	id, route string
	encrypted bool
}

func requestOf(ctx context.Context) *requested {
	if r, ok := ctx.Value(requestKey{}).(*requested); ok {
		return r
	}
	return &requested{}
}

// requestID names the request in the log, on error pages and in the ledger.
func requestID(ctx context.Context) string { return requestOf(ctx).id }

// logged writes a line per request: no address, no query, no name.
func (s *server) logged(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		about := &requested{id: rand.Text()[:10]}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, about))
		sw := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		h.ServeHTTP(sw, r)
		s.Log.Debug("request", "id", about.id, "method", r.Method, "route", about.route, "status", sw.status, "took", time.Since(began))
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// recover turns a panic into a page that says nothing of it.
func (s *server) recover(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				v := &visit{Request: r, now: s.Now()}
				v.setLocale()
				s.fail(w, v, fault.Recovered(p))
			}
		}()
		h.ServeHTTP(w, r)
	})
}

// headers sets what every answer carries. Scripts
// run only with the nonce of the answer; nothing may frame the pages; nothing
// is kept in a cache, but for the static files, which say otherwise.
func headers(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := rand.Text()
		set := w.Header().Set
		set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+nonce+"' 'strict-dynamic'; style-src 'self' 'nonce-"+nonce+"'; "+
			"img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "+
			"base-uri 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
		set("X-Content-Type-Options", "nosniff")
		set("Referrer-Policy", "no-referrer")
		set("Cross-Origin-Opener-Policy", "same-origin")
		set("Cross-Origin-Resource-Policy", "same-origin")
		set("Permissions-Policy", permissions)
		set("Cache-Control", "no-store")
		h.ServeHTTP(w, r.WithContext(templ.WithNonce(r.Context(), nonce)))
	})
}

// permissions takes from the pages, and from whatever might run in them, all
// that a browser could ask its person for. Left are a screen that stays on at a
// bedside, copying recovery codes, and passkeys. A feature that browsers add is
// added here when they know its name: an unknown one makes them complain.
const permissions = "accelerometer=(), autoplay=(), bluetooth=(), browsing-topics=(), camera=(), clipboard-read=(), clipboard-write=(self), " +
	"compute-pressure=(), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), " +
	"identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), " +
	"otp-credentials=(), payment=(), picture-in-picture=(), publickey-credentials-create=(self), publickey-credentials-get=(self), " +
	"screen-wake-lock=(self), serial=(), storage-access=(), sync-xhr=(), usb=(), window-management=(), xr-spatial-tracking=()"

// ownHosts answers only under the names of the box, so that a page elsewhere
// cannot point a name of its own at it (DNS rebinding).
func (s *server) ownHosts(h http.Handler) http.Handler {
	misdirected := s.refuse(fault.Invalid, "web.other-host")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.hosts[r.Host] && !(s.inTheClear(r) && s.plainHost(r.Host)) {
			w = &forcedStatus{w, http.StatusMisdirectedRequest}
			misdirected.ServeHTTP(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

type forcedStatus struct {
	http.ResponseWriter
	status int
}

// WriteHeader writes the status that was decided before.
func (w *forcedStatus) WriteHeader(int) { w.ResponseWriter.WriteHeader(w.status) }

// ownSubresources refuses what another site's page loads from us, but for
// somebody who follows a link.
func (s *server) ownSubresources(h http.Handler) http.Handler {
	refuse := s.refuse(fault.Forbidden, "web.cross-origin")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate" {
			refuse.ServeHTTP(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// uploadSlack is what a multipart form adds around the file.
const uploadSlack = 64 << 10

// limits bounds what one request may send and how long it may take.
func limits(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		size, patience := int64(1<<20), 30*time.Second
		if isUpload(r) {
			size, patience = intake.MaxUpload+uploadSlack, 10*time.Minute
		}
		rc := http.NewResponseController(w)
		_ = rc.SetReadDeadline(time.Now().Add(patience)) // not every writer can; then the server's own limits hold
		_ = rc.SetWriteDeadline(time.Now().Add(patience + time.Minute))
		r.Body = http.MaxBytesReader(w, r.Body, size)
		h.ServeHTTP(w, r)
	})
}

// refuse is a handler that gives one fault.
func (s *server) refuse(kind fault.Kind, key string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{Request: r, now: s.Now()}
		v.setLocale()
		s.fail(w, v, fault.New(kind, key))
	})
}
