package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A box without a mail server: an address is proven by a link that was shown,
// as text and as a code for a camera, on every page as it should be.
func TestALinkIsHandedOver(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	p.visit("/preferences")
	p.click("Your e-mail address")
	p.sees(email, "Not confirmed yet", "can hand you the link")
	for _, path := range []string{"/preferences/address", "/preferences/phrase", "/mail-check", "/box/mail", "/box/links"} {
		p.visit(path)
		for _, width := range []int64{320, 1280} {
			p.size(width, 900)
			p.fits()
			p.accessible()
		}
	}
	p.click("Make a link")
	p.sees("For Ana Muster", "Shown this once.", b.Address+"/links/")
	for _, theme := range []string{"light", "dark"} {
		p.scheme(theme)
		require.Equal(t, "rgb(255, 255, 255) rgb(0, 0, 0)", ask[string](p, `getComputedStyle(document.querySelector(".qr-ground")).fill + " " + getComputedStyle(document.querySelector(".qr-ink")).fill`), "a camera wants it dark on light")
		for _, width := range []int64{320, 1280} {
			p.size(width, 900)
			p.fits()
			p.accessible()
			require.Greater(t, ask[float64](p, `document.querySelector(".qr").getBoundingClientRect().width`), 150.0)
		}
	}
	link := ask[string](p, `document.querySelector(".handover code").textContent`)

	phone := b.open(t)
	phone.visit(strings.TrimPrefix(link, b.Address))
	phone.sees("Confirm this address", email)
	phone.accessible()
	phone.click("Yes, it is mine")
	phone.sees("Your address is confirmed")
	phone.accessible()
	phone.visit(strings.TrimPrefix(link, b.Address))
	phone.sees("does not count any more")
	p.visit("/preferences/address")
	p.sees("Confirmed on")
}

// The settings of a server that does not answer: the test says so in words.
func TestAMailServerThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	p.visit("/box/mail")
	p.write("host", "127.0.0.1")
	p.tick("tls", "none")
	p.write("port", "1")
	p.write("sender", "box@example.org")
	p.click("Save")
	p.sees("Saved. Send a test mail")
	p.click("Send a test mail")
	p.sees("Nothing answers there.", "given up")
	p.accessible()
	p.visit("/mail-check")
	p.write("ref", "AAAA-BBBB-CCCC")
	p.click("Check")
	p.sees("This mail is not ours. Delete it.")
	p.accessible()
}
