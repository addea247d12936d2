package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// The read-out under keys and pointer: time, value, class and device of each
// reading, and what happened beside it.
func TestTheReadOut(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	file, _ := careDay()
	p.visit(p.personPath() + "/imports")
	p.upload("care.csv", file)
	p.tick("seen", "yes")
	p.follow(chromedp.Click(confirmButton))
	p.visit(p.personPath() + "?day=2025-03-10")
	require.Equal(t, "Point, or press ← →", p.readout())
	require.False(t, ask[bool](p, `document.querySelector(".readout").hidden`))

	p.do(chromedp.Focus(chromedp.CSS("[data-chart]")))
	p.press(kb.Home)
	require.Regexp(t, `^12:00 am \d+ mg/dL In range · MiniMed 780G MMT-1886$`, p.readout())
	p.press(kb.ArrowRight)
	require.Regexp(t, `^12:05 am `, p.readout())
	p.chord(kb.ArrowRight)
	require.Regexp(t, `^1:05 am `, p.readout(), "an hour on")
	p.chord(kb.ArrowLeft)
	require.Regexp(t, `^12:05 am `, p.readout())
	p.press(kb.ArrowLeft, kb.ArrowLeft)
	require.Regexp(t, `^12:00 am `, p.readout(), "before the first there is none")
	p.press("l")
	require.Regexp(t, `mg/dL (Low|Very low) ·`, p.readout())
	p.press("h")
	require.Regexp(t, `mg/dL (High|Very high) ·`, p.readout())
	p.press(kb.End)
	require.Regexp(t, `^11:55 pm `, p.readout())

	// One o'clock in the afternoon: the meal and its bolus stand beside it.
	p.press(kb.Home)
	for range 13 {
		p.chord(kb.ArrowRight)
	}
	require.Regexp(t, `^1:00 pm \d+ mg/dL .*1:00 pm Bolus 5.5 U · MiniMed 780G MMT-1886`, p.readout())
	require.Regexp(t, `1:00 pm 55 g · MiniMed`, p.readout())
	require.Equal(t, "visible", ask[string](p, `document.querySelector("[data-cursor]").getAttribute("visibility")`))
	p.press(kb.Escape)
	require.Equal(t, "Point, or press ← →", p.readout())
	require.Equal(t, "hidden", ask[string](p, `document.querySelector("[data-cursor]").getAttribute("visibility")`))

	// The pointer finds the nearest reading; leaving the chart takes it away.
	at := ask[[]float64](p, `(() => { const r = document.querySelector("[data-chart] svg").getBoundingClientRect(); return [r.x + r.width / 2, r.y + 40] })()`)
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, at[0], at[1]))
	require.Regexp(t, `^(11:5\d am|12:0\d pm) `, p.readout())
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, 3, 3))
	require.Equal(t, "Point, or press ← →", p.readout())
	require.Equal(t, ask[float64](p, `document.querySelector(".readout").getBoundingClientRect().bottom`) <= ask[float64](p, `document.querySelector("[data-chart] > svg").getBoundingClientRect().top`), true,
		"the read-out does not cover the plot")
}

// chord presses a key with Shift.
func (p *tab) chord(key string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(8)))
}

// The link of a low points at its place on the chart, also after the live
// script has put a new chart in the place of the old one.
func TestALowLeadsToItsPlace(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	berlin, err := time.LoadLocation(zone)
	require.NoError(t, err)
	since := time.Date(2025, 3, 10, 1, 0, 0, 0, berlin)
	p.bring("low.csv", simple(since, since.Add(6*time.Hour)))
	p.visit(p.personPath() + "?day=2025-03-10")
	links := p.count(`.episodes a[data-second]`)
	require.Positive(t, links)
	first := ask[string](p, `document.querySelector(".episodes a").innerText`)
	p.do(chromedp.Click(chromedp.CSS(`.episodes a`)))
	value := ask[string](p, `document.querySelector(".episodes a").innerText.match(/est:? (\S+) at/)[1]`)
	require.Contains(t, p.readout(), value, first)
	require.True(t, ask[bool](p, `document.activeElement.matches("[data-chart]")`))

	// What the live script does: the same element from a fresh copy of the page.
	ask[any](p, `(async () => {
		const { readOut } = await import(document.querySelector("script[src]").src.replace("page.js", "chart.js"));
		const old = document.querySelector('[data-live-part="chart"]'), fresh = old.cloneNode(true);
		old.replaceWith(fresh);
		const box = fresh.querySelector("[data-chart]");
		readOut(box); readOut(box);
		box.focus();
		for (const key of ["Home", "ArrowRight"]) box.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
		fresh.dataset.e2e = "read";
	})(), null`)
	for range 100 {
		if p.count(`[data-e2e="read"]`) == 1 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	require.Regexp(t, `^1:05 am `, p.readout(), "one step: the box was not wired twice")
}

// On a phone the page keeps to its width, and no two labels of an axis or
// numbers of the lane touch.
func TestLabelsOfTheChartDoNotTouch(t *testing.T) {
	t.Parallel()
	b, mail, secret := demo(t, 10)
	p := b.open(t)
	p.visit("/signin")
	p.write("email", mail)
	p.write("password", secret)
	p.follow(chromedp.Click(chromedp.CSS(".button-main")))
	p.click("Jonas Sample")
	base := p.personPath()
	paths := []string{"?hours=3", "?hours=6", "?hours=12", "?hours=24"}
	for day := range 5 {
		paths = append(paths, "?day="+time.Now().AddDate(0, 0, -day-1).Format(time.DateOnly))
	}
	for _, path := range paths {
		p.visit(base + path)
		for _, width := range []int64{320, 390, 768, 1280} {
			p.size(width, 800)
			require.Empty(t, ask[[]string](p, `(() => {
				const out = [];
				for (const kind of [".tick", ".key"]) {
					const seen = [...document.querySelectorAll("svg.plot " + kind)].filter((e) => e.checkVisibility() && e.textContent);
					seen.forEach((a, i) => seen.slice(i + 1).forEach((b) => {
						const x = a.getBoundingClientRect(), y = b.getBoundingClientRect();
						const gap = 1;
						if (x.left < y.right - gap && y.left < x.right - gap && x.top < y.bottom - 4 && y.top < x.bottom - 4) out.push(kind + " " + a.textContent + " on " + b.textContent);
					}));
				}
				if (document.documentElement.scrollWidth > document.documentElement.clientWidth) out.push("wider than the screen");
				return out;
			})()`), "%s at %d px", path, width)
		}
	}
}

// Whoever looks from another time zone is told whose times the page has.
func TestAnotherZoneIsSaid(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	for _, c := range []struct {
		reader string
		said   bool
	}{{zone, false}, {"Europe/Paris", false}, {"America/New_York", true}} {
		_, err := chromedp.Call(p.ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: c.reader})
		require.NoError(t, err)
		p.visit(p.personPath())
		require.Equal(t, c.said, p.visible("[data-zone]"), c.reader)
	}
	p.sees("Times are by the clock in Europe/Berlin.")
}
