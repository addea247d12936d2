package web

import (
	"net/http"

	"glucokeep/views/page"
)

// fillMarks says what was done around what the account is opened with by
// others than its owner, at the console or by whoever manages the box: the
// newest at once, all others of a year behind a fold. There is no way to take
// one away.
func (s *server) fillMarks(v *visit, p *page.Security, zone string) error {
	list, err := s.Auth.Marks(v.Context(), v.id)
	for i, m := range list {
		said := v.t("marks."+string(m.Action), "when", v.here(m.At, zone))
		if i == 0 {
			p.Marks.Newest = said
		} else {
			p.Marks.More = append(p.Marks.More, said)
		}
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
