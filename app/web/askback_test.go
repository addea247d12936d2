package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/web"
)

// partner is the address of what is between two accounts; "" is somebody who
// has none.
func (b *box) partner(owner, of string) string {
	b.Helper()
	raw := b.raw()
	defer raw.Close()
	var key string
	require.NoError(b, raw.QueryRow(`SELECT p.key FROM recovery_partner AS p JOIN account AS o ON o.id = p.account LEFT JOIN account AS w ON w.id = p.partner
		WHERE p.ended_ms IS NULL AND o.name = ? AND coalesce(w.name, '') = ?`, owner, of).Scan(&key))
	return "/security/people/" + key
}

// runs lets the box run, as far as agreements and vouches can tell.
func (b *box) runs(d time.Duration) {
	b.Helper()
	require.NoError(b, b.auth.AgeRecovery(b.Context(), 0))
	require.NoError(b, b.auth.AgeRecovery(b.Context(), d))
}

// trusts has an owner name others who agreed long ago.
func (b *box) trusts(owner string, others ...string) {
	b.Helper()
	for _, other := range others {
		b.sql(`INSERT INTO recovery_partner (key, account, partner, address, created_ms, agreed_ms, aged_for_ms)
			SELECT lower(hex(randomblob(16))), o.id, w.id, w.email, 1, 1, 259200000 FROM account AS o, account AS w WHERE o.name = ? AND w.name = ?`, owner, other)
	}
}

// asks has a browser ask to be let in as an owner, of whose partners all are
// old enough.
func (b *box) asks(owner string, by *browser) answer {
	b.Helper()
	b.runs(72 * time.Hour)
	return by.post("/signin/ask", "email", strings.ToLower(owner)+"@box.test")
}

var askedCode = regexp.MustCompile(`<code>([A-Z2-7]{4}-[A-Z2-7]{4})</code>`)

func (br *browser) askCode() string {
	br.Helper()
	m := askedCode.FindStringSubmatch(br.page("/signin/ask"))
	require.NotNil(br, m)
	return m[1]
}

// S20, A-09: the whole story in four browsers and the mails about it.
func TestAskingBack(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ben, cleo := b.owner("Ben", "Jon"), b.owner("Cleo", "Zoe")
	post := b.postbox()
	require.Equal(t, see, ana.post("/box/mail", mailForm("port", post.port)...).status)
	require.Contains(t, words(ana.page("/security")), "Name three people you trust.")
	for _, p := range []struct {
		br   *browser
		name string
	}{{ben, "Ben"}, {cleo, "Cleo"}} {
		a := ana.post("/security/people/new", "email", strings.ToUpper(p.name)+"@box.test")
		require.Equal(t, see, a.status, a.body)
		page := words(ana.page("/security/people"))
		require.Contains(t, page, "If somebody has an account with this address, they are asked now.")
		require.Contains(t, page, strings.ToLower(p.name)+"@box.test")
		require.NotContains(t, page, " "+p.name+" ", "whether and whose account it is shows when they agree")
		require.Contains(t, words(p.br.page("/security/people")), "asks whether you would help")
		require.Equal(t, see, p.br.post(b.partner("Ana", p.name)+"/agree").status)
	}
	require.Contains(t, words(ana.page("/security/people")), "counts once the box has run for another 3 days")
	mails := strings.Join(post.got(b), "\n")
	for _, want := range []string{"you named somebody you trust", "Ana would like you to be one of three people", "Ben agreed on"} {
		require.Contains(t, mails, want)
	}
	require.NotContains(t, words(ana.page("/security")), "Yes, by two of the people you trust.")
	b.runs(72 * time.Hour)
	require.Contains(t, words(ana.page("/security")), "Yes, by two of the people you trust.")

	asking, other := b.browser(), b.browser()
	require.Contains(t, asking.page("/signin"), `href="/signin/ask"`)
	require.Equal(t, see, asking.post("/signin/ask", "email", "ana@box.test").status)
	code := asking.askCode()
	for _, page := range []string{ana.at(""), "/preferences"} {
		require.Contains(t, words(ana.page(page)), "somebody asks the people you trust to be let in as you")
	}
	require.Contains(t, words(ben.page("/preferences")), "Somebody who relies on you is locked out.")
	require.Contains(t, words(ben.page(b.partner("Ana", "Ben")+"/vouch")), "Is it Ana?")
	require.NotContains(t, ben.page("/security/people"), code)
	require.Equal(t, unknown, cleo.get(b.partner("Ana", "Ben")+"/vouch").status, "another's word is not theirs to give")
	require.Equal(t, http.StatusUnauthorized, ben.post(b.partner("Ana", "Ben")+"/vouch", "code", "AAAA-AAAA").status)
	require.Equal(t, see, ben.post(b.partner("Ana", "Ben")+"/vouch", "code", strings.ToLower(code)).status)
	require.Equal(t, see, asking.post("/signin/ask/password", "new", "x", "again", "x").status)
	require.Equal(t, see, cleo.post(b.partner("Ana", "Cleo")+"/vouch", "code", code).status)
	require.Contains(t, words(asking.page("/signin/ask")), "Once the box has run for another 24 h")
	require.Contains(t, words(ana.page("/preferences")), "Two people vouched")
	link := regexp.MustCompile(`/stop/[0-9a-f]{64}`).FindString(strings.Join(post.got(b), "\n"))
	require.NotEmpty(t, link)
	require.Equal(t, ok, b.browser().get(link).status, "to open it stops nothing")

	b.runs(24 * time.Hour)
	require.NotContains(t, other.page("/signin/ask"), "Choose a new password")
	require.Contains(t, words(asking.page("/signin/ask")), "Choose a new password")
	require.Equal(t, unusable, asking.post("/signin/ask/password", "new", "short", "again", "short").status)
	require.Equal(t, unusable, asking.post("/signin/ask/password", "new", "copper violin drifts past eleven barns", "again", "y").status)
	a := asking.post("/signin/ask/password", "new", "copper violin drifts past eleven barns", "again", "copper violin drifts past eleven barns")
	require.Equal(t, ok, a.status)
	require.Contains(t, words(a.body), "Your new password is set.")
	require.False(t, ana.in(), "every session ended")
	require.False(t, asking.in(), "and it lets nobody in")
	require.Equal(t, http.StatusUnauthorized, b.browser().post("/signin", "email", "ana@box.test", "password", password).status)
	require.Equal(t, see, asking.post("/signin", "email", "ana@box.test", "password", "copper violin drifts past eleven barns").status)
	require.Contains(t, words(asking.page("/security")), "two of the people you trust let you in again")
	require.Contains(t, strings.Join(post.got(b), "\n"), "Two of the people whom you trust let you into your account")
	require.Equal(t, unknown, b.browser().get(link).status, "of an epoch that is over")
}

