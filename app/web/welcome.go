package web

import (
	"net/http"

	"glucokeep/app/fault"
	"glucokeep/app/password"
	"glucokeep/views/page"
)

// welcomeForm is where the link to a first password leads. To open it spends
// nothing.
func (s *server) welcomeForm(w http.ResponseWriter, v *visit) error {
	return s.showWelcome(w, v, http.StatusOK, page.Welcome{})
}

func (s *server) showWelcome(w http.ResponseWriter, v *visit, status int, p page.Welcome) error {
	p.Action, p.Least, p.SignInURL = v.URL.Path, password.Least, "/signin"
	var err error
	if !p.Done {
		if p.Name, p.Email, err = s.Auth.FindWelcome(v.Context(), v.PathValue("token")); err != nil {
			return err
		}
	}
	if p.Box, err = s.Auth.BoxName(v.Context()); err != nil {
		return err
	}
	return render(w, v, status, page.WelcomePage(s.frame(v, v.t("welcome.title")), p))
}

// welcome sets a first password. It lets nobody in.
func (s *server) welcome(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.Welcome{Problems: map[string]string{}}
	plain := v.PostFormValue("new")
	if plain != v.PostFormValue("again") {
		p.Problems["again"] = v.t("password.differ")
		return s.showWelcome(w, v, http.StatusUnprocessableEntity, p)
	}
	err := s.Auth.UseWelcome(v.Context(), v.from, v.PathValue("token"), plain)
	if fault.KindOf(err) == fault.Invalid {
		if err := v.problem(p.Problems, "new", err); err != nil {
			return err
		}
		return s.showWelcome(w, v, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	p.Done = true
	return s.showWelcome(w, v, http.StatusOK, p)
}
