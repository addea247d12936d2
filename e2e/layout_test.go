package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// widths are the smallest phone that WCAG 1.4.10 names, a phone, the place
// where the layout turns, and two desks.
var widths = []int64{320, 390, 599, 600, 768, 1280, 1440}

// fits wants the page to need no sideways scrolling at any width.
func (p *tab) fits() {
	p.t.Helper()
	for _, w := range widths {
		p.size(w, 800)
		wide := ask[[]string](p, `(() => {
			const most = document.documentElement.clientWidth;
			if (document.documentElement.scrollWidth <= most) return [];
			return [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > most + 1).map((e) => e.tagName + "." + e.getAttribute("class"));
		})()`)
		require.Empty(p.t, wide, "%s is wider than %d px", p.where(), w)
	}
}

func TestNoPageScrollsSideways(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	for _, lang := range []string{"en-US", "de-DE"} {
		p := b.open(t)
		p.speaks(lang)
		p.visit("/setup")
		p.fits()
		p.follow(chromedp.Evaluate[chromedp.Void](`document.querySelector("form").submit()`))
		p.fits() // with every mistake
		p.visit("/setup/account")
		p.fits()
	}
	b = settledBox(t, "mg/dL", "Maximiliane-Friederike von Hohenstein-Wittelsbach")
	for _, lang := range []string{"en", "de"} {
		p := b.signedIn(t)
		p.visit("/preferences")
		p.tick("language", lang)
		p.follow(chromedp.Click(chromedp.CSS(".button-main")))
		p.fits()
		p.visit("/")
		p.fits()
		p.follow(chromedp.Click(chromedp.CSS(`.person-card a[href]`)))
		base := p.personPath()
		p.fits()
		p.visit(base + "/profile")
		p.fits()
		for _, path := range []string{base + "/settings", base + "/more", "/box", "/setup/person", "/setup/data"} {
			p.visit(path)
			p.fits()
		}
		p.visit(base + "/settings")
		p.tick("ranges", "own")
		p.write("low", "x")
		p.follow(chromedp.Evaluate[chromedp.Void](`document.querySelector("form.settings").submit()`))
		p.fits() // with a mistake
		p.visit(base + "/imports")
		p.do(chromedp.Click(chromedp.CSS("summary")))
		p.fits()
		p.upload("picture.png", "\x89PNG\r\n\x1a\n")
		p.fits()
		file, _ := careDay()
		p.upload("a-file-name-as-long-as-cloud-accounts-like-to-make-them-2025-03-10_2025-03-24_export_final.csv", file)
		p.fits()
		if lang == "en" {
			p.tick("seen", "yes")
			p.follow(chromedp.Click(confirmButton))
			p.fits()
		}
		p.visit(base + "/imports")
		p.upload("own.csv", "Zeitpunkt der Messung;Wert;Einheit der Messung;Bemerkungen dazu\n2025-05-01 08:00;5,6;;x\n")
		p.fits()
		p.bring("fortnight.csv", fortnight())
		p.fits()
		for _, path := range []string{"?day=2025-03-10", "?day=2025-03-18", "?day=2025-04-18", "/profile", "/profile?days=7", "/profile?from=2025-03-09&until=2025-03-03", "/imports",
			"/log", "/log?kind=fingerstick", "/log?kind=note&at=2025-03-10T12:00:00Z", "/log/removed"} {
			p.visit(base + path)
			p.fits()
		}
		p.visit(base + "/imports")
		p.follow(chromedp.Click(chromedp.CSS(`.past li:first-child a.button`)))
		p.fits()
		p.follow(chromedp.Click(chromedp.CSS(`.button-danger`)))
		p.fits()
		p.visit("/nothing-here")
		p.fits()
	}
}