// S20: one click on any page, or in a mail without signing in, stops it for good.
func TestStopping(t *testing.T) {
	for _, byMail := range []bool{false, true} {
		b := newBox(t)
		ana := b.owner("Ana", "Mila")
		ben, cleo := b.owner("Ben", "Jon"), b.owner("Cleo", "Zoe")
		post := b.postbox()
		require.Equal(t, see, ana.post("/box/mail", mailForm("port", post.port)...).status)
		b.trusts("Ana", "Ben", "Cleo")
		asking := b.browser()
		require.Equal(t, see, asking.post("/signin/ask", "email", "ana@box.test").status)
		code := asking.askCode()
		require.Equal(t, see, ben.post(b.partner("Ana", "Ben")+"/vouch", "code", code).status)
		require.Equal(t, see, cleo.post(b.partner("Ana", "Cleo")+"/vouch", "code", code).status)
		b.runs(24 * time.Hour)
		if byMail {
			link := regexp.MustCompile(`/stop/[0-9a-f]{64}`).FindString(strings.Join(post.got(b), "\n"))
			require.Equal(t, unknown, b.browser().post(link[:len(link)-1]+"x").status)
			require.Contains(t, words(b.browser().post(link).body), "Stopped.")
			require.Equal(t, unknown, b.browser().post(link).status)
		} else {
			require.Contains(t, ana.page("/preferences"), `action="/security/stop"`)
			require.NotContains(t, web.SteppedUp(), "POST /security/stop", "it asks for nothing more")
			ana.grows(11 * time.Minute)
			require.Equal(t, see, ana.post("/security/stop").status)
		}
		require.Contains(t, words(asking.page("/signin/ask")), "This request is over")
		require.Equal(t, see, asking.post("/signin/ask/password", "new", "copper violin drifts past eleven barns", "again", "copper violin drifts past eleven barns").status)
		require.Equal(t, 1, b.count(`SELECT epoch FROM account WHERE name = 'Ana'`))
		require.NotContains(t, words(ana.page("/preferences")), "Two people vouched")
		require.Contains(t, strings.Join(post.got(b), "\n"), "was stopped on")
	}
}

