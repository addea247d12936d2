package web

import (
	"net/http"
	"strings"

	"glucokeep/views/component"
	"glucokeep/views/layout"
	"glucokeep/views/page"
)

const sharingAction = "/security/sharing"

// fillSharing says whether the account looks like it has a shared password.
func (s *server) fillSharing(v *visit, p *page.Security, zone string) error {
	w, open, err := s.Auth.Sharing(v.Context(), v.id)
	if err != nil || !open {
		return err
	}
	p.Sharing = &page.SharingWarning{When: v.here(w.At, zone), DismissAction: sharingAction,
		First:  page.SharingPlace{Device: v.deviceWords(w.First.Device), Place: v.place(w.First.IP)},
		Second: page.SharingPlace{Device: v.deviceWords(w.Second.Device), Place: v.place(w.Second.IP)}}
	return nil
}

// sharingNotice is the same above the pages that somebody opens first; nil
// when there is nothing to say.
func (s *server) sharingNotice(v *visit) *layout.Notice {
	if v.URL.Path != "/" && strings.TrimPrefix(v.URL.Path, "/people/") != v.scope.Person().Key {
		return nil
	}
	if _, open, err := s.Auth.Sharing(v.Context(), v.id); err != nil || !open { // no page fails for its notice
		return nil
	}
	return &layout.Notice{Kind: "warning", Text: v.t("security.sharing.notice"),
		Link: &component.Link{URL: securityPage + "#sharing", Label: v.t("security.title")}}
}

// dismissSharing has the warning go away.
func (s *server) dismissSharing(w http.ResponseWriter, v *visit) error {
	if err := s.Auth.DismissSharing(v.Context(), v.id, v.from); err != nil {
		return err
	}
	return s.done(w, v, "security.sharing.dismissed", securityPage)
}
