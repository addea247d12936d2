package web

import (
	"net/http"
	"net/url"
	"strings"

	"glucokeep/app/record"
	"glucokeep/views/component"
	"glucokeep/views/layout"
)

// frame is what surrounds a page.
func (s *server) frame(v *visit, title string) layout.Frame {
	f := layout.Frame{Title: title, Version: s.Version, Demo: s.Demo, Theme: v.theme()}
	if v.id.Account == 0 {
		return f
	}
	f.Account, f.SignOut, f.Idle = v.id.Name, "/signout", int(v.id.Use.Idle().Seconds())
	f.Alerts = s.alerts(v)
	if v.id.MustChange || v.id.MustEnrol { // nothing else would open
		return f
	}
	f.Preference = "/preferences"
	f.Places = []layout.Place{{URL: "/", Label: v.t("web.place.people"), Icon: "people"}}
	if v.id.Admin {
		f.Places = append(f.Places, layout.Place{URL: "/box", Label: v.t("web.place.box"), Icon: "box", Seldom: v.scope.Person().ID != 0})
	}
	if name, err := s.Auth.BoxName(v.Context()); err == nil { // no page fails for its foot
		f.Box = name
	}
	if p := v.scope.Person(); p.ID != 0 {
		f.Of = p.Name
		f.AsOf = v.moment(record.At(s.Auth.Now()))
		f.Places = append(f.Places, v.personPlaces()...)
	}
	f.Here(strings.Replace(v.URL.Path, "/incoming/", "/imports/", 1)) // a file that waits is part of the imports
	if v.Method != http.MethodGet || !acts(v.Request) {               // what was done is said on the page it led to, to whoever opens it
		f.Notice = v.notice
		return f
	}
	if v.notice != nil {
		f.Notice = v.notice
	} else if key := s.Auth.TakeFlash(v.Context(), v.URL.Path); key != "" {
		f.Notice = &layout.Notice{Kind: "done", Text: v.t(key)}
	} else if v.URL.Path != securityPage && v.id.Renewing(s.Auth.Now()) {
		f.Notice = &layout.Notice{Kind: "warning", Text: v.t("renew.notice"), Link: &component.Link{URL: securityPage, Label: v.t("security.title")}}
	} else if f.Notice = s.sharingNotice(v); f.Notice == nil && v.URL.Path != checkupPage && s.Auth.OfferCheckup(v.Context(), v.id) {
		f.Notice = &layout.Notice{Text: v.t("checkup.offer"), Link: &component.Link{URL: checkupPage, Label: v.t("checkup.title")}}
	}
	return f
}

// personPlaces are the places of the person whose page it is. A phone has
// room for five at the thumb: what is seldom needed stands behind “More”.
func (v *visit) personPlaces() []layout.Place {
	at := "/people/" + v.scope.Person().Key
	return []layout.Place{
		{URL: at, Label: v.t("web.place.now"), Icon: "day", OfPerson: true},
		{URL: at + "/reports", Label: v.t("web.place.reports"), Icon: "profile", OfPerson: true, Within: v.reportPlaces()},
		{URL: at + "/log", Label: v.t("web.place.log"), Icon: "log", OfPerson: true},
		{URL: at + "/imports", Label: v.t("web.place.imports"), Icon: "imports", OfPerson: true, Seldom: true},
		{URL: at + "/settings", Label: v.t("web.place.settings"), Icon: "settings", OfPerson: true, Seldom: true},
		{URL: at + "/more", Label: v.t("web.place.more"), Icon: "more", OfPerson: true, More: true},
	}
}

// reportPlaces are the reports, each over the dates that are being looked at.
func (v *visit) reportPlaces() (places []layout.Place) {
	dates := url.Values{}
	for _, name := range []string{"days", "from", "until"} {
		if q := v.URL.Query(); q.Has(name) && len(q.Get(name)) <= len("2006-01-02") {
			dates.Set(name, q.Get(name))
		}
	}
	for _, r := range reports {
		to := "/people/" + v.scope.Person().Key + "/" + r.path
		if r.dated && len(dates) > 0 {
			to += "?" + dates.Encode()
		}
		places = append(places, layout.Place{URL: to, Label: v.t("reports." + r.path)})
	}
	return places
}
