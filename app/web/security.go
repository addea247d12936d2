package web

import (
	"net/http"
	"net/netip"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/views/page"
)

const (
	securityPage = "/security"
	fewCodes     = 3 // and it is time for new ones
)

// security shows how safe an account is, to its owner.
func (s *server) security(w http.ResponseWriter, v *visit) error {
	p := page.Security{AddName: v.t("security.factor.name.first")}
	if f, ok := s.refill(w, v); ok && f.pattern == "POST /security/app" {
		p.AddName, p.Adding = v.PostFormValue("name"), true
	}
	return s.showSecurity(w, v, http.StatusOK, p)
}

func (s *server) showSecurity(w http.ResponseWriter, v *visit, status int, p page.Security) error {
	p.AddAction, p.EndAction, p.NotMeAction, p.PasswordURL = "/security/app", "/security/sessions", "/security/not-me", passwordPage
	box, _, err := s.Auth.Box(v.Context())
	if err != nil {
		return err
	}
	zone := boxGuess(box).Zone
	for _, fill := range []func(*visit, *page.Security, string) error{s.fillMarks, s.fillSharing, s.fillPasskeys, s.fillFactors, s.fillNext, s.fillWayBack, s.fillSessions, s.fillAttempts, s.fillCheckup} {
		if err := fill(v, &p, zone); err != nil {
			return err
		}
	}
	return render(w, v, status, page.SecurityPage(s.frame(v, v.t("security.title")), p))
}

func (s *server) fillFactors(v *visit, p *page.Security, zone string) error {
	list, err := s.Auth.Apps(v.Context(), v.id)
	if err != nil {
		return err
	}
	ways, err := s.Auth.Ways(v.Context(), v.id)
	if err != nil {
		return err
	}
	for _, f := range list {
		row := page.FactorRow{Name: f.Name, Since: v.t("security.since", "when", v.here(f.Since, zone)), Used: v.t("security.factor.unused"),
			RemoveAction: "/security/app/" + f.Key + "/remove"}
		if !f.Used.IsZero() {
			row.Used = v.t("security.used", "when", v.here(f.Used, zone))
		}
		p.Factors = append(p.Factors, row)
	}
	p.CanAdd, p.Spare = len(list) < auth.MostFactors, len(list) > 1 || ways.Passkey
	if p.Demanded, err = s.Auth.Demanded(v.Context(), v.id); err != nil {
		return err
	}
	codes, err := s.Auth.Codes(v.Context(), v.id)
	if err != nil {
		return err
	}
	p.Codes = v.codesState(codes, zone)
	if has, err := s.Auth.HasFactor(v.Context(), v.id); err != nil {
		return err
	} else if has {
		p.CodesURL = codesPage
	} else {
		p.Codes = v.t("recovery.state.no-factor")
	}
	return nil
}

// codesState says how recovery codes stand.
func (v *visit) codesState(c auth.Codes, zone string) string {
	switch {
	case c.Made.IsZero():
		return v.t("recovery.state.none")
	case !c.Saved:
		return v.t("recovery.state.unsaved")
	}
	return v.t("recovery.state.left", "count", c.Left, "when", v.here(c.Made, zone))
}

func (s *server) fillSessions(v *visit, p *page.Security, zone string) error {
	in, err := s.Auth.SignedIn(v.Context(), v.id)
	if err != nil {
		return err
	}
	kept, err := s.Auth.Remembered(v.Context(), v.id)
	if err != nil {
		return err
	}
	for _, x := range in {
		p.Sessions = append(p.Sessions, v.sessionRow(x, zone))
	}
	for _, x := range kept {
		p.Remembered = append(p.Remembered, v.sessionRow(x, zone))
	}
	p.Others = len(in)+len(kept) > 1
	return nil
}

func (v *visit) sessionRow(x auth.Session, zone string) page.SessionRow {
	row := page.SessionRow{Key: x.Key, Device: v.deviceWords(x.Device), Place: v.place(x.IP), Since: v.t("security.since", "when", v.here(x.Since, zone)),
		Active: v.t("security.used", "when", v.here(x.Active, zone)), Here: x.Here}
	switch x.Use {
	case auth.Own:
		row.Use = " · " + v.t("signin.use.own")
	case auth.Shared:
		row.Use = " · " + v.t("signin.use.shared")
	}
	return row
}

func (v *visit) deviceWords(device string) string {
	if device == "" || device == "unknown" {
		return v.t("security.device-unknown")
	}
	return v.locale.Device(device)
}

// place says where an address is as far as a box can know without asking
// anybody: at home, or the address itself.
func (v *visit) place(ip string) string {
	a, err := netip.ParseAddr(ip)
	switch {
	case err != nil:
		return v.t("security.place-unknown")
	case a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast():
		return v.t("security.place-home")
	}
	return a.String()
}

// endSession ends one browser, or all but this one.
func (s *server) endSession(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	key := v.PostFormValue("session")
	if key == "others" {
		if err := s.Auth.EndOthers(v.Context(), v.id, v.from); err != nil {
			return err
		}
		return s.doneKnown(w, v, "security.ended-others", securityPage)
	}
	err := s.Auth.EndSession(v.Context(), v.id, v.from, key)
	if fault.KindOf(err) == fault.NotFound {
		p := page.Security{Problems: map[string]string{}}
		if err := v.problem(p.Problems, "", err); err != nil {
			return err
		}
		return s.showSecurity(w, v, http.StatusNotFound, p)
	}
	if err != nil {
		return err
	}
	return s.done(w, v, "security.ended", securityPage)
}

// notMe ends what its owner does not know, at once, and leads to what ends
// everything else: another password.
func (s *server) notMe(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	if err := s.Auth.NotMe(v.Context(), v.id, v.from, v.PostFormValue("session")); err != nil {
		return err
	}
	return s.doneKnown(w, v, "security.not-me.next", passwordPage)
}
