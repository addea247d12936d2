package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glucokeep/app/store"
)

var (
	welcomeLink = regexp.MustCompile(`/welcome/[A-Za-z0-9_-]{43}`)
	renewLink   = regexp.MustCompile(`/reset/[A-Za-z0-9_-]{43}`)
)

// of is the page of an account, by the name of whose it is.
func (b *box) of(name string) string { return "/box/accounts/" + b.key(name) }

// makes adds an account on the page and gives the link that is shown.
func (br *browser) makes(name string) string {
	br.Helper()
	a := br.post("/box/accounts/new", "name", name, "email", strings.ToLower(name)+"@box.test", "how", "show")
	require.Equal(br, ok, a.status, a.body)
	link := welcomeLink.FindString(a.body)
	require.NotEmpty(br, link)
	return link
}

// renews makes a link to a new password on the page.
func (br *browser) renews(name string) string {
	br.Helper()
	a := br.post(br.of(name)+"/reset", "how", "show")
	require.Equal(br, ok, a.status, a.body)
	link := renewLink.FindString(a.body)
	require.NotEmpty(br, link)
	return link
}

// an account that somebody makes for another has no password until its
// owner sets one by a link, once, and sees nobody's data.
func TestMakingAnAccount(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	page := words(ana.page("/box/accounts"))
	require.Contains(t, page, "You are the only one so far.")
	require.Contains(t, words(ana.page("/box/accounts/new")), "No mail server is set")
	void := ana.makes("Ben")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE name = 'Ben' AND password IS NULL AND admin = 0`))
	require.Contains(t, words(ana.page("/box/accounts")), "has not set a password yet")
	a := ana.post(b.of("Ben")+"/link", "how", "show")
	require.Equal(t, ok, a.status)
	link := welcomeLink.FindString(a.body)
	br := b.browser()
	require.Equal(t, unknown, br.get(void).status, "a newer one voids it")
	require.Equal(t, http.StatusUnauthorized, br.post("/signin", "email", "ben@box.test", "password", "").status)
	require.Equal(t, http.StatusUnauthorized, br.post("/signin", "email", "ben@box.test", "password", password).status)

	for range 2 {
		page = words(br.page(link))
		require.Contains(t, page, "ben@box.test")
		require.Contains(t, page, "never your password")
	}
	require.Equal(t, unusable, br.post(link, "new", better, "again", "other").status)
	require.Equal(t, unusable, br.post(link, "new", "short", "again", "short").status)
	require.Equal(t, unusable, br.post(link, "new", "Ben Ben Ben Ben Ben", "again", "Ben Ben Ben Ben Ben").status)
	require.Equal(t, ok, br.post(link, "new", better, "again", better).status)
	require.Empty(t, br.cookies["gk"], "it does not sign in")
	require.Equal(t, unknown, br.post(link, "new", password+"x", "again", password+"x").status, "once")
	require.Equal(t, see, br.post("/signin", "email", "ben@box.test", "password", better).status)
	require.Contains(t, words(br.page("/")), "Nobody", "sees nobody")
	require.Equal(t, unknown, br.get(ana.at("")).status)
	require.Equal(t, unknown, br.get("/box/accounts").status)
	require.Zero(t, b.count(`SELECT count(*) FROM account WHERE name = 'Ben' AND confirmed_ms IS NOT NULL`), "a link that was shown proves no address")

	for name, c := range map[string]struct {
		fields []string
		status int
		says   string
	}{
		"an address that is taken":       {[]string{"name", "Ben", "email", "BEN@box.test"}, http.StatusConflict, "There is an account with this e-mail address already."},
		"no name":                        {[]string{"name", " ", "email", "x@box.test"}, unusable, "Enter a name."},
		"a name of invisible characters": {[]string{"name", "\u202e\u200b", "email", "x@box.test"}, unusable, "Enter a name."},
		"a name that is too long":        {[]string{"name", strings.Repeat("ä", 101), "email", "x@box.test"}, unusable, "at most 100"},
		"no address":                     {[]string{"name", "Cleo", "email", "x"}, unusable, "Enter an e-mail address"},
		"an address with a name in it":   {[]string{"name", "Cleo", "email", "Cleo <x@box.test>"}, unusable, "Enter an e-mail address"},
		"an address of two lines":        {[]string{"name", "Cleo", "email", "x@box.test\r\nBcc: y@box.test"}, unusable, "Enter an e-mail address"},
		"no such way":                    {[]string{"name", "Cleo", "email", "x@box.test", "how", "pigeon"}, unusable, "Choose how the link gets there."},
	} {
		t.Run(name, func(t *testing.T) {
			a := ana.post("/box/accounts/new", c.fields...)
			require.Equal(t, c.status, a.status)
			require.Contains(t, words(a.body), c.says)
			require.Contains(t, a.body, `value="`+strings.TrimSpace(c.fields[1]), "what was typed is there")
			require.Equal(t, 2, b.count(`SELECT count(*) FROM account`))
		})
	}
	a = ana.post("/box/accounts/new", "name", "<script>alert(1)</script>", "email", "x@box.test", "admin", "yes")
	require.Equal(t, ok, a.status)
	require.NotContains(t, a.body+ana.page("/box/accounts"), "<script>alert")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE admin = 1`), "the form makes nobody manage the box")
}

// with a mail server the link goes to the address, whoever manages the
// box does not see it, and using it proves the address.
func TestALinkByMail(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	post := b.postbox()
	require.Equal(t, see, ana.post("/box/mail", mailForm("port", post.port)...).status)
	a := ana.post("/box/accounts/new", "name", "Ben", "email", "ben@box.test", "how", "mail")
	require.Equal(t, see, a.status, a.body)
	require.Empty(t, welcomeLink.FindString(ana.page(a.location())), "it is not shown")
	mails := post.got(b)
	require.Len(t, mails, 1)
	link := welcomeLink.FindString(mails[0])
	require.Equal(t, ok, b.browser().post(link, "new", password, "again", password).status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE name = 'Ben' AND confirmed_ms IS NOT NULL`))

	ben := b.browser()
	ben.signIn("Ben")
	post.got(b)
	tells := func(want string, act func() answer) string {
		t.Helper()
		require.Less(t, act().status, 400)
		mails := post.got(b)
		require.Len(t, mails, 1)
		require.True(t, strings.HasPrefix(mails[0], "To: <ben@box.test>\n"), mails[0])
		require.Contains(t, strings.Join(strings.Fields(mails[0]), " "), want)
		return mails[0]
	}
	at := b.of("Ben")
	tells("made a link on", func() answer { return ana.post(at+"/reset", "how", "show") })
	require.NotEmpty(t, renewLink.FindString(tells("had this link made for you", func() answer { return ana.post(at+"/reset", "how", "mail") })))
	tells("closed your account", func() answer { return ana.post(at + "/disable") })
	tells("opened your account again", func() answer { return ana.post(at + "/enable") })
	tells("accounts, mail server and settings", func() answer { return ana.post(at+"/admin", "admin", "yes") })
	tells("no longer", func() answer { return ana.post(at+"/admin", "admin", "no") })
	require.Empty(t, post.got(b))
}

