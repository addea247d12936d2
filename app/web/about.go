package web

import (
	"net/http"
	"time"

	"glucokeep/views/page"
)

const (
	aboutPage = "/about"
	oldBuild  = 365 * 24 * time.Hour
)

// about says which version of the program runs, and how old it is. The box asks
// nobody whether there is a newer one.
func (s *server) about(w http.ResponseWriter, v *visit) error {
	p := page.About{Version: s.Version}
	built := page.Fact{Name: v.t("about.built"), Value: v.t("about.built.unknown")}
	age := page.Fact{Name: v.t("about.age")}
	if !s.Built.IsZero() {
		built.Value = v.locale.Date(s.Built.UTC())
		age.Value, p.Warning = v.buildAge(v.now.Sub(s.Built))
	}
	p.Facts = []page.Fact{built}
	if age.Value != "" {
		p.Facts = append(p.Facts, age)
	}
	p.Facts = append(p.Facts, page.Fact{Name: v.t("about.checked"), Value: v.t("about.checked.never")})
	return render(w, v, http.StatusOK, page.AboutPage(s.frame(v, v.t("about.title")), p))
}

// buildAge says how old a build is, and what is to be thought of that; warning
// is "" mostly.
func (v *visit) buildAge(age time.Duration) (words, warning string) {
	days := int(age / (24 * time.Hour))
	switch {
	case age < -24*time.Hour: // nobody builds tomorrow
		return "", v.t("about.clock")
	case days < 60:
		words = v.t("about.age.days", "count", max(days, 0))
	case age < 2*oldBuild:
		words = v.t("about.age.months", "count", (days*12+180)/365)
	default:
		words = v.t("about.age.years", "count", days/365)
	}
	if age > oldBuild {
		warning = v.t("about.old")
	}
	return words, warning
}
