package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/views/layout"
	"glucokeep/views/page"
)

// The cookies of the way in, none of which lets anybody in by itself.
const (
	deviceCookie     = "gkd" // a device that signed in is known again
	halfCookie       = "gkp" // a sign-in that owes a second factor
	rememberedCookie = "gkr" // a browser that owes none
	askedCookie      = "gkc" // a browser that was asked for a passkey
)

// setSignIn sets a cookie that the pages of the way in alone are sent. An age
// of 0 ends it with the browser.
func (s *server) setSignIn(w http.ResponseWriter, name, value string, age time.Duration) {
	c := &http.Cookie{Name: name, Value: value, Path: "/signin", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: s.Base.Scheme == "https", MaxAge: int(age.Seconds())} // #nosec G124 -- Secure as soon as the box is reached over TLS; without, it listens on loopback alone
	if value == "" {
		c.MaxAge, c.Expires = -1, time.Unix(1, 0) // said twice, for whoever knows one of them
	}
	http.SetCookie(w, c)
}

func (s *server) setDevice(w http.ResponseWriter, value string) {
	if value != "" { // a shared computer is not known again
		s.setSignIn(w, deviceCookie, value, 365*24*time.Hour)
	}
}

// cookie is the value of a cookie, "" if there is none.
func (v *visit) cookie(name string) string {
	if c, err := v.Cookie(name); err == nil {
		return c.Value
	}
	return ""
}

// use is how the browser is used, as a form says.
func (v *visit) use() auth.Use {
	if u := auth.Use(v.PostFormValue("use")); u == auth.Own || u == auth.Shared {
		return u
	}
	return auth.Ordinary
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
	p.Action, p.RecoverURL, p.AskURL = "/signin", withNext("/signin/recover", p.Next), askPage
	p.Passkey = s.signInPasskey(v, p.Use, p.Next)
	p.Passkey.Autofill = true
	f := s.frame(v, v.t("signin.title"))
	q := v.URL.Query()
	switch {
	case q.Has("ended"):
		f.Notice = &layout.Notice{Text: v.t("web.session-ended")}
	case q.Has("late"):
		f.Notice = &layout.Notice{Text: v.t("signin.half-gone")}
	}
	switch q.Get("unsaved") {
	case "kept":
		f.Notice = &layout.Notice{Kind: "warning", Text: v.t("web.unsaved-kept", "minutes", int(unsavedFor.Minutes()))}
	case "lost":
		f.Notice = &layout.Notice{Kind: "warning", Text: v.t("web.unsaved-lost")}
	}
	return render(w, v, status, page.SignInPage(f, p))
}

// withNext is an address that takes along where somebody wanted to go.
func withNext(at, next string) string {
	if next == "" || next == "/" {
		return at
	}
	return at + "?" + url.Values{"next": {next}}.Encode()
}

func (s *server) signIn(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.SignIn{Email: v.PostFormValue("email"), Use: string(v.use()), Next: local(v.PostFormValue("next")), Problems: map[string]string{}}
	err := s.enter(w, v, auth.Way{Email: p.Email, Password: v.PostFormValue("password"), Use: v.use(), Next: p.Next})
	if err == nil {
		return nil
	}
	status, err := v.refused(w, p.Problems, "", err)
	if err != nil {
		return err
	}
	return s.showSignIn(w, v, status, p)
}

// enter goes to the door, and on to where it leads.
func (s *server) enter(w http.ResponseWriter, v *visit, way auth.Way) error {
	way.Device, way.Remembered = v.cookie(deviceCookie), v.cookie(rememberedCookie)
	in, err := s.Auth.Enter(v.Context(), v.from, way)
	if err != nil {
		return err
	}
	if in.Half != "" {
		s.setSignIn(w, halfCookie, in.Half, 0)
		return see(w, v, "/signin/code")
	}
	s.setDevice(w, in.Device)
	return see(w, v, s.after(v, way.Next, in.Admin))
}

// after is where somebody goes who signed in: for who manages the box the
// set-up goes on where it was left.
func (s *server) after(v *visit, next string, manages bool) string {
	if step, err := s.openStep(v); err == nil && step != "" && next == "/" && manages {
		return "/setup"
	}
	return next
}

// refused puts what was refused at the door into problems under field; any
// other error comes back.
func (v *visit) refused(w http.ResponseWriter, problems map[string]string, field string, err error) (status int, _ error) {
	kind := fault.KindOf(err)
	if kind != fault.SignIn && kind != fault.TooMany && kind != fault.Forbidden {
		return 0, err
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		retryAfter(w, f)
	}
	return statuses[kind], v.problem(problems, field, err)
}

func (s *server) recoverForm(w http.ResponseWriter, v *visit) error {
	if v.id.Account != 0 {
		return see(w, v, "/security")
	}
	return s.showRecover(w, v, http.StatusOK, page.Recover{Next: local(v.URL.Query().Get("next"))})
}

func (s *server) showRecover(w http.ResponseWriter, v *visit, status int, p page.Recover) error {
	p.Action, p.BackURL = "/signin/recover", "/signin"
	return render(w, v, status, page.RecoverPage(s.frame(v, v.t("signin.recover.title")), p))
}

// recover lets somebody in by a recovery code in place of their password; the
// second factor is asked for all the same.
func (s *server) recoverSignIn(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.Recover{Email: v.PostFormValue("email"), Use: string(v.use()), Next: local(v.PostFormValue("next")), Problems: map[string]string{}}
	code := v.PostFormValue("recovery")
	if code == "" {
		p.Problems["recovery"] = v.t("recovery.code-missing")
		return s.showRecover(w, v, http.StatusUnprocessableEntity, p)
	}
	err := s.enter(w, v, auth.Way{Email: p.Email, Recovery: code, Use: v.use(), Next: p.Next})
	if err == nil {
		return nil
	}
	status, err := v.refused(w, p.Problems, "", err)
	if err != nil {
		return err
	}
	return s.showRecover(w, v, status, p)
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
