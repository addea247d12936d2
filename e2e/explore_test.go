package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// twoYears is a simple file of every quarter of an hour from 2023 to 2024, in
// range but for a low on 3 March 2024 from 2:00 to 2:30.
func twoYears() string {
	var s strings.Builder
	s.WriteString("time,mgdl,flag\n")
	low := time.Date(2024, 3, 3, 2, 0, 0, 0, time.UTC)
	for at := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2025; at = at.Add(15 * time.Minute) {
		v := 110 + at.Hour()*2
		if !at.Before(low) && at.Before(low.Add(30*time.Minute)) {
			v = 50
		}
		fmt.Fprintf(&s, "%s,%d,\n", at.Format("2006-01-02T15:04:05"), v)
	}
	return s.String()
}

// exploring opens the explorer over two years.
func exploring(t *testing.T) (p *tab, base string) {
	b := settledBox(t, "mg/dL")
	p = b.signedIn(t)
	base = p.personPath()
	p.bring("years.csv", twoYears())
	p.visit(base + "/explore")
	p.names("3 October – 31 December 2024")
	p.until(`document.querySelector("[data-plot]").tabIndex === 0`)
	return p, base
}

// names waits until the page names the window.
func (p *tab) names(window string) {
	p.t.Helper()
	p.until(`document.querySelector(".period").textContent === ` + quote(window))
}

// until waits until an expression holds.
func (p *tab) until(expression string) {
	p.t.Helper()
	for late := time.Now().Add(patience); time.Now().Before(late); time.Sleep(20 * time.Millisecond) {
		if ask[bool](p, expression) {
			return
		}
	}
	require.FailNow(p.t, "it never holds: "+expression, "at %s: %s", p.where(), p.text())
}

// mouse sends one event of the mouse at a part of the element's width.
func (p *tab) mouse(kind input.DispatchMouseEventType, selector string, part, deltaY float64) {
	p.t.Helper()
	at := ask[[2]float64](p, `(() => { const f = document.querySelector(`+quote(selector)+`).getBoundingClientRect(); return [f.left + f.width * `+fmt.Sprint(part)+`, f.top + f.height / 2]; })()`)
	e := input.DispatchMouseEventParams{Type: kind, X: at[0], Y: at[1], Button: input.MouseButtonLeft, ClickCount: 1}
	if kind == input.DispatchMouseEventTypeMouseMoved {
		e.Buttons = 1
	}
	if kind == input.DispatchMouseEventTypeMouseWheel {
		e.Button, e.ClickCount, e.DeltaX, e.DeltaY = input.MouseButtonNone, 0, 0.01, deltaY // a DeltaX of 0 would be left out
	}
	_, err := chromedp.Call(p.ctx, input.DispatchMouseEvent, e)
	require.NoError(p.t, err)
}

// drag presses at one part of the width and lets go at another.
func (p *tab) drag(selector string, from, to float64) {
	p.t.Helper()
	p.mouse(input.DispatchMouseEventTypeMousePressed, selector, from, 0)
	for i := 1; i <= 5; i++ {
		p.mouse(input.DispatchMouseEventTypeMouseMoved, selector, from+(to-from)*float64(i)/5, 0)
	}
	p.mouse(input.DispatchMouseEventTypeMouseReleased, selector, to, 0)
}

// length is the length of the window in days, as its address says.
func (p *tab) length() float64 {
	p.t.Helper()
	return ask[float64](p, lengthOf)
}

const lengthOf = `(() => { const q = new URLSearchParams(location.search); return (Date.parse(q.get("until")) - Date.parse(q.get("from"))) / 864e5; })()`

const plot, strip = `[data-plot] svg.plot`, `[data-overview] svg`

