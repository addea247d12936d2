package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// countStreams counts in each tab how often it opened the stream.
const countStreams = `{ const real = window.fetch; window.streams = 0; window.fetch = (to, ...rest) => { if (to === "/live") window.streams++; return real(to, ...rest); }; }`

func (p *tab) countsStreams() {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: countStreams})
	require.NoError(p.t, err)
}

// soon waits until a condition in the page holds.
func (p *tab) soon(patience time.Duration, condition string) {
	p.t.Helper()
	began := time.Now()
	for !ask[bool](p, condition) {
		require.Less(p.t, time.Since(began), patience, "%s at %s:\n%s", condition, p.where(), p.text())
		time.Sleep(50 * time.Millisecond)
	}
}

const quick = 4 * time.Second // about a second, on a machine that others load too

// says is the condition that the page shows a text.
func says(text string) string { return `document.body.innerText.includes(` + quote(text) + `)` }

// berlinNow is the clock on the wall of the box's people.
func berlinNow(t *testing.T) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	require.NoError(t, err)
	return time.Now().In(loc)
}

// values is a file of readings, the last a minute old, five minutes apart.
func values(now time.Time, mgDL ...int) string {
	var s strings.Builder
	s.WriteString("time,mgdl\n")
	for i, v := range mgDL {
		fmt.Fprintf(&s, "%s,%d\n", now.Add(-time.Minute-5*time.Minute*time.Duration(len(mgDL)-1-i)).Format("2006-01-02T15:04:05"), v)
	}
	return s.String()
}

// people gives the addresses of the persons on the board by name.
func (p *tab) people() map[string]string {
	p.t.Helper()
	return ask[map[string]string](p, `Object.fromEntries([...document.querySelectorAll("[data-board] h2 a")].map((a) => [a.textContent, new URL(a.href).pathname]))`)
}

// order is the names on the board from the first to the last.
func (p *tab) order() string {
	p.t.Helper()
	return ask[string](p, `[...document.querySelectorAll("[data-board] h2")].map((h) => h.textContent).join(", ")`)
}

// bringFor imports a file for the person at an address.
func (p *tab) bringFor(at, name, contents string) {
	p.t.Helper()
	p.visit(at + "/imports")
	p.upload(name, contents)
	p.follow(chromedp.Click(chromedp.CSS(`button[value="confirm"]`)))
}

// Two tabs share one stream, and what comes appears in both without a reload.
func TestTwoTabsShareOneStream(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL", "Tom")
	desk := b.signedIn(t)
	desk.visit("/")
	at := desk.people()[person]
	first, second := desk.another(), desk.another()
	first.countsStreams()
	second.countsStreams()
	first.visit("/")
	second.visit(at)
	for _, p := range []*tab{first, second} {
		ask[any](p, `window.same = true`)
	}
	now := berlinNow(t)
	desk.bringFor(at, "one.csv", values(now, 120, 118, 116, 112))
	second.soon(quick, says("112"))
	first.soon(quick, says("112"))
	first.soon(quick, says("in range today"))
	second.soon(quick, `document.title.startsWith("112 ") && document.title.endsWith("Mara Muster")`)
	second.soon(quick, `!document.querySelector('[data-live-part="chart"]').innerText.includes("No readings in these hours")`)
	for _, p := range []*tab{first, second} {
		require.True(t, ask[bool](p, `window.same === true`), "no page was loaded anew")
		require.False(t, p.visible("[data-live-state]"))
	}
	require.Equal(t, 1, ask[int](first, `window.streams`)+ask[int](second, `window.streams`), "one stream for both")

	// The other takes over when the tab that reads is closed.
	leader, follower := first, second
	if ask[int](second, `window.streams`) > 0 {
		leader, follower = second, first
	}
	leader.visit("/preferences")
	follower.soon(quick, `window.streams === 1`)
	desk.bringFor(at, "two.csv", values(now.Add(30*time.Second), 65))
	follower.soon(quick, says("Low"))
	require.Equal(t, 1, ask[int](follower, `window.streams`))
	for _, p := range []*tab{desk, first, second} {
		require.Empty(t, p.trouble())
	}
}

