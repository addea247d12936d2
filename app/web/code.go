package web

import (
	"net/http"
	"time"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/views/page"
)

const codePage = "/signin/code"

// codeForm asks for the second factor of a sign-in that is half done.
func (s *server) codeForm(w http.ResponseWriter, v *visit) error {
	if v.id.Account != 0 {
		return s.signedInAlready(w, v)
	}
	return s.showCode(w, v, http.StatusOK, page.SecondFactor{Recovery: v.URL.Query().Get("use") == "recovery"})
}

// signedInAlready answers the page for a code in a browser that is signed in:
// it goes on, unless the half sign-in is of somebody else, who must not take
// the next page for theirs.
func (s *server) signedInAlready(w http.ResponseWriter, v *visit) error {
	half, err := s.Auth.FindHalf(v.Context(), v.cookie(halfCookie))
	if fault.KindOf(err) == fault.NotFound || err == nil && half.Account == v.id.Account {
		return see(w, v, "/")
	}
	if err != nil {
		return err
	}
	return render(w, v, http.StatusConflict, page.ElsewherePage(s.frame(v, v.t("signin.elsewhere.title")),
		page.Elsewhere{Name: v.id.Name, StayURL: "/", SignOut: "/signout"}))
}

func (s *server) showCode(w http.ResponseWriter, v *visit, status int, p page.SecondFactor) error {
	half, err := s.Auth.FindHalf(v.Context(), v.cookie(halfCookie))
	if fault.KindOf(err) == fault.NotFound {
		return s.beginAnew(w, v)
	}
	if err != nil {
		return err
	}
	p.Action, p.BackURL, p.Remember = codePage, "/signin", !half.Shared
	p.App, p.Recovery, p.ByCode = half.Ways.App, (p.Recovery || half.Ways == auth.Ways{}) && half.Recovery, !half.Recovery
	if half.Ways.Passkey {
		f := s.signInPasskey(v, string(half.Use), local(half.Next))
		f.Main = !half.Ways.App
		p.Passkey = &f
	}
	if half.Recovery && half.Ways != (auth.Ways{}) {
		p.OtherURL = other(codePage, p.Recovery)
	}
	if half.Ways == (auth.Ways{}) && !half.Recovery { // the one code was spent, and nothing else works
		p.Problems = map[string]string{"": v.t("signin.help")}
	}
	return render(w, v, status, page.SecondFactorPage(s.frame(v, v.t("signin.code.title")), p))
}

// other is the address of the other of two ways to show a second factor.
func other(at string, recovery bool) string {
	if recovery {
		return at
	}
	return at + "?use=recovery"
}

// beginAnew leads whose half sign-in is over back to its beginning.
func (s *server) beginAnew(w http.ResponseWriter, v *visit) error {
	s.setSignIn(w, halfCookie, "", 0)
	return see(w, v, "/signin?late=1")
}

func (s *server) enterCode(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	second, field := v.second()
	p := page.SecondFactor{Recovery: field == "recovery", Remembers: v.PostFormValue("remember") == "yes", Problems: map[string]string{}}
	if second == (auth.Second{}) {
		p.Problems[field] = v.t("factor.code-missing")
		return s.showCode(w, v, http.StatusUnprocessableEntity, p)
	}
	done, err := s.Auth.Complete(v.Context(), v.from, v.cookie(halfCookie), second, p.Remembers)
	if fault.KindOf(err) == fault.NotFound {
		return s.beginAnew(w, v)
	}
	if err != nil {
		status, err := v.refused(w, p.Problems, field, err)
		if err != nil {
			return err
		}
		return s.showCode(w, v, status, p)
	}
	s.setSignIn(w, halfCookie, "", 0)
	s.setDevice(w, done.Device)
	if done.Remembered != "" {
		s.setSignIn(w, rememberedCookie, done.Remembered, 30*24*time.Hour)
	}
	if done.Recovery { // one code is gone, and a factor may be too: that is looked at first
		return s.done(w, v, "recovery.used", "/security")
	}
	return see(w, v, s.after(v, local(done.Next), done.Admin))
}

// second is the second factor of a form, and the field that it stands in.
func (v *visit) second() (auth.Second, string) {
	if v.PostForm.Has("recovery") {
		return auth.Second{Recovery: v.PostFormValue("recovery")}, "recovery"
	}
	return auth.Second{Code: v.PostFormValue("code")}, "code"
}
