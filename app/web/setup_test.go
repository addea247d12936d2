package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/store"
)

// boxForm is a first step of a set-up that fits, and accountForm a second, with
// changes.
func boxForm(code string, changes ...string) []string {
	return changed(form("code", code, "name", "Haus Muster", "zone", "Europe/Berlin", "unit", "mmol/L"), changes)
}

func accountForm(code string, changes ...string) []string {
	return changed(form("code", code, "name", "Ana", "email", "ana@box.test", "password", password), changes)
}

func changed(f url.Values, changes []string) (out []string) {
	for i := 0; i < len(changes); i += 2 {
		f.Set(changes[i], changes[i+1])
	}
	for name, values := range f {
		out = append(out, name, values[0])
	}
	return out
}

// a new box from its first page to the first readings.
func TestSetUp(t *testing.T) {
	b := newBox(t)
	br := b.browser()
	require.Equal(t, "/setup", br.get("/signin").location(), "a new box leads to its set-up")
	require.Equal(t, "/setup/box", br.get("/setup").location())
	require.Contains(t, br.page("/setup/box"), `name="code"`)
	code, err := b.auth.NewSetupCode(t.Context())
	require.NoError(t, err)
	for name, c := range map[string]struct {
		path    string
		form    []string
		want    int
		problem string // the field that it stands at
	}{
		"a wrong code":             {"/setup/box", boxForm("AAAA-AAAA-AAAA-AAAA"), http.StatusForbidden, "code"},
		"no code":                  {"/setup/box", boxForm(""), http.StatusForbidden, "code"},
		"no name of the box":       {"/setup/box", boxForm(code, "name", " "), unusable, "name"},
		"a zone that is none":      {"/setup/box", boxForm(code, "zone", "../etc/passwd"), unusable, "zone"},
		"a unit that is none":      {"/setup/box", boxForm(code, "unit", "mol"), unusable, "unit"},
		"an account without code":  {"/setup/account", accountForm(""), http.StatusForbidden, "code"},
		"no name":                  {"/setup/account", accountForm(code, "name", ""), unusable, "name"},
		"no address":               {"/setup/account", accountForm(code, "email", "ana"), unusable, "email"},
		"a short password":         {"/setup/account", accountForm(code, "password", "short"), unusable, "password"},
		"a password of one's name": {"/setup/account", accountForm(code, "password", "ana@box.test ana@box.test"), unusable, "password"},
	} {
		t.Run(name, func(t *testing.T) {
			a := br.post(c.path, c.form...)
			require.Equal(t, c.want, a.status, a.body)
			require.NotContains(t, a.body, password)
			require.Zero(t, b.count(`SELECT count(*) FROM account`)+b.count(`SELECT count(*) FROM box WHERE name NOT IN ('setup-code', 'ledger-mark')`))
			require.Contains(t, a.body, `id="p-`+c.problem+`"`)
		})
	}
	before := len(b.lines())
	a := br.post("/setup/box", boxForm(strings.ToLower(code), "zone", " europe/berlin")...)
	require.Equal(t, see, a.status, a.body)
	require.Equal(t, "/setup/account", a.location())
	require.Equal(t, 1, b.count(`SELECT count(*) FROM box WHERE name = 'zone' AND value = 'Europe/Berlin'`), "the zone as the list has it")
	require.NotContains(t, br.page("/setup/account"), `name="code"`, "the code is typed once")
	require.NotContains(t, br.page("/setup/account"), "Haus Muster", "nobody who is not signed in reads the name of the box there")
	require.Contains(t, b.browser().page("/setup/account"), `name="code"`, "another browser has to know it too")
	require.Equal(t, "/setup/account", b.browser().get("/setup").location(), "and goes on at the open step")

	// Back and forth loses nothing but the password.
	require.Equal(t, "/setup/box", br.post("/setup/account", "do", "back", "name", "Ana <Ü>", "email", "ana@", "password", password).location())
	require.Contains(t, br.page("/setup/box"), `value="Haus Muster"`)
	require.Equal(t, "/setup/account", br.post("/setup/box", "name", "Haus Muster", "zone", "Europe/Berlin", "unit", "mmol/L").location(), "without typing the code again")
	again := br.page("/setup/account")
	require.Contains(t, again, `value="Ana &lt;Ü&gt;"`)
	require.NotContains(t, again, password)

	// The box starts anew: the code of before is void, and asked for.
	code, err = b.auth.NewSetupCode(t.Context())
	require.NoError(t, err)
	a = br.post("/setup/account", "name", "Ana", "email", "ana@box.test", "password", password)
	require.Equal(t, http.StatusForbidden, a.status)
	require.Contains(t, a.body, `id="p-code"`)
	require.Contains(t, a.body, `value="ana@box.test"`)
	a = br.post("/setup/account", accountForm(code)...)
	require.Equal(t, see, a.status, a.body)
	require.Equal(t, "/setup/person", a.location())
	require.Equal(t, []string{"account.added account ok", "set-up ok", "sign-in ok"}, b.lines()[len(b.lines())-3:], "L-01")
	require.Contains(t, b.lines()[before], "box.changed ok")
	require.NotContains(t, br.cookies, "gks", "what carried the code is gone")
	require.NotContains(t, br.cookies, "gksd")
	for _, other := range []*browser{b.browser(), br} {
		for _, path := range []string{"/setup/box", "/setup/account"} {
			require.Equal(t, "/signin", other.get(path).location())
			require.Equal(t, "/signin", other.post(path, accountForm(code, "email", "mallory@box.test")...).location())
		}
	}
	require.Equal(t, 1, b.count(`SELECT count(*) FROM account`))
}