// Cards change place when a class changes, but not under a hand; the change is
// said once.
func TestCardsDoNotMoveUnderTheHand(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL", "Älma", "Zoe") // by code point she would come last
	desk := b.signedIn(t)
	desk.visit("/")
	who := desk.people()
	now := berlinNow(t)
	for _, name := range []string{"Älma", person, "Zoe"} {
		desk.bringFor(who[name], "fine.csv", values(now, 110, 111, 112))
	}
	p := desk.another()
	p.visit("/")
	require.Equal(t, "Älma, "+person+", Zoe", p.order())

	// The mouse lies on the list.
	box := ask[[]float64](p, `(() => { const r = document.querySelector("[data-board]").getBoundingClientRect(); return [r.x + 20, r.y + 20]; })()`)
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, box[0], box[1]))
	desk.bringFor(who["Zoe"], "low.csv", values(now.Add(40*time.Second), 50))
	p.soon(quick, says("Very low"))
	require.Equal(t, "Zoe: Very low, 2.8 mmol/L, falling fast", ask[string](p, `document.querySelector("[data-shout]").textContent`))
	time.Sleep(time.Second)
	require.Equal(t, "Älma, "+person+", Zoe", p.order(), "not while somebody points at it")
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 2, 2))
	p.soon(quick, `document.querySelector("[data-board] h2").textContent === "Zoe"`)

	// Whoever keeps the order keeps it.
	p.do(chromedp.Click(p.cssOf(`[data-keep] input`)))
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 2, 2))
	desk.bringFor(who[person], "lower.csv", values(now.Add(80*time.Second), 45))
	p.soon(quick, `document.querySelectorAll("[data-board] [data-class=very-low]").length === 2`)
	time.Sleep(time.Second)
	require.Equal(t, "Zoe, Älma, "+person, p.order())
	p.visit("/")
	p.soon(quick, `[...document.querySelectorAll("[data-board] h2")].map((h) => h.textContent).join() === "Zoe,Älma,`+person+`"`)
	p.do(chromedp.Click(p.cssOf(`[data-keep] input`)))
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 2, 2))
	p.soon(quick, `document.querySelector("[data-board] h2").textContent === `+quote(person))
	require.Empty(t, p.trouble())
}

// What somebody writes down comes to the cards that lie open elsewhere, and
// goes from them when its hours are over, also without the box.
func TestACardHearsOfADose(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL", "Alma")
	desk := b.signedIn(t)
	desk.visit("/")
	who := desk.people()
	p := desk.another()
	p.visit("/")
	require.False(t, p.visible(`[data-given]`))
	desk.visit(who["Alma"] + "/log")
	desk.writesDose("4")
	desk.sees("Written down.")
	card := `[...document.querySelectorAll(".person-card")].find((c) => c.dataset.name === "Alma")`
	p.soon(quick, card+`.innerText.replaceAll("\u00a0", " ").includes("Last dose 0 min ago by Ana Muster: 4 U")`)
	require.Equal(t, 1, p.count(`[data-given]:not([hidden])`), "on hers alone")
	const hours = `{ const since = document.querySelector("[data-given]:not([hidden]) time"); since.dataset.since = new Date(Date.parse(since.dataset.since) - %s).toISOString(); document.dispatchEvent(new Event("visibilitychange")); }`
	ask[any](p, fmt.Sprintf(hours, "90 * 60_000"))
	p.soon(quick, card+`.innerText.replaceAll("\u00a0", " ").includes("Last dose 1 h 30 min ago")`)
	ask[any](p, fmt.Sprintf(hours, "151 * 60_000"))
	p.soon(quick, `document.querySelector("[data-given]:not([hidden])") === null`)
	require.Empty(t, p.trouble())
}

func (p *tab) cssOf(selector string) chromedp.CSS { return chromedp.CSS(selector) }

// Offline is said at once, with the time of what is shown.
func TestOfflineIsSaid(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	p.bring("now.csv", values(berlinNow(t), 112))
	p.visit(p.personPath())
	p.soon(quick, says("112"))
	state := func(offline bool) {
		_, err := chromedp.Call(p.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: offline, DownloadThroughput: -1, UploadThroughput: -1})
		require.NoError(t, err)
	}
	state(true)
	p.soon(quick, `/You are offline\. Shown: \d{1,2}:\d\d/.test(document.body.innerText)`)
	require.True(t, p.visible(".live-banner"))
	state(false)
	p.soon(quick, `!document.body.innerText.includes("You are offline")`)
}

