package web

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"glucokeep/app/fault"
	"glucokeep/views/page"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// render writes a whole page at once, so that an error on the way is still an
// error page.
func render(w http.ResponseWriter, v *visit, status int, c templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	if err := c.Render(v.Context(), b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return send(w, v, status, b.Bytes())
}

// errGone says that the reader went away; there is nobody to tell.
var errGone = errors.New("reader went away")

// statuses are the HTTP statuses of the kinds of fault.
var statuses = map[fault.Kind]int{
	fault.Internal: http.StatusInternalServerError, fault.Invalid: http.StatusUnprocessableEntity,
	fault.NotFound: http.StatusNotFound, fault.Forbidden: http.StatusForbidden, fault.Conflict: http.StatusConflict,
	fault.TooLarge: http.StatusRequestEntityTooLarge, fault.TooMany: http.StatusTooManyRequests,
	fault.SignIn: http.StatusUnauthorized, fault.Unavailable: http.StatusServiceUnavailable,
}

// fail shows an error: a fault in its own words, anything else as ours, with
// the id under which the log has it.
func (s *server) fail(w http.ResponseWriter, v *visit, err error) {
	if errors.Is(err, errGone) || v.Context().Err() != nil {
		return
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		err = fault.New(fault.TooLarge, "web.body-too-large")
	}
	if fault.KindOf(err) == fault.SignIn && v.id.Account == 0 && v.URL.Path != "/signin" {
		s.toSignIn(w, v)
		return
	}
	if errors.Is(err, errMustChange) {
		http.Redirect(w, v.Request, passwordPage, http.StatusSeeOther)
		return
	}
	if errors.Is(err, errMustEnrol) {
		http.Redirect(w, v.Request, securityPage, http.StatusSeeOther)
		return
	}
	if e, ok := errors.AsType[errStepUp](err); ok {
		s.toStepUp(w, v, e)
		return
	}
	kind := fault.KindOf(err)
	e := page.Error{Status: statuses[kind], Sentence: v.t("web.broken")}
	if errors.Is(err, errWrongMethod) {
		e.Status = http.StatusMethodNotAllowed
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		e.Sentence = v.t(f.Key, f.Args...)
		retryAfter(w, f)
	}
	if kind == fault.Internal || kind == fault.Unavailable {
		e.Request = requestID(v.Context())
		s.Log.Error("request failed", "id", e.Request, "route", v.Pattern, "err", err)
	}
	if err := render(w, v, e.Status, page.ErrorPage(s.frame(v, strconv.Itoa(e.Status)), e)); err != nil && !errors.Is(err, errGone) {
		s.Log.Error("error page failed", "id", requestID(v.Context()), "err", err)
	}
}

// retryAfter tells programs when to come back.
func retryAfter(w http.ResponseWriter, f *fault.Error) {
	for i := 0; i+1 < len(f.Args); i += 2 {
		if f.Args[i] == "seconds" {
			if n, ok := f.Args[i+1].(int64); ok {
				w.Header().Set("Retry-After", strconv.FormatInt(n, 10))
			}
		}
	}
}

// toSignIn sends somebody who is not signed in to the page for it, and back
// afterwards.
func (s *server) toSignIn(w http.ResponseWriter, v *visit) {
	q := url.Values{}
	next := v.URL.RequestURI()
	if v.Method == http.MethodPost {
		next = pageOf(v.Pattern, v.URL.Path)
		if s.keepUnsaved(w, v, next) {
			q.Set("unsaved", "kept")
		} else if v.Pattern != "POST /signout" {
			q.Set("unsaved", "lost")
		}
	}
	if next != "/" {
		q.Set("next", next)
	}
	if _, err := v.Cookie(s.Auth.Sessions.Cookie.Name); err == nil { // there was a session
		q.Set("ended", "1")
	}
	to := "/signin"
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
}

// local gives a path of this box, or "/" for anything else: an address that
// leads elsewhere must not come out of a parameter (CWE-601).
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(next, "/") ||
		strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\t\r\n") {
		return "/"
	}
	return next
}

// done answers a form that was carried out with the page of a path, which says
// so in the sentence of key, once.
func (s *server) done(w http.ResponseWriter, v *visit, key, path string) error {
	page, _, _ := strings.Cut(path, "?")
	s.Auth.Flash(v.Context(), key, page)
	return see(w, v, path)
}

// see answers a form that was carried out.
func see(w http.ResponseWriter, v *visit, path string) error {
	http.Redirect(w, v.Request, path, http.StatusSeeOther)
	return nil
}

// problem puts err, if it is a fault that the form can mend, into problems
// under field; any other error comes back.
func (v *visit) problem(problems map[string]string, field string, err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind == fault.Internal {
		return err
	}
	problems[field] = v.t(f.Key, f.Args...)
	return nil
}
