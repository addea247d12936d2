package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// device gives a tab a place for passkeys that answers by itself, as somebody
// with a finger on it does. synced says that it keeps them elsewhere too.
func (p *tab) device(synced bool) webauthn.AuthenticatorID {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, webauthn.Enable, webauthn.EnableParams{})
	require.NoError(p.t, err)
	r, err := chromedp.Call(p.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
		Options: &webauthn.VirtualAuthenticatorOptions{Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21,
			Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true, IsUserVerified: true,
			AutomaticPresenceSimulation: true, DefaultBackupEligibility: synced, DefaultBackupState: synced}})
	require.NoError(p.t, err)
	return r.AuthenticatorID
}

// verifies says whether whoever touches the device is its owner.
func (p *tab) verifies(device webauthn.AuthenticatorID, is bool) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: device, IsUserVerified: is})
	require.NoError(p.t, err)
}

// unplug takes the device away.
func (p *tab) unplug(device webauthn.AuthenticatorID) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, webauthn.RemoveVirtualAuthenticator, webauthn.RemoveVirtualAuthenticatorParams{AuthenticatorID: device})
	require.NoError(p.t, err)
}

// addCredential is webauthn.AddCredential without what the browser here does
// not know and refuses even as false.
var addCredential = cdp.Command[map[string]any, cdp.Empty]{Method: webauthn.CommandAddCredential}

// copyTo gives another tab the passkeys of a device, as syncing does.
func (p *tab) copyTo(device webauthn.AuthenticatorID, q *tab, other webauthn.AuthenticatorID) {
	p.t.Helper()
	r, err := chromedp.Call(p.ctx, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: device})
	require.NoError(p.t, err)
	for _, c := range r.Credentials {
		_, err := chromedp.Call(q.ctx, addCredential, map[string]any{"authenticatorId": other, "credential": map[string]any{
			"credentialId": c.CredentialID, "isResidentCredential": true, "rpId": c.RpID, "privateKey": c.PrivateKey, "userHandle": c.UserHandle,
			"signCount": c.SignCount, "backupEligibility": c.BackupEligibility, "backupState": c.BackupState}})
		require.NoError(p.t, err)
	}
}

// makes adds a passkey on the pages, where codes are saved already or not.
func (p *tab) makes(name string, first bool) {
	p.t.Helper()
	p.visit("/security")
	p.follow(chromedp.Click(chromedp.CSS(`#passkeys a.button`)))
	p.accessible()
	p.write("name", name)
	p.click("Create the passkey")
	if first {
		p.sees("Recovery codes", "shown until you say that they are saved")
		p.tick("saved", "yes")
		p.follow(chromedp.Click(submits))
	}
	p.sees("Your passkey signs you in from now on.", name)
}

// comesInByPasskey waits until a passkey has signed the tab in.
func (p *tab) comesInByPasskey() {
	p.t.Helper()
	p.until(`!location.pathname.startsWith("/signin") && document.readyState === "complete"`)
}

// reads waits until the page says a text.
func (p *tab) reads(text string) {
	p.t.Helper()
	p.until(`document.body.innerText.includes(` + quote(text) + `)`)
}

// before runs a script before those of every page.
func (p *tab) before(script string) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	require.NoError(p.t, err)
}

func (p *tab) inside() bool {
	p.visit("/preferences")
	return p.where() == "/preferences"
}

// S15 to S17: a passkey is added, signs in by the field for the
// address and by the button, is renamed and removed.
func TestPasskeys(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	device := p.device(false)
	p.makes("My laptop", true)
	p.sees("on one device alone", "Your only passkey is on one device alone.", "10 codes are left")
	p.accessible()

	p.visit("/security/passkeys/new")
	p.write("name", "Once more")
	p.do(chromedp.Click(p.named("Create the passkey")))
	p.reads("has a passkey for your account already")

	p.unplug(device)
	device = p.device(true)
	p.makes("Küche <b>", false)
	p.sees("synced", "Küche <b>")

	// Autofill: the browser offers it by itself, and one fits.
	p.follow(chromedp.Click(p.named("Sign out")))
	p.comesInByPasskey()
	require.True(t, p.inside())

	// The button: autofill finds nothing on a device without passkeys.
	door := b.open(t)
	other := door.device(true)
	door.visit("/signin")
	door.accessible()
	door.do(chromedp.WaitVisible(chromedp.CSS(`[data-with] button`)))
	p.copyTo(device, door, other)
	door.tick("use", "own")
	door.click("Use a passkey")
	door.comesInByPasskey()
	door.visit("/security")
	door.sees("My own device")

	p.visit("/security")
	p.follow(chromedp.Click(chromedp.CSS(`#passkeys li:first-child a`)))
	p.sees("lives on one device", "Counter")
	p.accessible()
	p.write("name", "Old laptop")
	p.click("Change the name")
	p.sees("The passkey has its new name.", "Old laptop")
	p.follow(chromedp.Click(chromedp.CSS(`#passkeys li:last-child a`)))
	p.click("Remove this passkey")
	p.sees("The second factor was removed.")
	require.False(t, door.inside(), "other browsers were signed out")
	door.visit("/signin")
	door.do(chromedp.WaitVisible(chromedp.CSS(`.problems`))) // autofill sent it by itself
	door.sees("The box did not take this passkey.")
}

