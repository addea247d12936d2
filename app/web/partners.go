package web

import (
	"errors"
	"net/http"
	"time"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/views/page"
)

const partnersPage = "/security/people"

// partners shows whom an account trusts to let it in again, and who trusts it.
func (s *server) partners(w http.ResponseWriter, v *visit) error {
	box, _, err := s.Auth.Box(v.Context())
	if err != nil {
		return err
	}
	zone := boxGuess(box).Zone
	p := page.Partners{Back: securityPage}
	list, err := s.Auth.Partners(v.Context(), v.id)
	if err != nil {
		return err
	}
	for _, x := range list {
		p.Rows = append(p.Rows, page.PartnerRow{Name: x.Name, RemoveAction: partnersPage + "/" + x.Key + "/remove",
			Says: v.t("partner.state."+string(x.State), "when", v.here(x.Since, zone), "wait", v.begunHours(x.Wait))})
	}
	if len(list) < auth.MostPartners {
		p.NewURL = partnersPage + "/new"
	}
	of, err := s.Auth.TrustedBy(v.Context(), v.id)
	for _, x := range of {
		p.Of = append(p.Of, v.trustingRow(x, zone))
	}
	if err != nil {
		return err
	}
	return render(w, v, http.StatusOK, page.PartnersPage(s.frame(v, v.t("partner.title")), p))
}

func (v *visit) trustingRow(x auth.Trusting, zone string) page.TrustingRow {
	at := partnersPage + "/" + x.Key
	row := page.TrustingRow{Name: x.Name, LeaveAction: at + "/leave"}
	if !x.Agreed {
		row.Says, row.AgreeAction = v.t("partner.of.asked", "when", v.here(x.Since, zone)), at+"/agree"
		return row
	}
	row.Says = v.t("partner.of.agreed", "when", v.here(x.Since, zone))
	if x.Asks {
		row.Locked, row.VouchURL = v.t("partner.of.locked", "when", v.here(x.Asked, zone)), at+"/vouch"
	}
	return row
}

// begunHours is how long something takes, in begun hours.
func (v *visit) begunHours(d time.Duration) string {
	return v.locale.Span((d + time.Hour - 1).Truncate(time.Hour))
}

func (s *server) newPartnerForm(w http.ResponseWriter, v *visit) error {
	return s.showNewPartner(w, v, http.StatusOK, page.NewPartner{})
}

func (s *server) showNewPartner(w http.ResponseWriter, v *visit, status int, p page.NewPartner) error {
	p.Action, p.Back = partnersPage+"/new", partnersPage
	return render(w, v, status, page.NewPartnerPage(s.frame(v, v.t("partner.new.title")), p))
}

func (s *server) newPartner(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.NewPartner{Email: v.PostFormValue("email"), Problems: map[string]string{}}
	err := s.Auth.NamePartner(v.Context(), v.id, v.from, p.Email)
	if err == nil {
		return s.done(w, v, "partner.named", partnersPage)
	}
	status := statuses[fault.KindOf(err)]
	if f, ok := errors.AsType[*fault.Error](err); ok {
		retryAfter(w, f)
	}
	if err := v.problem(p.Problems, "email", err); err != nil {
		return err
	}
	return s.showNewPartner(w, v, status, p)
}

func (s *server) removePartner(w http.ResponseWriter, v *visit) error {
	if err := s.Auth.EndPartner(v.Context(), v.id, v.from, v.PathValue("partner"), true); err != nil {
		return err
	}
	return s.done(w, v, "partner.removed", partnersPage)
}

func (s *server) leavePartner(w http.ResponseWriter, v *visit) error {
	if err := s.Auth.EndPartner(v.Context(), v.id, v.from, v.PathValue("partner"), false); err != nil {
		return err
	}
	return s.done(w, v, "partner.left", partnersPage)
}

func (s *server) agreePartner(w http.ResponseWriter, v *visit) error {
	if err := s.Auth.Agree(v.Context(), v.id, v.from, v.PathValue("partner")); err != nil {
		return err
	}
	return s.done(w, v, "partner.agreed", partnersPage)
}

func (s *server) vouchForm(w http.ResponseWriter, v *visit) error {
	return s.showVouch(w, v, http.StatusOK, page.Vouch{})
}

func (s *server) showVouch(w http.ResponseWriter, v *visit, status int, p page.Vouch) error {
	name, err := s.Auth.Vouching(v.Context(), v.id, v.PathValue("partner"))
	if err != nil {
		return err
	}
	p.Action, p.Name, p.Back = v.URL.Path, name, partnersPage
	return render(w, v, status, page.VouchPage(s.frame(v, v.t("vouch.title", "name", name)), p))
}

// vouch takes what a partner heard from whoever is locked out.
func (s *server) vouch(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.Vouch{Problems: map[string]string{}}
	err := s.Auth.Vouch(v.Context(), v.id, v.from, v.PathValue("partner"), v.PostFormValue("code"))
	if err == nil {
		return s.done(w, v, "vouch.done", partnersPage)
	}
	status, err := v.refused(w, p.Problems, "code", err)
	if err != nil {
		return err
	}
	return s.showVouch(w, v, status, p)
}
