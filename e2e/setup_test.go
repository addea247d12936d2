package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

func TestFirstRun(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	require.Regexp(t, `^http://localhost:\d+$`, b.Address)
	code := b.lastWord()
	require.Regexp(t, `^[A-Z0-9]{4}(-[A-Z0-9]{4})+$`, code)

	p := b.open(t)
	p.visit("/")
	require.Equal(t, "/setup/box", p.where(), "a new box leads to its set-up")
	p.title("Welcome. This box is yours to set up.")
	p.sees("Step 1 of 4")
	require.Equal(t, zone, p.value("zone"), "the zone of the box is the first guess")

	p.write("code", "AAAA-BBBB-CCCC-DDDD")
	p.write("name", "Haus Muster")
	p.write("zone", "new york")
	p.tick("unit", "mmol/L")
	p.click("Go on")
	p.sees("One thing to change", "This is not the code that the box printed. Look at its console again.")
	for field, want := range map[string]string{"name": "Haus Muster", "zone": "new york"} {
		require.Equal(t, want, p.value(field), "%s is kept after a mistake", field)
	}
	p.write("code", strings.ToLower(code))
	p.write("zone", zone)
	p.click("Go on")

	p.title("You")
	p.sees("Step 2 of 4")
	require.Zero(t, p.count(`[name="code"]`), "the code is typed once")
	p.write("name", "Ana Muster")
	p.write("email", email)
	p.click("Back")
	require.Equal(t, "Haus Muster", p.value("name"))
	p.click("Go on")
	require.Equal(t, []string{"Ana Muster", email, ""}, []string{p.value("name"), p.value("email"), p.value("password")}, "turning back loses nothing but the password")
	p.write("password", "short")
	require.False(t, ask[bool](p, `document.querySelector("form").checkValidity()`), "the browser knows the least length")
	p.write("password", password)
	p.click("Go on")

	p.title("Whose glucose?")
	p.sees("Step 3 of 4", "Haus Muster")
	require.Equal(t, zone, p.value("zone"), "a person begins with the zone of the box")
	require.Equal(t, "mmol/L", ask[string](p, `document.querySelector('[name="unit"]:checked').value`))
	p.write("person", person)
	p.tick("unit", "mg/dL")
	p.click("Go on")
	p.title("Where do readings come from?")
	p.click("A file with readings of " + person)
	p.title("Bring in readings of " + person)
	p.sees("Nothing yet. The first file that you bring in is listed here, and can be undone.")

	p.visit("/setup/box")
	require.NotContains(t, p.where(), "setup", "the first steps are closed once they were done")
	other := b.open(t)
	other.visit("/setup")
	require.Equal(t, "/signin", other.where())
	require.Equal(t, 1, strings.Count(ask[string](p, `document.title`), "Glucokeep – Haus Muster"))
}

// A set-up goes on where it was left: after another browser, a restart of the
// box, a sign-out. What was put off is listed on the box page.
func TestTheSetUpIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	p := b.open(t)
	p.visit("/")
	p.write("code", b.lastWord())
	p.write("name", "Haus Muster")
	p.click("Go on")
	p.title("You")

	b.stop()
	b.unpack()
	p = b.open(t)
	p.visit("/")
	p.title("You")
	p.write("code", b.lastWord())
	p.write("name", "Ana Muster")
	p.write("email", email)
	p.write("password", password)
	p.click("Go on")
	p.title("Whose glucose?")

	b.stop()
	b.serve()
	p = b.open(t)
	p.signIn()
	p.title("Whose glucose?")
	p.click("Later")
	p.title("Where do readings come from?")
	p.sees("There is nobody yet")
	p.click("Back")
	p.title("Whose glucose?")
	p.click("Later")
	p.click("Later")
	p.title("People")
	p.sees("You keep nobody’s glucose here yet.")
	p.click("Box")
	p.sees("Everything is in order.", "Still open", "Add the first person", "Bring in the first readings", "The clock of this device agrees with it.")
	p.lacks("Give the box a name")
	p.click("Add the first person")
	p.write("person", person)
	p.click("Add a person")
	p.title(person)
	p.click("Sign out")
	p.signIn()
	p.title(person)
}

func TestTheBoxPage(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	p.bring("fortnight.csv", fortnight())
	p.visit("/box")
	p.sees("Everything is in order.", "Give the box a name", "Glucose readings 4608", "People 1", "No check was run from here yet.", b.dir)
	p.lacks(person)
	p.click("Check everything")
	p.sees("Looked at", "Everything is sound.")
	p.write("name", " ")
	p.write("zone", "Nowhere")
	p.click("Save")
	p.sees("2 things to change")
	require.Equal(t, "Nowhere", p.value("zone"))
	p.write("name", "Haus Muster")
	p.write("zone", "berlin")
	p.click("Save")
	p.sees("Saved.", "Last check:", "everything was sound.", "Haus Muster")
	p.lacks("Give the box a name")
	require.Equal(t, zone, p.value("zone"))
}

// A device whose clock is wrong is told so, in words.
func TestAWrongClockIsTold(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	for shift, want := range map[string]string{
		"5_400_000":  "The clock of this device is 1 h 30 min ahead of it. Set one of them right.",
		"-7_200_000": "The clock of this device is 2 h behind it. Set one of them right.",
		"20_000":     "The clock of this device agrees with it.",
	} {
		p := b.open(t)
		_, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: `{ const origin = performance.timeOrigin; Object.defineProperty(performance, "timeOrigin", { get: () => origin + ` + shift + ` }); }`})
		require.NoError(t, err)
		p.signIn()
		p.visit("/box")
		p.sees(want)
	}
}
