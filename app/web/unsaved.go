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

// refilled are the forms whose pages show again what was typed, when the
// session had ended or somebody had to show first who they are.
var refilled = []string{"POST /preferences", "POST /setup/person", "POST /box/accounts/new", "POST /people/{person}/log",
	"POST /people/{person}/log/entries/{entry}", "POST /people/{person}/settings",
	"POST /box", "POST /box/mail", "POST /preferences/phrase", "POST /preferences/address", "POST /security/app"}

// secretFields are never kept, whatever form they stand in.
var secretFields = []string{"password", "current", "code", "recovery"}

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
	pattern string // of the form, for pages that have several
	fields  url.Values
	dropped []string // secrets that were typed too: they must be typed again
	said    string   // the sentence that its page says, "" that of a session that ended
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
	if err != nil {
		return false
	}
	account, err := s.Auth.Ended(v.Context(), c.Value)
	if err != nil || account == 0 {
		return false
	}
	return s.keepTyped(w, v, unsavedForm{account: account, path: path})
}

// keepTyped keeps what was typed into the form of v but for secrets, if its
// page can show it again, and reports whether it did.
func (s *server) keepTyped(w http.ResponseWriter, v *visit, f unsavedForm) bool {
	if !slices.Contains(refilled, v.Pattern) || v.ParseForm() != nil {
		return false
	}
	size := 0
	f.pattern, f.fields, f.at = v.Pattern, url.Values{}, v.now
	for name, values := range v.PostForm {
		if slices.Contains(secretFields, name) {
			if strings.Join(values, "") != "" {
				f.dropped = append(f.dropped, name)
			}
			continue
		}
		size += len(name) + len(strings.Join(values, ""))
		f.fields[name] = values
	}
	if len(f.fields) == 0 || f.fields.Get("do") == "forget" || size > largestForm { // to forget is no text
		return false
	}
	s.setUnsaved(w, s.unsaved.put(f), int(unsavedFor.Seconds()))
	return true
}

func (s *server) setUnsaved(w http.ResponseWriter, value string, seconds int) {
	// #nosec G124 -- Secure as soon as the box is reached over TLS; without, it listens on loopback alone
	http.SetCookie(w, &http.Cookie{Name: unsavedCookie, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: s.Base.Scheme == "https", MaxAge: seconds})
}

// refill puts what was typed before the sign-in or the step-up back into the
// form of v and gives what was kept, and has the page say that it is not saved.
func (s *server) refill(w http.ResponseWriter, v *visit) (f unsavedForm, ok bool) {
	c, err := v.Cookie(unsavedCookie)
	if err != nil {
		return f, false
	}
	f, ok = s.unsaved.take(c.Value, v.id.Account, v.URL.Path, v.now)
	if !ok {
		return f, false
	}
	s.setUnsaved(w, "", -1)
	v.PostForm = f.fields
	if f.said == "" {
		f.said = "web.unsaved-again"
	}
	v.notice = &layout.Notice{Kind: "warning", Text: v.t(f.said)}
	return f, true
}

// again has the secrets that were typed and not kept be asked for once more.
func (f unsavedForm) again(v *visit, problems map[string]string) {
	for _, name := range f.dropped {
		problems[name] = v.t("web.unsaved-secret")
	}
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
