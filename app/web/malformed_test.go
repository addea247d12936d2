package web_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/web"
)

// malformed are bodies that are no form of ours, by what they say they are.
var malformed = []struct{ name, kind, body string }{
	{"a percent that stands alone", "application/x-www-form-urlencoded", "email=%zz&name=%"},
	{"nothing", "application/x-www-form-urlencoded", ""},
	{"binary", "application/x-www-form-urlencoded", "\x00\xff\xfe\x00&=\x00"},
	{"many fields", "application/x-www-form-urlencoded", strings.Repeat("a=b&", 20_000)},
	{"one field many times", "application/x-www-form-urlencoded", strings.Repeat("email=x%40y.test&", 5_000)},
	{"a semicolon", "application/x-www-form-urlencoded", "email=a;password=b"},
	{"JSON", "application/json", `{"email":"ana@box.test","email":"x","admin":true}`},
	{"JSON that never ends", "application/json", strings.Repeat(`{"a":[`, 10_000)},
	{"a form with files, cut off", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nana"},
	{"a form with files, no boundary", "multipart/form-data", "--x\r\n\r\n--x--"},
	{"a form with files, a header without end", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: " + strings.Repeat("a", 100_000)},
	{"text", "text/plain", "email=ana@box.test"},
	{"no type", "", "email=ana@box.test&password=x"},
	{"a type that cannot be read", "application/x-www-form-urlencoded; charset=\"", "email=a"},
}

// H-08, H-11, Z-07: what is no form breaks no address and changes nothing, and
// the box goes on.
func TestMalformedBodies(t *testing.T) {
	b := newBox(t)
	ana := b.owner("Ana", "Mila")
	addresses := map[string]string{}
	for pattern := range web.Patterns() {
		if path, isPost := strings.CutPrefix(pattern, "POST "); isPost && path != "/signout" && path != "/box/check" {
			addresses[path] = fill(ana, path)
		}
	}
	has := func() []int {
		return []int{b.count(`SELECT count(*) FROM account`), b.count(`SELECT count(*) FROM person`), b.count(`SELECT count(*) FROM grant`),
			b.count(`SELECT count(*) FROM upload`), b.count(`SELECT sum(admin) FROM account`)}
	}
	before := has()
	for path, address := range addresses {
		for _, m := range malformed {
			for _, br := range []*browser{ana, b.browser()} {
				r := br.request(http.MethodPost, address, strings.NewReader(m.body))
				r.Header.Set("Content-Type", m.kind)
				a := br.send(r)
				require.Less(t, a.status, 500, "%s: %s", path, m.name)
				require.NotContains(t, a.body, "goroutine", "%s: %s", path, m.name)
			}
			b.sql(`DELETE FROM throttle`)
		}
	}
	require.Equal(t, before, has())
	ana.signIn("Ana") // an empty form may have signed out other browsers
	require.Equal(t, ok, ana.get("/preferences").status)
}

// noWayIn are addresses that are open to strangers and let nobody into an
// account that there is.
var noWayIn = map[string]string{
	"POST /setup/box":     "only before the first account, with the code of the console",
	"POST /setup/account": "only before the first account, with the code of the console",
	"POST /stop/{token}":  "stops a request to be let in, and signs nobody in",
	"POST /links/{token}": "proves an address or takes its change back, and signs nobody in",
}

// each address that is open to strangers and takes a form is either in
// the list of the ways in, with what it takes and what slows guesses, or known
// to be none.
func TestEveryWayInIsListed(t *testing.T) {
	text, err := os.ReadFile("../../docs/accounts.md")
	require.NoError(t, err)
	_, list, found := strings.Cut(string(text), "Every way in,")
	require.True(t, found)
	for pattern, open := range web.Patterns() {
		if !open || !strings.HasPrefix(pattern, "POST ") || strings.HasSuffix(pattern, "/ask") || noWayIn[pattern] != "" {
			continue
		}
		require.Contains(t, list, "| `"+strings.Replace(pattern, "{token}", "TOKEN", 1)+"` |", "a way in that docs/accounts.md does not name")
	}
	require.Contains(t, list, "| `POST /security/confirm` |")
	require.Contains(t, list, "| `POST /security/confirm/passkey` |")
	for pattern := range noWayIn {
		require.True(t, web.Patterns()[pattern], "%s is not there", pattern)
	}
}
