package web

import (
	"net"
	"net/http"
	"strings"
	"time"

	"glucokeep/app/audit"
	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/app/read"
	"glucokeep/app/share"
	"glucokeep/app/text"
	"glucokeep/views/layout"
)

// visit is one request with all that was found out about it before its page
// runs.
type visit struct {
	*http.Request
	now    time.Time
	from   audit.From
	id     auth.Identity // zero before sign-in
	scope  share.Scope   // of routes with a person
	accept text.Locale   // as the browser asks for
	locale text.Locale
	notice *layout.Notice // what the page says above all else; nil leaves it to what the last act said
}

// show runs a route: it finds out who asks, lets nobody in whom the route
// does not name, and turns an error into a status and a page.
func (s *server) show(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requestOf(r.Context()).route = r.Pattern
		v := &visit{Request: r, now: s.Now(), from: fromOf(r)}
		v.setLocale()
		err := s.admit(v, rt)
		if err == nil {
			err = rt.page(s, w, v)
		}
		if err != nil {
			s.fail(w, v, err)
		}
	})
}

// admit decides whether the visit may go on to the page of rt.
func (s *server) admit(v *visit, rt route) (err error) {
	ok := false
	if v.id, ok, err = s.Auth.Identify(v.Context(), acts(v.Request)); err != nil {
		return err
	}
	v.setLocale()
	switch rt.who {
	case anybody:
		return nil
	case changing, account, person, admin:
		if !ok {
			return fault.New(fault.SignIn, "web.sign-in")
		}
		if v.id.MustChange && rt.who != changing {
			return errMustChange
		}
		if rt.who == admin && !v.id.Admin { // as if there were no such page
			return fault.New(fault.NotFound, "web.no-such-page")
		}
	default:
		return fault.New(fault.NotFound, "web.no-such-page")
	}
	if rt.who == person {
		v.scope, err = s.Share.Scope(v.Context(), v.viewer(), rt.action, v.PathValue("person"), v.now)
		v.setLocale()
	}
	return err
}

// A page that the script fetches by itself carries autoHeader, and one that a
// browser without script loads anew by itself has autoQuery in its address.
// Such a request must not keep a session awake, and neither may a stream or a
// probe.
const (
	autoHeader = "Gk-Auto"
	autoQuery  = "auto"
)

// acts reports whether a person asked for r.
func acts(r *http.Request) bool {
	return r.Header.Get(autoHeader) == "" && !r.URL.Query().Has(autoQuery) && r.URL.Path != "/healthz" && r.URL.Path != "/live"
}

// autoAddress is the address of v for a browser that loads it anew by itself.
func autoAddress(v *visit) string {
	q := v.URL.Query()
	q.Set(autoQuery, "1")
	return v.URL.Path + "?" + q.Encode()
}

func (v *visit) viewer() share.Viewer { return share.Viewer{Account: v.id.Account, From: v.from} }

// setLocale chooses how the reader likes to read: by the account, else by the
// browser, the unit by the person whose page it is.
func (v *visit) setLocale() {
	if v.accept == (text.Locale{}) {
		header := v.Header.Get("Accept-Language")
		v.accept = text.Locale{Lang: text.Match(header), Clock24: text.Clock24(header)}
	}
	l := v.accept
	l.Unit = v.id.Unit
	if v.id.Lang != "" {
		l.Lang, l.Clock24 = v.id.Lang, text.Clock24(v.id.Lang)
	}
	switch v.id.Clock {
	case "12":
		l.Clock24 = false
	case "24":
		l.Clock24 = true
	}
	if l.Unit == "" {
		l.Unit = v.scope.Person().Unit
	}
	v.locale = l
	v.Request = v.WithContext(text.With(v.Context(), l))
}

// t puts a catalogue key into the reader's words.
func (v *visit) t(key string, args ...any) string { return v.locale.T(key, args...) }

// reader opens the person's data for the page that what names.
func (s *server) reader(v *visit, what string) (*read.Reader, error) {
	return s.Read.Open(v.Context(), v.scope, what, v.now)
}

// zone is the time zone of the person's days.
func (v *visit) zone() *time.Location { return personZone(v.scope.Person()) }

func personZone(p read.Person) *time.Location {
	loc, err := time.LoadLocation(p.Zone)
	if err != nil { // was checked when it was set; a newer zone database may have dropped it
		return time.UTC
	}
	return loc
}

// fromOf is where a request comes from, as the ledger keeps it.
func fromOf(r *http.Request) audit.From {
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		ip = r.RemoteAddr
	}
	return audit.From{IP: ip, Device: deviceOf(r.UserAgent()), Request: requestID(r.Context()), Lang: text.Match(r.Header.Get("Accept-Language"))}
}

// deviceOf says browser and system in two words: what a person recognises,
// and no more than that is kept.
func deviceOf(agent string) string {
	find := func(pairs ...string) string {
		for i := 0; i < len(pairs); i += 2 {
			if strings.Contains(agent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return ""
	}
	browser := find("Edg/", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "Chrome/", "Chrome", "Chromium/", "Chrome", "Safari/", "Safari", "curl/", "curl")
	system := find("Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "Mac OS", "Mac", "CrOS", "ChromeOS", "Linux", "Linux")
	switch {
	case browser == "" && system == "":
		return "unknown"
	case browser == "" || system == "":
		return browser + system
	}
	return browser + " on " + system
}
