package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"glucokeep/views/layout"
)

// What is kept of forms that came after their session had ended: for so long,
// so many, and each of at most so many bytes.
const (
	unsavedFor  = 30 * time.Minute
	mostUnsaved = 100
	largestForm = 64 << 10
)

// unsavedCookie names what is kept to the browser that sent it.
const unsavedCookie = "gkf"

// refilled are the forms whose pages show again what was typed.
var refilled = []string{"POST /preferences", "POST /setup/person", "POST /box/accounts/new", "POST /people/{person}/log",
	"POST /people/{person}/log/entries/{entry}", "POST /people/{person}/settings"}

// unsaved keeps what was typed into a form while its session ended, until the
// same account signs in again in the same browser and comes back to the form.
// It lives in memory alone: a browser would show it to whoever comes next, and
// a file would outlive its use.
type unsaved struct {
	mu    sync.Mutex
	forms map[string]unsavedForm // by the value of the cookie
}

type unsavedForm struct {
	account int64
	path    string // of the page
	fields  url.Values
	at      time.Time
}

// put keeps a form and gives its name; the oldest make room.
func (u *unsaved) put(f unsavedForm) (name string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sweep(f.at)
	for len(u.forms) >= mostUnsaved {
		oldest := ""
		for name, other := range u.forms {
			if oldest == "" || other.at.Before(u.forms[oldest].at) {
				oldest = name
			}
		}
		delete(u.forms, oldest)
	}
	if u.forms == nil {
		u.forms = map[string]unsavedForm{}
	}
	name = rand.Text()
	u.forms[name] = f
	return name
}

// take gives a form back, once, at its page. To another account it is gone.
func (u *unsaved) take(name string, account int64, path string, now time.Time) (f unsavedForm, ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sweep(now)
	f, ok = u.forms[name]
	if ok && f.account == account && f.path != path {
		return unsavedForm{}, false
	}
	delete(u.forms, name)
	return f, ok && f.account == account
}

func (u *unsaved) sweep(now time.Time) {
	for name, f := range u.forms {
		if now.Sub(f.at) > unsavedFor {
			delete(u.forms, name)
		}
	}
}

// keepUnsaved keeps the form of v, whose session is over, if its page can show
// it again, and reports whether it did.
func (s *server) keepUnsaved(w http.ResponseWriter, v *visit, path string) bool {
	c, err := v.Cookie(s.Auth.Sessions.Cookie.Name)
	if err != nil || !slices.Contains(refilled, v.Pattern) || v.ParseForm() != nil || len(v.PostForm) == 0 {
		return false
	}
	size := 0
	for name, values := range v.PostForm {
		size += len(name) + len(strings.Join(values, ""))
	}
	account, err := s.Auth.Ended(v.Context(), c.Value)
	if err != nil || account == 0 || size > largestForm {
		return false
	}
	s.setUnsaved(w, s.unsaved.put(unsavedForm{account: account, path: path, fields: v.PostForm, at: v.now}), int(unsavedFor.Seconds()))
	return true
}

func (s *server) setUnsaved(w http.ResponseWriter, value string, seconds int) {
	// #nosec G124 -- Secure as soon as the box is reached over TLS; without, it listens on loopback alone
	http.SetCookie(w, &http.Cookie{Name: unsavedCookie, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: s.Base.Scheme == "https", MaxAge: seconds})
}

// refill puts what was typed before the sign-in back into the form of v, with
// the time at which it was sent, and has the page say that it is not saved.
func (s *server) refill(w http.ResponseWriter, v *visit) (sent time.Time, ok bool) {
	c, err := v.Cookie(unsavedCookie)
	if err != nil {
		return sent, false
	}
	f, ok := s.unsaved.take(c.Value, v.id.Account, v.URL.Path, v.now)
	if !ok {
		return sent, false
	}
	s.setUnsaved(w, "", -1)
	v.PostForm = f.fields
	v.notice = &layout.Notice{Kind: "warning", Text: v.t("web.unsaved-again")}
	return f.at, true
}

// pageOf is the page that a form at path belongs to: the nearest address above
// it that can be opened.
func pageOf(pattern, path string) string {
	_, pattern, _ = strings.Cut(pattern, " ")
	for pattern != "" {
		if slices.ContainsFunc(routes, func(r route) bool { return r.pattern == "GET "+pattern }) {
			return path
		}
		pattern, path = pattern[:strings.LastIndexByte(pattern, '/')], path[:strings.LastIndexByte(path, '/')]
	}
	return "/"
}
