package e2e

import (
	"encoding/json"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// axeSource is axe-core, the rules of WCAG as a program; packaging/browsertest.sh
// fetches it. It runs beside the pages through the browser's developer tools
// and is no part of the product.
var axeSource = sync.OnceValues(func() (string, error) {
	source, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	return string(source), err
})

// finding is one rule of axe that a page breaks, and where.
type finding struct {
	ID    string
	Nodes []struct{ HTML, FailureSummary string }
}

// accessible wants axe to find nothing on the page as it stands.
func (p *tab) accessible() {
	p.t.Helper()
	source, err := axeSource()
	if err != nil {
		if os.Getenv("CI") == "true" {
			require.NoError(p.t, err, "run packaging/browsertest.sh, which fetches it")
		}
		p.t.Skip("axe-core is not here: packaging/browsertest.sh fetches it with npm")
	}
	ask[any](p, `(() => { if (!window.axe) { `+source+` } })()`)
	type outcome struct{ Violations []finding }
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`(async () => {
		const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
		const rules = location.pathname === "/styleguide" ? { "landmark-unique": { enabled: false } } : {}; // which shows a part in several states
		const r = await axe.run(document, { runOnly: tags, resultTypes: ["violations"], rules });
		return JSON.stringify({ violations: r.violations.map((v) => ({ id: v.id, nodes: v.nodes.map((n) => ({ html: n.html, failureSummary: n.failureSummary })) })) });
	})()`, chromedp.EvalAwaitPromise))
	require.NoError(p.t, err)
	var out outcome
	require.NoError(p.t, json.Unmarshal([]byte(v), &out))
	for _, f := range out.Violations {
		for _, n := range f.Nodes {
			p.t.Errorf("%s breaks %s: %.300s\n%s", p.where(), f.ID, n.HTML, n.FailureSummary)
		}
	}
}

// looks are the ways in which each page is looked at: a phone and a desk, in
// light and in dark, and a window of 1280 px at 400 %, which is 320 px wide
// (WCAG 1.4.10).
var looks = []struct {
	width int64
	theme string
}{{320, "light"}, {390, "dark"}, {1280, "light"}, {1280, "dark"}}

var keyInPath = regexp.MustCompile(`[0-9a-f]{32}`)

// sort of a page: its address without keys and values, so that the days of a
// person are one sort and the reports of one person stand for those of all.
func sortOf(u *url.URL) string {
	var names []string
	for name := range u.Query() {
		names = append(names, name)
	}
	slices.Sort(names)
	return keyInPath.ReplaceAllString(u.Path, "*") + "?" + strings.Join(names, "&")
}

// everyPage walks from a page to every other that can be reached by links,
// one of each sort, and calls look on it.
func (p *tab) everyPage(start string, look func()) (seen []string) {
	p.t.Helper()
	met := map[string]bool{}
	for next := []string{start}; len(next) > 0; next = next[1:] {
		u, err := url.Parse(next[0])
		require.NoError(p.t, err)
		if sort := sortOf(u); !met[sort] {
			met[sort] = true
			seen = append(seen, sort)
			require.Less(p.t, len(seen), 200, "the links do not come to an end: %v", seen)
			p.visit(next[0])
			require.NotContains(p.t, p.where(), "/signin", next[0])
			status := ask[int](p, `performance.getEntriesByType("navigation")[0].responseStatus`)
			require.Equal(p.t, 200, status, next[0])
			links := ask[[]string](p, `[...document.querySelectorAll("a[href]")].filter((a) => a.origin === location.origin && !a.hasAttribute("download")).map((a) => a.pathname + a.search)`)
			next = append(next, links...)
			look()
		}
	}
	return seen
}

// enter signs in to the demo and chooses how its pages are read.
func (p *tab) enter(mail, secret, lang string) {
	p.t.Helper()
	p.speaks(lang)
	p.visit("/signin")
	p.write("email", mail)
	p.write("password", secret)
	p.follow(chromedp.Click(chromedp.CSS(".button-main")))
	p.visit("/preferences")
	p.tick("language", lang)
	if lang == "de" {
		p.tick("unit", "mmol/L")
	}
	p.follow(chromedp.Click(chromedp.CSS(".button-main")))
}

