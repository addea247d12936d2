package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

const submits = chromedp.CSS(`main form .button-main`)

// tool is the output of a program that CI installs.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") == "true" {
			require.NoError(t, err)
		}
		t.Skipf("no %s here: packaging/install.sh has it", name)
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, string(out))
	return strings.TrimSpace(string(out))
}

// sql changes the database beside the box, where a person would have to wait.
func (b *box) sql(statement string) {
	b.t.Helper()
	tool(b.t, "sqlite3", "-cmd", ".timeout 5000", filepath.Join(b.dir, "glucokeep.db"), statement)
}

// code is what the app with a key shows; that of a moment ago is forgotten, so
// that nobody waits for the next one.
func (b *box) code(key string) string {
	b.t.Helper()
	b.sql(`UPDATE factor SET last_step = 0`)
	return tool(b.t, "oathtool", "--totp", "-b", key)
}

var codeLine = regexp.MustCompile(`[A-Z2-7]{4}(-[A-Z2-7]{4}){3}`)

// enrols adds an authenticator app on the pages and gives its key and the codes.
func (b *box) enrols(p *tab) (key string, codes []string) {
	b.t.Helper()
	p.visit("/preferences")
	p.click("Security")
	p.sees("Your password alone opens everything.")
	p.accessible()
	p.write("name", "My phone")
	p.follow(chromedp.Click(chromedp.CSS(`form[action="/security/app"] button`)))
	p.sees("Scan this with your authenticator app")
	p.accessible()
	key = strings.ReplaceAll(ask[string](p, `document.querySelector(".secret code").textContent`), " ", "")
	p.write("code", "000000")
	p.follow(chromedp.Click(submits))
	p.sees("This code is not right")
	p.write("code", b.code(key))
	p.follow(chromedp.Click(submits))
	p.sees("Recovery codes", "shown until you say that they are saved")
	p.accessible()
	codes = codeLine.FindAllString(p.text(), -1)
	codes = codes[:10]
	p.follow(chromedp.Click(submits))
	p.sees("Save the codes first, then tick this.")
	p.tick("saved", "yes")
	p.follow(chromedp.Click(submits))
	p.sees("Your authenticator app is your second factor now.", "My phone", "10 codes are left")
	p.accessible()
	return key, codes
}

// password signs in as far as the password goes.
func (p *tab) passwordOf(use string) {
	p.t.Helper()
	p.visit("/signin")
	p.write("email", email)
	p.write("password", password)
	p.tick("use", use)
	p.follow(chromedp.Click(submits))
}

// S17: enrolment by the pages, sign-in with the app and with a
// recovery code; the QR code says what the key says.
func TestSecondFactor(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	key, codes := b.enrols(p)
	p.click("Sign out")

	p.passwordOf("ordinary")
	require.Equal(t, "/signin/code", p.where())
	p.accessible()
	p.visit("/preferences")
	require.True(t, strings.HasPrefix(p.where(), "/signin"), "nothing else opens")
	p.passwordOf("ordinary")
	p.write("code", b.code(key))
	p.follow(chromedp.Click(submits))
	require.False(t, strings.HasPrefix(p.where(), "/signin"), p.where())
	p.click("Sign out")

	p.passwordOf("ordinary")
	p.click("Use a recovery code")
	p.accessible()
	p.write("recovery", codes[4])
	p.follow(chromedp.Click(submits))
	p.sees("You used a recovery code; it works no more.", "9 codes are left")
	p.click("Sign out")

	p.visit("/signin")
	p.click("Sign in with a recovery code")
	p.accessible()
	p.write("email", email)
	p.write("recovery", codes[5])
	p.follow(chromedp.Click(submits))
	p.write("code", b.code(key))
	p.follow(chromedp.Click(submits))
	require.Equal(t, "/security/password", p.where())
	p.sees("A recovery code stood in for your password.")
	p.accessible()
}