// The steps after the account: left and taken up again, put off, done.
func TestTheRestOfTheSetUp(t *testing.T) {
	b := newBox(t)
	br := b.browser()
	code, err := b.auth.NewSetupCode(t.Context())
	require.NoError(t, err)
	require.Equal(t, see, br.post("/setup/box", boxForm(code)...).status)
	require.Equal(t, see, br.post("/setup/account", accountForm(code)...).status)
	require.Equal(t, see, br.post("/signout").status)
	br.signIn("Ana")
	require.Equal(t, "/setup/person", br.get("/setup").location(), "the set-up goes on where it was left")
	page := br.page("/setup/person")
	require.Contains(t, page, `value="Europe/Berlin"`, "a person begins with what the box has")
	require.Contains(t, page, `value="mmol/L" checked`)
	a := br.post("/setup/person", "person", " ", "zone", "Nowhere", "unit", "mg/dL")
	require.Equal(t, unusable, a.status)
	for _, field := range []string{"person", "zone"} {
		require.Contains(t, a.body, `id="p-`+field+`"`)
	}

	require.Equal(t, "/setup/data", br.post("/setup/person", "do", "later").location())
	require.Equal(t, "/setup/data", br.get("/setup").location())
	require.Contains(t, br.page("/setup/data"), "nobody yet")
	require.Equal(t, "/", br.post("/setup/data").location())
	require.Equal(t, "/box", br.get("/setup").location(), "there is no step left")
	a = br.post("/signin", "email", "ana@box.test", "password", password)
	require.Equal(t, "/", a.location(), "and signing in leads to the people")
	page = br.page("/box")
	require.Contains(t, page, `href="/setup/person"`, "what was put off is listed as open")
	require.Contains(t, page, `href="/setup/data"`)
	require.Contains(t, br.page("/"), `href="/setup/person"`, "and so says the empty list of people")

	a = br.post("/setup/person", "person", "Mila", "zone", "Berlin", "unit", "mg/dL")
	require.Equal(t, see, a.status)
	require.True(t, strings.HasPrefix(a.location(), "/people/"), a.location())
	br.person.Key = last(a.location())
	require.Contains(t, b.lines(), "person.added ok")
	require.Equal(t, 1, b.count(`SELECT count(*) FROM person WHERE zone = 'Europe/Berlin'`))
	require.Contains(t, br.page("/setup/data"), br.at("/imports"))
	br.bring(simple(spring, 3))
	page = br.page("/box")
	require.NotContains(t, page, `href="/setup/data"`)
	require.Contains(t, page, "Everything is in order.")
}

