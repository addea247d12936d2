package web_test

import (
	"fmt"
	"html"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	pass "glucokeep/app/password"
	"glucokeep/app/web"
)

const better = "copper violin drifts past eleven barns"

// change posts the form of the page.
func (br *browser) changePassword(current, plain, again string) answer {
	br.Helper()
	return br.post("/security/password", "current", current, "new", plain, "again", again)
}

// isOver wakes the stream, as the box does after each commit, and wants it to
// say that the session is over.
func (l *listening) isOver() {
	l.Helper()
	l.ingest.Live().Wake()
	last := l.ends()
	require.NotEmpty(l, last)
	require.Equal(l, "over", last[len(last)-1].event)
}

// field is a field of a page, with its attributes.
func field(t *testing.T, body, name string) string {
	t.Helper()
	f := regexp.MustCompile(`<input[^>]*\bname="` + name + `"[^>]*>`).FindString(body)
	require.NotEmpty(t, f, name)
	return f
}

// A-02, S13: what password managers need is there, nothing hinders pasting,
// and there is no rule about classes of characters.
func TestThePasswordPage(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	body := ana.page("/security/password")
	require.Contains(t, field(t, body, "current"), `autocomplete="current-password"`)
	require.Contains(t, field(t, body, "username"), `autocomplete="username"`)
	require.Contains(t, field(t, body, "username"), `value="ana@box.test"`)
	for _, name := range []string{"new", "again"} {
		require.Contains(t, field(t, body, name), `autocomplete="new-password"`)
		require.Contains(t, field(t, body, name), `type="password"`)
		require.Contains(t, field(t, body, name), `spellcheck="false"`, "a shown password is sent to no spelling service")
	}
	require.NotRegexp(t, `(?i)onpaste|autocomplete="off"|pattern=|maxlength=`, body)
	require.Contains(t, ana.page("/preferences"), `href="/security/password"`)
	for name, br := range map[string]*browser{"nobody": b.browser(), "Ana": ana} {
		a := br.get("/.well-known/change-password")
		require.Equal(t, see, a.status, name)
		require.Equal(t, "/security/password", a.location(), name)
	}
	require.Equal(t, "/signin?next=%2Fsecurity%2Fpassword", b.browser().get("/security/password").location())
	require.Equal(t, "no-store", ana.get("/security/password").header.Get("Cache-Control"), "what was made is in no cache")
}

// S13: one is made without script too: seen, in both fields, in the reader's
// language, another each time; and it can be used as it is.
func TestTheBoxMakesAPassword(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	value := regexp.MustCompile(`value="([^"]*)"`)
	seen := map[string]bool{}
	current := password
	for kind, form := range map[string]string{"words": `^[a-z]+( [a-z]+){5}$`, "signs": `^[a-zA-Z2-9]{5}(-[a-zA-Z2-9]{5}){3}$`} {
		made := ""
		for range 3 {
			body := ana.page("/security/password?make=" + kind)
			require.Contains(t, field(t, body, "new"), `type="text"`)
			made = value.FindStringSubmatch(field(t, body, "new"))[1]
			require.Regexp(t, form, made)
			require.Equal(t, made, value.FindStringSubmatch(field(t, body, "again"))[1])
			for _, s := range regexp.MustCompile(`data-suggests="([^"]*)"`).FindAllStringSubmatch(body, -1) {
				for one := range strings.SplitSeq(html.UnescapeString(s[1]), "\n") {
					require.False(t, seen[one], "made once")
					seen[one] = true
				}
			}
			require.False(t, seen[made])
			seen[made] = true
		}
		require.NotContains(t, ana.page("/security/password"), made, "and shown once")
		require.Equal(t, see, ana.changePassword(current, made, made).status)
		current = made
	}
	require.Contains(t, ana.page("/security/password?make=else"), `type="password"`)
}