// S-05: a closed account has no session, no stream, no link and no way in that
// differs from a wrong password; its grants stay and do nothing. Opened again
// it has what it had.
func TestClosingAnAccount(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ben := b.owner("Ben", "Jon")
	codes := ben.enrols()
	comes := func(br *browser) {
		require.Equal(t, "/signin/code", br.post("/signin", "email", "ben@box.test", "password", password).location())
	}
	half, other := b.browser(), b.browser()
	comes(half)
	comes(other)
	require.Equal(t, see, other.post("/signin/code", "code", ben.code(), "remember", "yes").status)
	l := ben.stream("")
	l.ready()
	grants := b.count(`SELECT count(*) FROM grant WHERE revoked_ms IS NULL`)
	reset := ben.resetLink("Ben")
	renewal := ana.renews("Ben")

	a := ana.post(b.of("Ben") + "/disable")
	require.Equal(t, see, a.status, a.body)
	b.ingest.Live().Wake() // as the loop of the box does after any commit
	end := l.ends()
	require.Equal(t, "over", end[len(end)-1].event)
	require.False(t, ben.in() || other.in())
	require.Equal(t, "/signin?late=1", half.get("/signin/code").location(), "not even half way in")
	for _, link := range []string{reset, renewal} {
		require.Equal(t, unknown, b.browser().get(link).status)
		require.Equal(t, unknown, b.browser().post(link, "new", better, "again", better).status)
	}
	door := b.browser()
	wrong := door.post("/signin", "email", "ana@box.test", "password", "wrong of seven herons")
	closed := door.post("/signin", "email", "ben@box.test", "password", password)
	require.Equal(t, http.StatusUnauthorized, closed.status)
	plain := func(a answer) string {
		return anyNonce.ReplaceAllString(strings.NewReplacer("ana@box.test", "X", "ben@box.test", "X").Replace(a.body), "")
	}
	require.Equal(t, plain(wrong), plain(closed), "the same refusal")
	require.Equal(t, http.StatusUnauthorized, door.post("/signin/recover", "email", "ben@box.test", "recovery", codes[0]).status)
	require.Equal(t, grants, b.count(`SELECT count(*) FROM grant WHERE revoked_ms IS NULL`), "grants stay")
	require.Equal(t, http.StatusConflict, ana.post(b.of("Ben")+"/reset", "how", "show").status)
	require.Equal(t, http.StatusConflict, ana.post(b.of("Ben")+"/admin", "admin", "yes").status)
	page := words(ana.page(b.of("Ben")))
	require.Contains(t, page, "Open it again")
	require.NotContains(t, page, "Make a link")
	lines := len(b.lines())
	require.Equal(t, see, ana.post(b.of("Ben")+"/disable").status)
	require.Equal(t, lines, len(b.lines()), "nothing happens twice")

	require.Equal(t, see, ana.post(b.of("Ben")+"/enable").status)
	require.False(t, ben.in() || other.in(), "what ended stays ended")
	require.Equal(t, unknown, b.browser().get(reset).status)
	b.sql(`DELETE FROM throttle`)
	again := b.browser()
	comes(again)
	require.Equal(t, see, again.post("/signin/code", "code", ben.code()).status, "with the same password and factor")
	require.Equal(t, ok, again.get("/people/"+ben.person.Key).status, "and the same rights")
	page = words(again.page("/security"))
	require.Contains(t, page, "whoever manages the box closed your account")
	require.Contains(t, page, "whoever manages the box opened your account again")
	require.Contains(t, page, "made a link to a new password")
}