// A set-up whose step was done in another way has no such step any more.
func TestTheSetUpSeesWhatWasDoneElsewhere(t *testing.T) {
	b := newBox(t)
	br := b.browser()
	code, err := b.auth.NewSetupCode(t.Context())
	require.NoError(t, err)
	require.Equal(t, see, br.post("/setup/account", accountForm(code)...).status, "naming the box first is no must")
	br.person = b.person("Mila", 1)
	require.Equal(t, "/setup/data", br.get("/setup").location())
	require.Equal(t, "/setup", br.post("/signin", "email", "ana@box.test", "password", password).location())
	past := br.bring(simple(spring, 3))
	require.Equal(t, "/box", br.get("/setup").location())
	require.Equal(t, see, br.post(past+"/undo").status)
	require.Equal(t, "/", br.post("/signin", "email", "ana@box.test", "password", password).location(), "an import that was undone opens nothing again")
	require.NotContains(t, br.page("/setup/person"), "Step 3", "one more person is no step of a set-up")
}

// guesses of the code wait like others, at either step.
func TestSetUpGuesses(t *testing.T) {
	b := newBox(t)
	_, err := b.auth.NewSetupCode(t.Context())
	require.NoError(t, err)
	for i := range 11 {
		path, form := "/setup/box", boxForm("AAAA-AAAA-AAAA-AAAA")
		if i%2 == 1 {
			path, form = "/setup/account", accountForm("AAAA-AAAA-AAAA-AAAA")
		}
		require.Equal(t, http.StatusForbidden, b.browser().post(path, form...).status)
	}
	b.waitLonger()
	for path, form := range map[string][]string{"/setup/box": boxForm("AAAA-AAAA-AAAA-AAAA"), "/setup/account": accountForm("AAAA-AAAA-AAAA-AAAA")} {
		a := b.browser().post(path, form...)
		require.Equal(t, http.StatusTooManyRequests, a.status)
		require.NotEmpty(t, a.header.Get("Retry-After"))
	}
	br := b.browser()
	br.cookies["gks"] = "AAAA-AAAA-AAAA-AAAA"
	require.Equal(t, http.StatusTooManyRequests, br.post("/setup/account", "name", "Ana", "email", "ana@box.test", "password", password).status,
		"a cookie is a guess like any other")
	require.NotContains(t, br.page("/setup/account"), `name="code"`, "and showing the page does not say whether it is right")
}

