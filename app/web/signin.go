package web

import (
	"errors"
	"net/http"
	"time"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/views/layout"
	"glucokeep/views/page"
)

// deviceCookie is the cookie by which a device that signed in is known again.
const deviceCookie = "gkd"

func (s *server) setDevice(w http.ResponseWriter, value string) {
	// #nosec G124 -- Secure as soon as the box is reached over TLS; without, it listens on loopback alone
	http.SetCookie(w, &http.Cookie{Name: deviceCookie, Value: value, Path: "/signin", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: s.Base.Scheme == "https", MaxAge: int((365 * 24 * time.Hour).Seconds())})
}

func (s *server) signInForm(w http.ResponseWriter, v *visit) error {
	if v.id.Account != 0 {
		return see(w, v, local(v.URL.Query().Get("next")))
	}
	if needs, err := s.Auth.NeedsSetup(v.Context()); err != nil || needs {
		if err != nil {
			return err
		}
		return see(w, v, "/setup")
	}
	return s.showSignIn(w, v, http.StatusOK, page.SignIn{Next: local(v.URL.Query().Get("next"))})
}

func (s *server) showSignIn(w http.ResponseWriter, v *visit, status int, p page.SignIn) error {
	p.Action = "/signin"
	f := s.frame(v, v.t("signin.title"))
	q := v.URL.Query()
	if q.Has("ended") {
		f.Notice = &layout.Notice{Text: v.t("web.session-ended", "count", int(auth.IdleLimit.Minutes()))}
	}
	switch q.Get("unsaved") {
	case "kept":
		f.Notice = &layout.Notice{Kind: "warning", Text: v.t("web.unsaved-kept", "minutes", int(unsavedFor.Minutes()))}
	case "lost":
		f.Notice = &layout.Notice{Kind: "warning", Text: v.t("web.unsaved-lost")}
	}
	return render(w, v, status, page.SignInPage(f, p))
}

func (s *server) signIn(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.SignIn{Email: v.PostFormValue("email"), Next: local(v.PostFormValue("next")), Problems: map[string]string{}}
	device := ""
	if c, err := v.Cookie(deviceCookie); err == nil {
		device = c.Value
	}
	device, err := s.Auth.SignIn(v.Context(), v.from, p.Email, v.PostFormValue("password"), device)
	if err == nil {
		s.setDevice(w, device)
		if step, err := s.openStep(v); err == nil && step != "" && p.Next == "/" { // the set-up goes on where it was left
			p.Next = "/setup"
		}
		return see(w, v, p.Next)
	}
	kind := fault.KindOf(err)
	if kind != fault.SignIn && kind != fault.TooMany {
		return err
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		retryAfter(w, f)
	}
	if err := v.problem(p.Problems, "", err); err != nil {
		return err
	}
	return s.showSignIn(w, v, statuses[kind], p)
}

func (s *server) signOut(w http.ResponseWriter, v *visit) error {
	if err := s.Auth.SignOut(v.Context(), v.from, v.id); err != nil {
		return err
	}
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return see(w, v, "/signin")
}

func badForm(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return fault.Wrap(err, fault.Invalid, "web.bad-form")
}