// what could take the account over asks again, and comes back.
func TestStepUp(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	key, _ := b.enrols(p)
	b.sql(fmt.Sprintf(`UPDATE credential SET state = CAST(json_set(state, '$.strong_ms', %d) AS BLOB) WHERE kind = 'session'`, time.Now().Add(-11*time.Minute).UnixMilli()))
	p.visit("/preferences")
	p.click("Your e-mail address")
	p.sees("Is it you?")
	p.accessible()
	p.write("password", password)
	p.write("code", "000000")
	p.follow(chromedp.Click(submits))
	p.sees("The password or the code is not right.")
	p.write("password", password)
	p.write("code", b.code(key))
	p.follow(chromedp.Click(submits))
	require.Equal(t, "/preferences/address", p.where())
}

// S15, S22: a remembered browser owes no code; a shared computer is not
// remembered; signing out everywhere else does so.
func TestRememberedAndShared(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	key, _ := b.enrols(p)
	other := b.open(t)
	other.passwordOf("own")
	other.write("code", b.code(key))
	other.tick("remember", "yes")
	other.follow(chromedp.Click(submits))
	other.click("Sign out")
	other.passwordOf("ordinary")
	require.False(t, strings.HasPrefix(other.where(), "/signin"), other.where())

	shared := b.open(t)
	shared.passwordOf("shared")
	require.Zero(t, shared.count(`[name="remember"]`))
	shared.write("code", b.code(key))
	shared.follow(chromedp.Click(submits))
	shared.visit("/preferences")
	shared.title("Language and display")

	p.visit("/security")
	p.sees("Remembered browsers", "Shared computer")
	p.accessible()
	p.click("Sign out everywhere else")
	p.sees("All other browsers were signed out and are remembered no more.")
	for _, x := range []*tab{other, shared} {
		x.visit("/preferences")
		require.True(t, strings.HasPrefix(x.where(), "/signin"), x.where())
	}
	other.passwordOf("ordinary")
	require.Equal(t, "/signin/code", other.where())
}

// S-02, S21: a minute before the end the page warns; to stay is a press, and
// the box decides about the rest.
func TestIdleWarning(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	p.visit("/preferences")
	rest := func(d time.Duration) {
		b.sql(fmt.Sprintf(`UPDATE credential SET active_ms = %d WHERE kind = 'session'`, time.Now().Add(-d).UnixMilli()))
		p.do(chromedp.Sleep(300 * time.Millisecond))
		ask[any](p, `document.dispatchEvent(new Event("visibilitychange"))`)
	}
	rest(13 * time.Minute)
	p.do(chromedp.Sleep(300 * time.Millisecond))
	require.Zero(t, p.count(".idle"))
	rest(14*time.Minute + 20*time.Second)
	p.do(chromedp.WaitVisible(chromedp.CSS(".idle")))
	p.sees("You will be signed out in a minute")
	require.Regexp(t, `^0:[34]\d$`, ask[string](p, `document.querySelector(".idle .number").textContent`))
	p.accessible()
	p.do(chromedp.Click(chromedp.CSS(".idle button")), chromedp.WaitNotPresent(chromedp.CSS(".idle")))
	rest(14*time.Minute + 57*time.Second)
	p.do(chromedp.WaitVisible(chromedp.CSS(`[name="email"]`)))
	require.Equal(t, "/signin?ended=1", p.where())
	p.sees("You were signed out")
}

// A-24, S20: the console makes a link; it sets a password and takes the second
// factor away, and the security page says so.
func TestResetAtTheConsole(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	b.enrols(p)
	b.stop()
	said := b.console("", "account", "reset", "--data", b.dir, "--email", email)
	path := regexp.MustCompile(`/reset/\S+`).FindString(said)
	require.NotEmpty(t, path, said)
	b.serve()
	p = b.open(t)
	p.visit(path)
	p.accessible()
	const better = "copper violin drifts past eleven barns"
	p.write("new", better)
	p.write("again", better)
	p.follow(chromedp.Click(submits))
	p.sees("Your new password is set.")
	p.accessible()
	p.visit("/signin")
	p.write("email", email)
	p.write("password", better)
	p.follow(chromedp.Click(submits))
	p.visit("/security")
	p.sees("1 more in the last year", "took your second factors away", "Your password alone opens everything.")
}
