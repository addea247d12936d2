package web

import (
	"net/http"
	"strings"
	"time"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/views/page"
)

const (
	askPage   = "/signin/ask"
	askCookie = "gkq" // a browser that asked to be let in again
)

// askForm is where somebody who is locked out asks those whom they trust, or
// sees how it stands.
func (s *server) askForm(w http.ResponseWriter, v *visit) error {
	if v.id.Account != 0 {
		return see(w, v, partnersPage)
	}
	if v.cookie(askCookie) != "" {
		return s.showAsked(w, v, http.StatusOK, page.Asked{})
	}
	return s.showAsk(w, v, http.StatusOK, page.AskBack{})
}

func (s *server) showAsk(w http.ResponseWriter, v *visit, status int, p page.AskBack) error {
	p.Action, p.Back = askPage, "/signin"
	return render(w, v, status, page.AskBackPage(s.frame(v, v.t("askback.title")), p))
}

// askBack makes a request, or forgets the one of before.
func (s *server) askBack(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	if v.PostFormValue("do") == "again" {
		s.setSignIn(w, askCookie, "", 0)
		return see(w, v, askPage)
	}
	p := page.AskBack{Email: v.PostFormValue("email"), Problems: map[string]string{}}
	if strings.TrimSpace(p.Email) == "" {
		p.Problems["email"] = v.t("askback.email-missing")
		return s.showAsk(w, v, http.StatusUnprocessableEntity, p)
	}
	token, err := s.Auth.Ask(v.Context(), v.from, p.Email)
	if err != nil {
		status, err := v.refused(w, p.Problems, "email", err)
		if err != nil {
			return err
		}
		return s.showAsk(w, v, status, p)
	}
	s.setSignIn(w, askCookie, token, 7*24*time.Hour)
	return see(w, v, askPage)
}

func (s *server) showAsked(w http.ResponseWriter, v *visit, status int, p page.Asked) error {
	p.Action, p.AgainAction, p.SignInURL, p.Least = askPage+"/password", askPage, "/signin", auth.LeastAsked
	if !p.Done {
		a, err := s.Auth.FindAsked(v.Context(), v.cookie(askCookie))
		if err != nil {
			return err
		}
		p.Code, p.Over, p.Ready, p.Email = a.Code, a.Over, a.Vouched && a.Wait == 0, a.Email
		if a.Wait > 0 {
			p.Wait = v.begunHours(a.Wait)
		}
	}
	return render(w, v, status, page.AskedPage(s.frame(v, v.t("askback.title")), p))
}

// askedPassword sets a new password by a request that two vouched for. It lets
// nobody in.
func (s *server) askedPassword(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	token := v.cookie(askCookie)
	if token == "" {
		return see(w, v, askPage)
	}
	a, err := s.Auth.FindAsked(v.Context(), token)
	if err != nil {
		return err
	}
	if !a.Vouched || a.Wait > 0 {
		return see(w, v, askPage)
	}
	p := page.Asked{Problems: map[string]string{}}
	plain := v.PostFormValue("new")
	if plain != v.PostFormValue("again") {
		p.Problems["again"] = v.t("password.differ")
		return s.showAsked(w, v, http.StatusUnprocessableEntity, p)
	}
	err = s.Auth.UseAsked(v.Context(), v.from, token, plain)
	if fault.KindOf(err) == fault.Invalid {
		if err := v.problem(p.Problems, "new", err); err != nil {
			return err
		}
		return s.showAsked(w, v, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	s.setSignIn(w, askCookie, "", 0)
	return s.showAsked(w, v, http.StatusOK, page.Asked{Done: true})
}

// stopForm is where the link of a mail leads. To open it stops nothing.
func (s *server) stopForm(w http.ResponseWriter, v *visit) error {
	if err := s.Auth.FindStop(v.Context(), v.PathValue("token")); err != nil {
		return err
	}
	return s.showStop(w, v, page.Stop{Action: v.URL.Path})
}

func (s *server) showStop(w http.ResponseWriter, v *visit, p page.Stop) error {
	p.SignInURL = "/signin"
	return render(w, v, http.StatusOK, page.StopPage(s.frame(v, v.t("stop.title")), p))
}

func (s *server) stopByLink(w http.ResponseWriter, v *visit) error {
	if err := s.Auth.StopByLink(v.Context(), v.from, v.PathValue("token")); err != nil {
		return err
	}
	return s.showStop(w, v, page.Stop{Done: true})
}

// stopAsked stops a request from any page of whoever it would let in as. It
// asks for nothing more: to stop it must be easy.
func (s *server) stopAsked(w http.ResponseWriter, v *visit) error {
	if err := s.Auth.Stop(v.Context(), v.id, v.from); err != nil {
		return err
	}
	return s.done(w, v, "askback.stopped", securityPage)
}