// S20, A-24: a renewal from the page keeps the second factor, so its link
// alone opens nothing; the owner sees it for good.
func TestARenewalKeepsTheSecondFactor(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	ben.enrols()
	link := ana.renews("Ben")
	require.Contains(t, words(ben.page("/preferences")), "A link waits", "wherever they are")
	br := b.browser()
	require.Contains(t, words(br.page(link)), "second factor and recovery codes stay")
	require.Equal(t, unusable, br.post(link, "new", "short", "again", "short").status)
	require.Equal(t, unusable, br.post(link, "new", better, "again", "other").status)
	require.True(t, ben.in())
	require.Equal(t, ok, br.post(link, "new", better, "again", better).status)
	require.Equal(t, unknown, br.post(link, "new", better, "again", better).status, "once")
	require.False(t, ben.in())
	require.Empty(t, br.cookies["gk"])
	require.Equal(t, "/signin/code", br.post("/signin", "email", "ben@box.test", "password", better).location(), "a code is owed")
	require.Equal(t, see, br.get("/preferences").status)
	require.Equal(t, see, br.post("/signin/code", "code", ben.code()).status)
	page := words(br.page("/security"))
	require.Contains(t, page, "It set a new password; your second factors stayed.")
	require.NotContains(t, page, "Stop this")
	require.Equal(t, 10, b.count(`SELECT count(*) FROM recovery_code WHERE used_ms IS NULL`))
}