// a passkey shows once more who one is.
func TestStepUpByPasskey(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	device := p.device(true)
	p.makes("My phone", true)
	rests := func() {
		b.sql(fmt.Sprintf(`UPDATE credential SET state = CAST(json_set(state, '$.strong_ms', %d) AS BLOB) WHERE kind = 'session'`, time.Now().Add(-11*time.Minute).UnixMilli()))
	}
	rests()
	p.visit("/security/passkeys/new")
	p.sees("Is it you?")
	p.accessible()
	p.verifies(device, false)
	p.do(chromedp.Click(p.named("Use a passkey")))
	p.reads("Nothing happened")
	p.verifies(device, true)
	p.click("Use a passkey")
	require.Equal(t, "/security/passkeys/new", p.where())
	rests() // while the page is open
	p.write("name", "Another")
	p.click("Create the passkey")
	p.sees("Is it you?")
}

// what is cancelled says so and can be tried again; the passkey of
// another account signs in to that account.
func TestPasskeysOfTwo(t *testing.T) {
	t.Parallel()
	b := settled(t, "mg/dL")
	b.console(password+"\n", "account", "add", "--data", b.dir, "--email", "ben@example.org", "--name", "Ben Muster", "--password-stdin")
	b.serve()
	ana, ben := b.signedIn(t), b.open(t)
	ana.device(true)
	ana.makes("Of Ana", true)
	ben.visit("/signin")
	ben.write("email", "ben@example.org")
	ben.write("password", password)
	ben.follow(chromedp.Click(submits))
	bens := ben.device(true)
	ben.makes("Of Ben", true)
	ben.click("Sign out")
	ben.comesInByPasskey()
	ben.visit("/preferences")
	ben.sees("Ben Muster")

	door := b.open(t)
	empty := door.device(true)
	door.verifies(empty, false)
	door.visit("/signin")
	door.do(chromedp.WaitVisible(chromedp.CSS(`[data-with] button`)))
	door.do(chromedp.Click(door.named("Use a passkey")))
	door.reads("Nothing happened: it was cancelled, or it took too long.")
	door.accessible()
	ben.copyTo(bens, door, empty)
	door.verifies(empty, true)
	door.click("Use a passkey")
	door.visit("/preferences")
	door.sees("Ben Muster")

	// The second step of a password.
	half := b.open(t)
	place := half.device(true)
	half.visit("/signin")
	half.write("email", "ben@example.org")
	half.write("password", password)
	half.follow(chromedp.Click(submits))
	half.sees("Now show your passkey.")
	half.accessible()
	ben.copyTo(bens, half, place)
	half.click("Use a passkey")
	require.True(t, half.inside())
}

// without script, and where the browser knows no passkeys, there is no
// button, and the page says why.
func TestWherePasskeysAreNot(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.open(t)
	p.before(`delete window.PublicKeyCredential`)
	p.visit("/signin")
	p.reads("This browser lets no passkey be used here")
	p.accessible()
	require.Equal(t, 0, p.count(`[data-with]:not([hidden])`))
	p.before(`Object.defineProperty(window, "isSecureContext", { value: false })`)
	p.visit("/signin")
	p.reads("This browser lets no passkey be used here")
}

// A browser without the newer half of the interface works all the same.
func TestPasskeysInAnOlderBrowser(t *testing.T) {
	t.Parallel()
	b := settledBox(t, "mg/dL")
	p := b.signedIn(t)
	p.before(`delete PublicKeyCredential.parseCreationOptionsFromJSON; delete PublicKeyCredential.parseRequestOptionsFromJSON; delete PublicKeyCredential.prototype.toJSON; delete PublicKeyCredential.isConditionalMediationAvailable`)
	p.device(true)
	p.makes("My phone", true)
	p.click("Sign out")
	p.do(chromedp.WaitVisible(chromedp.CSS(`[data-with] button`)))
	p.click("Use a passkey")
	require.True(t, p.inside())
}
