package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// member adds somebody who can sign in with the password of all.
func (b *box) member(name, address string) {
	b.t.Helper()
	b.console(password+"\n", "account", "add", "--data", b.dir, "--email", address, "--name", name, "--password-stdin")
}

// comes signs somebody in, in a browser of their own.
func (b *box) comes(t *testing.T, address, with string) *tab {
	t.Helper()
	p := b.open(t)
	p.visit("/signin")
	p.write("email", address)
	p.write("password", with)
	p.follow(chromedp.Click(submits))
	return p
}

// S20: an owner who lost everything is let in again by two of those whom they
// trust, in four browsers; every page of it as it should be.
func TestTwoPeopleLetAnOwnerIn(t *testing.T) {
	t.Parallel()
	b := settled(t, "mg/dL")
	b.member("Ben Beispiel", "ben@example.org")
	b.member("Cleo Canario", "cleo@example.org")
	b.serve()
	whole := func(p *tab) {
		for _, width := range []int64{320, 1280} {
			p.size(width, 900)
			p.fits()
			p.accessible()
		}
	}
	ana, ben, cleo := b.comes(t, email, password), b.comes(t, "ben@example.org", password), b.comes(t, "cleo@example.org", password)
	for _, address := range []string{"ben@example.org", "cleo@example.org"} {
		ana.visit("/security/people")
		ana.click("Name somebody")
		whole(ana)
		ana.write("email", address)
		ana.follow(chromedp.Click(submits))
		ana.sees("they are asked now", address, "no answer yet")
	}
	whole(ana)
	for _, p := range []*tab{ben, cleo} {
		p.visit("/security/people")
		p.sees("Ana Muster", "asks whether you would help")
		whole(p)
		p.click("I would help")
		p.sees("You can let them in again, together with one more person.")
	}
	ana.visit("/security")
	ana.sees("No. Name three people you trust.", "2 do not count yet")
	b.sql(`UPDATE recovery_partner SET aged_for_ms = 259200000`) // the box would have to run for three days
	ana.visit("/security")
	ana.sees("Yes, by two of the people you trust.")
	whole(ana)

	lost := b.open(t)
	lost.visit("/signin")
	lost.click("Ask the people you trust")
	whole(lost)
	lost.write("email", email)
	lost.follow(chromedp.Click(submits))
	lost.sees("Now call them", "Your eight characters")
	whole(lost)
	code := ask[string](lost, `document.querySelector(".askback-code code").textContent`)
	for _, p := range []*tab{ben, cleo} {
		p.visit("/preferences")
		p.sees("Somebody who relies on you is locked out.")
		p.click("See who")
		p.click("Help Ana Muster in")
		p.sees("Is it Ana Muster?")
		whole(p)
		p.write("code", "AAAA-AAAA")
		p.follow(chromedp.Click(submits))
		p.sees("These are not the characters.")
		p.write("code", code)
		p.follow(chromedp.Click(submits))
		p.sees("You have vouched.")
	}
	ana.visit("/preferences")
	ana.sees("Two people vouched for somebody", "Stop it")
	whole(ana)
	lost.visit("/signin/ask")
	lost.sees("Two people have vouched for you.", "another 24 h")
	whole(lost)
	b.sql(`UPDATE recovery_vouch SET aged_for_ms = 86400000`) // and for a day
	lost.visit("/signin/ask")
	lost.sees("Choose a new password")
	whole(lost)
	const anew = "copper violin drifts past eleven barns"
	lost.write("new", anew)
	lost.write("again", anew)
	lost.follow(chromedp.Click(submits))
	lost.sees("Your new password is set.")
	whole(lost)
	ana.visit("/preferences")
	require.Contains(t, ana.where(), "/signin", "every session ended")
	again := b.comes(t, email, anew)
	again.visit("/security")
	again.sees("two of the people you trust let you in again")
	whole(again)
}
