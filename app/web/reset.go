package web

import (
	"net/http"

	"glucokeep/app/fault"
	"glucokeep/app/password"
	"glucokeep/views/page"
)

// resetForm is where a link from the console leads. To open it spends nothing.
func (s *server) resetForm(w http.ResponseWriter, v *visit) error {
	return s.showReset(w, v, http.StatusOK, page.Reset{})
}

func (s *server) showReset(w http.ResponseWriter, v *visit, status int, p page.Reset) error {
	p.Action, p.Least, p.SignInURL = v.URL.Path, password.Least, "/signin"
	if !p.Done {
		l, err := s.Auth.FindReset(v.Context(), v.PathValue("token"))
		if err != nil {
			return err
		}
		p.Email, p.Keeps = l.Email, l.Keeps
		if l.From.After(s.Auth.Now()) {
			zone, err := s.boxZone(v)
			if err != nil {
				return err
			}
			p.Waits = v.t("renew.waits-until", "when", v.here(l.From, zone))
		}
	}
	return render(w, v, status, page.ResetPage(s.frame(v, v.t("reset.title")), p))
}

// reset sets a new password. It lets nobody in.
func (s *server) reset(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.Reset{Problems: map[string]string{}}
	plain := v.PostFormValue("new")
	l, err := s.Auth.FindReset(v.Context(), v.PathValue("token"))
	if err != nil {
		return err
	}
	if plain != v.PostFormValue("again") {
		p.Problems["again"] = v.t("password.differ")
		return s.showReset(w, v, http.StatusUnprocessableEntity, p)
	}
	err = s.Auth.UseReset(v.Context(), v.from, v.PathValue("token"), plain)
	if fault.KindOf(err) == fault.Invalid {
		if err := v.problem(p.Problems, "new", err); err != nil {
			return err
		}
		return s.showReset(w, v, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	p.Done, p.Keeps = true, l.Keeps
	return s.showReset(w, v, http.StatusOK, p)
}
