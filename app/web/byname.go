package web

import (
	"cmp"
	"slices"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"glucokeep/views/page"
)

// alphabet orders names as the readers of a language do, and as the script of
// the board does: “Änne” stands beside “Anna”. What a name sorts by is made
// once. The zero value is ready for use by many goroutines.
type alphabet struct {
	mu   sync.Mutex
	keys map[written]string
}

type written struct{ lang, name string }

// mostNamesKept bounds the memory of an alphabet; then all are made anew.
const mostNamesKept = 20_000

// keysOf gives, for each of names, what they sort by.
func (a *alphabet) keysOf(lang string, names []string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.keys == nil || len(a.keys) > mostNamesKept {
		a.keys = map[written]string{}
	}
	var c *collate.Collator
	out := make([]string, len(names))
	for i, name := range names {
		w := written{lang, name}
		key, ok := a.keys[w]
		if !ok {
			if c == nil {
				c = collate.New(language.Make(lang))
			}
			key = string(c.KeyFromString(&collate.Buffer{}, name))
			a.keys[w] = key
		}
		out[i] = key
	}
	return out
}

// byNeed orders cards: the most urgent first, then by name.
func (a *alphabet) byNeed(lang string, cards []page.PersonCard) []page.PersonCard {
	type place struct {
		need int
		key  string
		card int
	}
	names := make([]string, len(cards))
	for i := range cards {
		names[i] = cards[i].Name
	}
	order := make([]place, len(cards))
	for i, key := range a.keysOf(lang, names) {
		order[i] = place{cards[i].Need, key, i}
	}
	slices.SortFunc(order, func(x, y place) int {
		return cmp.Or(x.need-y.need, cmp.Compare(x.key, y.key), x.card-y.card)
	})
	out := make([]page.PersonCard, len(cards))
	for i, p := range order {
		out[i] = cards[p.card]
	}
	return out
}
