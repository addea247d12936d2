package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// enter presses the Enter key. The driver's own sends the character a second
// time, to what has the focus by then, which no keyboard does.
func enter(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	key := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "Enter", Code: "Enter", Text: "\r", UnmodifiedText: "\r",
		WindowsVirtualKeyCode: 13, NativeVirtualKeyCode: 13}
	if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, key); err != nil {
		return chromedp.Void{}, err
	}
	key.Type, key.Text, key.UnmodifiedText = input.DispatchKeyEventTypeKeyUp, "", ""
	_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, key)
	return chromedp.Void{}, err
}

// press hits keys with whatever has the focus.
func (p *tab) press(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		p.do(chromedp.KeyEvent(k))
	}
}

// tabTo presses Tab until the focus is on what a selector finds, and wants to
// see a sign of it there.
func (p *tab) tabTo(selector string) {
	p.t.Helper()
	var passed []string
	for range 60 {
		p.press(kb.Tab)
		at := ask[string](p, `(() => { const e = document.activeElement; return e.tagName + " " + (e.name || e.innerText || "").slice(0, 30) })()`)
		passed = append(passed, at)
		if ask[bool](p, `document.activeElement.matches(`+quote(selector)+`)`) {
			require.True(p.t, ask[bool](p, `(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 })()`),
				"%s shows no focus ring", selector)
			return
		}
	}
	require.FailNow(p.t, "the Tab key never comes to "+selector, strings.Join(passed, "\n"))
}

// focusComes waits until the focus is on what a selector finds: a browser
// gives it a moment after the page has loaded.
func (p *tab) focusComes(selector string) {
	p.t.Helper()
	require.Eventually(p.t, func() bool { return ask[bool](p, `document.activeElement.matches(`+quote(selector)+`)`) }, patience, 50*time.Millisecond)
}

func TestByKeysAlone(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.open(t)
	p.visit("/signin")
	p.tabTo(`[name="email"]`)
	p.press(email)
	p.tabTo(`[name="password"]`)
	p.press(password)
	p.follow(enter)
	p.title(person)

	p.press(kb.Tab)
	require.Equal(t, "Skip to the content", ask[string](p, `document.activeElement.innerText`), "the first stop leads past the places")
	p.do(enter)
	require.Equal(t, "content", ask[string](p, `document.activeElement.id`))
	p.tabTo(`main a.button-main`)
	p.follow(enter)

	file, _ := careDay()
	p.tabTo(`[name="file"]`) // the box of the system that chooses a file is not ours to press keys in
	p.upload("care.csv", file)
	p.tabTo(`[name="zone"]`)
	p.tabTo(`[name="seen"]`)
	p.press(" ")
	require.True(t, ask[bool](p, `document.activeElement.checked`))
	p.tabTo(`button[value="confirm"]`)
	p.follow(enter)
	p.title("290 records of Mara Muster were kept.")

	p.tabTo(`main a.button-main`)
	p.follow(enter)
	p.tabTo(`[data-chart]`)
	p.press(kb.Home)
	require.Regexp(t, `^12:00 am \d+ mg/dL In range · `, p.readout())
	p.press(kb.ArrowRight, kb.ArrowRight)
	require.Regexp(t, `^12:10 am `, p.readout())
	p.press("l")
	require.Regexp(t, `^\d+:\d\d am \d+ mg/dL (Low|Very low) · `, p.readout())
	p.press("h")
	require.Regexp(t, `^\d+:\d\d am \d+ mg/dL High · `, p.readout())
	p.press(kb.End, kb.ArrowLeft)
	for range 36 { // to ten to nine, where the sensor could not measure
		p.press(kb.ArrowLeft)
	}
	require.Regexp(t, `^8:50 pm HIGH Very high · `, p.readout())
	p.press(kb.Escape)
	require.NotContains(t, p.readout(), "mg/dL")
	require.False(t, ask[bool](p, `document.activeElement.matches("[data-chart]")`), "Escape leaves the chart")
}

// A mistake takes the focus to the list of mistakes, and from there a link
// leads to the field.
func TestAMistakeIsFoundByKeys(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	p := b.open(t)
	p.visit("/setup")
	p.write("code", "AAAA")
	p.write("name", "Haus Muster")
	p.click("Go on")
	p.focusComes(`[role="alert"]`)
	p.press(kb.Tab)
	p.do(enter)
	require.Equal(t, "code", ask[string](p, `document.activeElement.name ?? ""`))
}

// The settings of a person, with the keyboard alone: a list that suggests, a
// choice, a mistake, its mending.
func TestSettingsByKeysAlone(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	p.visit(p.personPath() + "/settings")
	p.tabTo(`[name="zone"]`)
	p.press("madrid") // the Tab key has chosen what stood there
	p.tabTo(`[name="ranges"]`)
	p.press(kb.ArrowUp) // from the first round to the last
	require.Equal(t, "own", ask[string](p, `document.querySelector('[name="ranges"]:checked').value`))
	p.tabTo(`[name="very-low"]`)
	p.press("40")
	p.tabTo(`main button.button-main`)
	p.follow(enter)
	p.focusComes(`[role="alert"]`)
	p.press(kb.Tab)
	p.do(enter)
	require.Equal(t, "very-low", ask[string](p, `document.activeElement.name ?? ""`))
	p.do(chromedp.Clear(chromedp.CSS(`[name="very-low"]`)))
	p.press("60")
	p.tabTo(`main button.button-main`)
	p.follow(enter)
	p.sees("Saved. Every reading stays at its instant")
	require.Equal(t, []string{"Europe/Madrid", "60"}, []string{p.value("zone"), p.value("very-low")})
}
