package web

import (
	"crypto/rand"
	"net/http"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

// signInPasskey is the form for a sign-in with a passkey.
func (s *server) signInPasskey(v *visit, use, next string) component.PasskeyForm {
	f := s.passkeyForm(v, "/signin/passkey", "passkey.use")
	f.Fields = []component.HiddenField{{Name: "use", Value: use}, {Name: "next", Value: next}}
	return f
}

// askPasskey asks a browser for a passkey. It alone may answer: it has a
// cookie by which it is known to be the same.
func (s *server) askPasskey(w http.ResponseWriter, v *visit) error {
	browser := v.cookie(askedCookie)
	if len(browser) != len(rand.Text()) {
		browser = rand.Text()
		s.setSignIn(w, askedCookie, browser, 0)
	}
	c, err := s.Auth.AskPasskey(v.from, browser)
	return v.challenge(w, c, err)
}

// passkeySignIn lets somebody in by a passkey, which shows both factors.
func (s *server) passkeySignIn(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.SignIn{Use: string(v.use()), Next: local(v.PostFormValue("next")), Problems: map[string]string{}}
	done, err := s.Auth.EnterByPasskey(v.Context(), v.from, auth.PasskeyWay{Asked: v.PostFormValue("asked"), Answer: v.PostFormValue("answer"),
		Browser: v.cookie(askedCookie), Device: v.cookie(deviceCookie), Half: v.cookie(halfCookie), Use: v.use()})
	if err != nil {
		status, err := v.refused(w, p.Problems, "", err)
		if err != nil {
			return err
		}
		return s.showSignIn(w, v, status, p)
	}
	for _, name := range []string{askedCookie, halfCookie} {
		if v.cookie(name) != "" {
			s.setSignIn(w, name, "", 0)
		}
	}
	s.setDevice(w, done.Device)
	return see(w, v, s.after(v, p.Next, done.Admin))
}

func (s *server) askStepUp(w http.ResponseWriter, v *visit) error {
	c, err := s.Auth.AskStepUp(v.Context(), v.id)
	return v.challenge(w, c, err)
}

// passkeyStepUp takes a passkey for the password and the code.
func (s *server) passkeyStepUp(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.StepUp{Next: local(v.PostFormValue("next")), Problems: map[string]string{}}
	err := s.Auth.StepUpByPasskey(v.Context(), v.id, v.from, v.PostFormValue("asked"), v.PostFormValue("answer"))
	if err == nil {
		return see(w, v, p.Next)
	}
	if fault.KindOf(err) == fault.Conflict || fault.KindOf(err) == fault.NotFound { // the last passkey went meanwhile
		err = fault.New(fault.SignIn, "passkey.refused")
	}
	status, err := v.refused(w, p.Problems, "", err)
	if err != nil {
		return err
	}
	return s.showStepUp(w, v, status, p)
}