// S11, S12: each reason stands beside its field, and nothing
// that was typed comes back.
func TestAPasswordThatIsRefused(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	b.sql(`UPDATE person SET born = '2014-03-09'`)
	const wrong = "nine quiet herons wade"
	for name, c := range map[string]struct {
		current, plain, again, field, says string
		status                             int
	}{
		"13 characters, naming the length": {password, "kV9#tq2Lw!x7Z", "kV9#tq2Lw!x7Z", "new", "at least 15 characters", unusable},
		"1025 bytes":                       {password, strings.Repeat("x", 1025), strings.Repeat("x", 1025), "new", "at most 256 characters", unusable},
		"on the list":                      {password, "1q2w3e4r5t6y7u8i", "1q2w3e4r5t6y7u8i", "new", "public lists of leaked passwords", unusable},
		"a pump (S12)":                     {password, "Medtronic780G!2026", "Medtronic780G!2026", "new", "contains a pump model", unusable},
		"the child":                        {password, "herons wade for mila", "herons wade for mila", "new", "contains the name of a person", unusable},
		"their birthday":                   {password, "herons wade 9.3.2014", "herons wade 9.3.2014", "new", "contains the date of birth", unusable},
		"a padded word":                    {password, "Summer2026!!!!!", "Summer2026!!!!!", "new", "one well-known word", unusable},
		"two that differ":                  {password, better, better + "x", "again", "not the same", unusable},
		"two that differ by a capital":     {password, better, strings.ToUpper(better), "again", "not the same", unusable},
		"no current one":                   {"", better, better, "current", "Enter your current password", unusable},
		"a wrong current one":              {wrong, better, better, "current", "not your current password", unusable},
		"nothing new":                      {password, "", "", "new", "at least 15 characters", unusable},
		"the same":                         {password, password, password, "new", "the password that you have now", unusable},
	} {
		t.Run(name, func(t *testing.T) {
			a := ana.changePassword(c.current, c.plain, c.again)
			require.Equal(t, c.status, a.status)
			require.Regexp(t, `id="p-`+c.field+`">[^<]*`+c.says, a.body)
			require.Contains(t, field(t, a.body, c.field), `aria-invalid="true"`)
			require.Contains(t, field(t, a.body, c.field), "p-"+c.field)
			for _, typed := range []string{c.current, c.plain, c.again} {
				require.True(t, typed == "" || !strings.Contains(a.body, typed), "no password comes back")
			}
			b.sql(`DELETE FROM throttle`)
		})
	}
	require.Equal(t, see, b.browser().post("/signin", "email", "ana@box.test", "password", password).status, "nothing was changed")
}

// S-01, S-05: every other session ends with the change, an open stream too;
// this one goes on under a new token.
func TestAChangeEndsTheOtherSessions(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	other := b.browser()
	other.person = ana.person
	other.signIn("Ana")
	s := other.stream("")
	s.ready()
	before := ana.cookies["gk"]
	a := ana.changePassword(password, better, better)
	require.Equal(t, see, a.status)
	require.Equal(t, "/preferences", a.location())
	require.NotEqual(t, before, ana.cookies["gk"])
	require.Contains(t, ana.page("/preferences"), "Your password was changed")
	require.True(t, strings.HasPrefix(other.get("/preferences").location(), "/signin"))
	s.isOver()
	old := ana.copy()
	old.cookies["gk"] = before
	require.True(t, strings.HasPrefix(old.get("/preferences").location(), "/signin"))
	require.Equal(t, http.StatusUnauthorized, b.browser().post("/signin", "email", "ana@box.test", "password", password).status)
	require.Equal(t, see, b.browser().post("/signin", "email", "ana@box.test", "password", better).status)
}

// guessing the current password waits like guessing at the way in.
func TestGuessesOfTheCurrentPasswordWait(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	for range 6 {
		require.Equal(t, unusable, ana.changePassword("a wrong password", better, better).status)
	}
	a := ana.changePassword(password, better, better)
	require.Equal(t, http.StatusTooManyRequests, a.status)
	require.Contains(t, []string{"1", "2", "3"}, a.header.Get("Retry-After"))
	require.Contains(t, a.body, `id="p-current"`)
	require.Equal(t, ok, ana.get(ana.at("")).status, "the session itself goes on")
}

