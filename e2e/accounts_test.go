package e2e

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// shownLink is the path of the link that the page shows.
func (p *tab) shownLink(prefix string) string {
	p.t.Helper()
	at := ask[string](p, `document.querySelector(".handover code").textContent`)
	u, err := url.Parse(at)
	require.NoError(p.t, err)
	require.Equal(p.t, p.b.Address, u.Scheme+"://"+u.Host)
	require.Regexp(p.t, `^`+prefix+`[\w-]{43}$`, u.Path)
	return u.Path
}

// comesIn signs in with a password and no second factor.
func (p *tab) comesIn(email, password string) {
	p.t.Helper()
	p.visit("/signin")
	p.write("email", email)
	p.write("password", password)
	p.follow(chromedp.Click(submits))
}

// A-24, S20: somebody is given an account by a link, opened in another browser,
// where they set a password that nobody else sees. Closed, it is signed out at
// once, a page that lies open too, and cannot come back; opened again it can,
// and its owner reads what was done.
func TestAccountsOfABox(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	ana := b.signedIn(t)
	ana.visit("/box")
	ana.click("Accounts")
	ana.sees("You are the only one so far.")
	ana.accessible()
	ana.follow(chromedp.Click(chromedp.CSS(".empty .button-main")))
	ana.accessible()
	ana.write("name", "Ben Beispiel")
	ana.write("email", email)
	ana.follow(chromedp.Click(submits))
	ana.sees("There is an account with this e-mail address already.")
	require.Equal(t, "Ben Beispiel", ana.value("name"), "nothing typed is lost")
	ana.accessible()
	ana.write("email", "ben@example.org")
	ana.follow(chromedp.Click(submits))
	ana.sees("For Ben Beispiel", "It works once, until")
	ana.accessible()

	const own = "copper violin drifts past eleven barns"
	ben := b.open(t)
	ben.visit(ana.shownLink("/welcome/"))
	ben.sees("Ben Beispiel, an account was made for you.", "ben@example.org")
	ben.accessible()
	ben.write("new", own)
	ben.write("again", own)
	ben.follow(chromedp.Click(submits))
	ben.sees("Your password is set.")
	ben.comesIn("ben@example.org", own)
	ben.title("People")
	ben.lacks(person)

	// What Ben looks at follows the newest values, so that a stream is open.
	key := strings.TrimPrefix(regexp.MustCompile(`/people/[0-9a-f]{32}`).FindString(ask[string](ana, `document.documentElement.innerHTML`)), "/people/")
	if key == "" {
		ana.visit("/")
		key = strings.TrimPrefix(ana.where(), "/people/")
	}
	b.sql(`INSERT INTO grant (key, person, account, role, from_ms, created_ms) SELECT 'aaaa', p.id, a.id, 'owner', 1, 1 FROM person p, account a WHERE a.name = 'Ben Beispiel'`)
	ben.visit("/people/" + key)
	ben.soon(quick, `!document.querySelector("[data-live-state]") || document.querySelector("[data-live-state]").hidden`)

	ana.visit("/box/accounts")
	ana.click("Ben Beispiel")
	ana.accessible()
	ana.click("Close the account")
	ana.sees("The account is closed")
	ana.accessible()
	ben.soon(5*quick, `location.pathname === "/signin" || `+says("signed out"))
	ben.comesIn("ben@example.org", own)
	ben.sees("do not go together")
	ana.click("Open it again")
	b.sql(`DELETE FROM throttle`)
	ben.comesIn("ben@example.org", own)
	ben.visit("/security")
	ben.sees("whoever manages the box opened your account again", "1 more in the last year")
	ben.do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("main details").forEach((d) => d.open = true)`))
	ben.sees("whoever manages the box closed your account")
	ben.accessible()

	ana.click("Make a link")
	ana.sees("unless its owner stops it")
	reset := ana.shownLink("/reset/")
	stranger := b.open(t)
	stranger.visit(reset)
	stranger.sees("This link works from")
	stranger.accessible()
	ben.visit("/preferences")
	ben.sees("A link waits by which somebody could set a new password")
	ben.accessible()
	ben.visit("/security")
	ben.click("Stop this")
	ben.sees("That link opens nothing any more.")
	stranger.visit(reset)
	stranger.sees("This link was used, replaced by another one, or is too old.")
}

// S75: the check-up is offered when a year is over, is done in five answers,
// also without script, and says when it was.
func TestSecurityCheckup(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	b.sql(fmt.Sprintf(`UPDATE account SET created_ms = %d`, time.Now().Add(-367*24*time.Hour).UnixMilli()))
	p := b.signedIn(t)
	p.sees("A year has passed")
	p.accessible()
	p.click("Security check-up")
	p.sees("0 of 5 looked at")
	p.accessible()
	p.scripts(false)
	p.follow(chromedp.Click(chromedp.CSS(`#item-browsers button[value="right"]`)))
	p.sees("1 of 5 looked at")
	p.scripts(true)
	for _, item := range []string{"address", "factor", "codes"} {
		p.follow(chromedp.Click(chromedp.CSS(`#item-` + item + ` button[value="open"]`)))
	}
	p.sees("4 of 5 looked at")
	p.accessible()
	p.follow(chromedp.Click(chromedp.CSS(`#item-access button[value="right"]`)))
	p.sees("That was all.", "Last check-up on", "Recovery codes: Left open", "Who sees the data: All right")
	p.accessible()
	p.visit("/security")
	p.sees("Last check-up on")
}
