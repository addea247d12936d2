package web_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glucokeep/app/web"
)

// elsewhere signs a new browser in from an address that a proxy names.
func (b *box) elsewhere(name, ip, agent string) func(path string) answer {
	b.Helper()
	br := b.browser()
	send := func(method, path string, body string) answer {
		r := br.request(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Forwarded-For", ip)
		r.Header.Set("User-Agent", agent)
		return br.send(r)
	}
	a := send(http.MethodPost, "/signin", form("email", strings.ToLower(name)+"@box.test", "password", password).Encode())
	require.Equal(b, see, a.status, a.body)
	return func(path string) answer { return send(http.MethodGet, path, "") }
}

// S23: two strange browsers in two networks at once are said on the first
// page, on the security page and in one mail, until somebody has it go away.
func TestASharedPassword(t *testing.T) {
	b := newBox(t, func(c *web.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	ana := b.owner("Ana", "Mila")
	require.Equal(t, see, ana.post("/box/mail", mailForm()...).status)
	first := b.elsewhere("Ana", "198.51.100.7", "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0")
	second := b.elsewhere("Ana", "203.0.113.5", "Mozilla/5.0 (iPhone) Safari/605")
	earlier := func() {
		b.sql(`UPDATE credential SET active_ms = active_ms - 40000, state = CAST(json_set(CAST(state AS TEXT), '$.since_ms', json_extract(CAST(state AS TEXT), '$.since_ms') - 40000) AS BLOB) WHERE kind = 'session'`)
	}
	earlier()
	require.Equal(t, ok, second("/preferences").status)
	require.NotContains(t, ana.page("/security"), "shared password", "the first was left when the second began")
	earlier()
	require.Equal(t, ok, first("/preferences").status)

	text := words(ana.page("/security"))
	for _, want := range []string{"Looks like a shared password: invite them instead", "Chrome on Windows", "198.51.100.7", "Safari on iPhone", "203.0.113.5"} {
		require.Contains(t, text, want)
	}
	body := ana.page("/security")
	require.Contains(t, body, `href="#sessions"`)
	require.Contains(t, body, `id="sessions"`, "the button leads somewhere")
	notice := `<a href="/security#sharing">`
	require.Contains(t, ana.page(ana.at("")), notice)
	require.NotContains(t, ana.page("/preferences"), notice, "not on every page")
	require.NotContains(t, ana.page(ana.at("/profile")), notice)
	require.Equal(t, 1, b.mails("shared-password"))
	ben := b.owner("Ben", "Jon")
	require.NotContains(t, ben.page("/security"), "shared password", "it is said to one account alone")

	earlier()
	first("/preferences")
	second("/preferences")
	require.Equal(t, 1, b.mails("shared-password"), "one mail")

	require.Equal(t, see, ben.post("/security/sharing").status)
	require.Contains(t, ana.page("/security"), "shared password", "nobody else has it go away")
	a := ana.post("/security/sharing")
	require.Equal(t, "/security", a.location())
	require.NotContains(t, words(ana.page("/security")), "invite them instead")
	require.NotContains(t, ana.page(ana.at("")), notice)
}
