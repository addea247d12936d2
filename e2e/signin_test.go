package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	p.bring("fortnight.csv", fortnight())
	p.click("See the last day")
	asked := p.where()
	p.sees("Tuesday, 18 March 2025", "288 readings")

	p.click("Sign out")
	require.Equal(t, "/signin", p.where())
	p.lacks(person)
	p.follow(chromedp.NavigateBack()) // S-04, H-03
	p.lacks(person, "288 readings")
	p.title("Sign in")

	p.write("email", email)
	p.write("password", "not the right one")
	p.follow(chromedp.Click(chromedp.CSS(`.button-main`)))
	p.sees("This e-mail address and password do not go together.")
	require.Equal(t, email, p.value("email"))
	require.Empty(t, p.value("password"))
	wrong := p.text()

	p.write("email", "nobody@example.org")
	p.write("password", "not the right one")
	p.follow(chromedp.Click(chromedp.CSS(`.button-main`)))
	require.Equal(t, wrong, p.text(), "an address that is not known is told no other way")

	p.write("email", email)
	button := func() []string {
		return ask[[]string](p, `(() => { const b = document.querySelector("[data-reveal]"); return [b.textContent, b.getAttribute("aria-label"), b.getAttribute("aria-pressed") ?? ""]; })()`)
	}
	require.Equal(t, []string{"Show", "Show password", ""}, button())
	p.do(chromedp.Click(chromedp.CSS(`[data-reveal]`)))
	require.Equal(t, []string{"Hide", "Hide password", ""}, button(), "its name is what it does; a state beside it would say the opposite")
	p.write("password", password)
	require.Equal(t, "text", ask[string](p, `document.querySelector('[name="password"]').type`), "Show shows what is typed")
	p.follow(chromedp.Click(chromedp.CSS(`.button-main`)))
	require.Equal(t, asked, p.where(), "signing in leads back to the page that was asked for")
	p.sees("288 readings")
}

func TestAnotherAccountSeesNothingOfAPerson(t *testing.T) {
	t.Parallel()
	b := settled(t, "mg/dL")
	b.console(password+"\n", "account", "add", "--data", b.dir, "--email", "sam@example.org", "--name", "Sam", "--password-stdin")
	b.serve()
	base := b.signedIn(t).personPath()

	p := b.open(t)
	p.visit("/signin")
	p.write("email", "sam@example.org")
	p.write("password", password)
	p.click("Sign in")
	p.title("People")
	p.sees("Nobody’s glucose is shared with you yet.")
	for _, path := range []string{base, base + "/profile", base + "/imports"} {
		p.visit(path)
		p.sees("There is no such person here, or their data is not shared with you.")
		p.lacks(person)
	}
}

func TestNobodySeesAPageWithoutSignIn(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	base := b.signedIn(t).personPath()
	p := b.open(t)
	for _, path := range []string{"/", "/preferences", base, base + "/profile", base + "/imports"} {
		p.visit(path)
		p.title("Sign in")
		p.lacks(person)
	}
	p.visit("/nothing-here")
	p.sees("There is nothing here, or it is not for you to see.")
}