// When the box stops and comes back, the page says so and goes on by itself.
func TestThePageGoesOnAfterTheBoxRestarts(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.openUnchecked(t) // its requests fail while there is no box
	p.signIn()
	p.bring("now.csv", values(berlinNow(t), 110, 111, 112))
	at := p.personPath()
	p.visit(at)
	p.soon(quick, says("112"))
	ask[any](p, `window.same = true`)
	u, err := url.Parse(b.Address)
	require.NoError(t, err)
	began := time.Now()
	b.stop()
	require.Less(t, time.Since(began), 3*time.Second, "an open stream does not hold the box up")
	p.soon(15*time.Second, says("Reconnecting…"))
	require.True(t, p.visible(".value-live"), "the value stays as it is")

	b.serveAt("127.0.0.1:" + u.Port())
	p.soon(60*time.Second, `document.querySelector("[data-live-state]").hidden`)
	desk := p.another()
	desk.bringFor(at, "later.csv", values(berlinNow(t).Add(30*time.Second), 65))
	p.soon(quick, says("Low"))
	require.True(t, ask[bool](p, `window.same === true`))
	for _, s := range p.trouble() {
		require.NotContains(t, s, "policy")
		require.NotContains(t, s, "exception")
	}
}

// Signing out in one tab takes the values off all others at once.
func TestSigningOutEndsAllTabs(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	p.bring("now.csv", values(berlinNow(t), 112))
	at := p.personPath()
	first, second := p.another(), p.another()
	first.visit(at)
	second.visit(at)
	first.soon(quick, says("112"))
	time.Sleep(300 * time.Millisecond)
	p.visit("/preferences")
	p.click("Sign out")
	for _, q := range []*tab{first, second} {
		q.soon(quick, `location.pathname === "/signin"`)
		q.lacks("112")
	}
}

// What only the box can draw is exchanged, but not while it is read out, and
// what was opened stays open.
func TestTheChartIsExchangedAfterTheReading(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	desk := b.signedIn(t)
	now := berlinNow(t)
	desk.bring("now.csv", values(now, 110, 111, 112))
	at := desk.personPath()
	p := desk.another()
	p.visit(at)
	p.do(chromedp.Click(p.cssOf(`[data-live-part="chart"] details summary`)))
	ask[any](p, `document.querySelector('[data-live-part="chart"]').first = true`)
	p.do(chromedp.Focus(p.cssOf("[data-chart]")))
	desk.bringFor(at, "later.csv", values(now.Add(40*time.Second), 190))
	p.soon(quick, `document.querySelector(".value-number").textContent === "190"`)
	time.Sleep(1500 * time.Millisecond)
	require.True(t, ask[bool](p, `document.querySelector('[data-live-part="chart"]').first === true`), "somebody reads the chart")
	ask[any](p, `document.activeElement.blur()`)
	p.soon(2*quick, `document.querySelector('[data-live-part="chart"]').first !== true`)
	require.True(t, ask[bool](p, `document.querySelector('[data-live-part="chart"] details').open`), "what was open stays open")
	require.Equal(t, 1, p.count(`[data-live-part="chart"] [data-chart][tabindex="0"]`), "the new chart can be read out as well")
	require.Empty(t, p.trouble())
}

// What somebody opened or holds by the keyboard is what stays open and held
// when something new comes in before it.
func TestFocusStaysOnItsEntry(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	desk := b.signedIn(t)
	at := desk.personPath()
	note := func(start string) {
		desk.visit(at + "/log?kind=note")
		desk.says(start + strings.Repeat(" word", 200))
		desk.follow(chromedp.Click(writeButton))
	}
	now := berlinNow(t)
	desk.bring("now.csv", values(now, 110, 111, 50, 49, 48, 47, 111, 112, 113))
	note("First")
	time.Sleep(1100 * time.Millisecond) // entries are told apart by their second
	p := desk.another()
	p.visit(at)
	p.do(chromedp.Click(p.cssOf(`.events-list details summary`)))
	p.do(chromedp.Focus(p.cssOf(`.episodes a`)))
	sentence := ask[string](p, `document.activeElement.textContent`)
	ask[any](p, `document.querySelector('[data-live-part="lists"]').first = true`)
	note("Second")
	p.soon(2*quick, `document.querySelector('[data-live-part="lists"]').first !== true && document.body.innerText.includes("Second word")`)
	require.Equal(t, sentence, ask[string](p, `document.activeElement.textContent`))
	require.Equal(t, []string{"First word"}, ask[[]string](p, `[...document.querySelectorAll(".events-list details[open]")].map((d) => d.querySelector(".event-text").textContent.slice(0, 10))`))
	p.do(chromedp.Focus(p.cssOf(`.events-list details[open] summary`)))
	ask[any](p, `document.querySelector('[data-live-part="lists"]').first = true`)
	time.Sleep(1100 * time.Millisecond)
	note("Third")
	p.soon(2*quick, `document.querySelector('[data-live-part="lists"]').first !== true && document.body.innerText.includes("Third word")`)
	require.Equal(t, "First word", ask[string](p, `document.activeElement.closest("li").querySelector("details .event-text").textContent.slice(0, 10)`))
}

