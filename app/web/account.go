package web

import (
	"errors"
	"net/http"
	"strings"

	"glucokeep/app/auth"
	"glucokeep/app/fault"
	"glucokeep/views/page"
)

func (s *server) account(w http.ResponseWriter, v *visit) error {
	return s.showAccount(w, v, http.StatusOK, v.PathValue("account"), page.Account{})
}

func (s *server) showAccount(w http.ResponseWriter, v *visit, status int, key string, p page.Account) error {
	m, link, err := s.Auth.Managed(v.Context(), v.id, key)
	if err != nil {
		return err
	}
	zone, err := s.boxZone(v)
	if err != nil {
		return err
	}
	if _, p.Mail, err = s.Mail.Settings(v.Context()); err != nil {
		return err
	}
	p.Name, p.Self, p.SelfURL, p.ListURL, p.Admin = m.Name, m.Self, securityPage, accountsPage, m.Admin
	p.Facts = v.accountFacts(m, zone)
	if !link.Until.IsZero() && p.Link == nil {
		p.Waits = v.t("accounts.link.waits", "when", v.here(link.Until, zone))
		if link.From.After(s.Auth.Now()) {
			p.Waits = v.t("accounts.link.begins", "when", v.here(link.From, zone))
		}
	}
	at := accountsPage + "/" + m.Key
	switch {
	case !m.Disabled.IsZero():
		p.OpenAction = at + "/enable"
	case !m.Welcomed:
		p.WelcomeAction, p.CloseAction = at+"/link", at+"/disable"
	default:
		p.ResetAction, p.CloseAction = at+"/reset", at+"/disable"
		p.ResetWords = v.t("accounts.reset.waits")
		if m.Factor {
			p.ResetWords = v.t("accounts.reset.factor")
		}
	}
	if m.Admin || m.Disabled.IsZero() && m.Welcomed {
		p.AdminAction = at + "/admin"
	}
	return render(w, v, status, page.AccountPage(s.frame(v, m.Name), p))
}

func (v *visit) accountFacts(m auth.Managed, zone string) []page.Fact {
	address := m.Email
	if !m.Proven {
		address += " (" + v.t("accounts.unproven") + ")"
	}
	state := v.t("accounts.state.open")
	switch {
	case !m.Disabled.IsZero():
		state = v.t("accounts.state.closed", "day", v.on(m.Disabled, zone))
	case !m.Welcomed:
		state = v.t("accounts.unwelcomed")
	case m.Admin:
		state = v.t("accounts.state.manages")
	}
	facts := []page.Fact{{Name: v.t("form.email"), Value: address}, {Name: v.t("accounts.state"), Value: state},
		{Name: v.t("accounts.made"), Value: v.on(m.Created, zone)}}
	if m.Welcomed {
		last := v.t("accounts.signed-in.never")
		if !m.SignedIn.IsZero() {
			last = v.on(m.SignedIn, zone)
		}
		has := v.t("security.lacks")
		if m.Factor {
			has = v.t("security.has")
		}
		facts = append(facts, page.Fact{Name: v.t("security.factors"), Value: has}, page.Fact{Name: v.t("accounts.last"), Value: last})
	}
	return facts
}

// handed shows a link once, or says that it went by mail.
func (s *server) handed(w http.ResponseWriter, v *visit, key, what string, link auth.Handed) error {
	at := accountsPage + "/" + key
	if link.Mailed {
		return s.done(w, v, "accounts.link.mailed", at)
	}
	m, _, err := s.Auth.Managed(v.Context(), v.id, key)
	if err != nil {
		return err
	}
	zone, err := s.boxZone(v)
	if err != nil {
		return err
	}
	l := page.AccountLink{Title: v.t("handover.for", "name", m.Name), What: v.t(what), URL: strings.TrimSuffix(s.Base.String(), "/") + link.Path,
		Works: v.t("accounts.link.works", "until", v.here(link.Until, zone))}
	if link.From.After(s.Auth.Now()) {
		l.Works = v.t("accounts.link.works-from", "from", v.here(link.From, zone), "until", v.here(link.Until, zone))
	}
	if l.QR, err = qrOf(l.URL, v.t("handover.qr", "name", m.Name)); err != nil {
		return err
	}
	return s.showAccount(w, v, http.StatusOK, key, page.Account{Link: &l})
}

// act carries out an act on an account, and shows what is in its way.
func (s *server) act(w http.ResponseWriter, v *visit, do func(key string) error) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	key := v.PathValue("account")
	err := do(key)
	if _, ok := errors.AsType[*fault.Error](err); ok && fault.KindOf(err) != fault.NotFound {
		p := page.Account{Problems: map[string]string{}}
		status, err := v.mend(w, p.Problems, "", err)
		if err != nil {
			return err
		}
		return s.showAccount(w, v, status, key, p)
	}
	return err
}

func (s *server) welcomeAgain(w http.ResponseWriter, v *visit) error {
	return s.act(w, v, func(key string) error {
		byMail, err := v.how()
		if err != nil {
			return err
		}
		link, err := s.Auth.WelcomeAgain(v.Context(), v.id, v.from, key, byMail)
		if err != nil {
			return err
		}
		return s.handed(w, v, key, "accounts.link.welcome", link)
	})
}

func (s *server) renew(w http.ResponseWriter, v *visit) error {
	return s.act(w, v, func(key string) error {
		byMail, err := v.how()
		if err != nil {
			return err
		}
		link, err := s.Auth.MakeRenewal(v.Context(), v.id, v.from, key, byMail)
		if err != nil {
			return err
		}
		return s.handed(w, v, key, "accounts.link.reset", link)
	})
}

func (s *server) disable(w http.ResponseWriter, v *visit) error {
	return s.act(w, v, func(key string) error {
		if err := s.Auth.Disable(v.Context(), v.id, v.from, key); err != nil {
			return err
		}
		return s.done(w, v, "accounts.closed.done", accountsPage+"/"+key)
	})
}

func (s *server) enable(w http.ResponseWriter, v *visit) error {
	return s.act(w, v, func(key string) error {
		if err := s.Auth.Enable(v.Context(), v.id, v.from, key); err != nil {
			return err
		}
		return s.done(w, v, "accounts.opened.done", accountsPage+"/"+key)
	})
}

func (s *server) setAdmin(w http.ResponseWriter, v *visit) error {
	return s.act(w, v, func(key string) error {
		give := v.PostFormValue("admin")
		if give != "yes" && give != "no" {
			return fault.New(fault.Invalid, "accounts.admin-unknown")
		}
		if err := s.Auth.SetAdmin(v.Context(), v.id, v.from, key, give == "yes"); err != nil {
			return err
		}
		said := "accounts.admin.taken"
		if give == "yes" {
			said = "accounts.admin.given"
		}
		return s.done(w, v, said, accountsPage+"/"+key)
	})
}
