package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

var writeButton = chromedp.CSS(`.log-form .button-main`)

// opensLogForm opens the form, unless an empty log shows it already.
func (p *tab) opensLogForm() {
	p.t.Helper()
	if !p.visible(`.log-form`) {
		p.do(chromedp.Click(chromedp.CSS(`.log-write > summary`)))
	}
}

// says types into the field for text.
func (p *tab) says(text string) {
	p.t.Helper()
	p.do(chromedp.SendKeys(chromedp.CSS(`[name="text"]`), text))
}

func (p *tab) writesDose(units string) {
	p.t.Helper()
	p.opensLogForm()
	p.tick("kind", "dose")
	p.tick("insulin", "rapid")
	p.write("units", units)
	p.follow(chromedp.Click(writeButton))
}

// The path of somebody who writes down a dose, is asked before a second one,
// changes it, takes it off and puts it back; the same without any script.
func TestTheCareLog(t *testing.T) {
	for name, scripts := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := settledBox(t, "mg/dL")
			p := b.signedIn(t)
			p.scripts(scripts)
			p.visit("/")
			base := p.personPath()
			p.click("Log")
			p.title("Log of " + person)
			p.sees("Nothing here yet", "No rapid insulin and no carbs")
			require.True(t, p.visible(`[name="units"]`), "an empty log shows its form")
			require.False(t, p.visible(`[name="grams"]`), "and of that only what counts")
			p.tick("kind", "carbs")
			require.True(t, p.visible(`[name="grams"]`))
			require.False(t, p.visible(`[name="units"]`))
			p.write("grams", "45")
			p.says("Porridge")
			p.follow(chromedp.Click(writeButton))
			p.sees("Written down.", "45 g carbs Porridge Ana Muster", "Last carbs 0 min ago by Ana Muster: 45 g")

			p.writesDose("4,5")
			p.sees("4.5 U rapid insulin", "Last dose 0 min ago by Ana Muster: 4.5 U")
			p.writesDose("3")
			p.sees("Is this another dose?", "Ana Muster: 4.5 U rapid insulin, 0 min ago", "Nothing is saved yet")
			require.Equal(t, "3", p.value("units"))
			require.Equal(t, 2, p.count(".log-line"))
			p.click("No, it is the same")
			require.Equal(t, 2, p.count(".log-line"))
			p.writesDose("3")
			p.click("Yes, write down another dose")
			require.Equal(t, 3, p.count(".log-line"))

			p.visit(base)
			p.sees("Last dose 0 min ago by Ana Muster: 3 U")
			p.visit(base + "/log?show=here")
			p.follow(chromedp.Click(chromedp.CSS(`.log-line a`)))
			p.title("Change an entry")
			p.write("units", "2")
			p.click("Save")
			p.sees("2 U rapid insulin", "Changed once")
			p.follow(chromedp.Click(chromedp.CSS(`.log-line a`)))
			p.click("Remove this entry")
			p.title("This entry was removed")
			p.click("To the log")
			p.lacks("2 U rapid insulin")
			p.click("Removed entries")
			p.sees("2 U rapid insulin", "Removed by Ana Muster")
			p.follow(chromedp.Click(chromedp.CSS(`.past button`)))
			p.sees("Ana Muster: 4.5 U rapid insulin") // another dose of the same time
			p.click("Yes, put back this dose too")
			p.sees("The entry is back in the log.", "2 U rapid insulin")
		})
	}
}

// A form sent, the back button, and the form sent again is one entry; what is
// too long comes back whole.
func TestTheCareLogLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mmol/L")
	p := b.signedIn(t)
	base := p.personPath()
	p.visit(base + "/log?kind=note")
	p.says("once")
	p.follow(chromedp.Click(writeButton))
	require.Equal(t, 1, p.count(".log-line"))
	p.do(chromedp.NavigateBack())
	require.Contains(t, p.where(), "kind=note")
	if p.value("text") != "once" { // the browser may have kept it
		p.says("once")
	}
	p.follow(chromedp.Click(writeButton))
	p.sees("You wrote the very same just now")
	require.Equal(t, 1, p.count(".log-line"))
	p.click("No, once is right")
	require.Equal(t, 1, p.count(".log-line"))

	p.visit(base + "/log?kind=note")
	ask[any](p, `document.querySelector("[name=text]").value = "é".repeat(10001)`)
	p.follow(chromedp.Click(writeButton))
	p.sees("10,001 characters")
	require.Len(t, []rune(p.value("text")), 10_001)
	p.fits()
	ask[any](p, `document.querySelector("[name=text]").value = "é".repeat(10000)`)
	p.follow(chromedp.Click(writeButton))
	require.Equal(t, 2, p.count(".log-line"))
	p.fits()
}

// What is sent after the session ended is said not to be saved, and the way
// back leads to its form.
func TestAnEntryAfterTheSessionEnded(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	log := p.personPath() + "/log?kind=note"
	p.visit(log)
	p.says("too late")
	other := p.another()
	other.visit("/preferences")
	other.click("Sign out")
	p.follow(chromedp.Click(writeButton))
	p.title("Sign in")
	p.sees("What you just sent was not saved")
	p.write("email", email)
	p.write("password", password)
	p.click("Sign in")
	p.title("Log of " + person)
	require.Zero(t, p.count(".log-line"))
}

// "Last dose 0 min ago" must not stay so while the log lies open.
func TestTheLastDoseOfTheLogAges(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	p.visit(p.personPath() + "/log")
	p.writesDose("4")
	p.sees("Last dose 0 min ago by Ana Muster: 4 U")
	ask[any](p, `(() => { const now = Date.now(); Date.now = () => now + 6 * 60000; document.dispatchEvent(new Event("visibilitychange")) })()`)
	p.sees("Last dose 6 min ago by Ana Muster: 4 U")
}

func TestTheCareLogByKeysAlone(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	base := p.personPath()
	write := func() {
		p.tabTo(`[name="kind"]`)
		p.press(kb.ArrowRight, kb.ArrowLeft)
		p.tabTo(`[name="insulin"]`)
		p.press(" ")
		p.tabTo(`[name="units"]`)
		p.press("4")
		p.tabTo(`.log-form .button-main`)
		p.follow(enter)
	}
	p.visit(base + "/log")
	write()
	p.sees("4 U rapid insulin")
	p.tabTo(`.log-write > summary`)
	p.do(enter)
	require.True(t, p.visible(`.log-form`))
	write()
	p.sees("Is this another dose?")
	require.Equal(t, "alert", ask[string](p, `document.activeElement.getAttribute("role") ?? ""`), "the question takes the focus")
	p.press(kb.Tab)
	require.Equal(t, "Yes, write down another dose", strings.TrimSpace(ask[string](p, `document.activeElement.innerText`)), "and the answer is the next stop")
	p.follow(enter)
	require.Equal(t, 2, p.count(".log-line"))
	p.tabTo(`.log-line a`)
	p.follow(enter)
	p.title("Change an entry")
}
