package web

import (
	"net/http"

	"glucokeep/views/page"
)

// fillMarks says what whoever manages the box did to the account, for good.
func (s *server) fillMarks(v *visit, p *page.Security, zone string) error {
	list, err := s.Auth.Marks(v.Context(), v.id)
	for _, m := range list {
		p.Marks.Lines = append(p.Marks.Lines, v.t("marks."+string(m.Action), "when", v.here(m.At, zone)))
	}
	if v.id.Renewing(s.Auth.Now()) {
		p.Marks.StopAction = "/security/renewal/stop"
	}
	return err
}

// stopRenewal has a link to a new password open nothing. It takes no fresh
// sign-in: it can only keep things as they are.
func (s *server) stopRenewal(w http.ResponseWriter, v *visit) error {
	if err := s.Auth.StopRenewal(v.Context(), v.id, v.from); err != nil {
		return err
	}
	return s.done(w, v, "renew.stopped", securityPage)
}
