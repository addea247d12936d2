package web

import (
	"net/http"

	"glucokeep/app/share"
	"glucokeep/app/text"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

// boardSize is how many people the board shows at once: more cannot be looked
// over, and who needs a look comes first.
const boardSize = 50

// people shows everyone whose data the account may see, the most urgent first.
func (s *server) people(w http.ResponseWriter, v *visit) error {
	mark := s.Ingest.Live().Mark() // before reading: the stream goes on from here
	scopes, err := s.Share.Persons(v.Context(), v.viewer(), v.now)
	if err != nil {
		return err
	}
	if len(scopes) == 1 && v.URL.Query().Get("all") == "" { // one person's box opens on the person
		return see(w, v, "/people/"+scopes[0].Person().Key)
	}
	p := page.People{Owner: v.id.Admin, Live: s.liveLine(v, mark, len(scopes)), Kept: &s.board.drawn}
	if p.Cards, err = s.cards(v, scopes, "page:people"); err != nil {
		return err
	}
	p.Cards = s.names.byNeed(v.locale.Lang, p.Cards)
	if n := len(p.Cards); n > boardSize && v.URL.Query().Get("show") != "all" {
		p.Cards, p.More, p.All = p.Cards[:boardSize], n-boardSize, component.Link{URL: "/?show=all", Label: v.t("people.show-all", "count", n)}
	}
	f := s.frame(v, v.t("people.title"))
	f.Live, f.Refresh = len(p.Cards) > 0, autoAddress(v)
	return render(w, v, http.StatusOK, page.PeoplePage(f, p))
}

// cards makes the cards of people. Each of them is a look, and all of the
// looks are written before anything is read.
func (s *server) cards(v *visit, scopes []share.Scope, what string) ([]page.PersonCard, error) {
	readers, err := s.Read.OpenAll(v.Context(), scopes, what, v.now)
	if err != nil {
		return nil, err
	}
	out := make([]page.PersonCard, len(scopes))
	for i, scope := range scopes {
		l := v.localeFor(scope)
		f, err := s.facts(v.Context(), readers[i], scope.From(), l, v.now)
		if err != nil {
			return nil, err
		}
		out[i] = f.card(l, scope, v.now)
	}
	return out, nil
}

// localeFor is the reader's locale on what is said of a person: in the
// person's own unit, unless the reader chose one.
func (v *visit) localeFor(scope share.Scope) text.Locale {
	l := v.locale
	if v.id.Unit == "" {
		l.Unit = scope.Person().Unit
	}
	return l
}

// liveLine is what a page with newest values needs to be kept up to date.
func (s *server) liveLine(v *visit, mark string, people int) component.LiveLine {
	clock := "12"
	if v.locale.Clock24 {
		clock = "24"
	}
	return component.LiveLine{Mark: mark, Reader: v.id.Key, People: people, Clock: clock, Now: v.now.UTC().Format(instant)}
}
