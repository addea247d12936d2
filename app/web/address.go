package web

import (
	"net/http"

	"glucokeep/views/page"
)

func (s *server) addressForm(w http.ResponseWriter, v *visit) error {
	p := page.Address{}
	if _, ok := s.refill(w, v); ok {
		p.Typed = v.PostFormValue("email")
	}
	return s.showAddress(w, v, http.StatusOK, p)
}

func (s *server) showAddress(w http.ResponseWriter, v *visit, status int, p page.Address) error {
	p.Action, p.ConfirmAction = "/preferences/address", "/preferences/address/confirm"
	state, err := s.Auth.Address(v.Context(), v.id)
	if err != nil {
		return err
	}
	_, known, err := s.Mail.Settings(v.Context())
	if err != nil {
		return err
	}
	p.Email, p.Asked, p.Waits, p.NoServer = state.Email, state.Asked, state.Waits, !known
	if !state.Confirmed.IsZero() {
		box, _, err := s.Auth.Box(v.Context())
		if err != nil {
			return err
		}
		p.Confirmed = v.here(state.Confirmed, boxGuess(box).Zone)
	}
	return render(w, v, status, page.AddressPage(s.frame(v, v.t("address.title")), p))
}

// askAddress asks for another address, for somebody who showed just now who
// they are. It counts when it is proven.
func (s *server) askAddress(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.Address{Typed: v.PostFormValue("email"), Problems: map[string]string{}}
	err := s.Auth.AskAddress(v.Context(), v.id, v.from, p.Typed)
	if status, err := v.mend(w, p.Problems, "email", err); status != 0 || err != nil {
		if err != nil {
			return err
		}
		return s.showAddress(w, v, status, p)
	}
	return see(w, v, "/preferences/address")
}

// askConfirm sends a link that proves the address.
func (s *server) askConfirm(w http.ResponseWriter, v *visit) error {
	p := page.Address{Problems: map[string]string{}}
	if status, err := v.mend(w, p.Problems, "", s.Auth.AskConfirm(v.Context(), v.id, v.from)); status != 0 || err != nil {
		if err != nil {
			return err
		}
		return s.showAddress(w, v, status, p)
	}
	return see(w, v, "/preferences/address")
}

// linkForm says what a link does and waits for its button: programs that look
// through mails open every link.
func (s *server) linkForm(w http.ResponseWriter, v *visit) error {
	l, err := s.Auth.FindLink(v.Context(), v.PathValue("token"))
	if err != nil {
		return err
	}
	return s.showLink(w, v, page.AddressLink{Address: l.Address, Undo: l.Undo, Changes: l.Changes, Action: v.URL.Path})
}

func (s *server) useLink(w http.ResponseWriter, v *visit) error {
	l, err := s.Auth.UseLink(v.Context(), v.from, v.PathValue("token"))
	if err != nil {
		return err
	}
	return s.showLink(w, v, page.AddressLink{Address: l.Address, Undo: l.Undo, Changes: l.Changes, Done: true, SignInURL: "/"})
}

func (s *server) showLink(w http.ResponseWriter, v *visit, p page.AddressLink) error {
	return render(w, v, http.StatusOK, page.AddressLinkPage(s.frame(v, v.t("address.title")), p))
}