func TestExplorerByPointer(t *testing.T) {
	t.Parallel()
	p, _ := exploring(t)
	p.do(chromedp.ScrollIntoView(chromedp.CSS(plot)))
	before := ask[string](p, `document.querySelector("[data-moving]").getAttribute("viewBox")`)
	p.mouse(input.DispatchMouseEventTypeMousePressed, plot, 0.2, 0)
	p.mouse(input.DispatchMouseEventTypeMouseMoved, plot, 0.7, 0)
	require.NotEqual(t, before, ask[string](p, `document.querySelector("[data-moving]").getAttribute("viewBox")`), "the drawing moves under the finger")
	p.mouse(input.DispatchMouseEventTypeMouseReleased, plot, 0.7, 0)
	p.until(`location.search.includes("2024-08-1")`) // half of 90 days earlier
	require.InDelta(t, 90, p.length(), 0.1)
	p.until(`document.querySelector(".period").textContent.startsWith("18 Aug 2024")`)

	p.mouse(input.DispatchMouseEventTypeMouseWheel, plot, 0.5, -400)
	p.until(`location.search.length > 0`)
	for range 6 {
		p.mouse(input.DispatchMouseEventTypeMouseWheel, plot, 0.5, -200)
	}
	p.until(`document.querySelector('[data-say="note"]').textContent === "Each dot is a reading."`)
	p.until(`document.querySelector('[data-part="in-range"]').getAttribute("d").length > 100`)
	p.until(lengthOf + ` < 5`)

	p.drag(strip, 0.1, 0.4) // a new window on the strip, early in the years
	p.until(`location.search.includes("from=2023-03")`)
	require.InDelta(t, 0.3*731, p.length(), 10)
	p.until(`document.querySelector('[data-part="median"]').getAttribute("d").length > 100`)
	p.drag(strip, 0.25, 0.5) // … and moved
	p.until(`location.search.includes("from=2023-09")`)
	p.until(`document.querySelector("[data-explore]").dataset.said === location.search`)
	shown := ask[string](p, `document.querySelector('[data-say="readings"]').textContent`)
	p.visit(p.where())
	require.Equal(t, shown, ask[string](p, `document.querySelector('[data-say="readings"]').textContent`), "the page says what the script said")
}

func TestExplorerByKeys(t *testing.T) {
	t.Parallel()
	p, _ := exploring(t)
	p.do(chromedp.Focus(chromedp.CSS("[data-plot]")))
	p.press(kb.ArrowLeft, kb.ArrowLeft, kb.ArrowLeft, kb.ArrowLeft)
	p.until(`location.search.includes("from=2024-07-04T21")`) // four quarters of 90 days, with the hour of autumn
	p.press("+")
	p.until(`location.search.includes("from=2024-07-2")`)
	require.InDelta(t, 45, p.length(), 0.1)
	p.press("-", "-", "-", "-", "-", "-")
	p.names("1 January 2023 – 31 December 2024")
	require.Equal(t, "all", ask[string](p, `document.querySelector(".tabs [aria-current]").dataset.to`))
	p.press("+", "+", "+", "+", kb.Home)
	p.until(`location.search.includes("from=2022-12-31T23")`) // midnight of 1 January in Berlin
	require.True(t, ask[bool](p, `document.querySelector('[data-to="earlier"]').getAttribute("aria-disabled") === "true"`), "nothing is earlier")
	p.press(kb.End)
	p.until(`location.search.includes("until=2024-12-31T23")`)
	for range 14 {
		p.press("+")
	}
	p.until(`document.querySelector('[data-say="readings"]').textContent === "4"`)
	require.InDelta(t, 1.0/24, p.length(), 0.001, "an hour is the shortest")
	p.press(kb.Escape)
	require.False(t, ask[bool](p, `document.activeElement.matches("[data-plot]")`))
}

