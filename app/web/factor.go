package web

import (
	"net/http"
	"strings"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/views/page"
)

const codesPage = "/security/codes"

// addApp begins the enrolment of an authenticator app.
func (s *server) addApp(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.Security{AddName: v.PostFormValue("name"), Problems: map[string]string{}}
	key, err := s.Auth.AddApp(v.Context(), v.id, p.AddName)
	if status, err := v.mend(w, p.Problems, "name", err); status != 0 || err != nil {
		if err != nil {
			return err
		}
		return s.showSecurity(w, v, status, p)
	}
	return see(w, v, "/security/app/"+key)
}

func (s *server) appForm(w http.ResponseWriter, v *visit) error {
	return s.showApp(w, v, http.StatusOK, page.App{})
}

func (s *server) showApp(w http.ResponseWriter, v *visit, status int, p page.App) error {
	e, err := s.Auth.Enrolment(v.Context(), v.id, v.PathValue("factor"))
	if err != nil {
		return err
	}
	if e.Tested { // only the codes must be saved yet
		return see(w, v, codesPage)
	}
	p.Action, p.Name, p.Key, p.BackURL = v.URL.Path, e.Name, e.Key, securityPage
	p.PlainKey, p.OpenURL = strings.ReplaceAll(e.Key, " ", ""), e.Address
	if p.QR, err = qrOf(e.Address, v.t("factor.qr")); err != nil {
		return err
	}
	return render(w, v, status, page.AppPage(s.frame(v, v.t("factor.title")), p))
}

// testApp takes the first code of an app. Without a right one it never counts.
func (s *server) testApp(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.App{Problems: map[string]string{}}
	counts, err := s.Auth.TestApp(v.Context(), v.id, v.from, v.PathValue("factor"), v.PostFormValue("code"))
	switch kind := fault.KindOf(err); {
	case err == nil && counts:
		return s.doneKnown(w, v, "factor.added", securityPage)
	case err == nil:
		return see(w, v, codesPage)
	case kind == fault.SignIn || kind == fault.TooMany:
		status, err := v.refused(w, p.Problems, "code", err)
		if err != nil {
			return err
		}
		if kind == fault.SignIn {
			status = http.StatusUnprocessableEntity
		}
		return s.showApp(w, v, status, p)
	}
	return err
}

func (s *server) removeFactor(w http.ResponseWriter, v *visit) error {
	p := page.Security{Problems: map[string]string{}}
	err := s.Auth.RemoveFactor(v.Context(), v.id, v.from, v.PathValue("factor"))
	if status, err := v.mend(w, p.Problems, "", err); status != 0 || err != nil {
		if err != nil {
			return err
		}
		return s.showSecurity(w, v, status, p)
	}
	has, err := s.Auth.HasFactor(v.Context(), v.id)
	if err != nil {
		return err
	}
	if !has {
		return s.doneKnown(w, v, "factor.removed-last", securityPage)
	}
	return s.doneKnown(w, v, "factor.removed", securityPage)
}

func (s *server) codes(w http.ResponseWriter, v *visit) error {
	return s.showCodes(w, v, http.StatusOK, page.Codes{})
}

func (s *server) showCodes(w http.ResponseWriter, v *visit, status int, p page.Codes) error {
	c, err := s.Auth.WaitingCodes(v.Context(), v.id)
	if err != nil {
		return err
	}
	has, err := s.Auth.HasFactor(v.Context(), v.id)
	if err != nil {
		return err
	}
	box, _, err := s.Auth.Box(v.Context())
	if err != nil {
		return err
	}
	zone := boxGuess(box).Zone
	p.Waiting, p.State, p.Enrolling, p.CanMake = c.Waiting, v.codesState(c, zone), !has, has
	p.SavedAction, p.NewAction, p.FileURL, p.BackURL = "/security/codes/saved", codesPage, "/security/codes.txt", securityPage
	if len(c.Waiting) > 0 {
		p.Printed = v.t("recovery.printed", "email", v.id.Email, "when", v.here(c.Made, zone))
	}
	return render(w, v, status, page.CodesPage(s.frame(v, v.t("recovery.title")), p))
}

// codesFile gives the codes as a text file, while they are shown.
func (s *server) codesFile(w http.ResponseWriter, v *visit) error {
	c, err := s.Auth.WaitingCodes(v.Context(), v.id)
	if err != nil {
		return err
	}
	if len(c.Waiting) == 0 {
		return fault.New(fault.NotFound, "recovery.gone")
	}
	box, _, err := s.Auth.Box(v.Context())
	if err != nil {
		return err
	}
	text := v.t("recovery.printed", "email", v.id.Email, "when", v.here(c.Made, boxGuess(box).Zone)) + "\n\n" + strings.Join(c.Waiting, "\n") + "\n\n" + v.t("recovery.lead") + "\n"
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="glucokeep-recovery-codes.txt"`)
	_, err = w.Write([]byte(text))
	return err
}

func (s *server) newCodes(w http.ResponseWriter, v *visit) error {
	if err := s.Auth.NewCodes(v.Context(), v.id, v.from); err != nil {
		return err
	}
	return see(w, v, codesPage)
}

// saveCodes takes the word of their owner that the codes are kept safe; an
// app that waited for that counts from then on.
func (s *server) saveCodes(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	if v.PostFormValue("saved") != "yes" {
		return s.showCodes(w, v, http.StatusUnprocessableEntity, page.Codes{Problems: map[string]string{"saved": v.t("recovery.saved-missing")}})
	}
	added, err := s.Auth.SaveCodes(v.Context(), v.id, v.from)
	if err != nil {
		return err
	}
	ways, err := s.Auth.Ways(v.Context(), v.id)
	switch {
	case err != nil:
		return err
	case added && ways.App:
		return s.doneKnown(w, v, "factor.added", securityPage)
	case added:
		return s.doneKnown(w, v, "passkey.added", securityPage)
	}
	return s.done(w, v, "recovery.kept", securityPage)
}

// demandFactor has the box demand a second factor of everybody, or not.
func (s *server) demandFactor(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	err := s.Auth.SetDemandsAll(v.Context(), audit.Actor{Account: v.id.Account}, v.from, v.PostFormValue("demand") == "yes")
	if err != nil {
		return err
	}
	return s.done(w, v, "box.factor.saved", "/box")
}
