package web

import (
	"net/http"
	"slices"
	"time"

	"glucokeep/app/share"
	"glucokeep/views/chart"
	"glucokeep/views/figure"
	"glucokeep/views/page"
)

// people shows everyone whose data the account may see, the most urgent first.
func (s *server) people(w http.ResponseWriter, v *visit) error {
	scopes, err := s.Share.Persons(v.Context(), v.viewer(), v.now)
	if err != nil {
		return err
	}
	if len(scopes) == 1 && v.URL.Query().Get("all") == "" { // one person's box opens on the person
		return see(w, v, "/people/"+scopes[0].Person().Key)
	}
	p := page.People{Owner: v.id.Admin}
	for _, scope := range scopes {
		card, err := s.card(v, scope)
		if err != nil {
			return err
		}
		p.Cards = append(p.Cards, card)
	}
	slices.SortStableFunc(p.Cards, func(a, b page.PersonCard) int { return need(a.Latest) - need(b.Latest) })
	f := s.frame(v, v.t("people.title"))
	f.Live = len(p.Cards) > 0
	return render(w, v, http.StatusOK, page.PeoplePage(f, p))
}

func (s *server) card(v *visit, scope share.Scope) (page.PersonCard, error) {
	at := *v
	at.scope = scope
	at.setLocale() // in the person's own unit, unless the reader chose one
	r, err := s.reader(&at, "page:people")
	if err != nil {
		return page.PersonCard{}, err
	}
	loc := at.zone()
	rs, newest, err := recent(v.Context(), r, loc)
	if err != nil {
		return page.PersonCard{}, err
	}
	card := page.PersonCard{Name: scope.Person().Name, URL: "/people/" + scope.Person().Key,
		Latest: figure.NewLatest(at.locale, newest, v.now)}
	if newest != nil {
		spark := chart.NewSpark(at.locale, ground(scope.Person()), drawn(rs, ranges(scope.Person()), loc), newest.At.Add(-recentHours*time.Hour), newest.At.Add(time.Minute))
		card.Spark = &spark
	}
	return card, nil
}

// need orders people: very low, low, stale, very high, high, then the rest.
func need(l figure.Latest) int {
	switch {
	case l.State == figure.Stale || l.State == figure.Never:
		return 2
	case l.Class == figure.VeryLow:
		return 0
	case l.Class == figure.Low:
		return 1
	case l.Class == figure.VeryHigh:
		return 3
	case l.Class == figure.High:
		return 4
	}
	return 5
}
