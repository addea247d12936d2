package web

import (
	"errors"
	"net/http"

	"glucokeep/app/fault"
	"glucokeep/views/page"
)

const passwordPage = "/security/password"

// errMustChange says that a password was published, so that nothing but the
// page to change it opens.
var errMustChange = fault.New(fault.Forbidden, "password.must-change")

// errMustEnrol says that a second factor is demanded and there is none.
var errMustEnrol = fault.New(fault.Forbidden, "security.next.must-factor")

// toPassword is the address that password managers know (W3C, A Well-Known
// URL for Changing Passwords).
func (s *server) toPassword(w http.ResponseWriter, v *visit) error { return see(w, v, passwordPage) }

// The kinds of password that can be made, as ?make= has them.
const (
	makeWords = "words"
	makeSigns = "signs"
)

// suggestions is how many of a kind a page brings along: a script offers them
// one after the other, and nothing that was typed is lost.
const suggestions = 5

func (s *server) passwordForm(w http.ResponseWriter, v *visit) error {
	p := page.Password{}
	if kind := v.URL.Query().Get("make"); kind == makeWords || kind == makeSigns {
		made, err := s.Auth.SuggestPassword(v.Context(), v.id, kind == makeWords, v.locale.Lang)
		if err != nil {
			return err
		}
		p.Made = made
	}
	return s.showPassword(w, v, http.StatusOK, p)
}

func (s *server) showPassword(w http.ResponseWriter, v *visit, status int, p page.Password) error {
	least, err := s.Auth.LeastPassword(v.Context(), v.id)
	if err != nil {
		return err
	}
	p.Action, p.SignOut, p.Email, p.Least, p.MustChange = passwordPage, "/signout", v.id.Email, least, v.id.MustChange
	p.Forgot, p.Short = v.id.Forgot, v.id.Short
	for _, kind := range []string{makeWords, makeSigns} {
		w := page.PasswordWay{URL: passwordPage + "?make=" + kind, Label: v.t("password.make." + kind)}
		for range suggestions {
			made, err := s.Auth.SuggestPassword(v.Context(), v.id, kind == makeWords, v.locale.Lang)
			if err != nil {
				return err
			}
			w.Suggests = append(w.Suggests, made)
		}
		p.Ways = append(p.Ways, w)
	}
	return render(w, v, status, page.PasswordPage(s.frame(v, v.t("password.title")), p))
}

func (s *server) changePassword(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.Password{Problems: map[string]string{}}
	plain := v.PostFormValue("new")
	switch {
	case v.PostFormValue("current") == "" && !v.id.Forgot:
		p.Problems["current"] = v.t("password.current-missing")
	case plain != v.PostFormValue("again"):
		p.Problems["again"] = v.t("password.differ")
	}
	if len(p.Problems) > 0 {
		return s.showPassword(w, v, http.StatusUnprocessableEntity, p)
	}
	err := s.Auth.ChangePassword(v.Context(), v.id, v.from, v.PostFormValue("current"), plain)
	if err == nil {
		return s.doneKnown(w, v, "password.changed", "/preferences")
	}
	field, status := "new", http.StatusUnprocessableEntity
	switch fault.KindOf(err) {
	case fault.Invalid:
	case fault.SignIn:
		field = "current"
	case fault.TooMany:
		field, status = "current", http.StatusTooManyRequests
	default:
		return err
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		retryAfter(w, f)
	}
	if err := v.problem(p.Problems, field, err); err != nil {
		return err
	}
	return s.showPassword(w, v, status, p)
}
