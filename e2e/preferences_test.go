package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

func TestPreferences(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	p.bring("fortnight.csv", fortnight())
	p.visit("/preferences")
	require.Equal(t, "en", ask[string](p, `document.documentElement.lang`))
	p.tick("language", "de")
	p.tick("unit", "mmol/L")
	p.tick("clock", "24")
	p.click("Save")
	require.Equal(t, "de", ask[string](p, `document.documentElement.lang`))
	p.title("Sprache und Anzeige")
	p.sees("Gespeichert.", "Abmelden")

	p.visit("/")
	base := p.personPath()
	p.visit(base + "?day=2025-03-18")
	p.sees("Dienstag, 18. März 2025", "288 Messwerte, von 6,1 mmol/L um 17:00 bis 11,1 mmol/L um 08:15")
	p.lacks("mg/dL", "6 pm", "6 am")
	p.visit(base + "/profile")
	p.sees("5.–18. März 2025", "7,5 mmol/L", "6,5 %")
	p.lacks("mg/dL", "goal")
	p.visit(base + "/imports")
	p.sees("4608")

	p.click("Abmelden")
	p.sees("Sign in") // before sign-in the browser's language counts
	p.signIn()
	require.Equal(t, "de", ask[string](p, `document.documentElement.lang`), "they belong to the account, not to the browser")
}

func TestTheBrowserChoosesTheLanguageBeforeSignIn(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	p := b.open(t)
	p.speaks("de-AT,de,en")
	p.visit("/")
	require.Equal(t, "de", ask[string](p, `document.documentElement.lang`))
	p.lacks("Welcome")
	p.visit("/nirgends")
	p.lacks("There is nothing")
}

// The look belongs to the account, and to the browser before sign-in.
func TestTheLookOfTheBedside(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	look := func() string {
		return ask[string](p, `(document.documentElement.dataset.theme ?? "") + " " + getComputedStyle(document.documentElement).backgroundColor`)
	}
	require.Equal(t, " rgb(255, 255, 255)", look())
	p.visit("/preferences")
	p.tick("theme", "bedside")
	p.click("Save")
	require.Equal(t, "bedside rgb(0, 0, 0)", look())
	require.Empty(t, ask[[]string](p, `(() => { // nothing on the page is white or nearly so
		const bright = (c) => { const m = c.match(/[\d.]+/g)?.map(Number) ?? []; return m.length >= 3 && (m[3] ?? 1) > 0 && Math.min(m[0], m[1], m[2]) > 180; };
		return [...document.querySelectorAll("body *")].filter((e) => { const s = getComputedStyle(e); return bright(s.color) || bright(s.backgroundColor); }).map((e) => e.tagName);
	})()`))
	_, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `window.asked = []; Object.defineProperty(navigator, "wakeLock", { value: { request: async (kind) => { asked.push(kind); } } });`})
	require.NoError(t, err)
	p.visit("/?all=1")
	require.Equal(t, []string{"screen"}, ask[[]string](p, `asked`), "the screen stays on where a newest value is shown")
	p.visit("/preferences")
	require.Empty(t, ask[[]string](p, `asked`), "and nowhere else")
	p.click("Sign out")
	require.Equal(t, "bedside rgb(0, 0, 0)", look(), "a dark room stays dark after signing out")
	p.signIn()
	p.visit("/preferences")
	p.tick("theme", "light")
	p.click("Save")
	require.Equal(t, "light rgb(255, 255, 255)", look())
	p.visit("/?all=1")
	require.Empty(t, ask[[]string](p, `asked`), "only at the bedside")
}