// While there is no stream the page is fetched each minute instead.
func TestWithoutAStreamThePageIsFetched(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL", "Tom")
	desk := b.signedIn(t)
	desk.visit("/")
	at := desk.people()[person]
	now := berlinNow(t)
	desk.bringFor(at, "now.csv", values(now, 110, 111, 112))
	first, second := desk.another(), desk.another()
	reads := desk.another() // by the keys, while the newest value must go on
	for p, path := range map[*tab]string{first: "/", second: at, reads: at} {
		_, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: `{ const real = window.fetch; window.fetch = (to, ...rest) => to === "/live" ? Promise.reject(new Error("no stream")) : real(to, ...rest); }`})
		require.NoError(t, err)
		p.visit(path)
		ask[any](p, `window.same = true`)
	}
	reads.do(chromedp.Focus(reads.cssOf("[data-chart]")))
	ask[any](reads, `document.querySelector('[data-live-part="chart"]').first = true`)
	desk.bringFor(at, "later.csv", values(now.Add(40*time.Second), 65))
	for _, p := range []*tab{first, second, reads} {
		p.soon(20*time.Second, says("65"))
		p.soon(quick, says("Low"))
		p.soon(quick, says("Reconnecting…"))
		require.True(t, ask[bool](p, `window.same === true`))
		require.Empty(t, p.trouble())
	}
	require.True(t, ask[bool](reads, `document.querySelector('[data-live-part="chart"]').first === true`), "the chart waits for its reader")
	require.True(t, ask[bool](reads, `document.title.startsWith("65 ")`), "the title says the newest value too")
	ask[any](reads, `document.activeElement.blur()`)
	reads.soon(2*quick, `document.querySelector('[data-live-part="chart"]').first !== true`)
	require.Equal(t, "65", ask[string](reads, `document.querySelector(".value-number").textContent`))
}

// A right that ended while the tab had no stream: the first thing that a
// stream says is whom it sees, and a page of anybody else goes.
func TestARightThatEndedWhileAway(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	p.bring("now.csv", values(berlinNow(t), 112))
	at := p.personPath()
	key, desk := strings.TrimPrefix(at, "/people/"), p.another()
	desk.visit("/preferences")
	for _, path := range []string{at, "/?all=1"} {
		p.visit(path)
		p.soon(quick, says("112"))
		ask[any](p, `window.same = true`)
		ready := func(keys string) {
			reader := ask[string](p, `document.querySelector("[data-live-line]").dataset.reader`)
			ask[any](desk, `new BroadcastChannel("glucokeep live `+reader+`").postMessage({ event: "ready", data: { people: 1, reader: "`+reader+`", keys: [`+keys+`] } })`)
		}
		ready(quote(key))
		time.Sleep(300 * time.Millisecond)
		require.True(t, ask[bool](p, `window.same === true`), "nothing ended")
		for len(p.loaded) > 0 {
			<-p.loaded
		}
		ready(quote("another"))
		select {
		case <-p.loaded:
		case <-time.After(patience):
			require.FailNow(t, "the page stays", path)
		}
		require.False(t, ask[bool](p, `window.same === true`))
	}
}

// What a right that ended showed is taken off the pages at once.
func TestAnEndedRightEmptiesThePages(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL", "Tom")
	desk := b.signedIn(t)
	desk.visit("/")
	at := desk.people()[person]
	desk.bringFor(at, "now.csv", values(berlinNow(t), 110, 111, 112))
	board, day := desk.another(), desk.another()
	board.visit("/")
	day.visit(at)
	day.soon(quick, says("112"))
	board.soon(quick, says("112"))
	// The tab that reads the stream would tell so.
	reader := ask[string](day, `document.querySelector("[data-live-line]").dataset.reader`)
	desk.visit("/preferences")
	ask[any](desk, `new BroadcastChannel("glucokeep live `+reader+`").postMessage({ event: "ended", data: { person: "`+strings.TrimPrefix(at, "/people/")+`",
		value: { state: "ended", class: "", mark: "", arrow: "", text: { value: "–", age: "Sharing has ended." }, at: "", late: 0, ago: "", stale: "", note: "", noteWords: "", noteSince: "", urgent: false, title: "" } } })`)
	for _, p := range []*tab{board, day} {
		p.soon(quick, says("Sharing has ended."))
		p.lacks("112", "In range")
		require.Empty(t, p.trouble())
	}
	require.Zero(t, day.count("svg.plot"))
	require.NotContains(t, ask[string](day, `document.title`), "Mara")
	require.Zero(t, board.count(`a[href="`+at+`"]`))
	board.sees("Tom")
}
