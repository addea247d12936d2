package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// A-21, S47: wrong codes make a device wait, which is said in words, and a
// recovery code opens; the security page tells of them in one line. Who is
// signed in as somebody else is told so at the page for a code.
func TestWrongCodesOnAPhone(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	_, codes := b.enrols(p)
	p.size(320, 700)
	p.click("Sign out")
	p.passwordOf("ordinary")
	for range 5 {
		p.write("code", "000000")
		p.follow(chromedp.Click(submits))
		p.sees("This code is not right")
	}
	p.write("code", "000000")
	p.follow(chromedp.Click(submits))
	p.sees("There were too many attempts. Try again in 5 minutes.")
	p.fits()
	p.accessible()
	b.sql(`UPDATE throttle SET streak = iif(bucket GLOB 'codes *', 20, streak), until_ms = 0`)
	p.write("code", "000000")
	p.follow(chromedp.Click(submits))
	p.sees("Use a recovery code. If none is at hand")
	p.fits()
	p.click("Use a recovery code")
	p.write("recovery", codes[0])
	p.follow(chromedp.Click(submits))
	p.sees("Right password, wrong code · 5 times", "Signed in with the password and a recovery code", "Second factor added")
	p.fits()
	p.accessible()
	p.click("Sign out")

	p.passwordOf("ordinary")
	require.Equal(t, "/signin/code", p.where())
	b.sql(`INSERT INTO account (key, email, name, password, created_ms) SELECT 'other', 'other@example.org', 'Theodora-Wilhelmine Oberndorfer-Zeidler', password, created_ms FROM account`)
	p.visit("/signin")
	p.write("email", "other@example.org")
	p.write("password", password)
	p.follow(chromedp.Click(submits))
	require.False(t, strings.HasPrefix(p.where(), "/signin"), p.where())
	p.visit("/signin/code")
	p.sees("You are signed in already", "Nothing was changed.")
	p.fits()
	p.accessible()
	p.click("Go on as Theodora-Wilhelmine Oberndorfer-Zeidler")
	require.Equal(t, "/", p.where())
}
