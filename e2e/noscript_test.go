package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// The main path once more in a browser that runs no script at all.
func TestEverythingWorksWithoutScript(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	p := b.open(t)
	p.scripts(false)
	p.visit("/")
	p.write("code", b.lastWord())
	p.write("name", "Haus Muster")
	p.click("Go on")
	require.False(t, p.visible(`[data-reveal]`), "a button that needs script is not shown")
	p.write("name", "Ana Muster")
	p.write("email", email)
	p.write("password", password)
	p.click("Go on")
	p.write("person", person)
	p.write("zone", zone)
	p.click("Go on")
	p.click("A file with readings of " + person)
	file, _ := careDay()
	p.upload("care.csv", file)
	p.sees("new 290", "cannot be used 2")
	p.follow(chromedp.Click(confirmButton))
	p.sees("Tick here first")
	p.tick("seen", "yes")
	p.follow(chromedp.Click(confirmButton))
	p.title("290 records of Mara Muster were kept.")
	p.click("See the last day")
	p.sees("288 readings", "Average 132 mg/dL")
	require.Positive(t, p.count("svg.plot .round"), "the chart is drawn by the box")
	require.False(t, p.visible(".readout"), "what needs script is not shown")
	p.do(chromedp.Click(p.named("Show as table")))
	p.sees("Lowest", "Highest")

	p.report("profile")
	p.sees("10 March 2025", "too few to judge the period")
	p.do(chromedp.Click(p.named("Other dates")))
	p.write("from", "03102025")
	p.write("until", "03102025")
	p.click("Show")
	require.Contains(t, p.where(), "from=2025-03-10&until=2025-03-10")

	p.click("Ranges and details")
	p.tick("ranges", "own")
	p.write("high", "140")
	p.click("Save")
	p.sees("Saved.")
	p.click("Box")
	require.Equal(t, 1, p.count(`[data-box-clock]`))
	require.False(t, p.visible(`[data-box-clock]`), "what needs script is not shown")
	p.click("Check everything")
	p.sees("Everything is sound.")

	p.click("Language and display")
	p.tick("clock", "24")
	p.click("Save")
	p.sees("Saved.")
	p.visit("/")
	p.click("Imports")
	p.undo()
	p.click("Sign out")
	p.title("Sign in")
	p.signIn()
	p.title(person)
}

// visible reports whether the first element of a selector can be seen.
func (p *tab) visible(selector string) bool {
	p.t.Helper()
	return ask[bool](p, `document.querySelector(`+quote(selector)+`)?.checkVisibility() ?? false`)
}
