package web

import (
	"net/http"
	"strings"

	"glucokeep/app/auth"
	"glucokeep/views/page"
)

// handovers lists the links that whoever manages the box can hand over in
// person. A link proves an address or takes one back; it lets nobody in.
func (s *server) handovers(w http.ResponseWriter, v *visit) error {
	return s.showHandovers(w, v, http.StatusOK, page.Handovers{})
}

func (s *server) showHandovers(w http.ResponseWriter, v *visit, status int, p page.Handovers) error {
	p.Action = "/box/links"
	_, known, err := s.Mail.Settings(v.Context())
	if err != nil {
		return err
	}
	p.NoServer = !known
	open, err := s.Auth.Handovers(v.Context())
	if err != nil {
		return err
	}
	for _, h := range open {
		p.Rows = append(p.Rows, page.HandoverRow{Name: h.Name, Account: h.Account, What: v.handoverWhat(h), Undo: h.Undo})
	}
	return render(w, v, status, page.HandoversPage(s.frame(v, v.t("handover.title")), p))
}

// handoverWhat says what a link would do, without any address.
func (v *visit) handoverWhat(h auth.Handover) string {
	switch {
	case h.Undo:
		return v.t("handover.undo")
	case h.Changes:
		return v.t("handover.change")
	}
	return v.t("handover.confirm")
}

// handOver makes a link and shows it once, as text and for a camera.
func (s *server) handOver(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := page.Handovers{Problems: map[string]string{}}
	path, h, err := s.Auth.HandOver(v.Context(), v.id, v.from, v.PostFormValue("account"), v.PostFormValue("undo") == "yes")
	if err != nil {
		return err
	}
	at := strings.TrimSuffix(s.Base.String(), "/") + path
	code, err := qrOf(at, v.t("handover.qr", "name", h.Name))
	if err != nil {
		return err
	}
	p.Link = &page.HandoverLink{Name: h.Name, What: v.handoverWhat(h), URL: at, QR: code}
	return s.showHandovers(w, v, http.StatusOK, p)
}
