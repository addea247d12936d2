package web

import (
	"net/http"
	"strings"
	"time"

	"glucokeep/app/auth"
	"glucokeep/views/layout"
	"glucokeep/views/page"
)

const addressPage = "/preferences/address"

// fillWayBack says how somebody gets in again when something is lost.
func (s *server) fillWayBack(v *visit, p *page.Security, zone string) error {
	w, err := s.Auth.WaysBack(v.Context(), v.id)
	if err != nil {
		return err
	}
	since, err := s.Auth.ReminderDue(v.Context(), v.id)
	if err != nil {
		return err
	}
	p.WayBack = page.WayBack{Remind: !since.IsZero(), CurrentAction: "/security/current", Holds: v.wayBackRows(w, zone)}
	for _, a := range w.Again() {
		row := page.WayBackAgain{Loss: v.t("wayback.loss." + string(a.Loss)), Says: v.t("wayback.back." + string(a.Back)), In: a.In}
		switch a.Back {
		case auth.NeedCodes:
			row.URL = codesPage
		case auth.NeedFactor:
			row.URL = "#factors"
		case auth.NeedPartners:
			row.URL = partnersPage
		}
		p.WayBack.Again = append(p.WayBack.Again, row)
	}
	return nil
}

// wayBackRows says what there is to get in with.
func (v *visit) wayBackRows(w auth.WaysBack, zone string) []page.WayBackRow {
	address := page.WayBackRow{What: v.t("wayback.address"), URL: addressPage, Lacks: true, Says: v.t("wayback.address.unproven", "email", w.Address.Email)}
	switch {
	case !w.GaveUp.IsZero():
		address.Says = v.t("wayback.address.gave-up", "email", w.Address.Email, "when", v.here(w.GaveUp, zone))
	case !w.Address.Confirmed.IsZero():
		address.Says, address.Lacks = v.t("wayback.address.proven", "email", w.Address.Email, "when", v.here(w.Address.Confirmed, zone)), false
	}
	codes := page.WayBackRow{What: v.t("wayback.codes"), URL: codesPage, Says: v.codesState(w.Codes, zone), Lacks: !w.Codes.Saved || w.Codes.Left <= fewCodes}
	factors := page.WayBackRow{What: v.t("wayback.factors"), URL: "#factors", Says: v.factorCount(w), Lacks: w.Apps+w.Passkeys == 0}
	if factors.Lacks {
		codes.URL, codes.Says = "", v.t("recovery.state.no-factor")
	}
	return []page.WayBackRow{address, codes, factors,
		{What: v.t("wayback.partners"), URL: partnersPage, Says: v.partnerCount(w), Lacks: len(w.Partners) > 0 && w.Counting < 2}}
}

func (v *visit) factorCount(w auth.WaysBack) string {
	var parts []string
	if w.Apps > 0 {
		parts = append(parts, v.t("wayback.factors.apps", "count", w.Apps))
	}
	if w.Passkeys > 0 {
		parts = append(parts, v.t("wayback.factors.passkeys", "count", w.Passkeys))
	}
	if len(parts) == 0 {
		return v.t("wayback.factors.none")
	}
	return strings.Join(parts, " · ")
}

func (v *visit) partnerCount(w auth.WaysBack) string {
	if len(w.Partners) == 0 {
		return v.t("wayback.partners.none")
	}
	waits, closed := 0, 0
	for _, p := range w.Partners {
		switch p.State {
		case auth.PartnerClosed:
			closed++
		case auth.PartnerAskedFor, auth.PartnerYoung:
			waits++
		}
	}
	parts := []string{v.t("wayback.partners.count", "count", w.Counting)}
	if waits > 0 {
		parts = append(parts, v.t("wayback.partners.waits", "count", waits))
	}
	if closed > 0 {
		parts = append(parts, v.t("wayback.partners.closed", "count", closed))
	}
	return strings.Join(parts, " · ")
}

// allCurrent takes the answer to the reminder.
func (s *server) allCurrent(w http.ResponseWriter, v *visit) error {
	if err := s.Auth.AllCurrent(v.Context(), v.id, v.from); err != nil {
		return err
	}
	return s.done(w, v, "wayback.current.done", securityPage)
}

// alerts are what every page says to whoever is signed in until it is over. No
// page fails for them.
func (s *server) alerts(v *visit) (out []layout.Alert) {
	a, err := s.Auth.Alerts(v.Context(), v.id)
	if err != nil {
		s.Log.Error("alerts of an account are left out", "id", requestID(v.Context()), "err", err)
		return nil
	}
	box, _, err := s.Auth.Box(v.Context())
	if err != nil {
		return nil
	}
	when := func(t time.Time) string { return v.here(t, boxGuess(box).Zone) }
	if !a.Asked.IsZero() {
		key := "askback.alert"
		if a.Two {
			key = "askback.alert.two"
		}
		out = append(out, layout.Alert{Text: v.t(key, "when", when(a.Asked)), Action: "/security/stop", Label: v.t("askback.stop"), Warning: true})
	}
	if a.Help > 0 {
		out = append(out, layout.Alert{Text: v.t("askback.help", "count", a.Help), URL: partnersPage, Label: v.t("askback.help.do")})
	}
	if !a.GaveUp.IsZero() {
		out = append(out, layout.Alert{Text: v.t("wayback.gave-up", "when", when(a.GaveUp), "email", v.id.Email), URL: addressPage, Label: v.t("wayback.gave-up.do")})
	}
	return out
}