// Two browsers with the code: the second overwrites nothing that it has not
// seen, and is told.
func TestTwoBrowsersNameTheBox(t *testing.T) {
	b := newBox(t)
	one, two := b.browser(), b.browser()
	code, err := b.auth.NewSetupCode(t.Context())
	require.NoError(t, err)
	seen := regexp.MustCompile(`name="seen" value="([^"]*)"`)
	mark := func(body string) string { return seen.FindStringSubmatch(body)[1] }
	require.Empty(t, mark(one.page("/setup/box")))
	require.Empty(t, mark(two.page("/setup/box")))
	require.Equal(t, "/setup/account", one.post("/setup/box", append(boxForm(code), "seen", "")...).location())

	name := func() string {
		box, _, err := b.auth.Box(t.Context())
		require.NoError(t, err)
		return box.Name
	}
	stranger := b.browser().post("/setup/box", append(boxForm("AAAA-AAAA-AAAA-AAAA", "name", "Theirs"), "seen", "")...)
	require.Equal(t, http.StatusForbidden, stranger.status)
	require.NotContains(t, stranger.body, "Haus Muster", "who does not know the code is told nothing")
	a := two.post("/setup/box", append(boxForm(code, "name", "<Theirs>"), "seen", "")...)
	require.Equal(t, http.StatusConflict, a.status)
	require.Equal(t, "Haus Muster", name())
	require.Contains(t, a.body, "Meanwhile this box was set up in another browser and is called “Haus Muster” now")
	require.Contains(t, a.body, "You typed “&lt;Theirs&gt;”")
	require.Contains(t, a.body, `value="Haus Muster"`)
	require.NotContains(t, a.body, `name="code"`, "the code was right and is not typed again")

	require.Equal(t, "/setup/account", two.post("/setup/box", "name", "Ours", "zone", "Europe/Berlin", "unit", "mmol/L", "seen", mark(a.body)).location(), "having seen it")
	require.Equal(t, "Ours", name())
	a = one.post("/setup/box", "name", "Haus Muster", "zone", "Europe/Berlin", "unit", "mmol/L", "seen", "")
	require.Equal(t, http.StatusConflict, a.status)
	require.Equal(t, "Ours", name())
	require.Equal(t, see, one.post("/setup/account", "name", "Ana", "email", "ana@box.test", "password", password).status)
	require.Equal(t, "/signin", two.post("/setup/account", "name", "Eve", "email", "eve@box.test", "password", password).location())
	require.Equal(t, "/signin", two.post("/setup/box", "name", "Theirs", "zone", "UTC", "unit", "mg/dL", "seen", mark(a.body)).location())
	require.Equal(t, "Ours", name())
}

// fifty at once, over the pages: one wins.
func TestFiftySetUpsAtOnce(t *testing.T) {
	b := newBox(t)
	code, err := b.auth.NewSetupCode(t.Context())
	require.NoError(t, err)
	statuses := make([]int, 50)
	won := make([]bool, 50)
	var wg sync.WaitGroup
	for i := range statuses {
		wg.Go(func() {
			a := b.browser().post("/setup/account", accountForm(code, "email", fmt.Sprintf("a%d@box.test", i))...)
			statuses[i], won[i] = a.status, a.status == see && a.location() == "/setup/person"
		})
	}
	wg.Wait()
	wins := 0
	for i, s := range statuses {
		require.Contains(t, []int{see, http.StatusConflict, http.StatusTooManyRequests}, s)
		if won[i] {
			wins++
		}
	}
	require.Equal(t, 1, wins)
	for _, table := range []string{"account", "credential"} {
		require.Equal(t, 1, b.count(`SELECT count(*) FROM `+table), table)
	}
}

// A form that is sent twice adds one person.
func TestANewPersonIsAddedOnce(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	key := regexp.MustCompile(`name="key" value="([0-9a-f]{32})"`).FindStringSubmatch(ana.page("/setup/person"))
	require.NotNil(t, key)
	tom := []string{"key", key[1], "person", "Tom", "zone", "Europe/Berlin", "unit", "mg/dL"}
	first := ana.post("/setup/person", tom...)
	require.Equal(t, "/people/"+key[1], first.location())
	require.Equal(t, first.location(), ana.post("/setup/person", tom...).location())
	var both sync.WaitGroup
	another := append([]string{"key", store.NewKey()}, tom[2:]...)
	for range 4 {
		both.Go(func() { ana.copy().post("/setup/person", another...) })
	}
	both.Wait()
	require.Equal(t, 2, b.count(`SELECT count(*) FROM person WHERE name = 'Tom'`), "a second one of the same name by a form of its own")
	ben := b.owner("Ben", "Jon")
	require.NotContains(t, ben.page("/?all=1"), "Tom")
	for _, bad := range []string{"", "../x", key[1] + "0"} {
		require.Equal(t, see, ana.post("/setup/person", append([]string{"key", bad}, tom[2:]...)...).status, "makes a key of its own")
	}
	require.Equal(t, 5, b.count(`SELECT count(*) FROM person WHERE name = 'Tom'`))
}
