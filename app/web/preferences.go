package web

import (
	"net/http"
	"slices"
	"time"

	"glucokeep/app/auth"
	"glucokeep/app/text"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

// system is the theme in forms and cookies that follows the system.
const system = "system"

var themes = []string{system, "light", "dark", "bedside"}

// eachPersons is the unit of an account that reads everybody's values in that
// person's own.
const eachPersons = "person"

// themeCookie keeps the look of a browser for the pages before sign-in.
const themeCookie = "gkt"

// theme is how the pages look: as the account likes, before sign-in as the
// last one did that chose here. "" follows the system.
func (v *visit) theme() string {
	chosen := v.id.Theme
	if v.id.Account == 0 {
		if c, err := v.Cookie(themeCookie); err == nil && slices.Contains(themes, c.Value) {
			chosen = c.Value
		}
	}
	if chosen == system {
		return ""
	}
	return chosen
}

func (s *server) setTheme(w http.ResponseWriter, theme string) {
	// #nosec G124 -- Secure as soon as the box is reached over TLS; without, it listens on loopback alone
	http.SetCookie(w, &http.Cookie{Name: themeCookie, Value: theme, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: s.Base.Scheme == "https", MaxAge: int((365 * 24 * time.Hour).Seconds())})
}

func (s *server) preferencesForm(w http.ResponseWriter, v *visit) error {
	if _, ok := s.refill(w, v); ok {
		return s.showPreferences(w, v, http.StatusOK, v.preferencesSent())
	}
	clock := "12"
	if v.locale.Clock24 {
		clock = "24"
	}
	unit := v.id.Unit
	if unit == "" {
		unit = eachPersons
	}
	theme := v.id.Theme
	if theme == "" {
		theme = system
	}
	return s.showPreferences(w, v, http.StatusOK, page.Preferences{Language: v.locale.Lang, Unit: unit, Clock: clock, Theme: theme})
}

func (s *server) showPreferences(w http.ResponseWriter, v *visit, status int, p page.Preferences) error {
	p.Action = "/preferences"
	p.Ways = []component.Link{{URL: securityPage, Label: v.t("security.title")}, {URL: checkupPage, Label: v.t("checkup.title")}, {URL: passwordPage, Label: v.t("password.title")},
		{URL: "/preferences/address", Label: v.t("address.title")}, {URL: "/preferences/phrase", Label: v.t("phrase.title")},
		{URL: "/mail-check", Label: v.t("mailcheck.title")}, {URL: aboutPage, Label: v.t("about.title")}}
	return render(w, v, status, page.PreferencesPage(s.frame(v, v.t("preferences.title")), p))
}

// preferencesSent is the form as it came.
func (v *visit) preferencesSent() page.Preferences {
	return page.Preferences{Language: v.PostFormValue("language"), Unit: v.PostFormValue("unit"), Clock: v.PostFormValue("clock"),
		Theme: v.PostFormValue("theme"), Problems: map[string]string{}}
}

func (s *server) setPreferences(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	p := v.preferencesSent()
	for field, ok := range map[string]bool{
		"language": slices.Contains(text.Languages(), p.Language), "unit": knownUnit(p.Unit) || p.Unit == eachPersons, "clock": p.Clock == "12" || p.Clock == "24",
		"theme": slices.Contains(themes, p.Theme),
	} {
		if !ok {
			p.Problems[field] = v.t("web.choose")
		}
	}
	if len(p.Problems) > 0 {
		return s.showPreferences(w, v, http.StatusUnprocessableEntity, p)
	}
	kept := auth.Preferences{Lang: p.Language, Unit: p.Unit, Clock: p.Clock, Theme: p.Theme}
	if kept.Theme == system {
		kept.Theme = ""
	}
	if kept.Unit == eachPersons {
		kept.Unit = ""
	}
	if err := s.Auth.SetPreferences(v.Context(), v.id, v.from, kept); err != nil {
		return err
	}
	s.setTheme(w, p.Theme)
	return s.done(w, v, "preferences.saved", "/preferences")
}