// S20, A-24: where there is no second factor the link does nothing for a day,
// in which its owner can stop it from where they are signed in.
func TestARenewalWaitsForItsOwner(t *testing.T) {
	b := newBox(t)
	ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
	void, link := ana.renews("Ben"), ana.renews("Ben")
	br := b.browser()
	require.Equal(t, unknown, br.get(void).status)
	page := words(br.page(link))
	require.Contains(t, page, "This link works from")
	require.NotContains(t, br.page(link), `name="new"`)
	require.Equal(t, http.StatusConflict, br.post(link, "new", better, "again", better).status)
	require.True(t, ben.in(), "nothing happened")
	require.Contains(t, words(ana.page(b.of("Ben"))), "A link was made and works from")
	require.Contains(t, words(ben.page("/security")), "Stop this")
	require.Equal(t, unknown, ana.post("/security/renewal/stop").status, "each stops their own")
	require.Equal(t, see, ben.post("/security/renewal/stop").status)
	require.Equal(t, unknown, ben.post("/security/renewal/stop").status)
	require.Equal(t, unknown, br.get(link).status)
	require.Contains(t, words(ben.page("/security")), "a link from whoever manages the box was stopped from your account")
	require.NotContains(t, words(ben.page("/preferences")), "A link waits")

	link = ana.renews("Ben")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM credential WHERE kind = 'renew' AND ended_ms IS NULL
		AND json_extract(state, '$.from_ms') - created_ms = 24 * 3600000 AND expires_ms - json_extract(state, '$.from_ms') = 24 * 3600000`))
	b.sql(`UPDATE credential SET state = CAST(json_set(state, '$.from_ms', ?) AS BLOB) WHERE kind = 'renew' AND ended_ms IS NULL`, time.Now().Add(-time.Second).UnixMilli())
	require.Equal(t, ok, br.post(link, "new", better, "again", better).status, "after the wait")
	require.False(t, ben.in())
	require.Equal(t, "/", br.post("/signin", "email", "ben@box.test", "password", better).location())

	link = ana.renews("Ben")
	require.Equal(t, see, br.post("/security/password", "current", better, "new", better+" again", "again", better+" again").status)
	require.Equal(t, unknown, b.browser().get(link).status, "another password voids it")
	link = ana.renews("Ben")
	br.enrols()
	require.Equal(t, unknown, b.browser().get(link).status, "and so does a second factor")
}

// Nobody closes their own account or stops managing the box by themselves, so
// somebody always does.
func TestSomebodyManagesTheBox(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for _, act := range []string{"/disable", "/enable", "/reset", "/admin"} {
		a := ana.post(b.of("Ana")+act, "admin", "no")
		require.Equal(t, http.StatusConflict, a.status, act)
		require.Contains(t, words(a.body), "Nobody changes their own account here.")
	}
	require.Equal(t, http.StatusConflict, ana.post(b.of("Ana")+"/link").status)
	require.NotContains(t, ana.page(b.of("Ana")), `/disable"`)
	ben := b.owner("Ben", "Jon")
	require.Equal(t, unusable, ana.post(b.of("Ben")+"/admin", "admin", "perhaps").status)
	require.Equal(t, see, ana.post(b.of("Ben")+"/admin", "admin", "yes").status)
	require.False(t, ben.in(), "S-01: rights that change end every session")
	ben.signIn("Ben")
	require.Contains(t, words(ben.page("/security")), "let you manage it too")
	require.Equal(t, see, ben.post(b.of("Ana")+"/admin", "admin", "no").status)
	require.False(t, ana.in())
	ana.signIn("Ana")
	require.Equal(t, unknown, ana.get("/box/accounts").status, "at once")
	require.Equal(t, unknown, ana.post(b.of("Ben")+"/disable").status)
	require.Contains(t, words(ana.page("/security")), "ended your managing of it")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE admin = 1 AND disabled_ms IS NULL`))

	fresh := ben.makes("Cleo")
	require.Equal(t, http.StatusConflict, ben.post(b.of("Cleo")+"/admin", "admin", "yes").status, "whoever has the link would manage the box")
	require.Equal(t, http.StatusConflict, ben.post(b.of("Cleo")+"/reset", "how", "show").status)
	require.Equal(t, http.StatusConflict, ben.post(b.of("Ana")+"/link", "how", "show").status, "there is a password")
	require.Equal(t, see, ben.post(b.of("Cleo")+"/disable").status)
	require.Equal(t, unknown, b.browser().get(fresh).status)
	require.Equal(t, http.StatusConflict, ben.post(b.of("Cleo")+"/link", "how", "show").status)
}

// Two who close each other's account, or take the box from each other, at
// once: one of them is done, and somebody manages the box afterwards.
func TestTwoWhoCloseEachOther(t *testing.T) {
	for _, act := range []string{"/disable", "/admin"} {
		for range 4 {
			b := newBox(t)
			ana, ben := b.owner("Ana", "Mila"), b.owner("Ben", "Jon")
			require.Equal(t, see, ana.post(b.of("Ben")+"/admin", "admin", "yes").status)
			ben.signIn("Ben")
			at := []string{b.of("Ben") + act, b.of("Ana") + act}
			var both sync.WaitGroup
			statuses := make([]int, 2)
			for i, br := range []*browser{ana, ben} {
				both.Go(func() { statuses[i] = br.post(at[i], "admin", "no").status })
			}
			both.Wait()
			require.Equal(t, 1, b.count(`SELECT count(*) FROM account WHERE admin = 1 AND disabled_ms IS NULL`), fmt.Sprint(statuses))
			require.Equal(t, 1, b.count(`SELECT count(*) FROM ledger WHERE action IN ('account.disabled', 'account.admin-taken')`))
		}
	}
}

// of many who use a link at once one sets the password.
func TestAWelcomeIsUsedOnce(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	link := ana.makes("Ben")
	var all sync.WaitGroup
	statuses := make([]int, 6)
	for i := range statuses {
		all.Go(func() {
			own := fmt.Sprintf("%s %d of them", better, i)
			statuses[i] = b.browser().post(link, "new", own, "again", own).status
		})
	}
	all.Wait()
	done := -1
	for i, status := range statuses {
		if status == ok {
			require.Equal(t, -1, done, statuses)
			done = i
		} else {
			require.Equal(t, unknown, status)
		}
	}
	require.NotEqual(t, -1, done, statuses)
	require.Equal(t, see, b.browser().post("/signin", "email", "ben@box.test", "password", fmt.Sprintf("%s %d of them", better, done)).status)
	require.Equal(t, 1, b.count(`SELECT count(*) FROM ledger WHERE action = 'account.welcomed'`))
}

// Z-08: no page for whoever manages the box shows a reading, a person who is
// no account, or anything that an account is opened with.
func TestManagingShowsNobodysData(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Milacanary")
	ana.bring(simple(spring, 600))
	ana.enrols()
	b.account("Cleo")
	b.sql(`UPDATE account SET admin = 1 WHERE name = 'Cleo'`)
	cleo := b.browser()
	cleo.signIn("Cleo")
	pages := ""
	for _, path := range []string{"/box", "/box/accounts", "/box/accounts?find=ana", "/box/accounts/new", b.of("Ana"), b.of("Cleo"), "/box/links", "/box/mail"} {
		pages += cleo.page(path)
	}
	for _, act := range []string{"/reset", "/disable", "/enable", "/admin"} {
		a := cleo.post(b.of("Ana")+act, "how", "show", "admin", "yes")
		require.Less(t, a.status, 400, act)
		pages += a.body
	}
	pages += cleo.page(b.of("Ana"))
	for _, private := range []string{"Milacanary", ana.person.Key, "mg/dL</", "argon2", "$v=19"} {
		require.NotContains(t, pages, private)
	}
	raw := b.raw()
	defer raw.Close()
	rows, err := raw.Query(`SELECT password FROM account WHERE password IS NOT NULL UNION SELECT secret FROM credential UNION SELECT hash FROM recovery_code UNION SELECT sealed FROM secret`)
	require.NoError(t, err)
	defer rows.Close()
	n := 0
	for rows.Next() {
		var secret string
		require.NoError(t, rows.Scan(&secret))
		require.NotContains(t, pages, secret)
		n++
	}
	require.NoError(t, rows.Err())
	require.Greater(t, n, 10)
	require.Equal(t, unknown, cleo.get(ana.at("")).status)
	require.Zero(t, b.count(`SELECT count(*) FROM grant WHERE account = (SELECT id FROM account WHERE name = 'Cleo')`))
}

// Z-01: who does not manage the box gets the answer of a page that is not
// there, for accounts that are there and for those that are not.
func TestOnlyWhoManagesTheBox(t *testing.T) {
	b := newBox(t)
	b.owner("Ana", "Mila")
	ben := b.owner("Ben", "Jon")
	nowhere := ben.get("/box/nowhere")
	plain := func(a answer) string { return anyNonce.ReplaceAllString(a.body, "") }
	for _, at := range []string{b.of("Ana"), b.of("Ben"), "/box/accounts/" + store.NewKey(), "/box/accounts/new"} {
		a := ben.get(at)
		require.Equal(t, unknown, a.status)
		require.Equal(t, plain(nowhere), plain(a))
		for _, act := range []string{"/link", "/reset", "/disable", "/enable", "/admin"} {
			require.Equal(t, unknown, ben.post(at+act, "how", "show", "admin", "yes").status)
		}
	}
	require.Equal(t, unknown, ben.post("/box/accounts/new", "name", "X", "email", "x@box.test").status)
	require.Equal(t, 2, b.count(`SELECT count(*) FROM account WHERE disabled_ms IS NULL`))
}

// Of many accounts one is found; all stand in the order of the alphabet.
func TestManyAccounts(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	require.NotContains(t, ana.page("/box/accounts"), `name="find"`)
	long := strings.Repeat("Ämilie ", 14)
	for i := range 199 {
		name := fmt.Sprintf("Person %03d", 198-i)
		if i == 0 {
			name = long
		}
		b.sql(`INSERT INTO account (key, email, name, created_ms) VALUES (?, ?, ?, 1)`, store.NewKey(), fmt.Sprintf("p%d@box.test", i), name)
	}
	began := time.Now()
	page := ana.page("/box/accounts")
	require.Less(t, time.Since(began), 2*time.Second)
	require.Contains(t, words(page), "200 accounts")
	require.Equal(t, 200, strings.Count(page, `class="note accounts-state"`))
	require.Less(t, strings.Index(page, "Person 007"), strings.Index(page, "Person 008"))
	require.Less(t, strings.Index(page, "Ämilie"), strings.Index(page, "Person 000"), "Ä stands beside A")
	page = ana.page("/box/accounts?find=PERSON+12")
	require.Contains(t, words(page), "10 of 200 accounts")
	require.Equal(t, 10, strings.Count(page, `class="note accounts-state"`))
	require.Contains(t, words(ana.page("/box/accounts?find=p77@box")), "1 of 200 accounts")
	require.Contains(t, words(ana.page("/box/accounts?find=nobody")), "0 of 200 accounts")
}
