package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

const submitPassword = chromedp.CSS(`form.password .button-main`)

// A-02, S13: the box makes a password at a press, with nothing that was typed
// lost; a hint says in words how far a typed one has come; the other browser
// is signed out.
func TestChangingThePassword(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p, other := b.signedIn(t), b.signedIn(t)
	p.visit("/.well-known/change-password")
	require.Equal(t, "/security/password", p.where())
	p.accessible()
	p.write("current", password)
	p.write("new", "heronsherons")
	p.sees("Not long enough yet: 3 more")
	p.do(chromedp.SendKeys(chromedp.CSS(`[name="new"]`), " hero"))
	require.Equal(t, "heronsherons hero", p.value("new"))
	p.sees("Long enough.")
	p.do(chromedp.Click(p.named("Six words")))
	made := p.value("new")
	require.Equal(t, 5, strings.Count(made, " "))
	p.do(chromedp.Click(p.named("Random characters")))
	require.NotEqual(t, made, p.value("new"), "another one")
	made = p.value("new")
	require.Equal(t, made, p.value("again"))
	require.Equal(t, password, p.value("current"), "what was typed stays")
	p.sees(made, "shown this once", "Long and varied.")
	p.accessible()
	p.follow(chromedp.Click(submitPassword))
	p.sees("Your password was changed.")
	other.visit("/preferences")
	require.True(t, strings.HasPrefix(other.where(), "/signin"), other.where())
	p.click("Sign out")
	p.write("email", email)
	p.write("password", made)
	p.click("Sign in")
	require.Equal(t, "/", p.where()[:1])
	require.NotContains(t, p.where(), "signin")
}

// S14, without script: a password that was published leads to its change and
// nowhere else; the box makes another one.
func TestAPublishedPasswordWithoutScript(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	list := filepath.Join(t.TempDir(), "list.txt")
	require.NoError(t, os.WriteFile(list, []byte(password+"\n"), 0o600))
	b.console("", "passwords", "update", list, "--data", b.dir)
	p := b.open(t)
	p.scripts(false)
	p.visit("/signin")
	p.write("email", email)
	p.write("password", password)
	p.click("Sign in")
	require.Equal(t, "/security/password", p.where())
	p.sees("on a public list of leaked passwords")
	p.visit("/")
	require.Equal(t, "/security/password", p.where())
	require.False(t, p.visible(`[data-reveal]`), "a button that needs script is not shown")
	p.click("Six words")
	made := p.value("new")
	p.sees(made)
	p.write("current", password)
	p.follow(chromedp.Click(submitPassword))
	p.sees("Your password was changed.")
	p.visit("/")
	p.sees(person)
}