// Every page that links lead to, on a phone and at a desk, in light and dark:
// nothing that axe finds, nothing cut off, no sideways scrolling.
func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	b, mail, secret := demo(t, 30)
	for _, lang := range []string{"en", "de"} {
		t.Run(lang, func(t *testing.T) {
			p := b.open(t)
			p.enter(mail, secret, lang)
			pages := p.everyPage("/?all=1", func() {
				for i, l := range looks {
					p.size(l.width, 900)
					p.scheme(l.theme)
					if i == 0 { // what is folded away counts as well
						ask[any](p, `document.querySelectorAll("details").forEach((d) => { d.open = true; })`)
					}
					wide := ask[bool](p, `document.documentElement.scrollWidth > document.documentElement.clientWidth`)
					require.False(t, wide, "%s scrolls sideways at %d px", p.where(), l.width)
					p.accessible()
				}
			})
			t.Logf("%d sorts of pages: %s", len(pages), strings.Join(pages, " "))
			require.Greater(t, len(pages), 5)
		})
	}
}

// Without script every page comes, and nothing stands there that only a
// script could make work.
func TestEveryPageWorksWithoutScript(t *testing.T) {
	t.Parallel()
	b, mail, secret := demo(t, 30)
	p := b.open(t)
	p.enter(mail, secret, "en")
	p.scripts(false)
	p.everyPage("/?all=1", func() {
		dead := ask[[]string](p, `[...document.querySelectorAll("button")].filter((b) => b.checkVisibility() && !(b.form && b.type === "submit")).map((b) => b.outerHTML)`)
		if !strings.HasPrefix(p.where(), "/styleguide") { // which shows buttons as such
			require.Empty(t, dead, p.where())
		}
	})
}

// What a page may weigh, compressed, in bytes: all of a first visit, and each
// later page by itself.
const (
	firstVisit = 40 << 10
	laterPage  = 10 << 10
)

// A first visit is light, and a later page is lighter: on a phone at the edge
// of reception an answer comes in one breath.
func TestPagesAreLight(t *testing.T) {
	t.Parallel()
	b, mail, secret := demo(t, 90)
	p := b.open(t)
	p.visit("/signin")
	all := ask[float64](p, `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].reduce((sum, e) => sum + e.transferSize, 0)`)
	require.Less(t, all, float64(firstVisit))
	t.Logf("first visit: %.0f bytes", all)
	p.enter(mail, secret, "en")
	p.everyPage("/?all=1", p.isLight)
	p.visit("/?all=1")
	people := ask[[]string](p, `[...new Set([...document.querySelectorAll("main a[href^='/people/']")].map((a) => a.pathname))]`)
	require.Len(t, people, 3)
	for _, of := range people { // each report at each of its lengths, and the weeks to their end
		p.visit(of + "/reports")
		reports := ask[[]string](p, `[...document.querySelectorAll("main .ways a")].map((a) => a.pathname)`)
		require.Greater(t, len(reports), 6)
		next := append([]string{of + "?hours=24"}, reports...)
		met := map[string]bool{}
		for ; len(next) > 0; next = next[1:] {
			if met[next[0]] {
				continue
			}
			met[next[0]] = true
			p.visit(next[0])
			p.isLight()
			next = append(next, ask[[]string](p, `[...document.querySelectorAll("main .tabs a, main [rel=next]")].filter((a) => a.pathname === location.pathname).map((a) => a.pathname + a.search)`)...)
			require.Less(t, len(met), 100, "the links do not come to an end")
		}
		require.Contains(t, met, of+"/weeks?days=90&page=3", "what is long was followed")
		require.Contains(t, met, of+"/overlay?days=90")
	}
}

// isLight wants the page as it stands to weigh little.
func (p *tab) isLight() {
	p.t.Helper()
	weighs := ask[float64](p, `performance.getEntriesByType("navigation")[0].encodedBodySize`)
	p.t.Logf("%6.0f bytes  %s", weighs, keyInPath.ReplaceAllString(p.where(), "*"))
	if !strings.HasPrefix(p.where(), "/styleguide") {
		assert.Less(p.t, weighs, float64(laterPage), p.where())
	}
}

// paper is how wide A4 is between its margins of 12 mm, in pixels.
const paper = 703

// On paper there is ink on white, the name of the page, no navigation, and
// nothing is cut off at the right.
func TestEveryPagePrints(t *testing.T) {
	t.Parallel()
	b, mail, secret := demo(t, 30)
	p := b.open(t)
	p.enter(mail, secret, "en")
	p.everyPage("/?all=1", func() {
		p.size(paper, 1000)
		p.prints(true)
		require.Empty(t, ask[[]string](p, `[...document.querySelectorAll("nav, .head, .foot form")].filter((e) => e.checkVisibility()).map((e) => e.className)`), p.where())
		require.True(t, p.visible("h1"), p.where())
		require.False(t, ask[bool](p, `document.documentElement.scrollWidth > document.documentElement.clientWidth`), "%s is wider than paper", p.where())
		require.Equal(t, "rgb(255, 255, 255)", ask[string](p, `getComputedStyle(document.documentElement).backgroundColor`), p.where())
		p.prints(false)
	})
}