// S14: after a list that has the password, the next sign-in opens the page to
// change it and nothing else, and says why.
func TestAPublishedPasswordOpensNothingElse(t *testing.T) {
	b := newBox(t, func(c *web.Config) { c.Demo = true })
	ana := b.owner("Ana", "Mila")
	ana.bring(simple(spring, 5))
	entry := ana.writes("kind", "note", "text", "fine")
	s := ana.stream("")
	s.ready()
	_, err := b.auth.Lists().Update(t.Context(), pass.Source{Reader: strings.NewReader(password + "\n"), Name: "list"}, time.Now())
	require.NoError(t, err)
	require.Equal(t, ok, ana.get(ana.at("")).status, "nobody can know before the next sign-in")

	again := b.browser()
	again.person = ana.person
	again.signIn("Ana")
	s.isOver()
	allowed := []string{"GET /security/password", "POST /security/password", "POST /signout", "GET /healthz", "GET /.well-known/change-password"}
	for pattern, isOpen := range web.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if isOpen || strings.HasPrefix(pattern, "POST /signout") {
			continue
		}
		path = strings.NewReplacer("{$}", "", "{person}", ana.person.Key, "{entry}", entry, "{file}", "FILE", "{import}", "IMPORT").Replace(path)
		for name, br := range map[string]*browser{"the new session": again, "the session from before": ana} {
			a := br.send(br.request(method, path, nil))
			if pattern == "GET /security/password" {
				require.Equal(t, ok, a.status, name)
				continue
			}
			if pattern == "POST /security/password" {
				require.Equal(t, unusable, a.status, name)
				continue
			}
			if i := slices.Index([]string{"GET /security/confirm", "POST /security/confirm", "POST /session", "POST /security/confirm/passkey", "POST /security/confirm/passkey/ask"}, pattern); i >= 0 { // which show who one is, or that one is there
				require.Equal(t, []int{ok, http.StatusUnauthorized, ok, http.StatusUnauthorized, unknown}[i], a.status, "%s by %s", pattern, name)
				require.NotContains(t, a.body, "Mila")
				continue
			}
			if pattern == "POST /security/stop" || pattern == "POST /security/renewal/stop" { // which only keep things as they are
				require.Equal(t, unknown, a.status, "there is nothing to stop")
				continue
			}
			require.NotContains(t, allowed, pattern)
			require.Equal(t, see, a.status, "%s by %s", pattern, name)
			require.Equal(t, "/security/password", a.location(), "%s by %s", pattern, name)
			require.NotContains(t, a.body, "Mila")
		}
	}
	body := again.page("/security/password")
	require.Contains(t, body, "on a public list of leaked passwords", "it says why")
	require.NotContains(t, body, "Mila")
	require.NotContains(t, body, `href="/preferences"`, "no way that leads nowhere")
	require.Contains(t, body, `action="/signout"`)
	require.Equal(t, unusable, again.changePassword(password, password, password).status)
	require.Equal(t, see, again.changePassword(password, better, better).status)
	require.Equal(t, ok, again.get(again.at("")).status)
	require.NotContains(t, again.page("/security/password"), "public list")
}

// A damaged list keeps nobody out; the log says so, without a password.
func TestADamagedListIsLogged(t *testing.T) {
	b := newBox(t)
	b.auth.Report = func(err error) { fmt.Fprintln(b.logs, "reported", err) }
	b.owner("Ana", "Mila")
	require.NoError(t, os.MkdirAll(filepath.Join(b.dir, pass.Folder), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(b.dir, pass.Folder, "plain.list"), []byte("no list"), 0o600))
	b.browser().signIn("Ana")
	require.Contains(t, b.logs.String(), "reported read the head of a list of passwords")
}

// The page in German has nothing of the English one.
func TestThePasswordPageInGerman(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	require.Equal(t, see, ana.post("/preferences", "language", "de", "unit", "mg/dL", "clock", "24", "theme", "system").status)
	body := ana.page("/security/password")
	require.Contains(t, body, "Neues Passwort noch einmal")
	require.Contains(t, ana.changePassword(password, "Medtronic780G!2026", "Medtronic780G!2026").body, "Es enthält ein Pumpenmodell")
	require.NotContains(t, body, "Current password")
}

// A-01, S11: fourteen characters were enough beside a second factor. When the
// last one goes its owner is told, and the next sign-in asks for a longer one.
func TestAPasswordThatIsTooShortToStandAlone(t *testing.T) {
	const short, long = "kv9 twelve fen", "kv9 twelve fens of mud"
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	ana.enrols()
	require.Equal(t, unusable, ana.post("/security/password", "current", password, "new", "kv9 twelve fe", "again", "kv9 twelve fe").status, "thirteen")
	a := ana.post("/security/password", "current", password, "new", short, "again", short)
	require.Equal(t, see, a.status, a.body)
	door := b.browser()
	require.Equal(t, "/signin/code", door.post("/signin", "email", "ana@box.test", "password", short).location())
	require.Equal(t, see, door.post("/signin/code", "code", ana.code()).status)
	require.Equal(t, ok, door.get("/preferences").status, "the factor stands beside it")

	factor := regexp.MustCompile(`action="(/security/app/\w+/remove)"`).FindStringSubmatch(ana.page("/security"))
	require.NotNil(t, factor)
	a = ana.post(factor[1])
	require.Equal(t, see, a.status)
	require.Contains(t, words(ana.page(a.location())), "the box asks for a longer one at your next sign-in")
	require.Equal(t, ok, ana.get("/preferences").status, "who is in goes on")

	door = b.browser()
	require.Equal(t, see, door.post("/signin", "email", "ana@box.test", "password", short).status)
	require.Equal(t, "/security/password", door.get("/").location())
	page := words(door.page("/security/password"))
	require.Contains(t, page, "Without one it needs 15 characters")
	require.NotContains(t, page, "public list")
	require.Equal(t, unusable, door.post("/security/password", "current", short, "new", short, "again", short).status)
	require.Equal(t, see, door.post("/security/password", "current", short, "new", long, "again", long).status)
	require.Equal(t, ok, door.get("/preferences").status)
	door = b.browser()
	require.Equal(t, see, door.post("/signin", "email", "ana@box.test", "password", long).status)
	require.Equal(t, ok, door.get("/preferences").status)
}