// who asks learns nothing: an account with people whom it trusts, one
// without, one that is closed and none at all answer with the same bytes.
func TestAskingTellsNothing(t *testing.T) {
	b := newBox(t)
	b.owner("Ana", "Mila")
	for _, name := range []string{"Ben", "Cleo", "Dora", "Emil"} {
		b.account(name)
	}
	b.trusts("Ana", "Ben", "Cleo")
	b.trusts("Dora", "Ben", "Cleo")
	b.sql(`UPDATE account SET disabled_ms = 1 WHERE name = 'Dora'`)
	same := func(a answer, code string) string {
		a.header.Del("Date")
		a.header.Del("Content-Security-Policy")
		a.header.Del("Set-Cookie")
		for _, c := range a.cookies {
			c.Value, c.Raw = "", ""
			a.body += c.String()
		}
		text := anyNonce.ReplaceAllString(a.body, "")
		if code != "" {
			text = strings.ReplaceAll(text, code, "CODE")
		}
		return text + "\n" + strings.Join([]string{http.StatusText(a.status), a.location(), a.header.Get("Content-Length")}, "\n")
	}
	var first [3]string
	for i, name := range []string{"ana", "emil", "dora", "nobody"} {
		br := b.browser()
		posted := same(br.post("/signin/ask", "email", name+"@box.test"), "")
		shown := same(br.get("/signin/ask"), br.askCode())
		again := same(br.post("/signin/ask/password", "new", "copper violin drifts past eleven barns", "again", "copper violin drifts past eleven barns"), "")
		if i == 0 {
			first = [3]string{posted, shown, again}
		}
		require.Equal(t, first, [3]string{posted, shown, again}, name)
	}
	require.Equal(t, 1, b.count(`SELECT count(*) FROM recovery_request`), "one is real")
	ben := b.browser()
	ben.signIn("Ben")
	one, other := ben.post("/security/people/new", "email", "nobody@box.test"), ben.post("/security/people/new", "email", "emil@box.test")
	require.Equal(t, same(other, ""), same(one, ""), "and neither does who names somebody")
	require.Equal(t, 2, strings.Count(ben.page("/security/people"), "no answer yet"))
}

// S19: the card on the security page in its states, and the reminder.
func TestGettingInAgain(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	page := words(ana.page("/security"))
	for _, want := range []string{"Getting in again", "ana@box.test, not proven", "Yes, by your password.", "No. Add a second factor", "No. Name three people you trust.", "Nobody yet"} {
		require.Contains(t, page, want)
	}
	require.NotContains(t, page, "All is current")
	b.sql(`UPDATE account SET created_ms = created_ms - 181 * 86400000, confirmed_ms = created_ms WHERE name = 'Ana'`)
	require.NoError(t, b.auth.Remind(t.Context(), time.Now()))
	require.Contains(t, words(ana.page("/security")), "Half a year has passed.")
	require.Contains(t, words(ana.page("/security")), "ana@box.test, proven")
	require.Equal(t, see, ana.post("/security/current").status)
	page = words(ana.page("/security"))
	require.Contains(t, page, "The box asks again in half a year.")
	require.NotContains(t, page, "Half a year has passed.")

	ana.enrols()
	require.Contains(t, words(ana.page("/security")), "Yes, by your password and a recovery code.")
	b.sql(`UPDATE recovery_code SET used_ms = 1`)
	page = words(ana.page("/security"))
	require.Contains(t, page, "No. Make recovery codes and keep them.")
	require.NotContains(t, page, "Yes, by a recovery code")
	for _, name := range []string{"Ben", "Cleo"} {
		b.account(name)
	}
	b.trusts("Ana", "Ben", "Cleo")
	require.Contains(t, words(ana.page("/security")), "2 could let you in again; 2 are needed")
	b.sql(`UPDATE account SET disabled_ms = 1 WHERE name = 'Cleo'`)
	require.Contains(t, words(ana.page("/security")), "1 of the 2 who are needed could let you in again · 1 account is closed")
}

// S19: a mail that was given up shows on every page, until one arrives, the
// address is another, or its owner says that all is current.
func TestAMailThatDidNotArrive(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	gaveUp := func() bool { return strings.Contains(words(ana.page("/preferences")), "did not arrive") }
	mail := func(kind, state, answer, address string, at time.Time) {
		b.sql(`INSERT INTO mail (ref, kind, account, address, state, answer, next_ms, until_ms, created_ms, done_ms)
			SELECT hex(randomblob(6)), ?, id, ?, ?, ?, 0, 0, 0, ? FROM account WHERE name = 'Ana'`, kind, address, state, answer, at.UnixMilli())
	}
	now := time.Now().Add(-time.Hour)
	mail("test", "failed", "no-reply", "ana@box.test", now)
	mail("new-device", "failed", "no-words", "ana@box.test", now)
	mail("new-device", "failed", "no-recipient 550", "old@box.test", now)
	mail("new-device", "dropped", "gone", "ana@box.test", now)
	require.False(t, gaveUp(), "these say nothing of the address")
	mail("new-device", "failed", "no-recipient 550", "ana@box.test", now)
	require.True(t, gaveUp())
	require.Contains(t, words(ana.page("/security")), "ana@box.test: a mail from")
	mail("new-device", "sent", "sent", "ana@box.test", now.Add(time.Minute))
	require.False(t, gaveUp(), "one arrived since")
	mail("new-device", "failed", "too-late", "ana@box.test", now.Add(2*time.Minute))
	require.True(t, gaveUp())
	require.Equal(t, see, ana.post("/security/current").status)
	require.False(t, gaveUp())
}
