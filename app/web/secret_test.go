package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/audit"
	"glucokeep/app/web"
)

// changing is what a line of the log has besides what happened: among others
// the places and addresses of a stack, whose digits are nobody's.
var changing = regexp.MustCompile(`(time|took|id)=\S+|\+?0x[0-9a-f]+|\.go:\d+|goroutine \d+`)

// L-08: no secret, address, name or value is ever logged, whatever happens:
// a whole session at debug level, with failures, panics and a broken disk.
func TestNothingPrivateIsLogged(t *testing.T) {
	var b *box
	var broken atomic.Bool
	b = newKeyBox(t, func(c *web.Config) { c.Now = brittle(&broken, func() time.Time { return b.now() }, "Personcanary") })
	const secret = "passwordcanary of seven herons"
	br := b.browser()
	code, err := b.auth.NewSetupCode(t.Context())
	require.NoError(t, err)
	require.Equal(t, http.StatusForbidden, br.post("/setup/box", boxForm("CODE-CANA-RYXX-XXXX", "name", "Boxcanary")...).status)
	require.Equal(t, see, br.post("/setup/box", boxForm(code, "name", "Boxcanary")...).status)
	fields := []string{"name", "Namecanary", "email", "mailcanary@box.test", "password", secret}
	require.Equal(t, http.StatusForbidden, br.post("/setup/account", accountForm("CODE-CANA-RYXX-XXXX", fields...)...).status)
	require.Equal(t, see, br.post("/setup/account", "do", "back", "name", "Namecanary", "email", "mailcanary@box.test").status)
	broken.Store(true) // even what a panic says stays out of the log of others
	require.Equal(t, http.StatusInternalServerError, br.post("/setup/account", accountForm(code, fields...)...).status)
	require.Equal(t, see, br.post("/setup/account", accountForm(code, fields...)...).status)
	require.Equal(t, see, br.post("/setup/person", "person", "Personcanary", "zone", "Europe/Berlin", "unit", "mg/dL").status)
	br.person.Key = last(br.get("/").location())
	token := br.cookies["gk"]

	for range 8 {
		b.browser().post("/signin", "email", "mailcanary@box.test", "password", "wrongcanary")
	}
	b.browser().post("/signin", "email", "strangercanary@box.test", "password", secret)
	br.get("/signin?next=//nextcanary.test")
	b.browser().get(br.at("/profile?from=querycanary"))
	br.get("/pathcanary")
	require.Equal(t, unusable, br.post(br.at("/settings"), "name", "Settingcanary", "born", "borncanary", "record", "recordcanary").status)
	require.Equal(t, see, br.post(br.at("/settings"), settingsForm("name", "Settingcanary", "record", "recordcanary")...).status)
	require.Equal(t, ok, br.get("/box").status)
	require.Equal(t, see, br.post("/box/check").status)
	require.Equal(t, ok, br.get("/box").status)
	post := b.postbox()
	require.Equal(t, unusable, br.post("/box/mail", mailForm("host", "hostcanary:25")...).status)
	require.Equal(t, see, br.post("/box/mail", mailForm("port", post.port, "name", "signincanary", "sender", "sendercanary@box.test")...).status)
	require.Equal(t, ok, br.post("/box/mail/test").status)
	require.Equal(t, see, br.post("/preferences/phrase", "phrase", "phrasecanary of herons").status)
	require.Equal(t, unusable, br.post("/preferences/address", "email", "addresscanary@@box.test").status)
	require.Equal(t, see, br.post("/preferences/address", "email", "addresscanary@box.test").status)
	br.post("/mail-check", "ref", "refcanary")
	mails := post.got(b)
	require.Contains(t, strings.Join(mails, ""), "phrasecanary of herons")
	link := linkTo(t, mails, "addresscanary@box.test")
	require.Equal(t, ok, b.browser().get(link).status)
	require.Equal(t, ok, b.browser().post(link).status)
	require.Equal(t, unknown, b.browser().post(link).status)
	br.hands("Namecanary", "yes")
	for _, m := range post.got(b) {
		require.Contains(t, m, "phrasecanary")
	}
	b.sql(`UPDATE secret SET sealed = 'gk1.00000000.AAAA'`) // a key that is lost, and a mail that cannot go
	require.Equal(t, ok, br.post("/box/mail/test").status)
	require.Equal(t, see, br.post("/box/mail", "do", "forget").status)
	r := br.request(http.MethodGet, "/", nil)
	r.Host = "hostcanary.test"
	br.send(r)
	r = br.request(http.MethodPost, "/preferences", strings.NewReader("language=%zzformcanary"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "agentcanary")
	r.Header.Set("Authorization", "Bearer headercanary")
	br.send(r)

	file := "time,mgdl,flag\n2026-03-01T00:00:00,217,\n2026-03-01T00:05:00,219,\nrowcanary,999,flagcanary\n2026-03-01T00:15:00,cellcanary,\n"
	waiting := br.upload("filecanary.csv", []byte(file))
	require.Equal(t, see, waiting.status, waiting.body)
	br.get(waiting.location())
	br.post(waiting.location(), "do", "confirm")
	past := br.post(waiting.location(), "do", "confirm", "seen", "yes")
	require.Equal(t, see, past.status, past.body)
	for _, path := range []string{"/", br.at("?day=2026-03-01"), br.at("/profile"), br.at("/patterns"), br.at("/overlay"), br.at("/weeks"), br.at("/compare"), br.at("/explore"), br.at("/explore/figures?days=9"),
		br.at("/explore/data?from=2026-03-01&until=2026-03-02"), br.at("/imports"), past.location(), past.location() + "/undo", "/preferences"} {
		require.Less(t, br.get(path).status, 400, path)
	}
	br.writes("kind", "fingerstick", "glucose", "217", "unit", "mg/dL", "text", "textcanary")
	entry := br.at("/log/entries/" + br.writes("kind", "note", "text", "textcanary"))
	require.Equal(t, see, br.change(entry, "text", "othercanary").status)
	require.Equal(t, unusable, br.post(br.at("/log"), "kind", "fingerstick", "glucose", "217219", "unit", "unitcanary", "date", "datecanary").status)
	br.get(br.at("/log?show=showcanary&before=beforecanary"))
	br.upload("filecanary.bin", []byte("notacanary\x00\x01"))
	br.upload("filecanary.json", []byte(`[{"type":"cbg","value":217,"notecanary":`))

	require.Equal(t, ok, br.get("/security/password?make=signs").status)
	require.Equal(t, unusable, br.post("/security/password", "current", "wrongcanary", "new", "newcanary of herons at dawn", "again", "newcanary of herons at dawn").status)
	require.Equal(t, unusable, br.post("/security/password", "current", secret, "new", "newcanary", "again", "newcanary").status)
	require.Equal(t, see, br.post("/security/password", "current", secret, "new", "newcanary of herons at dawn", "again", "newcanary of herons at dawn").status)

	// A second factor: its name, key and codes, right and wrong ones.
	require.Equal(t, unusable, br.post("/security/app", "name", strings.Repeat("namecanary", 10)).status)
	a := br.post("/security/app", "name", "Factorcanary")
	require.Equal(t, see, a.status, a.body)
	br.appPage = a.location()
	br.appKey = manualKey.FindStringSubmatch(br.page(br.appPage))[1]
	require.Equal(t, unusable, br.post(br.appPage, "code", "codecanary").status)
	right := br.code()
	require.Equal(t, see, br.post(br.appPage, "code", right).status)
	codes := br.shownCodes()
	require.Equal(t, see, br.post("/security/codes/saved", "saved", "yes").status)
	door := b.browser()
	require.Equal(t, "/signin/code", door.post("/signin", "email", "addresscanary@box.test", "password", "newcanary of herons at dawn").location())
	half := door.cookies["gkp"]
	require.Equal(t, http.StatusUnauthorized, door.post("/signin/code", "code", "codecanary").status)
	require.Equal(t, http.StatusUnauthorized, door.post("/signin/code", "recovery", "recoverycanary").status)
	require.Equal(t, see, door.post("/signin/code", "code", br.code(), "remember", "yes").status)
	require.Equal(t, http.StatusUnauthorized, b.browser().post("/signin/recover", "email", "addresscanary@box.test", "recovery", "recoverycanary").status)
	require.Equal(t, see, b.browser().post("/signin/recover", "email", "addresscanary@box.test", "recovery", codes[0]).status)
	require.Equal(t, http.StatusUnauthorized, br.post("/security/confirm", "password", "wrongcanary", "code", "codecanary").status)
	require.Equal(t, see, br.post("/security/not-me", "session", "sessioncanary").status)

	// A passkey: its name, what it is asked and says, right and wrong.
	require.Equal(t, unusable, br.post("/security/passkeys/new/ask", "name", strings.Repeat("keynamecanary", 10)).status)
	key := b.newKey()
	require.Equal(t, see, br.adds(key).status)
	require.Equal(t, see, br.post(br.passkeyPage(), "name", "Keycanary").status)
	require.Equal(t, unusable, br.post(br.passkeyPage(), "name", strings.Repeat("keynamecanary", 10)).status)
	require.Equal(t, http.StatusUnauthorized, b.browser().post("/signin/passkey", "asked", "askedcanary", "answer", "answercanary").status)
	require.Equal(t, http.StatusUnauthorized, b.browser().shows(b.newKey()).status)
	keyed := b.browser()
	require.Equal(t, see, keyed.shows(key).status)
	require.Equal(t, see, br.confirms(key).status)
	reset, err := b.auth.MakeReset(t.Context(), audit.Actor{Console: true}, "addresscanary@box.test")
	require.NoError(t, err)
	require.Equal(t, unusable, b.browser().post(reset, "new", "newcanary", "again", "newcanary").status)

	// Accounts that somebody else is given, by a link.
	require.Equal(t, unusable, br.post("/box/accounts/new", "name", strings.Repeat("namecanary", 20), "email", "guestcanary@box.test").status)
	made := br.post("/box/accounts/new", "name", "Guestcanary", "email", "guestcanary@box.test")
	require.Equal(t, ok, made.status)
	first := welcomeLink.FindString(made.body)
	require.Equal(t, ok, br.get("/box/accounts?find=findcanary").status)
	require.Equal(t, unusable, b.browser().post(first, "new", "newcanary", "again", "newcanary").status)
	require.Equal(t, ok, b.browser().post(first, "new", secret, "again", secret).status)
	renewal := br.renews("Guestcanary")
	require.Equal(t, http.StatusConflict, b.browser().post(renewal, "new", secret, "again", secret).status)
	require.Equal(t, unusable, br.post("/security/checkup", "item", "itemcanary", "answer", "answercanary").status)

	// Those whom somebody trusts, and a request to be let in again.
	require.Equal(t, see, br.post("/security/people/new", "email", "partnercanary@box.test").status)
	require.Equal(t, unusable, br.post("/security/people/new", "email", "partnercanary").status)
	lost := b.browser()
	require.Equal(t, see, lost.post("/signin/ask", "email", "addresscanary@box.test").status)
	require.Equal(t, see, lost.post("/signin/ask/password", "new", "newcanary", "again", "newcanary").status)
	require.Equal(t, unknown, lost.get("/stop/tokencanary").status)
	require.Equal(t, unknown, br.post("/security/people/keycanary/vouch", "code", "codecanary").status)

	// The disk breaks; a session that cannot be read; a row that is damaged.
	b.sql(`CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	require.GreaterOrEqual(t, br.post("/preferences", "language", "de", "unit", "mg/dL", "clock", "24", "theme", "system").status, 500)
	require.GreaterOrEqual(t, br.post(past.location()+"/undo").status, 500)
	b.browser().post("/signin", "email", "addresscanary@box.test", "password", secret)
	require.GreaterOrEqual(t, br.post(br.at("/log"), "kind", "note", "text", "textcanary").status, 500)
	b.sql(`DROP TRIGGER full`)
	require.NoError(t, b.ledger.Close(t.Context(), b.now()))
	b.sql(`UPDATE glucose_day SET page = x'00112233'`)
	require.Equal(t, http.StatusInternalServerError, br.get(br.at("?day=2026-03-01")).status)
	b.sql(`UPDATE account SET password = 'hashcanary'`)
	b.sql(`DELETE FROM throttle`)
	require.Equal(t, http.StatusInternalServerError, b.browser().post("/signin", "email", "addresscanary@box.test", "password", secret).status)
	require.Equal(t, see, br.post("/signout").status)

	log := changing.ReplaceAllString(b.logs.String(), "")
	require.Contains(t, log, "panic", "the panic was logged")
	require.Contains(t, log, "disk full", "the failures were logged")
	require.Contains(t, log, `route="GET /people/{person}/profile"`, "at debug level, without the key of anybody")
	low := strings.ToLower(log)
	if i := strings.Index(low, "canary"); i >= 0 {
		t.Errorf("the log has a canary: %s", log[max(0, i-300):min(len(log), i+100)])
	}
	for _, secret := range []string{token, br.cookies["gkd"], code, strings.ReplaceAll(code, "-", ""), "box.test", "herons", "217", "219", "127.0.0.1", br.person.Key, "nextcanary", strings.TrimPrefix(link, "/links/"),
		right, half, door.cookies["gkr"], lost.cookies["gkq"], strings.ReplaceAll(br.appKey, " ", ""), br.appKey, codes[0], codes[1], strings.TrimPrefix(reset, "/reset/"),
		key.asked, plain(key.ID), plain(key.Handle), strings.TrimPrefix(first, "/welcome/"), strings.TrimPrefix(renewal, "/reset/")} {
		require.NotEmpty(t, secret)
		if i := strings.Index(log, secret); i >= 0 {
			t.Errorf("the log has %q: %s", secret, log[max(0, i-300):min(len(log), i+100)])
		}
	}
	require.NotContains(t, log, "\n\n")
	for line := range strings.Lines(log) {
		require.NotContains(t, strings.TrimSuffix(line, "\n"), "\r", "one line an event")
		require.Regexp(t, `^ ?level=`, line)
	}
}

// brittle is a clock that breaks once when it is told to.
func brittle(broken *atomic.Bool, now func() time.Time, says string) func() time.Time {
	return func() time.Time {
		if broken.CompareAndSwap(true, false) {
			panic(says)
		}
		return now()
	}
}

// H-11: an error page says nothing of what broke, has an id to quote, and that
// id is in the log.
func TestErrorsSayNothing(t *testing.T) {
	var broken atomic.Bool
	b := newBox(t, func(c *web.Config) {
		c.Now = brittle(&broken, time.Now, fmt.Sprintf("SELECT * FROM %s", "/etc/shadow"))
	})
	broken.Store(true)
	a := b.browser().get("/setup/box")
	require.Equal(t, http.StatusInternalServerError, a.status)
	for _, word := range []string{"SELECT", "shadow", "goroutine", ".go:", "panic", "runtime"} {
		require.NotContains(t, a.body, word)
	}
	id := regexp.MustCompile(`[A-Z2-7]{10}`).FindString(a.body[strings.Index(a.body, `class="note number"`):])
	require.NotEmpty(t, id)
	require.Contains(t, b.logs.String(), "id="+id)
	require.Equal(t, ok, b.browser().get("/healthz").status, "and the box goes on")
	require.Equal(t, "ok\n", b.browser().get("/healthz").body, "H-12")
}
