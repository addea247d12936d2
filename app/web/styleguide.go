package web

import (
	"net/http"
	"net/url"
	"slices"

	"glucokeep/app/fault"
	"glucokeep/views/component"
	"glucokeep/views/guide"
	"glucokeep/views/page"
)

// styleGuide shows every part of the pages. It exists in the demo alone: on a
// box of its own its made-up values could be taken for somebody's.
func (s *server) styleGuide(w http.ResponseWriter, v *visit) error {
	if !s.Demo {
		return fault.New(fault.NotFound, "web.no-such-page")
	}
	theme := v.URL.Query().Get("theme")
	if !slices.Contains(themes, theme) {
		theme = system
	}
	p := page.StyleGuide{Theme: theme, Groups: guide.Groups(v.locale)}
	for _, name := range themes {
		p.Themes = append(p.Themes, component.Tab{URL: "/styleguide?" + url.Values{"theme": {name}}.Encode(), Label: v.t("preferences.theme." + name), Current: name == theme})
	}
	if theme == system {
		p.Theme = ""
	}
	return render(w, v, http.StatusOK, page.StyleGuidePage(s.frame(v, v.t("guide.title")), p))
}
