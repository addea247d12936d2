package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A-21, S10: what was begun and left stands on the security page again, with
// one next step.
func TestAnEnrolmentThatWasLeft(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	page := ana.newApp()
	security := ana.page("/security")
	require.Contains(t, words(security), "You began to add My phone, and its first code is missing.")
	require.Contains(t, security, `href="`+page+`"`)
	require.Equal(t, see, ana.post(page, "code", ana.code()).status)
	security = ana.page("/security")
	require.Contains(t, words(security), "My phone works, but counts only when your recovery codes are saved.")
	require.Contains(t, security, `class="button button-main" href="/security/codes"`)
	require.Equal(t, see, ana.post("/security/codes/saved", "saved", "yes").status)
	require.NotContains(t, words(ana.page("/security")), "My phone works")
	require.Equal(t, see, ana.post("/security/codes").status)
	require.Contains(t, words(ana.page("/security")), "Your new recovery codes are not saved yet.")
	b.sql(`UPDATE recovery_code SET created_ms = created_ms - ?`, (2 * time.Hour).Milliseconds())
	require.Contains(t, words(ana.page("/security")), "Without recovery codes a lost phone locks you out.", "they can be seen no more")

	ana.newApp()
	b.sql(`UPDATE factor SET created_ms = created_ms - ? WHERE confirmed_ms IS NULL`, (2 * time.Hour).Milliseconds())
	require.NotContains(t, words(ana.page("/security")), "You began to add", "after an hour it is over")
}

// on the phone that the app is on there is nothing to scan.
func TestTheAppOnThisDevice(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	page := ana.page(ana.newApp())
	require.Regexp(t, `<a class="button" href="otpauth://totp/Glucokeep[^"]*secret=`+strings.ReplaceAll(ana.appKey, " ", "")+`[^"]*">Open in the app on this device</a>`, page)
	require.Contains(t, page, `data-text="`+strings.ReplaceAll(ana.appKey, " ", "")+`"`)
	require.Contains(t, page, `data-copy="app-key"`)
}

// S5: who does not manage the box is not led through its set-up.
func TestTheFirstSignInOfAMember(t *testing.T) {
	b := newBox(t)
	b.account("Ana")
	b.account("Ben")
	b.sql(`INSERT INTO box (name, value) VALUES ('setup-step', 'person')`)
	for name, want := range map[string]string{"ana": "/setup", "ben": "/"} {
		require.Equal(t, want, b.browser().post("/signin", "email", name+"@box.test", "password", password).location(), name)
	}
	ben := b.browser()
	ben.signIn("Ben")
	require.Equal(t, ok, ben.get("/").status)
}

// What was right at the first step is said, and nothing else.
func TestTheSecondStepSaysWhatWasRight(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	codes := ana.enrols()
	door := b.browser()
	ana.half(door)
	require.Contains(t, words(door.page("/signin/code")), "Your password is right.")
	require.Equal(t, see, door.post("/signin/recover", "email", "ana@box.test", "recovery", codes[0]).status)
	page := words(door.page("/signin/code"))
	require.Contains(t, page, "Your recovery code is right, and spent now.")
	require.NotContains(t, page, "password is right")
}

// Browser and system stand in the reader's language, in pages and mails.
func TestDevicesInTheReadersLanguage(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	post := b.postbox()
	require.Equal(t, see, ana.post("/box/mail", mailForm("port", post.port)...).status)
	require.Equal(t, see, ana.post("/preferences", "language", "de", "unit", "person", "clock", "24", "theme", "system").status)
	b.sql(`UPDATE ledger_origin SET device = 'Chrome on Linux'`)
	require.Contains(t, words(ana.page("/security")), "Chrome unter Linux")
	other := b.browser()
	r := other.request(http.MethodPost, "/signin", strings.NewReader("email=ana@box.test&password="+strings.ReplaceAll(password, " ", "+")))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0")
	require.Equal(t, see, other.send(r).status)
	require.Contains(t, strings.Join(post.got(b), ""), "Chrome unter Linux")
}

// whoever has no code learns nothing of what they typed besides it.
func TestTheSetUpCodeComesFirst(t *testing.T) {
	b := newBox(t)
	code, err := b.auth.NewSetupCode(t.Context())
	require.NoError(t, err)
	a := b.browser().post("/setup/account", accountForm("AAAA-AAAA-AAAA-AAAA", "password", "short", "email", "nobody")...)
	require.Equal(t, http.StatusForbidden, a.status)
	require.Contains(t, a.body, `id="p-code"`)
	require.NotContains(t, a.body, `id="p-password"`)
	require.NotContains(t, a.body, `id="p-email"`)
	a = b.browser().post("/setup/account", accountForm(code, "password", "short")...)
	require.Equal(t, unusable, a.status)
	require.Contains(t, a.body, `id="p-password"`)
}
