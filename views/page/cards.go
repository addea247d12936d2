package page

import (
	"bytes"
	"context"
	"io"
	"sync"

	"github.com/a-h/templ"

	"glucokeep/app/text"
)

// Drawn keeps each person's card as it was drawn last. A card is drawn anew as
// soon as anything that it says is another, its age too: what is kept counts
// only for a card that is the very same in all that its template is given. It
// decides nothing about permission: only who may see what a card says can ask
// for it. The zero value is empty and ready for use by many goroutines.
type Drawn struct {
	mu    sync.Mutex
	cards map[drawnFor]drawnCard
	size  int
}

// drawnFor is for whom a card is kept: readers of one locale share it.
type drawnFor struct {
	person string // key
	locale text.Locale
}

type drawnCard struct {
	card PersonCard
	text []byte
}

// mostDrawn is about how many bytes of cards are kept, of 2 to 3 kB each. When
// there is no more room all go.
const mostDrawn = 8 << 20

// draw gives the card as it was drawn before, or draws it. A nil Drawn keeps
// nothing.
func (d *Drawn) draw(c PersonCard) templ.Component {
	if d == nil {
		return personCard(c)
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		k := drawnFor{person: c.Key, locale: text.From(ctx)}
		drawn := d.get(k)
		if drawn.text == nil || drawn.card != c {
			var b bytes.Buffer
			if err := personCard(c).Render(ctx, &b); err != nil {
				return err
			}
			drawn = drawnCard{card: c, text: b.Bytes()}
			d.put(k, drawn)
		}
		_, err := w.Write(drawn.text)
		return err
	})
}

func (d *Drawn) get(k drawnFor) drawnCard {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.cards[k]
}

func (d *Drawn) put(k drawnFor, drawn drawnCard) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cards == nil || d.size > mostDrawn {
		d.cards, d.size = map[drawnFor]drawnCard{}, 0
	}
	d.size += len(drawn.text) - len(d.cards[k].text)
	d.cards[k] = drawn
}