// "Earlier" by the keyboard at the first day must not throw the focus to the
// top of the page.
func TestExplorerKeepsTheFocus(t *testing.T) {
	t.Parallel()
	p, base := exploring(t)
	p.visit(base + "/explore?from=2023-01-05&until=2023-01-06")
	p.until(`document.querySelector("[data-plot]").tabIndex === 0`)
	p.do(chromedp.Focus(chromedp.CSS(`[data-to="earlier"]`)))
	for range 4 {
		p.do(enter)
	}
	p.until(`location.search.includes("from=2022-12-31T23")`)
	p.until(`document.querySelector('[data-to="earlier"]').getAttribute("aria-disabled") === "true"`)
	require.Equal(t, "earlier", ask[string](p, `document.activeElement.dataset.to ?? document.activeElement.tagName`))
	p.do(enter)
	require.Contains(t, p.where(), "from=2022-12-31T23")
	p.do(chromedp.Click(chromedp.CSS(`[data-to="later"]`)))
	p.until(`document.querySelector('[data-to="earlier"]').href !== "" && !document.querySelector('[data-to="earlier"]').hasAttribute("role")`)
}

// Figures of another window than the one drawn must not stand beside it.
func TestExplorerSaysWhenThereAreNoFigures(t *testing.T) {
	t.Parallel()
	p, _ := exploring(t)
	ask[any](p, `(() => { const real = window.fetch; window.broken = true;
		window.fetch = (to, ...rest) => window.broken && String(to).includes("/figures") ? Promise.resolve(new Response("", { status: 503 })) : real(to, ...rest); })()`)
	p.do(chromedp.Focus(chromedp.CSS("[data-plot]")))
	p.press(kb.ArrowLeft)
	p.until(`document.querySelector('[data-say="note"]').textContent.startsWith("The box does not answer")`)
	require.Equal(t, "–", ask[string](p, `document.querySelector('[data-say="readings"]').textContent`))
	require.Zero(t, p.count("[data-rows] tr"))
	require.False(t, ask[bool](p, `document.querySelector("[data-explore]").dataset.said === location.search`))
	ask[any](p, `window.broken = false`)
	p.until(`document.querySelector('[data-say="readings"]').textContent !== "–" && document.querySelector("[data-explore]").dataset.said === location.search`)
	p.until(`!document.querySelector('[data-say="note"]').textContent.startsWith("The box") && document.querySelector('[data-say="note"]').textContent.length > 10`)
}

// A search, and all links, in a browser that runs no script.
func TestExplorerWithoutScript(t *testing.T) {
	t.Parallel()
	p, base := exploring(t)
	p.scripts(false)
	p.visit(base + "/explore")
	require.Positive(t, p.count("[data-moving] path"), "the chart is drawn by the box")
	p.follow(chromedp.Click(chromedp.CSS(`[data-to="previous-low"]`)))
	p.sees("Low: 3 March 2024, 2:00 am–2:30 am (30 min), lowest 50 mg/dL.", "Each dot is a reading.")
	p.follow(chromedp.Click(chromedp.CSS(`[data-to="next-low"]`)))
	p.sees("Low: there is none later.")
	p.visit(base + "/explore?from=2024-03-01&until=2024-03-07")
	p.click("Earlier")
	p.title(person)
	p.sees("23–29 February 2024")
	p.click("Zoom out")
	p.click("Zoom in")
	p.click("Year")
	require.Contains(t, p.where(), "from=2023-")
	p.click("2023")
	p.sees("1 January – 31 December 2023", "35,0")
	p.write("from", "03032024")
	p.write("until", "03032024")
	p.click("Show")
	p.sees("3 March 2024", "96 readings, from 50 mg/dL")
}

func TestExplorerFitsAndSearches(t *testing.T) {
	t.Parallel()
	p, base := exploring(t)
	for _, path := range []string{"/explore", "/explore?days=731", "/explore?from=2024-03-03&until=2024-03-03", "/explore?find=low&before=2025-01-01", "/explore?from=x"} {
		p.visit(base + path)
		p.fits()
		p.size(1280, 900)
	}
	p.visit(base + "/explore")
	p.follow(chromedp.Click(chromedp.CSS(`[data-to="previous-low"]`)))
	p.sees("Low: 3 March 2024")
	p.until(`document.querySelector("[data-found]").getAttribute("d").startsWith("M")`)
	p.visit(base + "/profile")
	require.Zero(t, ask[int](p, `performance.getEntriesByType("resource").filter((e) => e.name.endsWith("explore.js")).length`), "no other page loads the module")
}
